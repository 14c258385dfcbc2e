//! The store: the newest captured messages, in memory and, with `--store`, in a file; indexed by id and by recipient.
//!
//! Its lock is only ever held for a moment: those who look at many messages take references to them first.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, DefaultHasher, Hash, Hasher as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::hash_map::EntryRef;
use hashbrown::{DefaultHashBuilder, Equivalent, HashMap, HashTable};
use jiff::Timestamp;
use serde_json::Value;
use smallvec::SmallVec;
use tokio::sync::watch;

use super::captured::{CapturedMessage, Filter, Report, Status};
use super::database::{Database, OpenError};
use super::pending::{NotWritten, Pending};
use super::people::{Key, User};
use super::send::channel::Channel;
use crate::message::IdentifierKind;

/// The maximum number of reports per message.
const MAX_REPORTS: usize = 100;

/// The captured messages. Every change notifies the watchers.
#[derive(Debug)]
pub(super) struct Store {
    log: Mutex<MessageLog>,
    /// The number of messages.
    count: AtomicUsize,
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
    messages: VecDeque<Option<Entry>>,
    /// The number of the first message.
    first: u64,
    /// The numbers by id, which each message has itself.
    by_id: HashTable<u64>,
    id_hasher: DefaultHashBuilder,
    /// By identifiers as they are compared.
    by_identifier: HashMap<Key, UserLog>,
    /// The number of the last change.
    changes: u64,
    weight: usize,
}

#[derive(Debug)]
struct Entry {
    message: Arc<CapturedMessage>,
    /// Its approximate memory use, in bytes.
    weight: usize,
    /// The number of its last change.
    changed: u64,
}

/// An identifier as it is compared, to look for without copying it. It has the same hash as its [`Key`].
#[derive(Clone, Copy, Debug, Hash)]
struct KeyRef<'a>(IdentifierKind, &'a str);

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, (kind, identifier): &Key) -> bool {
        self.0 == *kind && self.1 == identifier
    }
}

impl From<KeyRef<'_>> for Key {
    fn from(KeyRef(kind, identifier): KeyRef<'_>) -> Self {
        (kind, identifier.to_owned())
    }
}

/// Messages that were removed; mostly one or none.
type Removed = SmallVec<[Arc<CapturedMessage>; 1]>;

/// The messages with an identifier.
#[derive(Debug, Default)]
struct UserLog {
    /// Their numbers, in order.
    messages: VecDeque<u64>,
    /// The number of the last change of any of them.
    changed: u64,
}

/// What is in a user's inbox at a point in time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InboxList {
    /// The numbers of the messages, newest first.
    pub(super) messages: Vec<u64>,
    /// Differs if the inbox differs.
    pub(super) fingerprint: u64,
    /// When a message arrives or expires next, if nothing else changes.
    pub(super) next: Option<Timestamp>,
}

impl Store {
    /// A store in memory.
    pub(super) fn new(bounds: Bounds) -> Self {
        Self::with_log(MessageLog::new(bounds), None)
    }

    /// A store with a file, which loads the messages in the file.
    ///
    /// # Errors
    /// The file cannot be used.
    pub(super) fn open(bounds: Bounds, file: &Path) -> Result<Self, OpenError> {
        let (mut log, mut too_old) = (MessageLog::new(bounds), Vec::new());
        let database = Database::open(file, |message| too_old.extend(log.put(&Arc::new(message))))?;
        // If that fails, they are removed the next time.
        drop(database.remove(ids(&too_old)));
        Ok(Self::with_log(log, Some(database)))
    }

