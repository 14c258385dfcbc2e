//! The server: a local stand-in for Customer.io's send API and inbox API, which renders with the project's templates, and
//! stores and shows the messages that were sent.
//!
//! A request passes `connection` (timeouts) and `service`: `address` (other spellings of paths), `guard` (access control),
//! `namespaces`, `faults` (fault injection for tests), and then one of the APIs: `send`, `people` and `app` for a backend; `inbox`, `stream` and `events`
//! for a recipient's client; `api` for test suites and for the server's own `page`. Refused requests are kept in `refused`,
//! and `webhooks` reports to a backend.
//! Shared state is in `state`.

mod address;
mod answer;
mod api;
mod app;
mod audience;
mod authorization;
mod body;
mod brief;
mod captured;
mod clock;
mod connection;
mod current_project;
#[cfg_attr(not(feature = "store"), path = "without_database.rs")]
mod database;
mod dry_run;
mod edited;
mod events;
mod exec;
mod faults;
mod findings;
mod gallery;
mod guard;
mod inbox;
mod inbox_pieces;
mod json;
mod namespaces;
mod newest;
mod page;
mod pending;
mod people;
mod received;
mod refused;
mod saving;
mod schema;
mod send;
mod service;
mod signals;
mod slots;
mod snapshots;
mod state;
mod store;
mod stream;
mod template_check;
mod template_name;
mod template_source;
mod tls;
mod token;
mod upload;
mod webhooks;
mod work;
mod wrong_path;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, patch, post, put};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use captured::{CapturedMessage, Recipient, Report, Status};
pub use findings::{FindingJson, Findings};
pub use received::{Headers, Received};
pub use refused::RefusedRequest;
pub use send::channel::Channel;
pub use webhooks::WebhookOptions;

use exec::Exec;
use people::{pipelines, track};
use state::{Observe, State};

use crate::liquid::Mode;

/// The ports where Customer.io's browser client expects the API and the event stream if its environment is `local`.
pub const PORT: u16 = 3010;
const STREAM_PORT: u16 = 3009;

/// How many ports are tried if the default port is in use.
const PORTS: u16 = 50;

/// How long connections, and then work, may take to end when the server shuts down. With the command of `--exec`, that is
/// less than three seconds.
const CONNECTIONS_TIMEOUT: Duration = Duration::from_secs(1);
const WORK_TIMEOUT: Duration = Duration::from_millis(300);

/// The number of open files that the server asks for: connections, and some more.
#[cfg(unix)]
const FILES: u64 = 8192;

/// The options of the server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 for any free port; `None` for [`PORT`], or the next free port.
    pub port: Option<u16>,
    /// A second port for the event stream of Customer.io's browser client. If it is `None` and the port is [`PORT`], the port
    /// that the client expects is used if it is free.
    pub stream_port: Option<u16>,
    /// Further host names by which clients may address the server.
    pub allow_hosts: Vec<String>,
    /// The files of a certificate chain and of its private key, to accept connections with TLS too.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Where to report what happens to messages.
    pub webhooks: Option<WebhookOptions>,
    /// Whether requests whose messages fail are rejected, so that a sender's tests notice.
    pub strict: bool,
    /// The mode in which messages are rendered.
    pub mode: Mode,
    /// The seed of random filters.
    pub seed: Option<u64>,
    /// The time at which the clock is frozen; `None` for the system clock.
    pub now: Option<Timestamp>,
    /// Whether inbox clients are asked to use the event stream; otherwise they poll.
    pub sse: bool,
    /// The polling interval of inbox clients, in seconds.
    pub poll: u32,
    /// The maximum number of stored messages.
    pub keep: usize,
    /// A file that stores the messages across restarts.
    pub store: Option<PathBuf>,
    /// The address of a file in an editor, for links on the page, with `{path}`, `{line}` and `{column}`; empty for no links.
    pub editor_url: String,
    /// Whether neither messages nor refused requests are reported as [events](ServerEvent).
    pub quiet: bool,
    /// A command to run while the server is up. The server stops when the command ends.
    pub command: Option<String>,
}

/// Why the server stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// It was interrupted with Ctrl-C.
    Interrupted,
    /// It received the signal `SIGTERM`.
    Terminated,
    /// Its terminal was closed: it received the signal `SIGHUP`.
    HungUp,
    /// Its command ended, with this exit code.
    Command(u8),
}

/// The address and ports where the server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The address to connect to.
    pub address: SocketAddr,
    /// Whether the port is not the default port because that was in use.
    pub is_next: bool,
    /// The port of the event stream if it was in use by another program.
    pub without_stream: Option<u16>,
}

