//! Timestamps: how they are read from user input and passed to Liquid.

use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;

/// Parses a timestamp with a time zone.
///
/// # Errors
/// The string is not such a timestamp. The message says what is expected.
pub fn parse_timestamp(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| {
        if is_out_of_range(text) {
            format!("`{text}` is out of range: expected a timestamp from {} to {}", Timestamp::MIN, Timestamp::MAX)
        } else {
            format!("`{text}` is not a timestamp: expected one with a time zone, such as 2026-01-01T00:00:00Z")
        }
    })
}

/// Whether a text is well-formed as a timestamp with a time zone, so that only its time can be wrong.
fn is_out_of_range(text: &str) -> bool {
    Pieces::parse(text).is_ok_and(|pieces| pieces.time().is_some() && pieces.offset().is_some())
}

/// A timestamp as in [`parse_timestamp`], or a date, which begins at midnight in UTC.
///
/// # Errors
/// The string is neither. The message says what is expected.
pub fn parse_time(text: &str) -> Result<Timestamp, String> {
    parse_timestamp(text).or_else(|error| {
        if is_out_of_range(text) {
            return Err(error);
        }
        let is_date = text.len() == "2026-01-01".len() && text.parse::<jiff::civil::Date>().is_ok();
        let midnight = is_date.then(|| format!("{text}T00:00:00Z").parse().ok()).flatten();
        midnight.ok_or_else(|| {
            format!(
                "`{text}` is not a timestamp: expected a date, or one with a time zone, such as 2026-01-01T00:00:00Z"
            )
        })
    })
}

/// A timestamp as Liquid represents it: milliseconds since 1970.
#[must_use]
pub fn milliseconds(timestamp: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
    let milliseconds = timestamp.as_millisecond() as f64;
    milliseconds
}
