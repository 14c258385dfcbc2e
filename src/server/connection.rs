//! Connections: their limits and timeouts, and the middleware of all requests.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::{Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::set_header::SetResponseHeaderLayer;

use super::answer::Refusal;
use super::faults::{FaultEffect, FaultResponse};
use super::guard::{self, Audience};
use super::state::State;

/// The maximum number of connections on each port. Further ones wait until one ends.
const MAX_CONNECTIONS: usize = 512;

/// The timeout for the head of a request, and for idle connections.
const HEAD_TIME: Duration = Duration::from_secs(15);

/// The maximum size of the head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// The pause after a connection could not be accepted, for example because there are no free file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// The header that restricts which origins may embed a response.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Accepts connections until the server shuts down, and then waits for the remaining ones.
pub(super) async fn serve(listener: TcpListener, router: Router, state: Arc<State>) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stop = state.stop.subscribe();
    let service = TowerToHyperService::new(service(router, state));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        // A client may close its sending half and still read.
        .half_close(true)
        .max_buf_size(MAX_HEAD);
    let connections = GracefulShutdown::new();
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            next = next => next,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
        tokio::spawn(async move {
            // An error ends only this connection.
            let _ = connection.await;
            drop(slot);
        });
    }
    connections.shutdown().await;
}

/// The service that responds to requests. An error closes the connection.
fn service(
    router: Router,
    state: Arc<State>,
) -> impl Service<Request<Incoming>, Response = Response, Error = io::Error, Future: Send> + Clone + Send + 'static {
    let public = !state.options.host.is_loopback();
    let own = service_fn(move |request| respond(request, router.clone(), Arc::clone(&state)));
    let any_origin = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(RESOURCE_POLICY, HeaderValue::from_static("cross-origin")))
        .layer(guard::cors())
        .service(own.clone());
    let guarded = service_fn(move |request: Request<Body>| {
        let (own, any_origin) = (own.clone(), any_origin.clone());
        async move {
            match guard::admit(request.uri(), request.headers(), public) {
                Ok(Audience::AnyOrigin) => {
                    let is_preflight = request.method() == Method::OPTIONS;
                    let mut response = any_origin.oneshot(request).await?;
                    if is_preflight {
                        *response.status_mut() = StatusCode::NO_CONTENT;
                    }
                    Ok(response)
                }
                Ok(Audience::Own) => own.oneshot(request).await,
                Err(refusal) => Ok(refusal.into_response()),
            }
        }
    });
    ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(SetResponseHeaderLayer::overriding(REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .layer(SetResponseHeaderLayer::if_not_present(RESOURCE_POLICY, HeaderValue::from_static("same-origin")))
        .map_request(|request: Request<Incoming>| with_single_slashes(request.map(Body::new)))
        .service(guarded)
}

/// Responds to an admitted request, unless a fault is injected.
async fn respond(request: Request<Body>, router: Router, state: Arc<State>) -> io::Result<Response> {
    if let Some(FaultEffect { latency, response }) = state.faults.inject(request.uri().path()) {
        tokio::time::sleep(latency).await;
        match response {
            Some(FaultResponse::Drop) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Some(FaultResponse::Status { status, retry_after }) => return Ok(fault_response(status, retry_after)),
            None => {}
        }
    }
    Ok(router.oneshot(request).await.into_response())
}

fn fault_response(status: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or("an error").to_lowercase();
    let mut response = Refusal::new(status, format!("{reason} (injected fault)")).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// Some client libraries double the slash between the host and the path.
fn with_single_slashes(mut request: Request<Body>) -> Request<Body> {
    if let Some(uri) = single_slashes(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

/// The URI with single slashes; `None` if nothing changes.
fn single_slashes(uri: &Uri) -> Option<Uri> {
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
    fn collapses_doubled_slashes_in_paths() {
        for (uri, expected) in [
            ("/v1/send", None),
            ("//v1/send/inbox_message", Some("/v1/send/inbox_message")),
            ("/v1///send//?a=//b", Some("/v1/send/?a=//b")),
        ] {
            let single = single_slashes(&uri.parse().unwrap());
            assert_eq!(single.map(|uri| uri.to_string()).as_deref(), expected, "{uri}");
        }
    }
}