/// An event to show in the terminal.
#[derive(Clone, Copy, Debug)]
pub enum ServerEvent<'a> {
    /// This message was captured.
    Captured(&'a CapturedMessage),
    /// This request was refused.
    Refused(&'a RefusedRequest),
    /// A note about how file changes are detected, such as by polling.
    Notice(&'a str),
}

/// Serves the project that contains `dir` until it is stopped. `ready` is called with the endpoint once connections are
/// accepted, and `observe` for each later event.
///
/// # Errors
/// There is no project, a port or the file of messages cannot be used, or the command cannot be started.
pub fn serve(
    dir: &Path,
    options: Options,
    ready: impl FnOnce(Endpoint) -> io::Result<()>,
    observe: impl Fn(&ServerEvent<'_>) + Send + Sync + 'static,
) -> io::Result<StopReason> {
    raise_limit_of_connections();
    // Answering requests never takes long: what does runs on threads of its own, see `work`.
    let workers = std::thread::available_parallelism().map_or(0, usize::from).max(1);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(workers)
        // Deeply nested templates need a large stack.
        .thread_stack_size(16 << 20)
        .max_blocking_threads(work::THREADS)
        // A thread keeps the templates that it has parsed.
        .thread_keep_alive(Duration::from_secs(300))
        .build()?;
    let end = runtime.block_on(run(dir, options, ready, Arc::new(observe)));
    // A render that is still running ends with the process.
    runtime.shutdown_timeout(WORK_TIMEOUT);
    end
}

/// Lets the process have as many connections as the system allows. The usual limit is a few hundred.
fn raise_limit_of_connections() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.map_or(FILES, |maximum| maximum.min(FILES));
        if current.is_some_and(|current| current < wanted) {
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
        }
    }
}

async fn run(
    dir: &Path,
    mut options: Options,
    ready: impl FnOnce(Endpoint) -> io::Result<()>,
    observe: Observe,
) -> io::Result<StopReason> {
    let acceptor = options.tls.as_ref().map(|(certificates, key)| tls::acceptor(certificates, key)).transpose()?;
    let (listeners, endpoint) = listen(&options).await?;
    // A client that cannot connect to the event stream waits long before it retries.
    options.sse &= endpoint.without_stream.is_none();
    let state = Arc::new(State::new(dir, options, observe)?);
    let service = Arc::new(service::Service::new(router, &state));
    let mut servers = JoinSet::new();
    for listener in listeners {
        servers.spawn(connection::serve(listener, Arc::clone(&service), Arc::clone(&state), acceptor.clone()));
    }
    let webhooks = tokio::spawn(webhooks::run(Arc::clone(&state)));
    let stopped = signals::handle()?;
    ready(endpoint)?;
    let end = match &state.options.command {
        None => stopped.await,
        Some(command) => Exec::start(command, reachable(endpoint.address))?.finish(stopped).await?,
    };
    state.end();
    state.namespaces.end();
    webhooks.abort();
    let _ = tokio::time::timeout(CONNECTIONS_TIMEOUT, servers.join_all()).await;
    Ok(end)
}

/// Binds the ports. If the server listens on `127.0.0.1`, it also listens on `::1`, because clients may resolve `localhost` to
/// either.
async fn listen(options: &Options) -> io::Result<(Vec<TcpListener>, Endpoint)> {
    let main = match options.port {
        Some(port) => {
            let advice = "omit `--port` to use the next free port, or pass `--port 0` for any free port";
            bind(options.host, port).await.map_err(|error| taken(error, advice))?
        }
        None => bind_next(options.host, PORT).await?,
    };
    let address = main.local_addr()?;
    let is_next = options.port.is_none() && address.port() != PORT;
    let mut endpoint = Endpoint { address, is_next, without_stream: None };
    let mut listeners = vec![main];
    if let Some(port) = options.stream_port {
        if port == address.port() {
            let error = format!(
                "`--stream-port` and the port are both {port}: omit `--stream-port`, because the event stream is on each port"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
        }
        let advice = "pass another `--stream-port`, or omit it, because the event stream is on the other port too";
        listeners.push(bind(options.host, port).await.map_err(|error| taken(error, advice))?);
    } else if address.port() == PORT {
        match bind(options.host, STREAM_PORT).await {
            Ok(stream) => listeners.push(stream),
            Err(_) => endpoint.without_stream = Some(STREAM_PORT),
        }
    }
    if options.host.is_loopback() && options.host.is_ipv4() {
        let ports: Vec<_> = listeners.iter().flat_map(TcpListener::local_addr).map(|address| address.port()).collect();
        for port in ports {
            // Errors are ignored, for machines without IPv6.
            listeners.extend(bind(Ipv6Addr::LOCALHOST.into(), port).await);
        }
    }
    Ok((listeners, endpoint))
}

/// Binds a port, or the next port that is free.
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
            io::ErrorKind::AddrInUse => "another program uses this port".to_owned(),
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("cannot listen on {address}: {why}"))
    })
}

