//! The service: what every request passes before it reaches one of the APIs, and what every response gets.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use tower::{Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::set_header::SetResponseHeaderLayer;

use super::address;
use super::answer::Refusal;
use super::body;
use super::faults::{FaultEffect, FaultResponse};
use super::guard::{self, Audience, Hosts};
use super::namespaces::{self, Namespace};
use super::refused::RefusedRequest;
use super::state::State;

/// The header that restricts which origins may embed a response.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The server's own API and page. Their errors are shown by whoever uses them.
const OWN: &str = "/inkproof/";

/// The service that responds to requests. An error closes the connection.
///
/// `router` makes the router of a namespace.
pub(super) fn service(
    router: fn(Arc<State>) -> Router,
    state: &Arc<State>,
) -> impl Service<Request<Body>, Response = Response, Error = io::Error, Future: Send> + Clone + Send + 'static {
    let allowed = state.options.allow_hosts.iter().map(|name| name.to_ascii_lowercase()).collect();
    let hosts = Arc::new(Hosts { public: !state.options.host.is_loopback(), allowed });
    let usual = Arc::new(Usual {
        namespace: Namespace { router: router(Arc::clone(state)), state: Arc::clone(state) },
        router,
    });
    let state = Arc::clone(state);
    let own = service_fn(move |request| respond(request, Arc::clone(&usual)));
    let any_origin = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(RESOURCE_POLICY, HeaderValue::from_static("cross-origin")))
        .layer(guard::cors())
        .service(own.clone());
    let guarded = service_fn(move |request: Request<Body>| {
        let (own, any_origin, hosts, state) = (own.clone(), any_origin.clone(), Arc::clone(&hosts), Arc::clone(&state));
        async move {
            match guard::admit(request.uri(), request.headers(), &hosts) {
                Ok(Audience::AnyOrigin) => {
                    let is_preflight = request.method() == Method::OPTIONS;
                    let mut response = any_origin.oneshot(request).await?;
                    if is_preflight {
                        *response.status_mut() = StatusCode::NO_CONTENT;
                    }
                    Ok(response)
                }
                Ok(Audience::Own) => own.oneshot(request).await,
                Err(refusal) => Ok(reject(request, refusal, &state).await),
            }
        }
    });
    ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(SetResponseHeaderLayer::overriding(REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .layer(SetResponseHeaderLayer::if_not_present(RESOURCE_POLICY, HeaderValue::from_static("same-origin")))
        .map_request(address::normalize)
        .service(guarded)
}

/// The response to a request that the guard rejected.
async fn reject(request: Request<Body>, refusal: Refusal, state: &State) -> Response {
    let (parts, body) = request.into_parts();
    let body = body::bytes(body).await.unwrap_or_default();
    let mut response = refusal.into_response();
    note(&parts, &body, &mut response, state);
    response
}

/// The usual namespace, and how to make the router of another.
struct Usual {
    namespace: Namespace,
    router: fn(Arc<State>) -> Router,
}

impl Usual {
    /// The namespace with a name.
    fn named(&self, name: Option<&str>) -> Result<Namespace, Refusal> {
        let Some(name) = name else { return Ok(self.namespace.clone()) };
        let usual = &self.namespace.state;
        usual.namespaces.get(name, || {
            let state = Arc::new(usual.namespace(name));
            Namespace { router: (self.router)(Arc::clone(&state)), state }
        })
    }
}

/// Responds to an admitted request. If it is refused, it is kept in the log of refused requests.
async fn respond(request: Request<Body>, usual: Arc<Usual>) -> io::Result<Response> {
    let (mut parts, body) = request.into_parts();
    let in_path = namespaces::take_from_path(&mut parts.uri);
    if in_path.is_some() {
        let request = address::normalize(Request::from_parts(parts, ()));
        parts = request.into_parts().0;
    }
    if parts.uri.path().starts_with(OWN) {
        let name = in_path.or_else(|| namespaces::named_by(&parts, &[]));
        return Ok(match usual.named(name.as_deref()) {
            Ok(Namespace { router, .. }) => router.oneshot(Request::from_parts(parts, body)).await.into_response(),
            Err(refusal) => refusal.into_response(),
        });
    }
    let (body, unread) = match body::bytes(body).await {
        Ok(body) => (body, None),
        Err(refusal) => (Bytes::new(), Some(refusal)),
    };
    let name = in_path.or_else(|| namespaces::named_by(&parts, &body));
    let (namespace, unnamed) = match usual.named(name.as_deref()) {
        Ok(namespace) => (namespace, None),
        Err(refusal) => (usual.namespace.clone(), Some(refusal)),
    };
    let Namespace { state, router } = namespace;
    let result = match unread.or(unnamed) {
        Some(refusal) => Ok(refusal.into_response()),
        None => respond_unless_fault(&parts, &body, router, &state).await,
    };
    match result {
        Ok(mut response) => {
            note(&parts, &body, &mut response, &state);
            Ok(response)
        }
        Err(error) => {
            let why = "the connection was dropped (injected fault)".to_owned();
            state.refuse(RefusedRequest::new(state.clock.now(), &parts, &body, why));
            Err(error)
        }
    }
}

fn note(parts: &Parts, body: &[u8], response: &mut Response, state: &State) {
    if let Some(refused) = RefusedRequest::from_response(state.clock.now(), parts, body, response) {
        state.refuse(refused);
    }
}

/// Responds to a request, or as a fault says.
async fn respond_unless_fault(parts: &Parts, body: &Bytes, router: Router, state: &State) -> io::Result<Response> {
    let answer = async {
        let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
        router.oneshot(request).await.into_response()
    };
    let Some(FaultEffect { latency, accept, response }) = state.faults.inject(parts.uri.path()) else {
        return Ok(answer.await);
    };
    tokio::time::sleep(latency).await;
    let Some(response) = response else { return Ok(answer.await) };
    if accept {
        let answer = answer.await;
        // A request that would be refused anyway is not accepted by the fault.
        if !answer.status().is_success() {
            return Ok(answer);
        }
    }
    match response {
        FaultResponse::Drop => Err(io::ErrorKind::ConnectionAborted.into()),
        FaultResponse::Status { status, retry_after, body } => Ok(fault_response(status, retry_after, body, accept)),
    }
}

fn fault_response(status: u16, retry_after: Option<u32>, body: Option<String>, accepted: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or("an error").to_lowercase();
    let accepted = if accepted { ", after the request was accepted" } else { "" };
    let mut response = Refusal::new(status, format!("{reason} (injected fault{accepted})")).into_response();
    if let Some(body) = body {
        let kind = match body.trim_start().as_bytes().first() {
            Some(b'<') => "text/html; charset=utf-8",
            Some(b'{' | b'[') => "application/json",
            _ => "text/plain; charset=utf-8",
        };
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
