//! The store: the newest captured messages, in memory and, with `--store`, in a file; indexed by id and by recipient.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::captured::{CapturedMessage, Filter, Report};
use super::database::{Database, OpenError};
use super::pending::{NotWritten, Pending};

/// The maximum number of reports per message.
const MAX_REPORTS: usize = 100;

/// The captured messages. Every change notifies the watchers.
#[derive(Debug)]
pub(super) struct Store {
    log: Mutex<MessageLog>,
    changes: watch::Sender<u64>,
    database: Option<Database>,
}

/// The limits of the store. The oldest messages are removed first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The maximum number of messages.
    pub(super) messages: usize,
    /// The approximate memory limit, in bytes.
    pub(super) bytes: usize,
}

#[derive(Debug)]
struct MessageLog {
    bounds: Bounds,
    /// The messages in order of their numbers. Removed messages are `None`, except at the ends, where they are dropped.
    messages: VecDeque<Option<CapturedMessage>>,
    /// The number of the first message.
    first: u64,
    by_id: HashMap<String, u64>,
    by_identifier: HashMap<String, VecDeque<u64>>,
    weight: usize,
}

impl Store {
    /// A store in memory.
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { log: Mutex::new(MessageLog::new(bounds)), changes: watch::Sender::new(0), database: None }
    }

    /// A store with a file, which loads the messages in the file.
    ///
    /// # Errors
    /// The file cannot be used.
    pub(super) fn open(bounds: Bounds, file: &Path) -> Result<Self, OpenError> {
        let (mut log, mut too_old) = (MessageLog::new(bounds), Vec::new());
        let database = Database::open(file, |message| too_old.extend(log.put(message)))?;
        // If that fails, they are removed the next time.
        drop(database.remove(too_old));
        Ok(Self { log: Mutex::new(log), changes: watch::Sender::new(0), database: Some(database) })
    }

    /// A receiver that is notified of every change.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Notifies the watchers of a change outside of the store.
    pub(super) fn wake(&self) {
        wake(&self.changes);
    }

    /// A function that does the same without a reference to the store.
    pub(super) fn waker(&self) -> impl Fn() + Send + 'static {
        let changes = self.changes.clone();
        move || wake(&changes)
    }

    /// Adds a message, and removes the oldest ones beyond the limits.
    ///
    /// # Errors
    /// It could not be written to the file. Then it is not added at all.
    pub(super) async fn put(&self, message: CapturedMessage) -> Result<(), NotWritten> {
        if let Some(database) = &self.database {
            database.put(&message).written().await?;
        }
        let too_old = self.lock().put(message);
        if let Some(database) = &self.database {
            // If that fails, they are removed the next time that the file is opened.
            drop(database.remove(too_old));
        }
        self.wake();
        Ok(())
    }

    /// The messages in a user's inbox, newest first, in the format of inbox clients.
    ///
    /// `identifiers` are those of the user. A message may be addressed by any of them.
    pub(super) fn inbox(&self, user: &str, identifiers: &[String], now: Timestamp) -> Vec<Value> {
        let kept = self.lock();
        let lists = identifiers.iter().filter_map(|identifier| kept.by_identifier.get(identifier));
        let mut numbers: Vec<_> = lists.flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut messages: Vec<_> = numbers.iter().rev().filter_map(|number| kept.get(*number)).collect();
        messages.sort_by(|one, other| (other.send_at, other.order()).cmp(&(one.send_at, one.order())));
        messages.into_iter().filter_map(|message| message.in_inbox(user, now)).collect()
    }

    /// Calls a function with a message.
    pub(super) fn with<T>(&self, id: &str, look: impl FnOnce(&CapturedMessage) -> T) -> Option<T> {
        let kept = self.lock();
        kept.by_id.get(id).and_then(|number| kept.get(*number)).map(look)
    }

    /// Calls `look` with a `page` of the matching messages, newest first. Returns the results and the number of all matches.
    pub(super) fn select<T>(
        &self,
        filter: &Filter,
        now: Timestamp,
        page: std::ops::Range<usize>,
        look: impl Fn(&CapturedMessage) -> T,
    ) -> (Vec<T>, usize) {
        let kept = self.lock();
        let matching = kept.messages.iter().rev().flatten().filter(|message| filter.matches(message, now));
        let mut matching: Vec<_> = matching.collect();
        // They are almost in order already: messages that are sent at once may arrive here in another order than they got
        // their ids.
        matching.sort_by(|one, other| other.order().cmp(&one.order()));
        let end = page.end.min(matching.len());
        (matching[page.start.min(end)..end].iter().map(|message| look(message)).collect(), matching.len())
    }

    /// The number of messages.
    pub(super) fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    /// Changes a message of the user with these identifiers. Returns false if the user has no message with this id.
    ///
    /// # Errors
    /// The change could not be written to the file.
    pub(super) async fn change(
        &self,
        id: &str,
        identifiers: &[String],
        change: impl FnOnce(&mut CapturedMessage),
    ) -> Result<bool, NotWritten> {
        let is_to = |message: &CapturedMessage| identifiers.iter().any(|user| message.recipient.has_identifier(user));
        self.change_if(id, is_to, change).await
    }

    /// Adds a report of a client. Returns false if there is no such message.
    ///
    /// # Errors
    /// The report could not be written to the file.
    pub(super) async fn report(&self, id: &str, report: Report) -> Result<bool, NotWritten> {
        let add = |message: &mut CapturedMessage| {
            if message.reports.len() < MAX_REPORTS {
                message.reports.push(report);
            }
        };
        self.change_if(id, |_| true, add).await
    }

    async fn change_if(
        &self,
        id: &str,
        test: impl FnOnce(&CapturedMessage) -> bool,
        change: impl FnOnce(&mut CapturedMessage),
    ) -> Result<bool, NotWritten> {
        let Some(pending) = self.change_now(id, test, change) else { return Ok(false) };
        self.wake();
        pending.written().await.map(|()| true)
    }

    /// Changes a message in memory and queues the change for the file, under one lock so that the order is the same.
    fn change_now(
        &self,
        id: &str,
        test: impl FnOnce(&CapturedMessage) -> bool,
        change: impl FnOnce(&mut CapturedMessage),
    ) -> Option<Pending> {
        let mut kept = self.lock();
        let number = kept.by_id.get(id).copied()?;
        let message = kept.get_mut(number).filter(|message| test(message))?;
        let before = message.weight();
        change(message);
        let after = message.weight();
        let pending = self.database.as_ref().map_or(Pending::nothing(), |database| database.put(message));
        kept.weight = (kept.weight + after).saturating_sub(before);
        Some(pending)
    }

    /// Removes a message. Returns false if there is none with this id.
    ///
    /// # Errors
    /// It could not be removed from the file.
    pub(super) async fn remove(&self, id: &str) -> Result<bool, NotWritten> {
        let removed = self.remove_where(|kept| kept.by_id.get(id).copied().into_iter().collect()).await?;
        Ok(removed > 0)
    }

    /// Removes the matching messages and returns their number.
    ///
    /// # Errors
    /// They could not be removed from the file.
    pub(super) async fn remove_all(&self, filter: &Filter, now: Timestamp) -> Result<usize, NotWritten> {
        let matching = |kept: &MessageLog| {
            let matches = |(number, message): (u64, &Option<CapturedMessage>)| {
                message.as_ref().filter(|message| filter.matches(message, now)).map(|_| number)
            };
            (kept.first..).zip(&kept.messages).filter_map(matches).collect()
        };
        self.remove_where(matching).await
    }

    async fn remove_where(&self, choose: impl FnOnce(&MessageLog) -> Vec<u64>) -> Result<usize, NotWritten> {
        let (count, pending) = {
            let mut kept = self.lock();
            let numbers = choose(&kept);
            let ids: Vec<_> = numbers.into_iter().filter_map(|number| kept.remove(number)).collect();
            let count = ids.len();
            (count, self.database.as_ref().map_or(Pending::nothing(), |database| database.remove(ids)))
        };
        if count > 0 {
            self.wake();
        }
        pending.written().await.map(|()| count)
    }

    fn lock(&self) -> MutexGuard<'_, MessageLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(changes: &watch::Sender<u64>) {
    changes.send_modify(|count| *count = count.wrapping_add(1));
}