/// Adds advice to the error about a port that is in use.
fn taken(error: io::Error, advice: &str) -> io::Error {
    if error.kind() == io::ErrorKind::AddrInUse {
        return io::Error::new(error.kind(), format!("{error}: {advice}"));
    }
    error
}

fn router(state: Arc<State>) -> Router {
    let record = || post(events::record);
    Router::new()
        .route("/", get(page::html))
        .route("/inkproof/page/{name}", get(page::file))
        .route("/v1/send/{channel}", post(send::capture::send))
        .route("/v1/campaigns/{id}/triggers", post(send::capture::trigger))
        .route("/v1/transactional", get(app::transactional::list))
        .route("/v1/transactional/{id}", get(app::transactional::one))
        .route("/v1/transactional/{id}/messages", get(app::deliveries::of_template))
        .route("/v1/messages/{id}", get(app::deliveries::one))
        .route("/v1/customers", get(app::customers::find))
        .route("/v1/customers/{id}/attributes", get(app::customers::attributes))
        .route("/v1/customers/{id}/messages", get(app::customers::messages))
        .route("/v1/exports", get(app::exports::list))
        .route("/v1/exports/customers", post(app::exports::create).get(app::exports::unknown))
        .route("/v1/exports/deliveries", post(app::exports::create).get(app::exports::unknown))
        .route("/v1/exports/{id}", get(app::exports::one))
        .route("/v1/exports/{id}/download", get(app::exports::download))
        .route("/api/v1/customers/{id}", put(track::identify).delete(track::delete))
        .route("/api/v1/customers/{id}/suppress", post(track::suppress))
        .route("/api/v1/customers/{id}/unsuppress", post(track::unsuppress))
        .route("/api/v1/customers/{id}/events", post(track::event))
        .route("/api/v1/customers/{id}/devices", put(track::add_device))
        .route("/api/v1/customers/{id}/devices/{device}", axum::routing::delete(track::delete_device))
        .route("/api/v1/events", post(track::anonymous_event))
        .route("/api/v1/push/events", post(track::report))
        .route("/api/v1/metrics", post(track::report))
        .route("/api/v1/merge_customers", post(track::merge))
        .route("/api/v1/accounts/region", get(track::region))
        .route("/api/v2/entity", post(track::entity))
        .route("/api/v2/batch", post(track::batch))
        .route("/v1/identify", post(pipelines::record))
        .route("/v1/track", post(pipelines::record))
        .route("/v1/page", post(pipelines::record))
        .route("/v1/screen", post(pipelines::record))
        .route("/v1/group", post(pipelines::record))
        .route("/v1/alias", post(pipelines::record))
        .route("/v1/batch", post(pipelines::record))
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
        .route("/inkproof/api/refused", get(api::refused).delete(api::remove_refused))
        .route("/inkproof/api/reset", post(api::reset))
        .route("/inkproof/api/namespaces", get(api::namespaces))
        .route("/inkproof/api/namespaces/{name}", axum::routing::delete(api::remove_namespace))
        .route("/inkproof/api/webhooks", get(api::webhooks))
        .route("/inkproof/api/people", get(api::people))
        .route("/inkproof/api/events", get(api::events))
        .route("/inkproof/api/faults", get(api::faults).post(api::add_fault).delete(api::remove_faults))
        .route("/inkproof/api/clock", get(api::clock).put(api::set_clock).delete(api::reset_clock))
        .route("/inkproof/api/templates", get(api::templates))
        .route("/inkproof/api/schema/{template}", get(schema::schema))
        .route("/inkproof/api/render", post(dry_run::render))
        .route("/inkproof/api/check", post(template_check::check))
        .route("/inkproof/api/gallery", get(gallery::gallery))
        .route("/inkproof/api/audience", post(audience::report))
        .route("/inkproof/api/snapshots", put(snapshots::accept))
        .route("/inkproof/api/snapshots/{template}", get(snapshots::snapshots))
        .route("/inkproof/api/requests", put(saving::save))
        .route("/inkproof/api/changes", get(stream::changes))
        .fallback(wrong_path::not_found)
        .method_not_allowed_fallback(wrong_path::method_not_allowed)
        .with_state(state)
}

/// The address to connect to, on this machine, for a server that listens on an address.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    address
}
