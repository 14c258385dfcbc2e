//! Times of a message: as a date, and as a duration in words.

use jiff::{SignedDuration, Timestamp};

use crate::diagnostics::Count;

/// A date and time in UTC, to the minute.
pub(super) fn date_time(moment: Timestamp) -> String {
    moment.strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// A duration in its largest unit that counts at least two.
pub(super) fn in_words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        172_800.. => (seconds / 86_400, "day"),
        7_200.. => (seconds / 3_600, "hour"),
        120.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    // Negative durations do not occur: no message expires before it is sent.
    Count(unit, usize::try_from(count).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_the_largest_unit_that_counts_two() {
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
