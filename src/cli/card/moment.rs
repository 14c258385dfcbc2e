//! When a message was sent and when it expires, in words and exactly.

use jiff::{SignedDuration, Timestamp};

use crate::diagnostics::Count;

/// A moment, to the minute.
pub(super) fn exactly(moment: Timestamp) -> String {
    moment.strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// A duration in its largest fitting unit.
pub(super) fn in_words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        172_800.. => (seconds / 86_400, "day"),
        7_200.. => (seconds / 3_600, "hour"),
        120.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    // No message expires before it is sent.
    Count(unit, usize::try_from(count).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_that_says_enough() {
        for (seconds, expected) in [
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_199, "119 minutes"),
            (129_600, "36 hours"),
            (5_184_000, "60 days"),
        ] {
            assert_eq!(in_words(SignedDuration::from_secs(seconds)), expected);
        }
    }
}