    fn with_log(log: MessageLog, database: Option<Database>) -> Self {
        let count = AtomicUsize::new(log.by_id.len());
        Self { log: Mutex::new(log), count, changes: watch::Sender::new(0), database }
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

    /// Adds a message, and removes the oldest ones beyond the limits. `added` is called before anybody else can see it.
    ///
    /// # Errors
    /// It could not be written to the file. Then it is not added at all.
    pub(super) async fn put(
        &self,
        message: Arc<CapturedMessage>,
        added: impl FnOnce(&CapturedMessage),
    ) -> Result<(), NotWritten> {
        if let Some(database) = &self.database {
            database.put(Arc::clone(&message)).written().await?;
        }
        let too_old = {
            let mut kept = self.lock();
            let too_old = kept.put(&message);
            added(&message);
            self.count.store(kept.by_id.len(), Ordering::Relaxed);
            too_old
        };
        if let Some(database) = &self.database {
            // If that fails, they are removed the next time that the file is opened.
            drop(database.remove(ids(&too_old)));
        }
        self.wake();
        Ok(())
    }

    /// A message in the format of inbox clients; `None` if it is not in this user's inbox, or no longer there.
    pub(super) fn in_inbox(&self, number: u64, user: &str, now: Timestamp) -> Option<Value> {
        let message = self.lock().get(number).map(|entry| Arc::clone(&entry.message))?;
        message.in_inbox(user, now)
    }

    /// What is in a user's inbox. A message may be addressed by any of their identifiers.
    pub(super) fn inbox_list(&self, user: &User, now: Timestamp) -> InboxList {
        let (mut found, mut next) = (Vec::new(), None);
        for (number, changed, message) in self.messages_of(user) {
            let times = [Some(message.send_at), message.message.as_ref().map(|message| message.expiry)];
            next = times.into_iter().flatten().filter(|time| *time > now).chain(next).min();
            if message.status(now) == Status::Delivered {
                found.push((number, changed, message));
            }
        }
        found.sort_by(|(_, _, one), (_, _, other)| (other.send_at, other.order()).cmp(&(one.send_at, one.order())));
        let mut hasher = DefaultHasher::new();
        for (number, changed, _) in &found {
            (number, changed).hash(&mut hasher);
        }
        let messages = found.into_iter().map(|(number, ..)| number).collect();
        InboxList { messages, fingerprint: hasher.finish(), next }
    }

    /// A number that changes whenever one of the user's messages does.
    pub(super) fn last_change_of(&self, user: &User) -> u64 {
        let (keys, kept) = (user.keys(), self.lock());
        keys.iter().filter_map(|key| kept.by_identifier.get(key)).map(|own| own.changed).max().unwrap_or(0)
    }

    fn messages_of(&self, user: &User) -> Vec<(u64, u64, Arc<CapturedMessage>)> {
        let (keys, kept) = (user.keys(), self.lock());
        let own = keys.iter().filter_map(|key| kept.by_identifier.get(key));
        let mut numbers: Vec<_> = own.flat_map(|own| own.messages.iter().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let with_entry = |number: u64| {
            let entry = kept.get(number).filter(|entry| user.is(&entry.message.recipient))?;
            Some((number, entry.changed, Arc::clone(&entry.message)))
        };
        numbers.into_iter().filter_map(with_entry).collect()
    }

    /// All messages with their numbers, oldest first.
    fn all(&self) -> Vec<(u64, Arc<CapturedMessage>)> {
        let kept = self.lock();
        let numbered = (kept.first..).zip(&kept.messages);
        numbered.filter_map(|(number, entry)| Some((number, Arc::clone(&entry.as_ref()?.message)))).collect()
    }

    /// Calls a function with a message.
    pub(super) fn with<T>(&self, id: &str, look: impl FnOnce(&CapturedMessage) -> T) -> Option<T> {
        let message = {
            let kept = self.lock();
            let entry = kept.number_of(id).and_then(|number| kept.get(number))?;
            Arc::clone(&entry.message)
        };
        Some(look(&message))
    }

    /// Calls `look` with a `page` of the matching messages, newest first. Returns the results and the number of all matches.
    pub(super) fn select<T>(
        &self,
        filter: &Filter,
        now: Timestamp,
        page: std::ops::Range<usize>,
        look: impl Fn(&CapturedMessage) -> T,
    ) -> (Vec<T>, usize) {
        let mut matching: Vec<_> = self.all().into_iter().filter(|(_, message)| filter.matches(message, now)).collect();
        // They are almost in order already: messages that are sent at once may arrive here in another order than they got
        // their ids.
        matching.sort_by(|(_, one), (_, other)| other.order().cmp(&one.order()));
        let end = page.end.min(matching.len());
        (matching[page.start.min(end)..end].iter().map(|(_, message)| look(message)).collect(), matching.len())
    }

    /// The number of messages.
    pub(super) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Changes a message that was sent to a user's inbox. Returns false if there is none with this id.
    ///
    /// # Errors
    /// The change could not be written to the file.
    pub(super) async fn change(
        &self,
        id: &str,
        user: &User,
        now: Timestamp,
        change: impl FnOnce(&mut CapturedMessage),
    ) -> Result<bool, NotWritten> {
        let is_theirs = |message: &CapturedMessage| {
            message.channel == Channel::Inbox && message.was_sent(now) && user.is(&message.recipient)
        };
        self.change_if(id, is_theirs, change).await
    }

    /// Adds a report of a client to a message that was sent. `added` is called with the message before the change, if there is
    /// such a message.
    ///
    /// # Errors
    /// The report could not be written to the file.
    pub(super) async fn report(
        &self,
        id: &str,
        report: Report,
        added: impl FnOnce(&mut CapturedMessage),
    ) -> Result<(), NotWritten> {
        let at = report.at;
        let add = |message: &mut CapturedMessage| {
            added(message);
            if message.reports.len() < MAX_REPORTS {
                message.reports.push(report);
            }
        };
        self.change_if(id, |message| message.was_sent(at), add).await.map(|_| ())
    }

    /// The scheduled messages of which a webhook is still to tell that they were sent: when that is, and their ids.
    pub(super) fn owing(&self) -> Vec<(Timestamp, String)> {
        let owing = |(_, message): (u64, Arc<CapturedMessage>)| {
            message.owes_sent.then(|| (message.send_at, message.id.clone()))
        };
        self.all().into_iter().filter_map(owing).collect()
    }

    /// Notes that a webhook tells that a message was sent. Returns false if there is no such message, or it is told already.
    pub(super) fn settle(&self, id: &str) -> bool {
        // If that cannot be written, it is told again after a restart.
        self.change_now(id, |message| message.owes_sent, |message| message.owes_sent = false).map(drop).is_some()
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
        let number = kept.number_of(id)?;
        let entry = kept.get_mut(number).filter(|entry| test(&entry.message))?;
        change(Arc::make_mut(&mut entry.message));
        let message = Arc::clone(&entry.message);
        let before = std::mem::replace(&mut entry.weight, message.weight());
        let after = entry.weight;
        kept.weight = (kept.weight + after).saturating_sub(before);
        kept.note_change(number, &message);
        Some(self.database.as_ref().map_or(Pending::nothing(), |database| database.put(message)))
    }

    /// Removes a message. Returns false if there is none with this id.
    ///
    /// # Errors
    /// It could not be removed from the file.
    pub(super) async fn remove(&self, id: &str) -> Result<bool, NotWritten> {
        let number = self.lock().number_of(id);
        let (count, pending) = self.remove_numbers(number.into_iter().collect());
        pending.written().await.map(|()| count > 0)
    }

    /// Removes the matching messages, and returns their number and the change of the file.
    pub(super) fn remove_all(&self, filter: &Filter, now: Timestamp) -> (usize, Pending) {
        let matches = |(number, message): (u64, Arc<CapturedMessage>)| filter.matches(&message, now).then_some(number);
        let numbers = self.all().into_iter().filter_map(matches).collect();
        self.remove_numbers(numbers)
    }

    fn remove_numbers(&self, numbers: Vec<u64>) -> (usize, Pending) {
        let (count, pending) = {
            let mut kept = self.lock();
            let removed: Vec<_> = numbers.into_iter().filter_map(|number| kept.remove(number)).collect();
            self.count.store(kept.by_id.len(), Ordering::Relaxed);
            let pending = self.database.as_ref().map_or(Pending::nothing(), |database| database.remove(ids(&removed)));
            (removed.len(), pending)
        };
        if count > 0 {
            self.wake();
        }
        (count, pending)
    }

    fn lock(&self) -> MutexGuard<'_, MessageLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ids(messages: &[Arc<CapturedMessage>]) -> Vec<String> {
    messages.iter().map(|message| message.id.clone()).collect()
}

/// Notifies the watchers, if there are any. A new watcher reads the store before it waits for a change.
fn wake(changes: &watch::Sender<u64>) {
    if changes.receiver_count() > 0 {
        changes.send_modify(|count| *count = count.wrapping_add(1));
    }
}

impl MessageLog {
    fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            messages: VecDeque::new(),
            first: 0,
            by_id: HashTable::new(),
            id_hasher: DefaultHashBuilder::default(),
            by_identifier: HashMap::new(),
            changes: 0,
            weight: 0,
        }
    }

