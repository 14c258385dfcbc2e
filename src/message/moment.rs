//! Moments as people write them.

use jiff::Timestamp;

/// Reads a moment.
///
/// # Errors
/// It is none, in a sentence that says what is expected.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    let unreadable = || format!("`{text}` is no timestamp: expected one with its zone, such as 2026-01-01T00:00:00Z");
    text.parse().map_err(|_| unreadable())
}

/// A moment as Liquid counts it: milliseconds since 1970.
#[must_use]
pub fn milliseconds(moment: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
    let milliseconds = moment.as_millisecond() as f64;
    milliseconds
}
