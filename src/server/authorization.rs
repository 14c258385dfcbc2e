//! Authorization: a request must have a key, as at Customer.io. Any key is accepted.

use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap};

use super::answer::Refusal;

/// Requires `Bearer` and a key, as the App API does.
pub(super) fn bearer(headers: &HeaderMap) -> Result<(), Refusal> {
    require(headers, "bearer", "unauthorized: expected the header `Authorization: Bearer` with an App API key")
}

fn require(headers: &HeaderMap, scheme: &str, error: &str) -> Result<(), Refusal> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split_once(' ') {
        Some((given, key)) if given.eq_ignore_ascii_case(scheme) && !key.trim().is_empty() => Ok(()),
        _ => Err(Refusal::new(StatusCode::UNAUTHORIZED, error)),
    }
}
