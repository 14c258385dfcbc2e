//! Dates as LiquidJS's `date` filters see them: JavaScript time values, shown in a zone.
//!
//! Three steps, each usable alone: [`parse()`] reads text the way V8's `new Date(text)` does, [`Date::new`]
//! puts a time value into a [`Zone`], [`strftime`] prints it. Everything behaves as LiquidJS 10.30.1
//! does on Node 20 with the process in UTC and an en-US locale; zone rules come from the tz database
//! built into the program, so the machine's own has no say.
//!
//! A caller must keep LiquidJS's order: a value that is not a date is handed back untouched even when the
//! zone is nonsense, so make the time value first ([`parse()`] or [`time_clip`]), then the zone
//! ([`Zone::named`] may fail), then the date.

mod civil;
mod format;
mod parse;
mod zone;

use civil::Civil;

pub use format::{PaddingTooLong, strftime};
pub use parse::parse;
pub use zone::{NamedZone, UnknownZone, Zone};

/// The largest distance from the epoch a JavaScript date may have, in milliseconds.
const MAX_TIME_MS: f64 = 8.64e15;

/// ECMAScript's `TimeClip`: `ms` cut to whole milliseconds, or `None` when it is not a valid time value.
///
/// ```
/// # use inkproof_liquid::date::time_clip;
/// assert_eq!(time_clip(-1.9), Some(-1.0));
/// assert_eq!(time_clip(8.64e15 + 1.0), None);
/// assert_eq!(time_clip(f64::NAN), None);
/// ```
#[must_use]
pub fn time_clip(ms: f64) -> Option<f64> {
    // Adding zero turns -0 into 0, as the specification asks.
    (ms.abs() <= MAX_TIME_MS).then(|| ms.trunc() + 0.0)
}

/// [`time_clip`] for arithmetic in whole milliseconds.
fn clip_whole(ms: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a valid time value is whole and below 2^53")]
    time_clip(ms).map(|ms| ms as i64)
}

/// A moment, shown in a zone.
#[derive(Debug, Clone, Copy)]
pub struct Date<'z> {
    /// The moment itself, in milliseconds since the epoch.
    instant: i64,
    /// What a clock in the zone shows.
    shown: Civil,
    /// Minutes west of UTC, as `getTimezoneOffset` gives them; not always whole.
    minutes_west: f64,
    zone: &'z Zone,
}

impl<'z> Date<'z> {
    /// The moment `ms` milliseconds since the epoch, shown in `zone`.
    ///
    /// `None` when either the moment or the shifted clock is outside JavaScript's range (or not a
    /// number); LiquidJS then hands its input back.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a valid time value is below 2^53")]
    pub fn new(ms: f64, zone: &'z Zone) -> Option<Self> {
        let instant = clip_whole(ms)?;
        let minutes_west = zone.minutes_west(instant)?;
        let shown = clip_whole(instant as f64 - minutes_west * 60_000.0)?;
        Some(Self { instant, shown: Civil::from_millis(shown), minutes_west, zone })
    }

    /// The day of the month shown, from 1. The ordinal styles of `date_to_string` write it unpadded.
    #[must_use]
    pub fn day(&self) -> u8 {
        self.shown.day
    }
}