    fn get(&self, number: u64) -> Option<&Entry> {
        self.messages.get(self.index_of(number)?)?.as_ref()
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Entry> {
        let index = self.index_of(number)?;
        self.messages.get_mut(index)?.as_mut()
    }

    /// The number of the message with an id.
    fn number_of(&self, id: &str) -> Option<u64> {
        let is_its = |number: &u64| self.get(*number).is_some_and(|entry| entry.message.id == id);
        self.by_id.find(self.id_hasher.hash_one(id), is_its).copied()
    }

    fn index_of(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    /// Notes that a message has changed, with everyone who has it in their inbox.
    fn note_change(&mut self, number: u64, message: &CapturedMessage) {
        self.changes += 1;
        let changed = self.changes;
        if let Some(entry) = self.get_mut(number) {
            entry.changed = changed;
        }
        for (kind, identifier) in message.recipient.keys() {
            if let Some(own) = self.by_identifier.get_mut(&KeyRef(kind, &identifier)) {
                own.changed = changed;
            }
        }
    }

    /// Adds a message, and returns the messages that were removed for it.
    fn put(&mut self, message: &Arc<CapturedMessage>) -> Removed {
        let (number, weight) = (self.first + self.messages.len() as u64, message.weight());
        self.changes += 1;
        let changed = self.changes;
        for (kind, identifier) in message.recipient.keys() {
            let key = KeyRef(kind, &identifier);
            let own = match self.by_identifier.entry_ref(&key) {
                EntryRef::Occupied(known) => known.into_mut(),
                EntryRef::Vacant(new) => new.insert_with_key(Key::from(key), UserLog::default()),
            };
            own.changed = changed;
            own.messages.push_back(number);
        }
        self.weight += weight;
        self.messages.push_back(Some(Entry { message: Arc::clone(message), weight, changed }));
        self.index_id(number, &message.id);
        let mut too_old = Removed::new();
        while self.messages.len() > self.bounds.messages.max(1)
            || (self.weight > self.bounds.bytes && self.messages.len() > 1)
        {
            too_old.extend(self.remove(self.first));
        }
        too_old
    }

    /// Makes a message be found by its id.
    fn index_id(&mut self, number: u64, id: &str) {
        let Self { messages, first, by_id, id_hasher, .. } = self;
        let hash_of = |number: &u64| {
            let entry = usize::try_from(number - *first).ok().and_then(|index| messages.get(index)?.as_ref());
            id_hasher.hash_one(entry.map_or("", |entry| &entry.message.id))
        };
        by_id.insert_unique(id_hasher.hash_one(id), number, hash_of);
    }

    /// Removes a message, and returns it.
    fn remove(&mut self, number: u64) -> Option<Arc<CapturedMessage>> {
        let entry = self.index_of(number).and_then(|index| self.messages.get_mut(index)).and_then(Option::take);
        if let Some(Entry { message, weight, .. }) = &entry {
            if let Ok(indexed) = self.by_id.find_entry(self.id_hasher.hash_one(&message.id), |other| *other == number) {
                indexed.remove();
            }
            self.weight = self.weight.saturating_sub(*weight);
            self.changes += 1;
            for (kind, identifier) in message.recipient.keys() {
                let key = KeyRef(kind, &identifier);
                let Some(own) = self.by_identifier.get_mut(&key) else { continue };
                own.changed = self.changes;
                // Most are removed because they are the oldest.
                if own.messages.front() == Some(&number) {
                    own.messages.pop_front();
                } else if let Ok(index) = own.messages.binary_search(&number) {
                    own.messages.remove(index);
                }
                if own.messages.is_empty() {
                    self.by_identifier.remove(&key);
                }
            }
        }
        while self.messages.front().is_some_and(Option::is_none) {
            self.messages.pop_front();
            self.first += 1;
        }
        entry.map(|entry| entry.message)
    }
}

#[cfg(test)]
mod tests {
    use super::super::captured::Recipient;
    use super::super::received::{Headers, Received};
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::message::{Message, Properties};

    fn message(id: &str, user: &str, at: &str) -> Arc<CapturedMessage> {
        let sent_at: Timestamp = at.parse().unwrap();
        let expiry = sent_at + jiff::SignedDuration::from_hours(24);
        Arc::new(CapturedMessage {
            id: id.to_owned(),
            channel: Channel::Inbox,
            template: "t".to_owned(),
            recipient: {
                let mut recipient = Recipient::default();
                recipient.identifiers.set(IdentifierKind::Id, user.to_owned());
                recipient
            },
            request: Received { headers: Headers::default(), body: "{}".into() },
            queued_at: sent_at,
            send_at: sent_at,
            draft: false,
            message: Some(Message {
                kind: String::new(),
                topics: Vec::new(),
                sent_at,
                expiry,
                properties: Properties::default(),
            }),
            content: None,
            findings: Diagnostics::new().into(),
            test_send_looks_fine: false,
            opened: false,
            opened_at: None,
            deleted: false,
            owes_sent: false,
            reports: Vec::new(),
        })
    }

    fn anyone(user: &str) -> User {
        User::Anyone(user.to_owned())
    }

    fn ids(store: &Store, user: &str, now: &str) -> Vec<String> {
        let now = now.parse().unwrap();
        let inbox = store.inbox_list(&anyone(user), now).messages.into_iter();
        inbox
            .map(|number| store.in_inbox(number, user, now).unwrap()["deliveryId"].as_str().unwrap().to_owned())
            .collect()
    }

    #[tokio::test]
    async fn an_inbox_lists_unexpired_messages_newest_first() {
        let store = Store::new(Bounds { messages: 10, bytes: 1 << 20 });
        for (id, user, at) in
            [("a", "u", "2026-01-01T00:00:00Z"), ("b", "v", "2026-01-01T01:00:00Z"), ("c", "u", "2026-01-01T02:00:00Z")]
        {
            store.put(message(id, user, at), |_| {}).await.unwrap();
        }
        assert_eq!(ids(&store, "u", "2026-01-01T01:30:00Z"), ["a"]);
        assert_eq!(ids(&store, "u", "2026-01-01T02:00:00Z"), ["c", "a"]);
        assert_eq!(ids(&store, "u", "2026-01-02T00:00:00Z"), ["c"]);
        assert!(
            !store.change("c", &anyone("v"), Timestamp::MAX, |message| message.opened = true).await.unwrap(),
            "it belongs to another user"
        );
        assert!(store.change("c", &anyone("u"), Timestamp::MAX, |message| message.deleted = true).await.unwrap());
        assert_eq!(ids(&store, "u", "2026-01-01T03:00:00Z"), ["a"]);
        assert_eq!(ids(&store, "nobody", "2026-01-01T03:00:00Z"), [""; 0]);
    }

    #[tokio::test]
    async fn the_oldest_messages_are_removed_first() {
        let store = Store::new(Bounds { messages: 3, bytes: 1 << 20 });
        for number in 0..10 {
            store.put(message(&number.to_string(), "u", "2026-01-01T00:00:00Z"), |_| {}).await.unwrap();
        }
        assert_eq!(ids(&store, "u", "2026-01-01T00:00:00Z"), ["9", "8", "7"]);
        assert!(store.remove("8").await.unwrap());
        assert!(!store.remove("8").await.unwrap());
        store.put(message("10", "u", "2026-01-01T00:00:00Z"), |_| {}).await.unwrap();
        assert_eq!(ids(&store, "u", "2026-01-01T00:00:00Z"), ["10", "9"]);
        assert_eq!(store.remove_all(&Filter::default(), Timestamp::UNIX_EPOCH).0, 2);
        let sizes = |kept: &MessageLog| (kept.weight, kept.by_id.len(), kept.by_identifier.len(), kept.messages.len());
        assert_eq!(sizes(&store.lock()), (0, 0, 0, 0));
        let heavy = Store::new(Bounds { messages: 100, bytes: 3000 });
        for number in 0..10 {
            heavy.put(message(&number.to_string(), "u", "2026-01-01T00:00:00Z"), |_| {}).await.unwrap();
        }
        assert_eq!(heavy.len(), 2, "by weight");
    }
}
