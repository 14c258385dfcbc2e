//! Answers: the envelope of what is refused, and JSON.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::pending::NotWritten;

/// A request that is refused, in the envelope that every client library of Customer.io can show:
/// `{"meta": {"error": "…"}}`.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: String,
    /// What stands beside `meta`.
    beside: Option<(&'static str, Value)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), beside: None }
    }

    /// 400: the request makes no sense.
    pub(super) fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 404: what is asked for is not there.
    pub(super) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// Says more beside the error.
    #[must_use]
    pub(super) fn with(mut self, key: &'static str, value: Value) -> Self {
        self.beside = Some((key, value));
        self
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
        if let Some((key, value)) = self.beside {
            body[key] = value;
        }
        (self.status, Json(body)).into_response()
    }
}
