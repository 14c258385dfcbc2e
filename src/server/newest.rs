//! The newest items of a kind, such as analytics events or refused requests: a log that is bounded in number and in bytes.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The maximum number of items, and of their bytes in total. The oldest items are removed first.
const MAX_ITEMS: usize = 1000;
const MAX_BYTES: usize = 16 << 20;

/// The newest items.
#[derive(Debug)]
pub(super) struct Newest<T>(Mutex<Kept<T>>);

#[derive(Debug)]
struct Kept<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { items: VecDeque::new(), bytes: 0 }
    }
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self(Mutex::new(Kept::default()))
    }
}

impl<T: Clone> Newest<T> {
    /// Adds an item of about `size` bytes.
    pub(super) fn add(&self, item: T, size: usize) {
        let mut kept = self.lock();
        kept.bytes += size;
        kept.items.push_back((item, size));
        while kept.items.len() > MAX_ITEMS || kept.bytes > MAX_BYTES {
            let Some((_, size)) = kept.items.pop_front() else { break };
            kept.bytes -= size;
        }
    }

    /// All items, oldest first.
    pub(super) fn all(&self) -> Vec<T> {
        self.lock().items.iter().map(|(item, _)| item.clone()).collect()
    }

    /// The newest item.
    pub(super) fn last(&self) -> Option<T> {
        self.lock().items.back().map(|(item, _)| item.clone())
    }

    /// Removes all items, and returns their number.
    pub(super) fn clear(&self) -> usize {
        std::mem::take(&mut *self.lock()).items.len()
    }

    fn lock(&self) -> MutexGuard<'_, Kept<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_items_are_removed_first() {
        let log = Newest::default();
        for number in 0..=MAX_ITEMS {
            log.add(number.to_string(), 1);
        }
        assert_eq!(log.all().len(), MAX_ITEMS);
        assert_eq!(log.all()[0], "1");
        log.add("large".into(), MAX_BYTES - 1);
        assert_eq!(log.all(), [MAX_ITEMS.to_string(), "large".into()]);
        assert_eq!(log.last().as_deref(), Some("large"));
        assert_eq!(log.clear(), 2);
        assert!(log.all().is_empty());
        log.add("small".into(), 1);
        assert_eq!(log.all(), ["small"], "the bytes are counted from zero again");
    }
}
