//! Connections: their limits and timeouts.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::{Service, service_fn};

use super::refused::RefusedRequest;
use super::slots::{Slot, Slots};
use super::state::State;
use super::tls;

/// How long a client may take until it reads again. Then its connection is closed.
const WRITE_TIME: Duration = Duration::from_secs(15);

/// The timeout for the head of a request, and for idle connections.
const HEAD_TIME: Duration = Duration::from_secs(15);

/// The maximum size of the head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// The pause after a connection could not be accepted, for example because there are no free file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether a request arrived by TLS: an extension of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// Its name in a URL.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// Accepts connections until the server shuts down, and then waits for the remaining ones.
pub(super) async fn serve<S>(listener: TcpListener, service: S, state: Arc<State>, acceptor: Option<TlsAcceptor>)
where
    S: Service<Request<Body>, Response = Response, Error = std::io::Error, Future: Send> + Clone + Send + 'static,
{
    let slots = Slots::new();
    let mut stop = state.stop.subscribe();
    loop {
        let next = async {
            slots.room().await;
            listener.accept().await
        };
        let accepted = tokio::select! {
            next = next => next,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let slot = Arc::new(slots.take());
        tokio::spawn(run(stream, slot, service.clone(), Arc::clone(&state), acceptor.clone()));
    }
    slots.all_closed().await;
}

/// Handles the requests of a connection. An error ends only this connection.
async fn run<S>(stream: TcpStream, slot: Arc<Slot>, service: S, state: Arc<State>, acceptor: Option<TlsAcceptor>)
where
    S: Service<Request<Body>, Response = Response, Error = std::io::Error, Future: Send> + Clone + Send + 'static,
{
    let mut stop = state.stop.subscribe();
    let mut first = [0];
    let is_tls = tokio::select! {
        biased;
        peeked = tokio::time::timeout(HEAD_TIME, stream.peek(&mut first)) => match peeked {
            Ok(Ok(length)) => {
                slot.receive();
                tls::is_tls(&first[..length])
            }
            _ => return,
        },
        // It counts as idle only once it is known to have sent nothing yet.
        () = async { slot.end(); slot.must_close().await } => return,
        _ = stop.wait_for(|stop| *stop) => return,
    };
    match acceptor {
        Some(acceptor) if is_tls => match tokio::time::timeout(HEAD_TIME, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => http(stream, slot, service, &state, Scheme::Https).await,
            Ok(Err(error)) => refuse(&state, format!("a TLS connection could not be established: {error}")),
            Err(_) => {}
        },
        _ => {
            if is_tls {
                refuse(&state, "a client used TLS: use http://, or start with `--tls-cert` and `--tls-key`".to_owned());
            }
            http(stream, slot, service, &state, Scheme::Http).await;
        }
    }
}

fn refuse(state: &State, error: String) {
    state.refuse(RefusedRequest::unreadable(state.clock.now(), error));
}

async fn http<I, S>(stream: I, slot: Arc<Slot>, service: S, state: &State, scheme: Scheme)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Body>, Response = Response, Error = std::io::Error, Future: Send> + Clone + Send + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        // A client may close its sending half and still read.
        .half_close(true)
        .max_buf_size(MAX_HEAD);
    let service = TowerToHyperService::new(counted(service, Arc::clone(&slot), scheme));
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(WRITE_TIME));
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut stop = state.stop.subscribe();
    tokio::select! {
        _ = connection.as_mut() => return,
        () = slot.must_close() => {
            // A connection that never sent anything cannot be closed gracefully.
            if !slot.is_used() {
                return;
            }
        }
        _ = stop.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// The service, which notes when the connection is idle. A stream of events never ends.
fn counted<S>(
    service: S,
    slot: Arc<Slot>,
    scheme: Scheme,
) -> impl Service<Request<Incoming>, Response = Response, Error = std::io::Error, Future: Send> + Clone + Send + 'static
where
    S: Service<Request<Body>, Response = Response, Error = std::io::Error, Future: Send> + Clone + Send + 'static,
{
    service_fn(move |request: Request<Incoming>| {
        slot.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(scheme);
        let (slot, response) = (Arc::clone(&slot), service.clone().call(request));
        async move {
            let response = response.await?;
            if response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind != "text/event-stream") {
                slot.end();
            }
            Ok(response)
        }
    })
}
