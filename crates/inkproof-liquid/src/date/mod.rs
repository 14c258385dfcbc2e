//! Dates as LiquidJS's `date` filters process them: JavaScript time values, displayed in a time zone.
//!
//! There are three steps, each usable on its own: [`parse()`] parses a string like V8's `new Date(string)`,
//! [`Date::new`] combines a time value with a [`Zone`], and [`strftime`] formats it. All of them behave like
//! LiquidJS 10.30.1 on Node 20 with the process in UTC and an en-US locale. Zone rules come from the tz database that is
//! compiled into the program, so the database of the machine has no effect.
//!
//! Callers must follow LiquidJS's order, in which a value that is not a date is returned unchanged even if the zone is
//! invalid: first compute the time value ([`parse()`] or [`time_clip`]), then the zone ([`Zone::named`] may fail), then
//! the date.

mod civil;
mod format;
mod parse;
mod zone;

use civil::Civil;

pub use format::{FormatPart, PaddingTooLong, format_parts, strftime};
pub use parse::parse;
pub(crate) use parse::parse_counted;
pub use zone::{NamedZone, UnknownZone, Zone};

/// Maximum distance of a JavaScript date from the epoch, in milliseconds.
const MAX_TIME_MS: f64 = 8.64e15;

/// ECMAScript's `TimeClip`: `ms` truncated to whole milliseconds, or `None` if it is not a valid time value.
///
/// ```
/// # use inkproof_liquid::date::time_clip;
/// assert_eq!(time_clip(-1.9), Some(-1.0));
/// assert_eq!(time_clip(8.64e15 + 1.0), None);
/// assert_eq!(time_clip(f64::NAN), None);
/// ```
#[must_use]
pub fn time_clip(ms: f64) -> Option<f64> {
    // Adding zero turns -0 into 0, as the specification requires.
    (ms.abs() <= MAX_TIME_MS).then(|| ms.trunc() + 0.0)
}

/// [`time_clip`] for integer milliseconds.
fn clip_whole(ms: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a valid time value is whole and below 2^53")]
    time_clip(ms).map(|ms| ms as i64)
}

/// A moment, displayed in a zone.
#[derive(Debug, Clone, Copy)]
pub struct Date<'z> {
    /// The moment, in milliseconds since the epoch.
    instant: i64,
    /// The calendar and clock fields in the zone.
    shown: Civil,
    /// Minutes west of UTC, as `getTimezoneOffset` returns them; not always an integer.
    minutes_west: f64,
    zone: &'z Zone,
}

impl<'z> Date<'z> {
    /// The moment `ms` milliseconds after the epoch, displayed in `zone`.
    ///
    /// `None` if the moment or the zone's local time is out of JavaScript's range or not a number. LiquidJS then returns its
    /// input unchanged.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a valid time value is below 2^53")]
    pub fn new(ms: f64, zone: &'z Zone) -> Option<Self> {
        let instant = clip_whole(ms)?;
        let minutes_west = zone.minutes_west(instant)?;
        let shown = clip_whole(instant as f64 - minutes_west * 60_000.0)?;
        Some(Self { instant, shown: Civil::from_millis(shown), minutes_west, zone })
    }

    /// The displayed day of the month, from 1. The ordinal styles of `date_to_string` write it without padding.
    #[must_use]
    pub fn day(&self) -> u8 {
        self.shown.day
    }
}
