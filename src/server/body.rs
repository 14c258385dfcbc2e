//! Request bodies: reads them with a size limit and a timeout, decompresses and parses them.

use std::future::poll_fn;
use std::io::Read as _;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde::Deserialize as _;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};

use super::answer::Refusal;
use crate::message;

/// The largest body that Customer.io accepts for a send, and the largest that is accepted here, in bytes.
pub(super) const MAX_BYTES: usize = 2 << 20;

/// How much of a body that is too large is read and discarded, so that its sender can still read the response.
const MAX_DISCARDED: usize = 16 << 20;

/// How long a body may take to arrive.
const TIME: Duration = Duration::from_secs(10);

/// Reads a body of at most [`MAX_BYTES`].
pub(super) async fn bytes(body: Body) -> Result<Bytes, Refusal> {
    let mut collected = pin!(collect(body));
    // Most bodies arrive with their heads, and need no timer.
    if let Poll::Ready(bytes) = poll_fn(|context| Poll::Ready(collected.as_mut().poll(context))).await {
        return bytes;
    }
    tokio::time::timeout(TIME, collected).await.map_err(|_| {
        Refusal::new(StatusCode::REQUEST_TIMEOUT, format!("the body did not arrive within {} seconds", TIME.as_secs()))
    })?
}

/// A body as it was before its client compressed it: the libraries for the Pipelines API may use gzip.
pub(super) fn decompressed(headers: &HeaderMap, body: Bytes) -> Result<Bytes, Refusal> {
    let Some(encoding) = headers.get(CONTENT_ENCODING) else { return Ok(body) };
    let encoding = String::from_utf8_lossy(encoding.as_bytes()).trim().to_ascii_lowercase();
    match encoding.as_str() {
        "" | "identity" => return Ok(body),
        "gzip" | "x-gzip" => {}
        other => {
            let error =
                format!("the body has the `Content-Encoding` `{other}`: compress it with `gzip`, or not at all");
            return Err(Refusal::bad_request(error));
        }
    }
    let mut text = Vec::new();
    MultiGzDecoder::new(&body[..])
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut text)
        .map_err(|error| Refusal::bad_request(format!("the body is not valid gzip: {error}")))?;
    if text.len() > MAX_BYTES { Err(too_large()) } else { Ok(text.into()) }
}

fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {MAX_BYTES} bytes"))
}

/// Reads a body of at most [`MAX_BYTES`] as UTF-8.
pub(super) async fn text(body: Body) -> Result<String, Refusal> {
    utf8(&bytes(body).await?).map(str::to_owned)
}

/// A body as UTF-8.
pub(super) fn utf8(body: &[u8]) -> Result<&str, Refusal> {
    str::from_utf8(body).map_err(|error| {
        Refusal::bad_request(format!("the body is not valid UTF-8 from byte {} on", error.valid_up_to()))
    })
}

/// Reads a body as a JSON object of type `T`.
pub(super) async fn json<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    let text = text(body).await?;
    // Serde would also accept an array of the fields for a struct, so it is parsed as an object first.
    serde_json::from_str::<Map<String, Value>>(&text)
        .and_then(|fields| serde_json::from_value(fields.into()))
        .map_err(|error| Refusal::bad_request(format!("the body is not valid: {error}")))
}

/// Deserializes an optional timestamp.
pub(super) fn timestamp<'de, D: Deserializer<'de>>(text: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(text)?;
    text.map(|text| message::parse_timestamp(&text).map_err(D::Error::custom)).transpose()
}

/// Deserializes an optional whole number. `7.0` is accepted, because JSON does not distinguish it from `7`.
pub(super) fn whole_number<'de, D: Deserializer<'de>, T: TryFrom<i64>>(number: D) -> Result<Option<T>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(number)? else { return Ok(None) };
    let from_float = |float: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
    };
    let whole = number.as_i64().or_else(|| number.as_f64().and_then(from_float));
    whole
        .and_then(|whole| T::try_from(whole).ok())
        .map(Some)
        .ok_or_else(|| D::Error::custom(format!("expected a whole number, not `{number}`")))
}

async fn collect(mut body: Body) -> Result<Bytes, Refusal> {
    let (mut first, mut bytes, mut length) = (Bytes::new(), Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Refusal::bad_request(format!("the body is incomplete: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length > MAX_DISCARDED {
            break;
        }
        if length > MAX_BYTES {
            continue;
        }
        if first.is_empty() && bytes.is_empty() {
            first = data;
        } else {
            // Most bodies arrive as one part, which needs no copy.
            bytes.extend_from_slice(&std::mem::take(&mut first));
            bytes.extend_from_slice(&data);
        }
    }
    if length > MAX_BYTES {
        return Err(too_large());
    }
    Ok(if bytes.is_empty() { first } else { bytes.into() })
}
