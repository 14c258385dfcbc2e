//! Error responses in the format of Customer.io.

use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::pending::NotWritten;

/// An error response, in the format that every client library of Customer.io understands:
/// `{"meta": {"error": "…"}}`.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: String,
    /// Another field next to `meta`.
    extra: Option<(&'static str, Value)>,
    /// When to try again, in seconds.
    retry_after: Option<u32>,
}

/// Why a request was refused: an extension of the response, for the log of refused requests.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) error: String,
    pub(super) diagnostics: Option<Value>,
}

/// A response of success to a request of which a part was refused, for these reasons: Customer.io does not tell the sender.
pub(super) fn accepted(body: Value, refused: &[String]) -> Response {
    let mut response = Json(body).into_response();
    if !refused.is_empty() {
        response.extensions_mut().insert(Refused { error: refused.join("; "), diagnostics: None });
    }
    response
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), extra: None, retry_after: None }
    }

    /// 400: the request is not valid.
    pub(super) fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 404: the requested resource does not exist.
    pub(super) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 503: there is too much to do at the moment. The client can try again.
    pub(super) fn busy() -> Self {
        let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, "the server is busy: try again in a second");
        Self { retry_after: Some(1), ..busy }
    }

    /// 500: the request made the server fail.
    pub(super) fn internal_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "this request caused an internal error")
    }

    /// Adds a field next to the error.
    #[must_use]
    pub(super) fn with(mut self, key: &'static str, value: Value) -> Self {
        self.extra = Some((key, value));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.error)
    }
}

impl From<NotWritten> for Refusal {
    fn from(problem: NotWritten) -> Self {
        let status = if problem.is_full { StatusCode::INSUFFICIENT_STORAGE } else { StatusCode::INTERNAL_SERVER_ERROR };
        Self::new(status, problem.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "meta": { "error": self.error } });
        let mut refused = Refused { error: self.error, diagnostics: None };
        if let Some((key, value)) = self.extra {
            if key == "diagnostics" {
                refused.diagnostics = Some(value.clone());
            }
            body[key] = value;
        }
        let mut response = (self.status, Json(body)).into_response();
        response.extensions_mut().insert(refused);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
