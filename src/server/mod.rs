//! The server: a stand-in for Customer.io's send API and inbox API on this machine, which renders with the project's
//! templates, keeps what was sent, and shows it.
//!
//! A request passes `connection` (time-outs, doubled slashes), `guard` (who may ask), `faults` (what a test wants to go
//! wrong), and then one of the APIs: `send` and `transactional` for a backend, `inbox`, `stream` and `events` for a
//! recipient's client, `api` for test suites and for the server's own `page`. What they share is in `state`.

mod answer;
mod api;
mod body;
mod captured;
mod clock;
mod connection;
mod current_project;
#[cfg_attr(not(feature = "store"), path = "without_database.rs")]
mod database;
mod event_log;
mod events;
mod faults;
mod findings;
mod guard;
mod inbox;
mod needs;
mod page;
mod pending;
mod saving;
mod send;
mod state;
mod store;
mod stream;
mod token;
mod transactional;
mod trial;

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, patch, post, put};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinSet;

pub use captured::{Captured, Received, Recipient, Report, Status};
pub use findings::{FindingJson, Findings};

use answer::Refusal;
use state::{Observe, State};

use crate::liquid::Mode;

/// Where Customer.io's browser client looks when its environment is `local`, and where for its stream of events.
pub const PORT: u16 = 3010;
const STREAM_PORT: u16 = 3009;

/// How many ports are tried where the usual one is taken.
const PORTS: u16 = 50;

/// How long connections may take to end when the server shuts down.
const FAREWELL: Duration = Duration::from_secs(2);

/// How the server is to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 for any that is free. If it is not given, [`PORT`], or the next that is free.
    pub port: Option<u16>,
    /// A second port, where Customer.io's browser client looks for its stream of events. If it is not given and the port is
    /// [`PORT`], the one where the client looks, if it is free.
    pub stream_port: Option<u16>,
    /// Whether messages that fail are refused, so that a sender's tests notice.
    pub strict: bool,
    /// How messages are rendered.
    pub mode: Mode,
    /// Where chance starts from.
    pub seed: Option<u64>,
    /// A moment at which the clock stands.
    pub now: Option<Timestamp>,
    /// Whether inbox clients are told to listen to the stream of events; otherwise they ask again and again.
    pub sse: bool,
    /// How often inbox clients ask, in seconds.
    pub poll: u32,
    /// How many messages are kept.
    pub keep: usize,
    /// A file to keep them in as well, so that they outlive the server.
    pub store: Option<PathBuf>,
    /// A command to run while the server is up. The server ends with it.
    pub command: Option<String>,
}

/// Why the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// It was told to end, by the signal `SIGTERM`.
    Terminated,
    /// The command that it ran ended, with this exit code.
    Command(u8),
}

/// Where the server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address to use.
    pub address: SocketAddr,
    /// Whether that is another port than the usual one, because that was taken.
    pub is_next: bool,
    /// The port of the stream of events, where it should have been had and was taken.
    pub without_stream: Option<u16>,
}

/// What somebody who runs a server may want to know.
#[derive(Clone, Copy, Debug)]
pub enum ServerEvent<'a> {
    /// This message was captured.
    Captured(&'a Captured),
    /// Changes of files are noticed in another way than one would expect: a sentence for people.
    Notice(&'a str),
}

/// Serves the project that `dir` stands in until something ends it. `ready` is told the place once connections are taken,
/// `observe` what happens from then on.
///
/// # Errors
/// There is no project, a port cannot be had, the file of messages cannot be used, or the command cannot be started.
pub fn serve(
    dir: &Path,
    options: Options,
    ready: impl FnOnce(Place) -> io::Result<()>,
    observe: impl Fn(&ServerEvent<'_>) + Send + Sync + 'static,
) -> io::Result<End> {
    // One message that takes long must not keep the others waiting.
    let workers = std::thread::available_parallelism().map_or(0, usize::from).max(4);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(workers)
        // Templates may nest deeply.
        .thread_stack_size(16 << 20)
        .max_blocking_threads(16)
        .build()?;
    let end = runtime.block_on(run(dir, options, ready, Arc::new(observe)));
    runtime.shutdown_timeout(FAREWELL);
    end
}

async fn run(
    dir: &Path,
    mut options: Options,
    ready: impl FnOnce(Place) -> io::Result<()>,
    observe: Observe,
) -> io::Result<End> {
    let (listeners, place) = listen(&options).await?;
    // A client that is sent to a stream that it cannot find waits long for the next attempt.
    options.sse &= place.without_stream.is_none();
    let state = Arc::new(State::new(dir, options, observe)?);
    let router = router(Arc::clone(&state));
    let mut servers = JoinSet::new();
    for listener in listeners {
        servers.spawn(connection::serve(listener, router.clone(), Arc::clone(&state)));
    }
    let told_to_end = signals()?;
    ready(place)?;
    let end = match &state.options.command {
        None => told_to_end.await,
        Some(command) => run_command(command, place.address, told_to_end).await?,
    };
    state.stop.send_replace(true);
    let _ = tokio::time::timeout(FAREWELL, servers.join_all()).await;
    Ok(end)
}

/// Takes the ports. Where the server listens on `127.0.0.1`, `localhost` shall find it as well, whichever address a client
/// tries first.
async fn listen(options: &Options) -> io::Result<(Vec<TcpListener>, Place)> {
    let main = match options.port {
        Some(port) => bind(options.host, port).await?,
        None => bind_next(options.host, PORT).await?,
    };
    let address = main.local_addr()?;
    let is_next = options.port.is_none() && address.port() != PORT;
    let mut place = Place { address, is_next, without_stream: None };
    let mut listeners = vec![main];
    if let Some(port) = options.stream_port {
        listeners.push(bind(options.host, port).await?);
    } else if address.port() == PORT {
        match bind(options.host, STREAM_PORT).await {
            Ok(stream) => listeners.push(stream),
            Err(_) => place.without_stream = Some(STREAM_PORT),
        }
    }
    if options.host.is_loopback() && options.host.is_ipv4() {
        let ports: Vec<_> = listeners.iter().flat_map(TcpListener::local_addr).map(|address| address.port()).collect();
        for port in ports {
            // Machines without IPv6 do without.
            listeners.extend(bind(Ipv6Addr::LOCALHOST.into(), port).await);
        }
    }
    Ok((listeners, place))
}

/// Takes a port, or the next that nobody else has.
async fn bind_next(host: IpAddr, port: u16) -> io::Result<TcpListener> {
    for next in port..port + PORTS {
        match bind(host, next).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            result => return result,
        }
    }
    let error = format!("cannot listen on {host}: the ports from {port} to {} are taken", port + PORTS - 1);
    Err(io::Error::new(io::ErrorKind::AddrInUse, error))
}

async fn bind(host: IpAddr, port: u16) -> io::Result<TcpListener> {
    let address = SocketAddr::new(host, port);
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse if port == STREAM_PORT => "another program has this port".to_owned(),
            io::ErrorKind::AddrInUse => {
                "another program has this port: leave `--port` out for the next that is free, or take any with `--port 0`"
                    .to_owned()
            }
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("cannot listen on {address}: {why}"))
    })
}

