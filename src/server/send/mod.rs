//! The send API of Customer.io's client libraries. A message for the inbox is rendered (`inbox`). A message of another
//! channel (`channel`) is checked (`fields`) and captured as it was sent (`capture`).

pub(super) mod capture;
pub(super) mod channel;
mod fields;
pub(super) mod inbox;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use serde::Serialize;

use super::captured::CapturedMessage;

/// The response to the sender of a message that was captured.
fn accepted(captured: &CapturedMessage) -> Response {
    #[derive(Serialize)]
    struct Accepted<'a> {
        delivery_id: &'a str,
        queued_at: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        send_at: Option<i64>,
    }
    let accepted = Accepted {
        delivery_id: &captured.id,
        queued_at: captured.queued_at.as_second(),
        send_at: (captured.send_at > captured.queued_at).then(|| captured.send_at.as_second()),
    };
    // Strings and numbers can always be serialized.
    let body = serde_json::to_vec(&accepted).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

const VALIDATE: HeaderName = HeaderName::from_static("x-validate");

/// Whether the sender asks to refuse unknown fields, with `X-Validate: strict`.
fn refuses_unknown_fields(headers: &HeaderMap) -> bool {
    headers.get(VALIDATE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"strict"))
}
