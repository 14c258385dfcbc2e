//! The numbers of a date's day, clock and offset, collected by the parser and validated at the end.

use std::ops::RangeInclusive;

use crate::date::civil::{DAY_MS, days_since_epoch};
use crate::date::time_clip;

/// The full year for one written without a century: 49 is 2049 and 50 is 1950.
pub(in crate::date) fn full_year(year: i64) -> i64 {
    match year {
        0..=49 => year + 2_000,
        50..=99 => year + 1_900,
        _ => year,
    }
}

/// The fields parsed so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) day: Day,
    pub(super) clock: Clock,
    pub(super) offset: Offset,
}

/// Up to three numbers of a date. Which number is the year, the month or the day is decided at the end.
#[derive(Debug, Default)]
pub(super) struct Day {
    numbers: [i64; 3],
    len: usize,
    pub(super) named_month: Option<i64>,
    /// The numbers are year, month and day, and the year has its century.
    pub(super) is_iso: bool,
}

/// Hour, minute, second and millisecond, in that order.
#[derive(Debug, Default)]
pub(super) struct Clock {
    numbers: [i64; 4],
    len: usize,
    /// The hours that `AM` or `PM` adds.
    pub(super) meridiem: Option<i64>,
}

/// The offset from UTC, once its sign was parsed.
#[derive(Debug, Default)]
pub(super) struct Offset {
    /// 1 is east of UTC.
    pub(super) sign: Option<i64>,
    hour: Option<i64>,
    pub(super) minute: Option<i64>,
}

impl Fields {
    pub(super) fn time_value(&self) -> Option<f64> {
        // ECMAScript's limits for the year in a date calculation.
        const YEARS: RangeInclusive<i64> = -1_000_000..=1_000_000;
        let (year, month, day) = self.day.resolve()?;
        let clock = self.clock.milliseconds()?;
        let offset = self.offset.seconds_east()?;
        if !YEARS.contains(&year) {
            return None;
        }
        let ms = days_since_epoch(year, month, day) * DAY_MS + clock - offset * 1_000;
        #[expect(clippy::cast_precision_loss, reason = "inexact values are far outside the valid range")]
        time_clip(ms as f64)
    }
}

impl Day {
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn add(&mut self, number: i64) -> Option<()> {
        *self.numbers.get_mut(self.len)? = number;
        self.len += 1;
        Some(())
    }

    /// Year, month and day. Missing numbers are 1.
    fn resolve(&self) -> Option<(i64, i64, i64)> {
        if self.is_empty() {
            return None;
        }
        let mut numbers = [1; 3];
        numbers[..self.len].copy_from_slice(&self.numbers[..self.len]);
        let [first, second, third] = numbers;
        let (year, month, day) = match self.named_month {
            None if self.is_iso || !is_day(first) => (first, second, third),
            None => (third, first, second),
            Some(month) if is_day(first) => (second, month, first),
            Some(month) => (first, month, second),
        };
        let year = if self.is_iso { year } else { full_year(year) };
        ((1..=12).contains(&month) && is_day(day)).then_some((year, month, day))
    }
}

fn is_day(number: i64) -> bool {
    (1..=31).contains(&number)
}

impl Clock {
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether `number` is in the range of the field that comes next. The hour is never expected: it needs a `:`.
    pub(super) fn expects(&self, number: i64) -> bool {
        match self.len {
            1 | 2 => (0..=59).contains(&number),
            3 => (0..=999).contains(&number),
            _ => false,
        }
    }

    pub(super) fn add(&mut self, number: i64) -> Option<()> {
        *self.numbers.get_mut(self.len)? = number;
        self.len += 1;
        Some(())
    }

    /// Adds the last number; no other may follow.
    pub(super) fn finish_with(&mut self, number: i64) {
        if self.add(number).is_some() {
            self.len = self.numbers.len();
        }
    }

    fn milliseconds(&self) -> Option<i64> {
        let [mut hour, minute, second, milli] = self.numbers;
        if let Some(added) = self.meridiem {
            if hour > 12 {
                return None;
            }
            hour = hour % 12 + added;
        }
        let in_range = hour <= 23 && minute <= 59 && second <= 59 && milli <= 999;
        let end_of_day = [hour, minute, second, milli] == [24, 0, 0, 0];
        (in_range || end_of_day).then_some(((hour * 60 + minute) * 60 + second) * 1_000 + milli)
    }
}

impl Offset {
    pub(super) fn is_utc(&self) -> bool {
        self.hour == Some(0) && self.minute == Some(0)
    }

    /// Whether `number` may be the minutes of an offset whose hours were parsed.
    pub(super) fn expects(&self, number: i64) -> bool {
        self.hour.is_some() && self.minute.is_none() && (0..=59).contains(&number)
    }

    /// Sets the offset of a named zone, in hours.
    pub(super) fn set(&mut self, hours_east: i64) {
        self.sign = Some(if hours_east < 0 { -1 } else { 1 });
        self.set_distance(hours_east.abs(), Some(0));
    }

    pub(super) fn set_distance(&mut self, hour: i64, minute: Option<i64>) {
        self.hour = Some(hour);
        self.minute = minute;
    }

    /// Without an offset, the time is in the zone of the process, which is UTC. V8 computes the seconds in 32-bit
    /// arithmetic that wraps, and accepts results in the lower half of the range.
    fn seconds_east(&self) -> Option<i64> {
        let Some(sign) = self.sign else {
            return Some(0);
        };
        let seconds = self.hour.unwrap_or(0) * 3_600 + self.minute.unwrap_or(0) * 60;
        let wrapped = seconds.rem_euclid(1 << 32);
        (wrapped < 1 << 31).then_some(sign * wrapped)
    }
}
