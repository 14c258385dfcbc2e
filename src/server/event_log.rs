//! The event log: the newest analytics events, bounded in number and in bytes.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// The maximum number of events, and of their bytes in total. The oldest events are removed first.
const MAX_EVENTS: usize = 1000;
const MAX_BYTES: usize = 16 << 20;

/// The newest events.
#[derive(Debug, Default)]
pub(super) struct EventLog(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<(Value, usize)>,
    bytes: usize,
}

impl EventLog {
    /// Adds an event of about `size` bytes.
    pub(super) fn add(&self, event: Value, size: usize) {
        let mut kept = self.lock();
        kept.bytes += size;
        kept.events.push_back((event, size));
        while kept.events.len() > MAX_EVENTS || kept.bytes > MAX_BYTES {
            let Some((_, size)) = kept.events.pop_front() else { break };
            kept.bytes -= size;
        }
    }

    /// All events, oldest first.
    pub(super) fn all(&self) -> Vec<Value> {
        self.lock().events.iter().map(|(event, _)| event.clone()).collect()
    }

    /// Removes all events.
    pub(super) fn clear(&self) {
        *self.lock() = Kept::default();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_events_are_removed_first() {
        let log = EventLog::default();
        for number in 0..=MAX_EVENTS {
            log.add(number.into(), 1);
        }
        assert_eq!(log.all().len(), MAX_EVENTS);
        assert_eq!(log.all()[0], 1);
        log.add("large".into(), MAX_BYTES - 1);
        assert_eq!(log.all(), [Value::from(MAX_EVENTS), "large".into()]);
        log.clear();
        assert!(log.all().is_empty());
        log.add("small".into(), 1);
        assert_eq!(log.all(), ["small"], "the bytes are counted from zero again");
    }
}
