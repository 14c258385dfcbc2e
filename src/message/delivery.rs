//! The delivery: when a message is to be sent, and whether a draft of it is kept instead.

use std::ops::Range;

use jiff::Timestamp;

use crate::diagnostics::{Code, Diagnostic, Source};

const INVALID_REQUEST: Code = super::request::INVALID_REQUEST;

/// How far ahead a message can be sent, in seconds: 90 days.
const MAX_AHEAD: f64 = 90.0 * 24.0 * 3600.0;

/// The delivery options of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delivery {
    /// Whether the message is only kept as a draft, not sent.
    pub queue_draft: bool,
    /// The value of `send_at` in whole seconds since 1970, and its span in the file.
    pub(super) send_at: Option<(f64, Range<usize>)>,
}

impl Delivery {
    /// When the message is to be sent; `None` if that is not later than `now`. `source` is the file of the request.
    ///
    /// # Errors
    /// It is further ahead than Customer.io accepts.
    pub fn send_at(&self, source: &Source, now: Timestamp) -> Result<Option<Timestamp>, Diagnostic> {
        let Some((seconds, span)) = &self.send_at else { return Ok(None) };
        send_time(*seconds, now)
            .map_err(|error| Diagnostic::error(INVALID_REQUEST, error.to_string()).primary(source.at(span.clone()), ""))
    }
}

/// A `send_at` that is further ahead than Customer.io accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`send_at` is more than 90 days ahead")]
pub struct TooFarAhead;

/// The time that a `send_at` in whole seconds since 1970 names; `None` if it is not later than `now`.
///
/// # Errors
/// It is further ahead than Customer.io accepts.
pub fn send_time(seconds: f64, now: Timestamp) -> Result<Option<Timestamp>, TooFarAhead> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of the calendar stay below 2^53")]
    let ahead = seconds - now.as_second() as f64;
    if ahead <= 0.0 {
        return Ok(None);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and at most 90 days ahead")]
    let later = (ahead <= MAX_AHEAD).then(|| Timestamp::from_second(seconds as i64).ok()).flatten();
    later.map(Some).ok_or(TooFarAhead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn send_at_is_limited_to_90_days_ahead() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let (source, start) = (Source::new("r.json", "{}"), now.as_second());
        for (ahead, expected) in [
            (60, Ok(Some(60))),
            (0, Ok(None)),
            (-60, Ok(None)),
            (7_776_000, Ok(Some(7_776_000))),
            (7_776_001, Err("`send_at` is more than 90 days ahead")),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "seconds of the calendar stay below 2^53")]
            let delivery = Delivery { queue_draft: false, send_at: Some(((start + ahead) as f64, 0..1)) };
            let found = delivery.send_at(&source, now);
            let found = found.map(|later| later.map(|later| later.as_second() - start));
            assert_eq!(
                found.as_ref().map_err(|problem| problem.message.as_str()),
                expected.as_ref().map_err(|text| *text)
            );
        }
        for seconds in [1e300, -1e300] {
            let delivery = Delivery { queue_draft: false, send_at: Some((seconds, 0..1)) };
            assert_eq!(delivery.send_at(&source, now).is_err(), seconds > 0.0);
        }
        assert_eq!(Delivery::default().send_at(&source, now), Ok(None));
    }
}
