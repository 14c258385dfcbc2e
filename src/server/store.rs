//! The store: captured messages in memory, the newest of them, found by id and by recipient.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::captured::{Captured, Filter, Report};

/// Most reports that are kept of a message.
const MAX_REPORTS: usize = 100;

/// Captured messages. Whatever changes them wakes those who watch.
#[derive(Debug)]
pub(super) struct Store {
    shelf: Mutex<Shelf>,
    changes: watch::Sender<u64>,
}

/// How much is kept; the oldest goes first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Most messages.
    pub(super) messages: usize,
    /// Most memory, roughly, in bytes.
    pub(super) bytes: usize,
}

#[derive(Debug)]
struct Shelf {
    bounds: Bounds,
    /// By number, without a gap at the ends; what was removed in between is none.
    messages: VecDeque<Option<Captured>>,
    /// The number of the first one.
    first: u64,
    by_id: HashMap<String, u64>,
    by_identifier: HashMap<String, VecDeque<u64>>,
    weight: usize,
}

impl Store {
    pub(super) fn new(bounds: Bounds) -> Self {
        let shelf = Shelf {
            bounds,
            messages: VecDeque::new(),
            first: 0,
            by_id: HashMap::new(),
            by_identifier: HashMap::new(),
            weight: 0,
        };
        Self { shelf: Mutex::new(shelf), changes: watch::Sender::new(0) }
    }

