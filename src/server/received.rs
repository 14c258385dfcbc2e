//! Received requests: headers and body as they arrived, without secrets.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

/// Headers whose values are not stored.
const SECRET: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// A request as it was received.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Received {
    /// Its headers, in order. Secret values are redacted.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Received {
    /// A request with these headers and this body.
    pub(super) fn new(headers: &HeaderMap, body: String) -> Self {
        let value = |name: &HeaderName, value: &HeaderValue| match name.as_str() {
            name if SECRET.contains(&name) => "(not kept)".to_owned(),
            _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        let headers = headers.iter().map(|(name, text)| (name.as_str().to_owned(), value(name, text))).collect();
        Self { headers, body }
    }

    /// The approximate memory use, in bytes.
    pub(super) fn weight(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| 64 + name.len() + value.len()).sum();
        headers + self.body.len()
    }
}