fn router(state: Arc<State>) -> Router {
    let record = || post(events::record);
    Router::new()
        .route("/", get(page::html))
        .route("/inkproof/page/{name}", get(page::file))
        .route("/v1/send/inbox_message", post(send::send))
        .route("/v1/transactional", get(transactional::list))
        .route("/v1/transactional/{id}", get(transactional::one))
        .route("/api/v4/users", post(inbox::messages))
        .route("/api/v1/messages/{id}", patch(inbox::mark))
        .route("/api/v1/logs/queue/{id}", post(inbox::delete))
        .route("/api/v3/sse", get(stream::inbox))
        .route("/v1/projects/{key}/settings", get(events::settings))
        .route("/v1/t", record())
        .route("/v1/i", record())
        .route("/v1/p", record())
        .route("/v1/s", record())
        .route("/v1/g", record())
        .route("/v1/a", record())
        .route("/v1/b", record())
        .route("/v1/m", record())
        .route("/inkproof/api/openapi.json", get(api::document))
        .route("/inkproof/api/health", get(api::health))
        .route("/inkproof/api/messages", get(api::messages).delete(api::remove_messages))
        .route("/inkproof/api/messages/{id}", get(api::message).delete(api::remove_message))
        .route("/inkproof/api/wait", get(api::wait))
        .route("/inkproof/api/reset", post(api::reset))
        .route("/inkproof/api/events", get(api::events))
        .route("/inkproof/api/faults", get(api::faults).post(api::add_fault).delete(api::remove_faults))
        .route("/inkproof/api/clock", get(api::clock).put(api::set_clock).delete(api::reset_clock))
        .route("/inkproof/api/templates", get(api::templates))
        .route("/inkproof/api/render", post(trial::render))
        .route("/inkproof/api/check", post(needs::check))
        .route("/inkproof/api/requests", put(saving::save))
        .route("/inkproof/api/changes", get(stream::changes))
        .fallback(|| async { Refusal::not_found("there is nothing here") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "there is something here, but not for this method")
        })
        .with_state(state)
}

/// Runs the command with the server's address in its environment.
async fn run_command(command: &str, address: SocketAddr, told_to_end: impl Future<Output = End>) -> io::Result<End> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .env("INKPROOF_URL", format!("http://{address}"))
        .env("INKPROOF_PORT", address.port().to_string())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("cannot run `{shell}`: {error}")))?;
    tokio::select! {
        status = child.wait() => Ok(End::Command(exit_code(status?))),
        end = told_to_end => {
            // Whoever pressed Ctrl-C meant the command as well, and it was told.
            let _ = tokio::time::timeout(FAREWELL, child.wait()).await;
            Ok(end)
        }
    }
}

/// A program's exit code; as a shell would give it where a signal ended it.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let signal = None;
    status.code().or(signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// Listens for signals from now on, and waits until one tells the server to end.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = End>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => End::Interrupted,
            _ = terminate.recv() => End::Terminated,
        }
    })
}

/// Waits until somebody presses Ctrl-C.
#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = End>> {
    Ok(async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => End::Interrupted,
            Err(_) => std::future::pending().await,
        }
    })
}