impl MessageLog {
    fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            messages: VecDeque::new(),
            first: 0,
            by_id: HashMap::new(),
            by_identifier: HashMap::new(),
            weight: 0,
        }
    }

    fn get(&self, number: u64) -> Option<&CapturedMessage> {
        self.messages.get(self.index_of(number)?)?.as_ref()
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut CapturedMessage> {
        let index = self.index_of(number)?;
        self.messages.get_mut(index)?.as_mut()
    }

    fn index_of(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    /// Adds a message, and returns the ids of the messages that were removed for it.
    fn put(&mut self, message: CapturedMessage) -> Vec<String> {
        let number = self.first + self.messages.len() as u64;
        for identifier in message.recipient.identifiers.values() {
            let numbers = self.by_identifier.entry(identifier.clone()).or_default();
            // Two identifiers of a customer may be equal.
            if numbers.back() != Some(&number) {
                numbers.push_back(number);
            }
        }
        self.by_id.insert(message.id.clone(), number);
        self.weight += message.weight();
        self.messages.push_back(Some(message));
        let mut too_old = Vec::new();
        while self.messages.len() > self.bounds.messages.max(1)
            || (self.weight > self.bounds.bytes && self.messages.len() > 1)
        {
            too_old.extend(self.remove(self.first));
        }
        too_old
    }

    /// Removes a message and returns its id.
    fn remove(&mut self, number: u64) -> Option<String> {
        let message = self.index_of(number).and_then(|index| self.messages.get_mut(index)).and_then(Option::take);
        if let Some(message) = &message {
            self.by_id.remove(&message.id);
            self.weight = self.weight.saturating_sub(message.weight());
            for identifier in message.recipient.identifiers.values() {
                if let Some(numbers) = self.by_identifier.get_mut(identifier) {
                    if let Ok(index) = numbers.binary_search(&number) {
                        numbers.remove(index);
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
        message.map(|message| message.id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::captured::Recipient;
    use super::super::received::Received;
    use super::super::send::channel::Channel;
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::message::Message;

    fn message(id: &str, user: &str, at: &str) -> CapturedMessage {
        let sent_at: Timestamp = at.parse().unwrap();
        let expiry = sent_at + jiff::SignedDuration::from_hours(24);
        CapturedMessage {
            id: id.to_owned(),
            channel: Channel::Inbox,
            template: "t".to_owned(),
            recipient: Recipient { identifiers: [("id".into(), user.to_owned())].into(), name: None },
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
            content: None,
            findings: Diagnostics::new().into(),
            test_send_looks_fine: false,
            opened: false,
            deleted: false,
            reports: Vec::new(),
        }
    }

    fn ids(store: &Store, user: &str, now: &str) -> Vec<String> {
        let inbox = store.inbox(user, &[user.to_owned()], now.parse().unwrap());
        inbox.iter().map(|message| message["deliveryId"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn an_inbox_lists_unexpired_messages_newest_first() {
        let store = Store::new(Bounds { messages: 10, bytes: 1 << 20 });
        for (id, user, at) in
            [("a", "u", "2026-01-01T00:00:00Z"), ("b", "v", "2026-01-01T01:00:00Z"), ("c", "u", "2026-01-01T02:00:00Z")]
        {
            store.put(message(id, user, at)).await.unwrap();
        }
        assert_eq!(ids(&store, "u", "2026-01-01T01:30:00Z"), ["a"]);
        assert_eq!(ids(&store, "u", "2026-01-01T02:00:00Z"), ["c", "a"]);
        assert_eq!(ids(&store, "u", "2026-01-02T00:00:00Z"), ["c"]);
        assert!(
            !store.change("c", &["v".to_owned()], |message| message.opened = true).await.unwrap(),
            "it belongs to another user"
        );
        assert!(store.change("c", &["u".to_owned()], |message| message.deleted = true).await.unwrap());
        assert_eq!(ids(&store, "u", "2026-01-01T03:00:00Z"), ["a"]);
        assert_eq!(ids(&store, "nobody", "2026-01-01T03:00:00Z"), [""; 0]);
    }

    #[tokio::test]
    async fn the_oldest_messages_are_removed_first() {
        let store = Store::new(Bounds { messages: 3, bytes: 1 << 20 });
        for number in 0..10 {
            store.put(message(&number.to_string(), "u", "2026-01-01T00:00:00Z")).await.unwrap();
        }
        assert_eq!(ids(&store, "u", "2026-01-01T00:00:00Z"), ["9", "8", "7"]);
        assert!(store.remove("8").await.unwrap());
        assert!(!store.remove("8").await.unwrap());
        store.put(message("10", "u", "2026-01-01T00:00:00Z")).await.unwrap();
        assert_eq!(ids(&store, "u", "2026-01-01T00:00:00Z"), ["10", "9"]);
        assert_eq!(store.remove_all(&Filter::default(), Timestamp::UNIX_EPOCH).await.unwrap(), 2);
        let sizes = |kept: &MessageLog| (kept.weight, kept.by_id.len(), kept.by_identifier.len(), kept.messages.len());
        assert_eq!(sizes(&store.lock()), (0, 0, 0, 0));
        let heavy = Store::new(Bounds { messages: 100, bytes: 3000 });
        for number in 0..10 {
            heavy.put(message(&number.to_string(), "u", "2026-01-01T00:00:00Z")).await.unwrap();
        }
        assert_eq!(heavy.len(), 2, "by weight");
    }
}
