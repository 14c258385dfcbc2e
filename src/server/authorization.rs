//! Authorization: a request must have a key, as at Customer.io. Any key is accepted.

use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap};

use super::answer::Refusal;

/// Requires `Bearer` and a key, as the App API does.
pub(super) fn bearer(headers: &HeaderMap) -> Result<(), Refusal> {
    require(headers, &["bearer"], "`Authorization: Bearer` with an App API key")
}

/// Requires `Basic` and a key, as the Track API does.
pub(super) fn basic(headers: &HeaderMap) -> Result<(), Refusal> {
    require(headers, &["basic"], "`Authorization: Basic` with a site id and API key")
}

/// Requires a key of either kind, as the Pipelines API does.
pub(super) fn basic_or_bearer(headers: &HeaderMap) -> Result<(), Refusal> {
    require(headers, &["basic", "bearer"], "`Authorization: Basic` with a write key, or `Bearer` with an API key")
}

fn require(headers: &HeaderMap, schemes: &[&str], expected: &str) -> Result<(), Refusal> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, key) = value.split_once(' ').unwrap_or((value, ""));
    let is_expected = schemes.iter().any(|expected| scheme.eq_ignore_ascii_case(expected));
    if is_expected && !key.trim().is_empty() {
        return Ok(());
    }
    let known = ["Basic", "Bearer"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known) && !is_expected);
    let found = known.map_or(String::new(), |known| format!(", found `{known}`: that is the key of another API"));
    let error = format!("unauthorized: expected the header {expected}{found}");
    Err(Refusal::new(StatusCode::UNAUTHORIZED, error))
}