    /// Tells of every change from now on.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Wakes all who watch, for a change that lies outside of the store.
    pub(super) fn wake(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Keeps a message, and forgets the oldest where there are too many.
    pub(super) fn put(&self, message: Captured) {
        self.lock().put(message);
        self.wake();
    }

    /// What a user's inbox holds, newest first, as inbox clients receive it.
    pub(super) fn inbox(&self, user: &str, now: Timestamp) -> Vec<Value> {
        let kept = self.lock();
        let numbers = kept.by_identifier.get(user).into_iter().flatten().rev();
        let mut messages: Vec<_> = numbers.filter_map(|number| kept.get(*number)).collect();
        messages.sort_by_key(|message| std::cmp::Reverse(message.send_at));
        messages.into_iter().filter_map(|message| message.in_inbox(user, now)).collect()
    }

    /// Looks at a message.
    pub(super) fn with<T>(&self, id: &str, look: impl FnOnce(&Captured) -> T) -> Option<T> {
        let kept = self.lock();
        kept.by_id.get(id).and_then(|number| kept.get(*number)).map(look)
    }

    /// Looks at the messages that fit, newest first, at most `limit` of them after skipping some; and counts all that fit.
    pub(super) fn select<T>(
        &self,
        filter: &Filter,
        now: Timestamp,
        page: std::ops::Range<usize>,
        mut look: impl FnMut(&Captured) -> T,
    ) -> (Vec<T>, usize) {
        let kept = self.lock();
        let (mut found, mut total) = (Vec::new(), 0);
        for message in kept.messages.iter().rev().flatten().filter(|message| filter.fits(message, now)) {
            if page.contains(&total) {
                found.push(look(message));
            }
            total += 1;
        }
        (found, total)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    /// Changes a message that is in a user's hands. False where they have none of that id.
    pub(super) fn change(&self, id: &str, user: &str, change: impl FnOnce(&mut Captured)) -> bool {
        self.change_if(id, |message| message.recipient.is(user), change)
    }

    /// Adds what a client reported. False where there is no such message.
    pub(super) fn report(&self, id: &str, report: Report) -> bool {
        self.change_if(
            id,
            |_| true,
            |message| {
                if message.reports.len() < MAX_REPORTS {
                    message.reports.push(report);
                }
            },
        )
    }

    fn change_if(&self, id: &str, test: impl FnOnce(&Captured) -> bool, change: impl FnOnce(&mut Captured)) -> bool {
        let mut kept = self.lock();
        let Some(number) = kept.by_id.get(id).copied() else { return false };
        let Some(message) = kept.get_mut(number).filter(|message| test(message)) else { return false };
        let before = message.weight();
        change(message);
        let after = message.weight();
        kept.weight = (kept.weight + after).saturating_sub(before);
        drop(kept);
        self.wake();
        true
    }

    /// Forgets a message. False where there is none of that id.
    pub(super) fn remove(&self, id: &str) -> bool {
        let mut kept = self.lock();
        let number = kept.by_id.get(id).copied();
        let removed = number.is_some_and(|number| kept.remove(number));
        drop(kept);
        if removed {
            self.wake();
        }
        removed
    }

    /// Forgets the messages that fit, and says how many they were.
    pub(super) fn remove_all(&self, filter: &Filter, now: Timestamp) -> usize {
        let mut kept = self.lock();
        let first = kept.first;
        let fits = |(number, message): (u64, &Option<Captured>)| {
            message.as_ref().filter(|message| filter.fits(message, now)).map(|_| number)
        };
        let numbers: Vec<_> = (first..).zip(&kept.messages).filter_map(fits).collect();
        for number in &numbers {
            kept.remove(*number);
        }
        drop(kept);
        self.wake();
        numbers.len()
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn get(&self, number: u64) -> Option<&Captured> {
        self.messages.get(self.place(number)?)?.as_ref()
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Captured> {
        let place = self.place(number)?;
        self.messages.get_mut(place)?.as_mut()
    }

    fn place(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    fn put(&mut self, message: Captured) {
        let number = self.first + self.messages.len() as u64;
        for identifier in message.recipient.identifiers.values() {
            let numbers = self.by_identifier.entry(identifier.clone()).or_default();
            // One may be called the same by two names.
            if numbers.back() != Some(&number) {
                numbers.push_back(number);
            }
        }
        self.by_id.insert(message.id.clone(), number);
        self.weight += message.weight();
        self.messages.push_back(Some(message));
        while self.messages.len() > self.bounds.messages.max(1)
            || (self.weight > self.bounds.bytes && self.messages.len() > 1)
        {
            self.remove(self.first);
        }
    }

    fn remove(&mut self, number: u64) -> bool {
        let message = self.place(number).and_then(|place| self.messages.get_mut(place)).and_then(Option::take);
        if let Some(message) = &message {
            self.by_id.remove(&message.id);
            self.weight = self.weight.saturating_sub(message.weight());
            for identifier in message.recipient.identifiers.values() {
                if let Some(numbers) = self.by_identifier.get_mut(identifier) {
                    if let Ok(place) = numbers.binary_search(&number) {
                        numbers.remove(place);
                    }
                    if numbers.is_empty() {
                        self.by_identifier.remove(identifier);
                    }
                }
            }
        }
        while self.messages.front().is_some_and(Option::is_none) {
            self.messages.pop_front();
            self.first += 1;
        }
        message.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::captured::{Received, Recipient};
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::message::Message;

    fn message(id: &str, user: &str, at: &str) -> Captured {
        let sent_at: Timestamp = at.parse().unwrap();
        let expiry = sent_at + jiff::SignedDuration::from_hours(24);
        Captured {
            id: id.to_owned(),
            template: "t".to_owned(),
            recipient: Recipient { identifiers: [("id", user.to_owned())].into(), name: None },
            request: Received { headers: Vec::new(), body: "{}".to_owned() },
            queued_at: sent_at,
            send_at: sent_at,
            draft: false,
            message: Some(Message {
                kind: String::new(),
                topics: Vec::new(),
                sent_at,
                expiry,
                properties: serde_json::Map::new(),
            }),
            diagnostics: Diagnostics::new(),
            test_send_looks_fine: false,
            opened: false,
            deleted: false,
            reports: Vec::new(),
        }
    }

    fn ids(store: &Store, user: &str, now: &str) -> Vec<String> {
        let inbox = store.inbox(user, now.parse().unwrap());
        inbox.iter().map(|message| message["queueId"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn an_inbox_holds_what_was_sent_and_has_not_expired_newest_first() {
        let store = Store::new(Bounds { messages: 10, bytes: 1 << 20 });
        for (id, user, at) in
            [("a", "u", "2026-01-01T00:00:00Z"), ("b", "v", "2026-01-01T01:00:00Z"), ("c", "u", "2026-01-01T02:00:00Z")]
        {
            store.put(message(id, user, at));
        }
        assert_eq!(ids(&store, "u", "2026-01-01T01:30:00Z"), ["a"]);
        assert_eq!(ids(&store, "u", "2026-01-01T02:00:00Z"), ["c", "a"]);
        assert_eq!(ids(&store, "u", "2026-01-02T00:00:00Z"), ["c"]);
        assert!(!store.change("c", "v", |message| message.opened = true), "it is another's");
        assert!(store.change("c", "u", |message| message.deleted = true));
        assert_eq!(ids(&store, "u", "2026-01-01T03:00:00Z"), ["a"]);
        assert_eq!(ids(&store, "nobody", "2026-01-01T03:00:00Z"), [""; 0]);
    }

    #[test]
    fn the_oldest_go_first() {
        let store = Store::new(Bounds { messages: 3, bytes: 1 << 20 });
        for number in 0..10 {
            store.put(message(&number.to_string(), "u", "2026-01-01T00:00:00Z"));
        }
        assert_eq!(ids(&store, "u", "2026-01-01T00:00:00Z"), ["9", "8", "7"]);
        assert!(store.remove("8"));
        assert!(!store.remove("8"));
        store.put(message("10", "u", "2026-01-01T00:00:00Z"));
        assert_eq!(ids(&store, "u", "2026-01-01T00:00:00Z"), ["10", "9"]);
        assert_eq!(store.remove_all(&Filter::default(), Timestamp::UNIX_EPOCH), 2);
        let kept = store.lock();
        assert_eq!((kept.weight, kept.by_id.len(), kept.by_identifier.len(), kept.messages.len()), (0, 0, 0, 0));
        drop(kept);
        let heavy = Store::new(Bounds { messages: 100, bytes: 3000 });
        for number in 0..10 {
            heavy.put(message(&number.to_string(), "u", "2026-01-01T00:00:00Z"));
        }
        assert_eq!(heavy.len(), 2, "by weight");
    }
}
