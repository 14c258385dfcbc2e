//! Connections: how many, for how long, and what happens to a request before and after it is answered.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::answer::Refusal;
use super::faults::{End, Harm};
use super::guard::{self, PREFLIGHT};
use super::state::State;

/// Most connections at once, on each port. Others wait until one ends.
const MAX_CONNECTIONS: usize = 512;

/// How long the head of a request may take to arrive, and how long a connection may idle.
const HEAD_TIME: Duration = Duration::from_secs(15);

/// Most bytes of a request's head.
const MAX_HEAD: usize = 64 << 10;

/// How long to wait before the next attempt where no connection can be taken, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Headers of every answer.
static ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store")),
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
];

/// Takes connections until the server shuts down, and then waits for those that are left.
pub(super) async fn serve(listener: TcpListener, router: Router, state: Arc<State>) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stop = state.stop.subscribe();
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            next = next => next,
            Some(_) = connections.join_next() => continue,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let (router, state) = (router.clone(), Arc::clone(&state));
                connections.spawn(async move {
                    converse(stream, router, state).await;
                    drop(slot);
                });
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
    connections.join_all().await;
}

/// Answers the requests of one connection. How it ends is nobody's concern.
async fn converse(stream: TcpStream, router: Router, state: Arc<State>) {
    let _ = stream.set_nodelay(true);
    let mut stop = state.stop.subscribe();
    let service = service_fn(move |request: Request<Incoming>| {
        answer(request.map(Body::new), router.clone(), Arc::clone(&state))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        // One who has said all may listen on.
        .half_close(true)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Answers one request. An error closes the connection.
async fn answer(mut request: Request<Body>, router: Router, state: Arc<State>) -> io::Result<Response> {
    if let Some(uri) = with_single_slashes(request.uri()) {
        *request.uri_mut() = uri;
    }
    let public = !state.options.host.is_loopback();
    let admitted = guard::admit(request.uri(), request.headers(), public);
    let (audience, mut response) = match admitted {
        Err(refusal) => (guard::Audience::Own, refusal.into_response()),
        Ok(audience) => (audience, respond(request, audience, router, &state).await?),
    };
    for (name, value) in ALWAYS.iter().chain(audience.headers()) {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(response)
}

async fn respond(
    request: Request<Body>,
    audience: guard::Audience,
    router: Router,
    state: &State,
) -> io::Result<Response> {
    if audience == guard::Audience::AnyOrigin && request.method() == Method::OPTIONS {
        return Ok((StatusCode::NO_CONTENT, PREFLIGHT).into_response());
    }
    if let Some(Harm { latency, end }) = state.faults.harm(request.uri().path()) {
        tokio::time::sleep(latency).await;
        match end {
            Some(End::Drop) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Some(End::Answer { status, retry_after }) => return Ok(harmed(status, retry_after)),
            None => {}
        }
    }
    Ok(router.oneshot(request).await.into_response())
}

fn harmed(status: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or("an error").to_lowercase();
    let mut response = Refusal::new(status, format!("{reason}, as a fault asks")).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// Some client libraries double the slash between their address and the path. None where there is nothing to change.
fn with_single_slashes(uri: &Uri) -> Option<Uri> {
    if !uri.path().contains("//") {
        return None;
    }
    let mut path = String::with_capacity(uri.path().len());
    for character in uri.path().chars() {
        if character != '/' || !path.ends_with('/') {
            path.push(character);
        }
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = format!("{path}{query}").parse().ok();
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled_slashes() {
        for (uri, expected) in [
            ("/v1/send", None),
            ("//v1/send/inbox_message", Some("/v1/send/inbox_message")),
            ("/v1///send//?a=//b", Some("/v1/send/?a=//b")),
        ] {
            let single = with_single_slashes(&uri.parse().unwrap());
            assert_eq!(single.map(|uri| uri.to_string()).as_deref(), expected, "{uri}");
        }
    }
}
