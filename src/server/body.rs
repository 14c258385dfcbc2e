//! Bodies of requests: capped, in time, and text.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;

use super::answer::Refusal;

/// The largest body that Customer.io takes for a send, and the largest taken here at all, in bytes.
pub(super) const MAX_BYTES: usize = 2 << 20;

/// How much is read and thrown away of a body that is too large, so that its sender gets to read the answer.
const MAX_DISCARDED: usize = 16 << 20;

/// How long a body may take to arrive.
const TIME: Duration = Duration::from_secs(10);

/// Reads a body of at most [`MAX_BYTES`] as text.
pub(super) async fn text(body: Body) -> Result<String, Refusal> {
    let bytes = tokio::time::timeout(TIME, collect(body)).await.map_err(|_| {
        Refusal::new(StatusCode::REQUEST_TIMEOUT, format!("the body did not arrive within {} seconds", TIME.as_secs()))
    })??;
    String::from_utf8(bytes).map_err(|error| {
        Refusal::bad_request(format!("the body is no UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
    })
}

/// Reads a body as JSON of a certain form.
pub(super) async fn json<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    let text = text(body).await?;
    serde_json::from_str(&text).map_err(|error| Refusal::bad_request(format!("the body does not fit: {error}")))
}

async fn collect(mut body: Body) -> Result<Vec<u8>, Refusal> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Refusal::bad_request(format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length > MAX_DISCARDED {
            break;
        }
        if length <= MAX_BYTES {
            bytes.extend_from_slice(&data);
        }
    }
    if length > MAX_BYTES {
        let error = format!("the body is larger than {MAX_BYTES} bytes");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error));
    }
    Ok(bytes)
}
