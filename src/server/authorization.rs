//! Authorization: a request must have a key, as at Customer.io. Any key is accepted.

use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap};

use super::answer::Refusal;

/// Requires `Bearer` and a key, as the App API does.
pub(super) fn bearer(headers: &HeaderMap) -> Result<(), Refusal> {
    require(headers, "bearer", "unauthorized: expected the header `Authorization: Bearer` with an App API key")
}

/// Requires `Basic` and a key, as the Track API and the Pipelines API do.
pub(super) fn basic(headers: &HeaderMap) -> Result<(), Refusal> {
    require(
        headers,
        "basic",
        "unauthorized: expected the header `Authorization: Basic` with a site id and API key, or a write key",
    )
}

fn require(headers: &HeaderMap, scheme: &str, error: &str) -> Result<(), Refusal> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split_once(' ') {
        Some((given, key)) if given.eq_ignore_ascii_case(scheme) && !key.trim().is_empty() => Ok(()),
        _ => Err(Refusal::new(StatusCode::UNAUTHORIZED, error)),
    }
}
