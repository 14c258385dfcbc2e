//! Connections: their limits and timeouts.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use super::refused::RefusedRequest;
use super::service::Service;
use super::slots::{CHECK_INTERVAL, Slot, Slots};
use super::state::State;
use super::tls;

/// How long a client may take until it reads again. Then its connection is closed.
const WRITE_TIME: Duration = Duration::from_secs(15);

/// The maximum size of the head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// The pause after a connection could not be accepted, for example because there are no free file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether a request arrived by TLS: an extension of those that did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scheme {
    #[default]
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
pub(super) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    state: Arc<State>,
    acceptor: Option<TlsAcceptor>,
) {
    let slots = Slots::new();
    let mut stop = state.stop.subscribe();
    let mut checks = tokio::time::interval(CHECK_INTERVAL);
    loop {
        let next = async {
            slots.room().await;
            listener.accept().await
        };
        let accepted = tokio::select! {
            next = next => next,
            _ = checks.tick() => {
                slots.close_late();
                continue;
            }
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let slot = Arc::new(slots.take());
        tokio::spawn(run(stream, slot, Arc::clone(&service), Arc::clone(&state), acceptor.clone()));
    }
    slots.close_all().await;
}

/// Handles the requests of a connection. An error ends only this connection.
async fn run(
    stream: TcpStream,
    slot: Arc<Slot>,
    service: Arc<Service>,
    state: Arc<State>,
    acceptor: Option<TlsAcceptor>,
) {
    let mut first = [0];
    let peeked = tokio::select! {
        biased;
        peeked = stream.peek(&mut first) => peeked,
        // It counts as idle only once it is known to have sent nothing yet.
        () = async { slot.expect_request(); slot.must_close().await } => return,
    };
    let Ok(length) = peeked else { return };
    slot.expect_request();
    let is_tls = tls::is_tls(&first[..length]);
    let has_no_tls = is_tls && acceptor.is_none();
    if has_no_tls {
        refuse(&state, "a client used TLS: use http://, or start with `--tls-cert` and `--tls-key`".to_owned());
    }
    let ended = match acceptor {
        Some(acceptor) if is_tls => {
            let accepted = tokio::select! {
                accepted = acceptor.accept(stream) => accepted,
                () = slot.must_close() => return,
            };
            match accepted {
                Ok(stream) => http(stream, slot, service, Scheme::Https).await,
                Err(error) => return refuse(&state, format!("a TLS connection could not be established: {error}")),
            }
        }
        _ => http(stream, slot, service, Scheme::Http).await,
    };
    match ended {
        Err(error) if error.is_parse() && !has_no_tls => refuse(&state, not_http(&error)),
        _ => {}
    }
}

/// Why a request could not be read at all.
fn not_http(error: &hyper::Error) -> String {
    if error.is_parse_too_large() {
        return format!(
            "a request has too long a path, more than 100 headers, or more than {MAX_HEAD} bytes before its body"
        );
    }
    format!("a request is not valid HTTP/1.1: {error}")
}

fn refuse(state: &State, error: String) {
    state.refuse(RefusedRequest::unreadable(state.clock.now(), error));
}

/// Handles the requests of a connection without TLS, or within it.
///
/// # Errors
/// The connection was closed because of what its client sent, or because the client closed it too early.
async fn http(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    slot: Arc<Slot>,
    service: Arc<Service>,
    scheme: Scheme,
) -> hyper::Result<()> {
    let mut http = http1::Builder::new();
    // A client may close its sending half and still read.
    http.half_close(true).max_buf_size(MAX_HEAD);
    let service = {
        let slot = Arc::clone(&slot);
        service_fn(move |request| respond(request, Arc::clone(&service), Arc::clone(&slot), scheme))
    };
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(WRITE_TIME));
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        ended = connection.as_mut() => return ended,
        () = slot.must_close() => {
            // A connection that never sent a request cannot be closed gracefully.
            if !slot.is_used() {
                return Ok(());
            }
        }
    }
    connection.as_mut().graceful_shutdown();
    connection.await
}

/// Responds to a request, and notes when the connection is idle. A stream of events never ends.
async fn respond(
    request: Request<Incoming>,
    service: Arc<Service>,
    slot: Arc<Slot>,
    scheme: Scheme,
) -> io::Result<Response> {
    slot.begin_request();
    let mut request = request.map(Body::new);
    if scheme == Scheme::Https {
        request.extensions_mut().insert(scheme);
    }
    let response = service.respond(request).await?;
    if response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind != "text/event-stream") {
        slot.expect_request();
    }
    Ok(response)
}
