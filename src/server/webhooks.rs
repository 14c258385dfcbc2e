//! Reporting webhooks: tell a backend what happened to its messages, signed as Customer.io signs them.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::uri::Authority;
use axum::http::{Request, StatusCode, Uri};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};

use super::ServerEvent;
use super::captured::{CapturedMessage, Status};
use super::newest::Newest;
use super::state::State;
use crate::message::IdentifierKind;
use crate::project::percent_decoded;

/// How long the receiver may take to respond, as at Customer.io.
const TIMEOUT: Duration = Duration::from_secs(4);

/// How often a webhook is tried, and the first pause between two tries. Each pause is twice as long as the one before.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// The maximum number of webhooks that wait.
const MAX_WAITING: usize = 10_000;

/// How often scheduled messages are looked at.
const TICK: Duration = Duration::from_millis(250);

/// Where webhooks are sent.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// The URL of the receiver: `http://…`.
    pub url: String,
    /// The signing key.
    pub key: String,
    /// Whether the receiver may be on another machine.
    pub remote: bool,
}

/// Sends webhooks.
#[derive(Debug)]
pub(super) struct Webhooks {
    target: Target,
    key: String,
    /// The webhooks that wait, in order.
    waiting: Mutex<VecDeque<Value>>,
    /// Wakes up who sends them.
    news: Notify,
    /// Changes when all of them are forgotten.
    resets: watch::Sender<u64>,
    /// The scheduled messages: when they are due, and their ids.
    scheduled: Mutex<Vec<(Timestamp, String)>>,
    /// Held while webhooks of scheduled messages are queued, so that nobody queues a later one before.
    queueing: Mutex<()>,
    /// What the ids of its events have in common, and how many there were.
    run: String,
    count: AtomicU64,
    pub(super) log: Newest<WebhookDelivery>,
}

#[derive(Clone, Debug)]
struct Target {
    /// The host and, if it is given, the port.
    host: String,
    port: u16,
    /// The header with the user and the password of the URL.
    authorization: Option<String>,
    path: String,
    remote: bool,
}

/// A webhook that was sent.
#[derive(Clone, Debug, Serialize)]
pub(super) struct WebhookDelivery {
    event: Value,
    /// How often it was tried.
    tries: u32,
    /// Whether the receiver accepted it.
    delivered: bool,
    /// The reason of the last failure.
    error: Option<String>,
}

