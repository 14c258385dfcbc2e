//! The clock of the server. It can be frozen, set and moved, so that tests need not wait for messages to expire.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// The latest time of the clock, about the year 9000, so that messages sent then can still expire.
const LAST: Timestamp = Timestamp::constant(221_845_392_000, 0);

/// A clock that is frozen, or runs at an offset from the system clock.
#[derive(Debug)]
pub(super) struct Clock(Mutex<ClockMode>);

#[derive(Clone, Copy, Debug)]
enum ClockMode {
    /// Running, ahead of the system clock by this much.
    Running(SignedDuration),
    /// Frozen at this time.
    Frozen(Timestamp),
}

impl Clock {
    /// A clock that is frozen at a time, or follows the system clock.
    pub(super) fn new(frozen_at: Option<Timestamp>) -> Self {
        Self(Mutex::new(frozen_at.map_or(ClockMode::Running(SignedDuration::ZERO), ClockMode::Frozen)))
    }

    /// The current time.
    pub(super) fn now(&self) -> Timestamp {
        read(*self.lock())
    }

    /// Whether the clock is frozen.
    pub(super) fn is_frozen(&self) -> bool {
        matches!(*self.lock(), ClockMode::Frozen(_))
    }

    /// Follows the system clock again.
    pub(super) fn reset(&self) {
        *self.lock() = ClockMode::Running(SignedDuration::ZERO);
    }

    /// Sets the time, or the nearest valid time, and freezes or unfreezes the clock if `frozen` is given.
    pub(super) fn set(&self, now: Timestamp, frozen: Option<bool>) {
        let now = now.clamp(Timestamp::UNIX_EPOCH, LAST);
        let mut mode = self.lock();
        let frozen = frozen.unwrap_or(matches!(*mode, ClockMode::Frozen(_)));
        *mode = if frozen { ClockMode::Frozen(now) } else { ClockMode::Running(now.duration_since(Timestamp::now())) };
    }

    /// Moves the clock forward or back, at most to the ends of its range.
    pub(super) fn advance(&self, by: SignedDuration) {
        let end = if by.is_negative() { Timestamp::UNIX_EPOCH } else { LAST };
        self.set(self.now().checked_add(by).unwrap_or(end), None);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, ClockMode> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(mode: ClockMode) -> Timestamp {
    match mode {
        ClockMode::Running(ahead) => {
            let now = Timestamp::now();
            now.checked_add(ahead).unwrap_or(now)
        }
        ClockMode::Frozen(now) => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn can_be_frozen_moved_and_reset() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let clock = Clock::new(Some(start));
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(clock.now().to_string(), "2026-01-02T00:00:00Z");
        for (by, end) in [(SignedDuration::MAX, LAST), (SignedDuration::MIN, Timestamp::UNIX_EPOCH)] {
            clock.advance(by);
            assert_eq!(clock.now(), end);
        }
        clock.set(start, Some(false));
        assert!(!clock.is_frozen());
        assert!(clock.now() >= start && clock.now().duration_since(start) < SignedDuration::from_secs(60));
        clock.reset();
        assert!(clock.now() > start);
    }
}
