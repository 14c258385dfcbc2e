//! Streams of events: a user's inbox for Customer.io's clients, and changes of any kind for the server's own page.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{self, Query};
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::answer::Refusal;
use super::state::State;
use super::token::{self, Platform};

/// The heartbeat interval that clients are promised, in seconds.
const HEARTBEAT: u64 = 30;

/// The actual heartbeat interval. Clients disconnect five seconds after the promised one.
const BEAT: Duration = Duration::from_secs(25);

/// How often a stream checks again, because messages also arrive and expire with time.
const TICK: Duration = Duration::from_millis(250);

/// The minimum time between two updates, so that a burst of messages causes only one.
const MIN_INTERVAL: Duration = Duration::from_millis(10);

/// `GET /api/v3/sse`: the complete inbox of a user, each time it changes.
pub(super) async fn inbox(
    extract::State(state): extract::State<Arc<State>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let text = |name: &str| query.get(name).map(String::as_str);
    let user = token::decode(text("userToken").unwrap_or_default(), Platform::from_header(text("platform")))
        .ok_or_else(|| Refusal::bad_request("expected a user's id in Base64 as `userToken`"))?;
    let connected = Event::default().event("connected").data(format!("{{\"heartbeat\":{HEARTBEAT}}}"));
    let stream = ChangeStream::new(state, connected, move |state| {
        let messages =
            serde_json::Value::from(state.store.inbox(&user, &state.people.linked(&user), state.clock.now()))
                .to_string();
        ("inbox_messages", messages)
    });
    Ok(stream.into_sse())
}

/// `GET /inkproof/api/changes`: a number that changes whenever there is something new to see.
pub(super) async fn changes(
    extract::State(state): extract::State<Arc<State>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let connected = Event::default().event("connected").data("{}");
    let watch = state.store.watch();
    let stream = ChangeStream::new(state, connected, move |state| {
        let (_, project) = state.project.get();
        ("change", format!("{{\"messages\":{},\"project\":{project}}}", *watch.borrow()))
    });
    stream.into_sse()
}

/// A stream of server-sent events: the result of `snapshot`, each time that it changes.
struct ChangeStream<F> {
    state: Arc<State>,
    changes: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    connected: Option<Event>,
    snapshot: F,
    last: Option<String>,
    last_sent: Instant,
}

impl<F: Fn(&State) -> (&'static str, String) + Send + Sync + 'static> ChangeStream<F> {
    fn new(state: Arc<State>, connected: Event, snapshot: F) -> Self {
        let (changes, stop) = (state.store.watch(), state.stop.subscribe());
        Self { state, changes, stop, connected: Some(connected), snapshot, last: None, last_sent: Instant::now() }
    }

    fn into_sse(self) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        Sse::new(unfold(self, |mut stream| async move {
            let event = stream.next().await?;
            Some((Ok(event), stream))
        }))
    }

    /// The next event; `None` when the server shuts down.
    async fn next(&mut self) -> Option<Event> {
        if let Some(connected) = self.connected.take() {
            return Some(connected);
        }
        loop {
            if *self.stop.borrow_and_update() {
                return None;
            }
            self.changes.borrow_and_update();
            let (name, seen) = (self.snapshot)(&self.state);
            if self.last.as_ref() != Some(&seen) {
                tokio::time::sleep(MIN_INTERVAL.saturating_sub(self.last_sent.elapsed())).await;
                self.last_sent = Instant::now();
                let event = Event::default().event(name).data(&seen);
                self.last = Some(seen);
                return Some(event);
            }
            if self.last_sent.elapsed() >= BEAT {
                self.last_sent = Instant::now();
                return Some(Event::default().event("heartbeat").data("{}"));
            }
            tokio::select! {
                _ = self.changes.changed() => {}
                _ = self.stop.changed() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }
}