impl Webhooks {
    /// Checks where webhooks are to be sent. `scheduled` are the messages of which they are still to tell that they were sent.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub(super) fn new(options: &WebhookOptions, scheduled: Vec<(Timestamp, String)>) -> Result<Self, String> {
        let WebhookOptions { url, key, remote } = options;
        let uri: Uri = url.parse().map_err(|error| format!("`{url}` is not a URL: {error}"))?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http"));
        let authority =
            authority.ok_or_else(|| format!("expected a URL such as http://127.0.0.1:8080/webhooks, found `{url}`"))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let target = Target::new(authority, path, *remote);
        if !remote && !is_loopback(authority.host()) {
            return Err(format!("`{url}` may be another machine: pass `--webhook-remote` if that is intended"));
        }
        Ok(Self {
            target,
            key: key.clone(),
            waiting: Mutex::default(),
            news: Notify::new(),
            resets: watch::Sender::new(0),
            scheduled: Mutex::new(scheduled),
            queueing: Mutex::default(),
            run: format!("{:x}", Timestamp::now().as_millisecond()),
            count: AtomicU64::new(0),
            log: Newest::default(),
        })
    }

    /// What is to be told about a new message, and when. `number` is that of its template.
    pub(super) fn captured(&self, captured: &CapturedMessage, number: Option<u64>) {
        match captured.status(captured.queued_at) {
            Status::Failed => {
                let failure = captured.failure().unwrap_or_default();
                self.tell(captured, number, "failed", captured.queued_at, &[("failure_message", failure.into())]);
            }
            Status::Draft => self.tell(captured, number, "drafted", captured.queued_at, &[]),
            Status::Scheduled => lock(&self.scheduled).push((captured.send_at, captured.id.clone())),
            _ => self.tell(captured, number, "sent", captured.send_at, &[]),
        }
    }

    /// Queues a webhook about a message.
    pub(super) fn tell(
        &self,
        captured: &CapturedMessage,
        number: Option<u64>,
        metric: &str,
        at: Timestamp,
        more: &[(&str, Value)],
    ) {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{}-{metric}-{}-{count}", captured.id, self.run);
        let event = json!({
            "event_id": id,
            "object_type": captured.channel.name(),
            "metric": metric,
            "timestamp": at.as_second(),
            "data": data(captured, number, more),
        });
        let mut waiting = lock(&self.waiting);
        if waiting.len() < MAX_WAITING {
            waiting.push_back(event);
            self.news.notify_one();
        } else {
            let error = Some(format!("{MAX_WAITING} webhooks are waiting already"));
            self.log.add(WebhookDelivery { event, tries: 0, delivered: false, error }, 1024);
        }
    }

    /// Forgets what waits, what is being sent, and what was sent.
    pub(super) fn clear(&self) {
        lock(&self.scheduled).clear();
        lock(&self.waiting).clear();
        self.resets.send_modify(|count| *count += 1);
        self.log.clear();
    }

    /// Queues the webhooks that are due, of messages that still exist.
    pub(super) fn queue_due(&self, state: &State) {
        let _alone = lock(&self.queueing);
        let now = state.clock.now();
        let mut due: Vec<_> = lock(&self.scheduled).extract_if(.., |(at, _)| *at <= now).collect();
        due.sort();
        for (at, id) in due {
            if state.store.settle(&id) {
                state.store.with(&id, |captured| self.tell(captured, state.template_number(captured), "sent", at, &[]));
            }
        }
    }

    /// Sends an event until the receiver accepts it, or gives up.
    async fn deliver(&self, event: Value, state: &State) {
        let (mut pause, mut error) = (PAUSE, None);
        for tries in 1..=TRIES {
            let result = tokio::time::timeout(TIMEOUT, self.target.post(&event, &self.key)).await;
            let result = result.unwrap_or_else(|_| Err(format!("no response within {} seconds", TIMEOUT.as_secs())));
            match result {
                Ok(()) => {
                    self.log.add(WebhookDelivery { event, tries, delivered: true, error }, 1024);
                    return;
                }
                Err(why) => error = Some(why),
            }
            if tries < TRIES {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
        let why = error.as_deref().unwrap_or_default();
        let note = format!("a webhook was given up after {TRIES} tries: {why}");
        (state.observe)(&ServerEvent::Notice(&note));
        self.log.add(WebhookDelivery { event, tries: TRIES, delivered: false, error }, 1024);
    }
}

/// Sends the webhooks of a server until it stops.
pub(super) async fn run(state: Arc<State>) {
    let Some(webhooks) = &state.webhooks else { return };
    let mut resets = webhooks.resets.subscribe();
    loop {
        webhooks.queue_due(&state);
        resets.borrow_and_update();
        let next = lock(&webhooks.waiting).pop_front();
        let work = async {
            if let Some(event) = next {
                webhooks.deliver(event, &state).await;
            } else {
                // Scheduled messages become due without news.
                let _ = tokio::time::timeout(TICK, webhooks.news.notified()).await;
            }
        };
        tokio::select! {
            () = work => {}
            // What is being sent is forgotten too.
            _ = resets.changed() => {}
        }
    }
}

impl Target {
    fn new(authority: &Authority, path: String, remote: bool) -> Self {
        let (credentials, host) = match authority.as_str().rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, authority.as_str()),
        };
        let authorization = credentials
            .map(|credentials| format!("Basic {}", BASE64_STANDARD.encode(percent_decoded(credentials).as_bytes())));
        Self { host: host.to_owned(), port: authority.port_u16().unwrap_or(80), authorization, path, remote }
    }

    async fn post(&self, event: &Value, key: &str) -> Result<(), String> {
        let host = self.host.strip_suffix(&format!(":{}", self.port)).unwrap_or(&self.host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = tokio::net::lookup_host((host, self.port)).await.map_err(|error| error.to_string())?;
        let allowed: Vec<SocketAddr> = addresses.filter(|address| self.remote || address.ip().is_loopback()).collect();
        let stream = TcpStream::connect(&allowed[..]).await.map_err(|error| error.to_string())?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        let connection = tokio::spawn(connection);
        let body = event.to_string();
        let timestamp = Timestamp::now().as_second().to_string();
        let mut request = Request::post(&self.path);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let request = request
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, "application/json")
            .header("x-cio-timestamp", &timestamp)
            .header("x-cio-signature", signature(key, &timestamp, &body))
            .body(Body::from(body))
            .map_err(|error| error.to_string())?;
        let response = sender.send_request(request).await;
        connection.abort();
        match response.map(|response| response.status()) {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => Err(format!("the receiver answered {}", name(status))),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn name(status: StatusCode) -> String {
    status
        .canonical_reason()
        .map_or_else(|| status.as_str().to_owned(), |reason| format!("{} {reason}", status.as_str()))
}

/// The signature of a body: HMAC-SHA256 of version, timestamp and body, in hexadecimal digits.
fn signature(key: &str, timestamp: &str, body: &str) -> String {
    // A key may have any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    mac.finalize().into_bytes().iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What a webhook says about a message. `number` is that of its template.
fn data(captured: &CapturedMessage, number: Option<u64>, more: &[(&str, Value)]) -> Map<String, Value> {
    let [id, email, cio_id] = IdentifierKind::ALL.map(|kind| captured.recipient.identifiers.get(kind));
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            data.insert(name.to_owned(), value);
        }
    };
    put("customer_id", json!(id));
    put("identifiers", json!({ "id": id, "email": email, "cio_id": cio_id }));
    put("delivery_id", captured.id.as_str().into());
    put("transactional_message_id", json!(number));
    let content =
        |name: &str| captured.content.as_ref().and_then(|content| content.get(name)).cloned().unwrap_or_default();
    put("recipient", content("to"));
    put("subject", content("subject"));
    for (name, value) in more {
        put(name, value.clone());
    }
    data
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_documented() {
        // Made with: printf 'v0:1700000000:{"a":1}' | openssl dgst -sha256 -hmac key
        let expected = "3f00229db66e5b0b7299ad483b6cb6cff2d9bdd12ad57667f525e10266fa6a6b";
        assert_eq!(signature("key", "1700000000", r#"{"a":1}"#), expected);
    }

    #[test]
    fn only_this_machine_is_told_unless_another_is_allowed() {
        let new = |url: &str, remote| {
            Webhooks::new(&WebhookOptions { url: url.to_owned(), key: String::new(), remote }, Vec::new()).map(drop)
        };
        for url in ["http://127.0.0.1:8080/hooks", "http://localhost/", "http://[::1]:1", "http://app.localhost:9"] {
            assert_eq!(new(url, false), Ok(()), "{url}");
        }
        for (url, expected) in [
            ("http://10.0.0.1/", "pass `--webhook-remote`"),
            ("http://example.com/", "pass `--webhook-remote`"),
            ("http://localhost.example.com/", "pass `--webhook-remote`"),
            ("https://localhost/", "expected a URL such as http://"),
            ("localhost:8080", "expected a URL such as http://"),
            ("", "is not a URL"),
        ] {
            assert!(new(url, false).unwrap_err().contains(expected), "{url}");
        }
        assert_eq!(new("http://backend:8080/hooks", true), Ok(()));
    }
}
