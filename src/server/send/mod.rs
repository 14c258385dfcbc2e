//! The send API of Customer.io's client libraries. A message for the inbox is rendered (`inbox`). A message of another
//! channel (`channel`) is checked (`fields`) and captured as it was sent (`capture`).

pub(super) mod capture;
pub(super) mod channel;
mod fields;
pub(super) mod inbox;

use axum::http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use serde::Serialize;

/// The response to a sender.
#[derive(Debug, Serialize)]
pub(super) struct Accepted {
    delivery_id: String,
    queued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<i64>,
}

impl Accepted {
    fn new(id: &str, queued_at: Timestamp, later: Option<Timestamp>) -> Self {
        Self { delivery_id: id.to_owned(), queued_at: queued_at.as_second(), send_at: later.map(Timestamp::as_second) }
    }
}

const VALIDATE: HeaderName = HeaderName::from_static("x-validate");

/// Whether the sender asks to refuse unknown fields, with `X-Validate: strict`.
fn refuses_unknown_fields(headers: &HeaderMap) -> bool {
    headers.get(VALIDATE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"strict"))
}
