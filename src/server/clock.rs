//! The clock: what time it is for the server. It can be stopped, set and moved, so that tests need not wait for messages
//! to expire.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// The last moment that the clock shows, about the year 9000: what is sent then can still expire.
const LAST: Timestamp = Timestamp::constant(221_845_392_000, 0);

/// A clock that goes as the machine's does, at a distance from it, or stands.
#[derive(Debug)]
pub(super) struct Clock(Mutex<ClockMode>);

#[derive(Clone, Copy, Debug)]
enum ClockMode {
    /// Ahead of the machine's clock by this much.
    Going(SignedDuration),
    /// At this moment.
    Standing(Timestamp),
}

impl Clock {
    /// A clock that stands at a moment, or goes with the machine's.
    pub(super) fn new(standing_at: Option<Timestamp>) -> Self {
        Self(Mutex::new(standing_at.map_or(ClockMode::Going(SignedDuration::ZERO), ClockMode::Standing)))
    }

    /// What time it is.
    pub(super) fn now(&self) -> Timestamp {
        read(*self.hands())
    }

    /// Whether time stands still.
    pub(super) fn stands(&self) -> bool {
        matches!(*self.hands(), ClockMode::Standing(_))
    }

    /// Goes with the machine's clock again.
    pub(super) fn reset(&self) {
        *self.hands() = ClockMode::Going(SignedDuration::ZERO);
    }

    /// Shows another time from now on, or the nearest that there is, and then stands or goes; as before where that is not
    /// said.
    pub(super) fn set(&self, now: Timestamp, stands: Option<bool>) {
        let now = now.clamp(Timestamp::UNIX_EPOCH, LAST);
        let mut hands = self.hands();
        let stands = stands.unwrap_or(matches!(*hands, ClockMode::Standing(_)));
        *hands = if stands { ClockMode::Standing(now) } else { ClockMode::Going(now.duration_since(Timestamp::now())) };
    }

    /// Moves on, or back, as far as time goes.
    pub(super) fn advance(&self, by: SignedDuration) {
        let end = if by.is_negative() { Timestamp::UNIX_EPOCH } else { LAST };
        self.set(self.now().checked_add(by).unwrap_or(end), None);
    }

    fn hands(&self) -> std::sync::MutexGuard<'_, ClockMode> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(hands: ClockMode) -> Timestamp {
    match hands {
        ClockMode::Going(ahead) => {
            let now = Timestamp::now();
            now.checked_add(ahead).unwrap_or(now)
        }
        ClockMode::Standing(now) => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_goes_and_moves() {
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
        assert!(!clock.stands());
        assert!(clock.now() >= start && clock.now().duration_since(start) < SignedDuration::from_secs(60));
        clock.reset();
        assert!(clock.now() > start);
    }
}
