//! Slots: the open connections of a port. One that sends no request for too long is closed, and an idle one when there are too
//! many, to make room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// The maximum number of connections on each port. One more is accepted while an idle one is closed.
const MAX_CONNECTIONS: usize = 2048;

/// How long a connection may take to establish TLS and to send the head of a request, and how often that is checked. A timer for
/// each connection would have to be set and removed for each request.
const HEAD_TIME: Duration = Duration::from_secs(15);
pub(super) const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// How long a new connection may be silent before it counts as idle.
const GRACE: Duration = Duration::from_secs(5);

/// How often idle connections are looked for while there is no room.
const RETRY: Duration = Duration::from_millis(5);

/// The connections of a port.
#[derive(Debug)]
pub(super) struct Slots {
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    next: AtomicU64,
    closed: Notify,
    start: Instant,
}

/// A connection.
#[derive(Debug)]
struct Connection {
    /// Since when it waits for a request, in milliseconds since the start; [`BUSY`] while it handles one, and once it was asked
    /// to close.
    idle_since: AtomicU64,
    /// Whether it has handled a request.
    used: AtomicBool,
    /// Asks it to close.
    close: Notify,
}

const BUSY: u64 = u64::MAX;

/// The place of an open connection. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    number: u64,
    connection: Arc<Connection>,
}

impl Slots {
    /// No connections.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), next: AtomicU64::new(0), closed: Notify::new(), start: Instant::now() })
    }

    /// The slot of a new connection.
    pub(super) fn take(self: &Arc<Self>) -> Slot {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection {
            idle_since: AtomicU64::new(BUSY),
            used: AtomicBool::new(false),
            close: Notify::new(),
        });
        self.lock().insert(number, Arc::clone(&connection));
        Slot { slots: Arc::clone(self), number, connection }
    }

    /// Waits until another connection may be accepted, and closes idle connections for that.
    pub(super) async fn room(&self) {
        loop {
            let closed = self.closed.notified();
            {
                let open = self.lock();
                if open.len() <= MAX_CONNECTIONS {
                    return;
                }
                if let Some(idle) = longest_idle(&open, self.now()) {
                    idle.ask_to_close();
                }
            }
            let _ = tokio::time::timeout(RETRY, closed).await;
        }
    }

    /// Closes the connections that have waited for a request for too long.
    pub(super) fn close_late(&self) {
        let (open, now) = (self.lock(), self.now());
        open.values().filter(|connection| connection.is_late(now)).for_each(|connection| connection.ask_to_close());
    }

    /// Closes all connections, each after the response that it is sending, and waits until they are closed.
    pub(super) async fn close_all(&self) {
        self.lock().values().for_each(|connection| connection.ask_to_close());
        while !self.lock().is_empty() {
            let _ = tokio::time::timeout(RETRY, self.closed.notified()).await;
        }
    }

    fn now(&self) -> u64 {
        millis(self.start.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection that has been idle for longest. A new connection is idle only if it stays silent.
fn longest_idle(open: &HashMap<u64, Arc<Connection>>, now: u64) -> Option<&Arc<Connection>> {
    let since = |connection: &Arc<Connection>| connection.idle_since.load(Ordering::Relaxed);
    open.values()
        .filter(|connection| since(connection) != BUSY)
        .filter(|connection| {
            connection.used.load(Ordering::Relaxed) || since(connection).saturating_add(millis(GRACE)) <= now
        })
        .min_by_key(|connection| since(connection))
}

impl Connection {
    fn ask_to_close(&self) {
        // It is not asked again.
        self.idle_since.store(BUSY, Ordering::Relaxed);
        self.close.notify_one();
    }

    fn is_late(&self, now: u64) -> bool {
        let since = self.idle_since.load(Ordering::Relaxed);
        since != BUSY && now.saturating_sub(since) > millis(HEAD_TIME)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(BUSY - 1)
}

impl Slot {
    /// It handles a request.
    pub(super) fn begin_request(&self) {
        self.connection.used.store(true, Ordering::Relaxed);
        self.connection.idle_since.store(BUSY, Ordering::Relaxed);
    }

    /// From now on, it waits for a request.
    pub(super) fn expect_request(&self) {
        self.connection.idle_since.store(self.slots.now(), Ordering::Relaxed);
    }

    /// Whether it has handled a request, or handles one.
    pub(super) fn is_used(&self) -> bool {
        self.connection.used.load(Ordering::Relaxed)
    }

    /// Waits until it has to close.
    pub(super) async fn must_close(&self) {
        self.connection.close.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.lock().remove(&self.number);
        self.slots.closed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_that_is_idle_for_longest_is_closed_first() {
        let slots = Slots::new();
        let [busy, used, silent, new] = std::array::from_fn(|_| slots.take());
        let since = |slot: &Slot, time| slot.connection.idle_since.store(time, Ordering::Relaxed);
        busy.begin_request();
        used.begin_request();
        since(&silent, 4500);
        since(&new, 9500);
        let chosen = |now| longest_idle(&slots.lock(), now).cloned();
        since(&used, 4000);
        assert!(Arc::ptr_eq(&chosen(10_000).unwrap(), &used.connection));
        drop(used);
        assert!(Arc::ptr_eq(&chosen(10_000).unwrap(), &silent.connection));
        drop(silent);
        assert!(chosen(10_000).is_none(), "a new connection may be silent for a moment");
        assert!(Arc::ptr_eq(&chosen(15_000).unwrap(), &new.connection));
    }

    #[test]
    fn a_connection_may_wait_for_a_request_for_some_time() {
        let slots = Slots::new();
        let slot = slots.take();
        let is_late = |now| slot.connection.is_late(now);
        assert!(!is_late(BUSY - 1), "it has not waited yet");
        slot.connection.idle_since.store(500, Ordering::Relaxed);
        assert!(!is_late(500 + millis(HEAD_TIME)) && is_late(501 + millis(HEAD_TIME)));
        slot.begin_request();
        assert!(!is_late(BUSY - 1), "it handles one");
        slot.connection.idle_since.store(500, Ordering::Relaxed);
        slot.connection.ask_to_close();
        assert!(!is_late(BUSY - 1), "it is not asked again");
    }
}
