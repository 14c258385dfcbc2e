//! Streams of events: a user's inbox for Customer.io's clients, and changes of any kind for the server's own page.
//!
//! A stream holds no copies of messages. It makes an event piece by piece, when the client has read what came before, so that a
//! client that does not read costs one piece; `connection` closes its connection after a while.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{self, Query};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use futures_util::stream::{once, unfold};
use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;
use tokio::sync::watch;

use super::answer::Refusal;
use super::inbox_pieces::InboxPieces;
use super::people::User;
use super::state::State;
use super::store::InboxList;
use super::token::{self, Platform};

/// The heartbeat interval that clients are promised, in seconds.
const HEARTBEAT: u64 = 30;

/// The actual heartbeat interval. Clients disconnect five seconds after the promised one.
const BEAT: Duration = Duration::from_secs(25);

/// How often a stream checks again, because messages also arrive and expire with time.
const TICK: Duration = Duration::from_millis(250);

/// The minimum time between two updates, so that a burst of messages causes only one. An update that takes longer is followed by
/// as long a pause.
const MIN_INTERVAL: Duration = Duration::from_millis(10);

/// `GET /api/v3/sse`: the complete inbox of a user, each time it changes.
pub(super) async fn inbox(
    extract::State(state): extract::State<Arc<State>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<impl IntoResponse, Refusal> {
    let text = |name: &str| query.get(name).map(String::as_str);
    let user = token::decode(text("userToken").unwrap_or_default(), Platform::from_header(text("platform")))
        .ok_or_else(|| Refusal::bad_request("expected a user's id in Base64 as `userToken`"))?;
    let stream = InboxStream { pulse: Pulse::new(&state), state, user: user.into(), sending: None, known: None };
    let first = event("connected", &format!("{{\"heartbeat\":{HEARTBEAT}}}"));
    Ok(response(first, unfold(stream, async |mut stream| Some((stream.next().await?, stream)))))
}

/// `GET /inkproof/api/changes`: a number that changes whenever there is something new to see.
pub(super) async fn changes(extract::State(state): extract::State<Arc<State>>) -> impl IntoResponse {
    let stream = ChangeStream { pulse: Pulse::new(&state), state, known: None };
    response(event("connected", "{}"), unfold(stream, async |mut stream| Some((stream.next().await?, stream))))
}

/// A response with these pieces of text.
fn response(first: String, pieces: impl Stream<Item = String> + Send + 'static) -> impl IntoResponse {
    let pieces = once(ready(first)).chain(pieces).map(Ok::<_, Infallible>);
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(pieces))
}

/// An event. Its data is JSON, which has no line breaks.
fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// The stream of a user's inbox.
struct InboxStream {
    state: Arc<State>,
    user: Arc<str>,
    pulse: Pulse,
    /// The event that is being sent.
    sending: Option<InboxPieces>,
    known: Option<KnownInbox>,
}

/// The inbox as last sent.
struct KnownInbox {
    fingerprint: u64,
    /// Whose it was.
    owner: User,
    /// The user's last change.
    change: u64,
    /// When it was looked at, by the server's clock.
    at: Timestamp,
    /// When time alone changes it.
    next: Option<Timestamp>,
}

impl InboxStream {
    /// The next piece; `None` when the server shuts down or the namespace is deleted.
    async fn next(&mut self) -> Option<String> {
        if let Some(pieces) = self.sending.take() {
            let (piece, rest) = pieces.next(&self.state, &self.user).await.ok()?;
            if rest.is_none() {
                self.pulse.sent();
            }
            self.sending = rest;
            return Some(piece).filter(|_| !*self.pulse.stop.borrow());
        }
        loop {
            if self.may_have_changed()
                && let Some(messages) = self.changed_inbox().await?
            {
                self.pulse.pause().await;
                self.sending = Some(InboxPieces::new(messages, "]\n\n"));
                return Some("event: inbox_messages\ndata: [".to_owned());
            }
            match self.pulse.wait().await {
                Wake::Look => {}
                Wake::Heartbeat => return Some(event("heartbeat", "{}")),
                Wake::Stop => return None,
            }
        }
    }

    /// Whether it is necessary to look at the inbox again.
    fn may_have_changed(&self) -> bool {
        let (now, owner) = (self.state.clock.now(), self.state.people.user(&self.user));
        self.known.as_ref().is_none_or(|known| {
            known.owner != owner
                || known.change != self.state.store.last_change_of(&owner)
                || known.next.is_some_and(|next| next <= now)
                || known.at > now
        })
    }

    /// The numbers of the messages in the inbox if it differs from the last one.
    async fn changed_inbox(&mut self) -> Option<Option<Vec<u64>>> {
        let (at, owner) = (self.state.clock.now(), self.state.people.user(&self.user));
        let change = self.state.store.last_change_of(&owner);
        let (state, own) = (Arc::clone(&self.state), owner.clone());
        let look = move || state.store.inbox_list(&own, at);
        let InboxList { messages, fingerprint, next } = self.state.reads.run(look).await.ok()?;
        let before = self.known.replace(KnownInbox { fingerprint, owner, change, at, next });
        Some((before.map(|known| known.fingerprint) != Some(fingerprint)).then_some(messages))
    }
}

/// The stream for the server's own page.
struct ChangeStream {
    state: Arc<State>,
    pulse: Pulse,
    known: Option<(u64, u64)>,
}

impl ChangeStream {
    /// The next event; `None` when the server shuts down or the namespace is deleted.
    async fn next(&mut self) -> Option<String> {
        loop {
            let now = (*self.pulse.changes.borrow_and_update(), self.state.project.get().1);
            if self.known.replace(now) != Some(now) {
                self.pulse.pause().await;
                self.pulse.sent();
                let (messages, project) = now;
                return Some(event("change", &format!("{{\"messages\":{messages},\"project\":{project}}}")));
            }
            match self.pulse.wait().await {
                Wake::Look => {}
                Wake::Heartbeat => return Some(event("heartbeat", "{}")),
                Wake::Stop => return None,
            }
        }
    }
}

/// Why a stream wakes up.
enum Wake {
    /// Something may have changed.
    Look,
    Heartbeat,
    /// The server shuts down, or the namespace is deleted.
    Stop,
}

/// Wakes a stream when there may be something to send.
struct Pulse {
    changes: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    /// When the last event began and when it had been sent.
    began: Instant,
    ended: Instant,
}

impl Pulse {
    fn new(state: &State) -> Self {
        let now = Instant::now();
        Self { changes: state.store.watch(), stop: state.stop.subscribe(), began: now, ended: now }
    }

    /// Waits until the next event may begin, and begins it.
    async fn pause(&mut self) {
        let pause = (self.ended - self.began).max(MIN_INTERVAL);
        tokio::select! {
            () = tokio::time::sleep(pause.saturating_sub(self.ended.elapsed())) => {}
            _ = self.stop.wait_for(|stop| *stop) => {}
        }
        self.began = Instant::now();
    }

    /// Ends an event.
    fn sent(&mut self) {
        self.ended = Instant::now();
    }

    async fn wait(&mut self) -> Wake {
        if *self.stop.borrow_and_update() {
            return Wake::Stop;
        }
        if self.ended.elapsed() >= BEAT {
            (self.began, self.ended) = (Instant::now(), Instant::now());
            return Wake::Heartbeat;
        }
        tokio::select! {
            _ = self.changes.changed() => {}
            _ = self.stop.changed() => {}
            () = tokio::time::sleep(TICK) => {}
        }
        Wake::Look
    }
}
