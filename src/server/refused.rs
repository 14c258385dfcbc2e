//! Refused requests: those that a backend or a client sent in vain. They are kept, so that whoever watches sees them.

use axum::http::request::Parts;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::answer::Refused;
use super::clock::Clock;
use super::received::{self, Headers, Received};

/// The longest part of a body that is kept, in bytes.
const MAX_BODY: usize = 64 << 10;

/// A request that was refused.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedRequest {
    /// When it arrived.
    pub at: Timestamp,
    /// The method; empty if the request could not be read.
    pub method: String,
    /// The path, without the query; empty if the request could not be read.
    pub path: String,
    /// The status of the response; `None` if the connection was closed instead.
    pub status: Option<u16>,
    /// The reason.
    pub error: String,
    /// The diagnostics, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Value>,
    /// The request. Of a large body, only the beginning is kept.
    pub request: Received,
}

impl RefusedRequest {
    /// Describes a request that was refused with a response; `None` if it was not refused.
    pub(super) fn from_response(clock: &Clock, parts: &Parts, body: &[u8], response: &mut Response) -> Option<Self> {
        let status = response.status();
        let reason = response.extensions_mut().remove::<Refused>();
        // A batch may be refused in part, with a status of success.
        if reason.is_none() && !status.is_client_error() && !status.is_server_error() {
            return None;
        }
        let (error, diagnostics) = reason.map_or_else(
            || (status.canonical_reason().unwrap_or("an error").to_lowercase(), None),
            |reason| (reason.error, reason.diagnostics),
        );
        Some(Self { status: Some(status.as_u16()), diagnostics, ..Self::new(clock.now(), parts, body, error) })
    }

    /// Describes a request whose connection was closed without a response.
    pub(super) fn new(at: Timestamp, parts: &Parts, body: &[u8], error: String) -> Self {
        let body = String::from_utf8_lossy(&body[..body.len().min(MAX_BODY)]);
        Self {
            at,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            status: None,
            error,
            diagnostics: None,
            request: Received::new(&parts.headers, &received::without_keys(&body)),
        }
    }

    /// Describes a connection without a readable request.
    pub(super) fn unreadable(at: Timestamp, error: String) -> Self {
        let request = Received { headers: Headers::default(), body: "".into() };
        Self { at, method: String::new(), path: String::new(), status: None, error, diagnostics: None, request }
    }

    /// The approximate memory use, in bytes.
    pub(super) fn weight(&self) -> usize {
        let diagnostics = self.diagnostics.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
        512 + self.path.len() + self.error.len() + self.request.weight() + 2048 * diagnostics
    }
}
