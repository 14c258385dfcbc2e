//! A server of hyper alone: it reads the body of each request and writes the bytes that `inkproof serve` writes for a message that
//! was sent, and does nothing else. `tests/e2e/serve/load/compare` runs it beside inkproof: it is the limit.

use std::convert::Infallible;
use std::io::Write as _;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// The headers of a response of `inkproof serve`; hyper adds the length and the date.
const HEADERS: [(HeaderName, &str); 5] = [
    (hyper::header::CONTENT_TYPE, "application/json"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (hyper::header::REFERRER_POLICY, "no-referrer"),
    (hyper::header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (hyper::header::CACHE_CONTROL, "no-store"),
];

/// Its body.
const BODY: &str = r#"{"delivery_id":"19a2c4e6f80-1234","queued_at":1767225600}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        // A connection that breaks concerns only its client.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Ok(_) = request.into_body().collect().await else {
        let mut refused = Response::new(Full::default());
        *refused.status_mut() = StatusCode::BAD_REQUEST;
        return Ok(refused);
    };
    let mut response = Response::new(Full::from(BODY));
    *response.headers_mut() =
        HeaderMap::from_iter(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    Ok(response)
}
