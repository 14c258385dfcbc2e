//! The service: what every request passes before it reaches one of the APIs, and what every response gets.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

use super::address;
use super::answer::Refusal;
use super::body;
use super::faults::{FaultEffect, FaultResponse};
use super::guard::{self, Audience, Hosts};
use super::namespaces::{self, Namespace};
use super::refused::RefusedRequest;
use super::send;
use super::state::State;
use super::wrong_path;

/// The header that restricts which origins may embed a response.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Further headers of every response.
const HEADERS: [(HeaderName, &str); 3] =
    [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")];

/// The server's own API and page. Their errors are shown by whoever uses them.
const OWN: &str = "/inkproof/";

/// Responds to requests.
pub(super) struct Service {
    hosts: Hosts,
    usual: Arc<Usual>,
    /// Responds to those that pages of any origin may send.
    any_origin: BoxCloneSyncService<Request<Body>, Response, io::Error>,
}

impl Service {
    /// The service of a server. `router` makes the router of a namespace.
    pub(super) fn new(router: fn(Arc<State>) -> Router, state: &Arc<State>) -> Self {
        let usual = Arc::new(Usual {
            namespace: Namespace { router: router(Arc::clone(state)), state: Arc::clone(state) },
            router,
        });
        let own = Arc::clone(&usual);
        let admitted = service_fn(move |request| {
            let own = Arc::clone(&own);
            async move { respond(request, &own).await }
        });
        Self {
            hosts: Hosts { public: !state.options.host.is_loopback(), allowed: state.options.allow_hosts.clone() },
            usual,
            any_origin: BoxCloneSyncService::new(ServiceBuilder::new().layer(guard::cors()).service(admitted)),
        }
    }

    /// Responds to a request.
    ///
    /// # Errors
    /// The connection is to be closed without a response.
    pub(super) async fn respond(&self, mut request: Request<Body>) -> io::Result<Response> {
        address::normalize(request.uri_mut());
        let (mut response, policy) = match guard::admit(request.uri(), request.headers(), &self.hosts) {
            Ok(Audience::AnyOrigin) => {
                let is_preflight = request.method() == Method::OPTIONS;
                let mut response = self.any_origin.clone().oneshot(request).await?;
                if is_preflight {
                    *response.status_mut() = StatusCode::NO_CONTENT;
                }
                (response, "cross-origin")
            }
            Ok(Audience::Own) => (respond(request, &self.usual).await?, "same-origin"),
            Err(refusal) => (Box::pin(reject(request, refusal, &self.usual.namespace.state)).await, "same-origin"),
        };
        let headers = response.headers_mut();
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static(policy));
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Ok(response)
    }
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
async fn respond(request: Request<Body>, usual: &Usual) -> io::Result<Response> {
    let (mut parts, body) = request.into_parts();
    let in_path = namespaces::take_from_path(&mut parts.uri);
    if in_path.is_some() {
        address::normalize(&mut parts.uri);
    }
    // The router would describe it in another format.
    let unreadable = (!address::is_text(parts.uri.path())).then(|| Refusal::bad_request("the path is not valid UTF-8"));
    if parts.uri.path().starts_with(OWN) {
        if let Some(refusal) = unreadable {
            return Ok(refusal.into_response());
        }
        let name = in_path.or_else(|| namespaces::named_by(&parts, &[]));
        return Ok(match usual.named(name.as_deref()) {
            Ok(Namespace { router, .. }) => ask(router, Request::from_parts(parts, body)).await,
            Err(refusal) => refusal.into_response(),
        });
    }
    let read = body::bytes(body).await.and_then(|body| body::decompressed(&parts.headers, body));
    let (body, unread) = match read {
        Ok(body) => (body, None),
        Err(refusal) => (Bytes::new(), Some(refusal)),
    };
    let name = in_path.or_else(|| namespaces::named_by(&parts, &body));
    let (namespace, unnamed) = match usual.named(name.as_deref()) {
        Ok(namespace) => (namespace, None),
        Err(refusal) => (usual.namespace.clone(), Some(refusal)),
    };
    let Namespace { state, router } = namespace;
    let result = match unread.or(unnamed).or(unreadable) {
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
    if let Some(refused) = RefusedRequest::from_response(&state.clock, parts, body, response) {
        state.refuse(refused);
    }
}

/// Responds to a request, or as a fault says.
async fn respond_unless_fault(parts: &Parts, body: &Bytes, router: Router, state: &Arc<State>) -> io::Result<Response> {
    let answer = async {
        // Most requests are sends, and the router copies headers.
        if parts.uri.path() == send::inbox::PATH {
            return respond_to_send(parts, body, state).await;
        }
        ask(router, Request::from_parts(parts.clone(), Body::from(body.clone()))).await
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

/// The response of a router. It is on the heap, so that the way of a send is short.
fn ask(router: Router, request: Request<Body>) -> BoxFuture<'static, Response> {
    Box::pin(async { router.oneshot(request).await.into_response() })
}

async fn respond_to_send(parts: &Parts, body: &Bytes, state: &Arc<State>) -> Response {
    if parts.method == Method::POST {
        return send::inbox::send(state, &parts.headers, body).await.into_response();
    }
    let refusal = wrong_path::method_not_allowed(parts.method.clone(), parts.uri.clone()).await;
    ([(ALLOW, "POST")], refusal).into_response()
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
