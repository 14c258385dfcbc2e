//! Calendar and clock fields of a moment, in the proleptic Gregorian calendar.

/// Milliseconds in a day.
pub(super) const DAY_MS: i64 = 86_400_000;

/// Number of days in 400 years, after which the calendar repeats, including its weekdays.
pub(super) const DAYS_PER_CYCLE: i64 = 146_097;

/// Days from 0000-03-01 to 1970-01-01. Years start in March so that the leap day is the last day of the year.
const EPOCH_FROM_MARCH_ZERO: i64 = 719_468;

/// The calendar and clock fields of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    /// Astronomical year: 0 is 1 BC.
    pub year: i64,
    /// 1 is January.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
    /// 0 is Sunday.
    pub weekday: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub milli: u16,
}

impl Civil {
    /// The fields of the moment `ms` milliseconds after the epoch.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "every narrowed value is a remainder, smaller than its type's range"
    )]
    pub(super) fn from_millis(ms: i64) -> Self {
        let (days, clock) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
        let (year, month, day) = date_from_days(days);
        Self {
            year,
            month,
            day,
            weekday: (days + 4).rem_euclid(7) as u8,
            hour: (clock / 3_600_000) as u8,
            minute: (clock / 60_000 % 60) as u8,
            second: (clock / 1_000 % 60) as u8,
            milli: (clock % 1_000) as u16,
        }
    }

    /// The hour on a 12-hour clock, 1 to 12.
    pub(super) fn hour12(&self) -> u8 {
        match self.hour % 12 {
            0 => 12,
            hour => hour,
        }
    }

    /// Milliseconds since midnight, without the fraction of the second.
    pub(super) fn whole_second_of_day_ms(&self) -> i64 {
        ((i64::from(self.hour) * 60 + i64::from(self.minute)) * 60 + i64::from(self.second)) * 1_000
    }

    /// The year without its era: both 1 BC and 1 AD are 1.
    pub(super) fn era_year(&self) -> i64 {
        if self.year > 0 { self.year } else { 1 - self.year }
    }
}

/// Days since the epoch of a calendar date. `month` is 1 to 12. A `day` past the end of the month continues in the next
/// month.
pub(super) fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let before_month = (153 * month + 2) / 5;
    year * 365 + leap_days + before_month + day - 1 - EPOCH_FROM_MARCH_ZERO
}

/// The year, month and day of the month `days` after the epoch.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "months and days of a month are small and positive"
)]
fn date_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + EPOCH_FROM_MARCH_ZERO;
    let cycle = days.div_euclid(DAYS_PER_CYCLE);
    let day_of_cycle = days.rem_euclid(DAYS_PER_CYCLE);
    // The last day of a span of 4, 100 or 400 years is a leap day, which must not begin a new year.
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / (DAYS_PER_CYCLE - 1)) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, next_year) = if month_from_march < 10 { (month_from_march + 3, 0) } else { (month_from_march - 9, 1) };
    (cycle * 400 + year_of_cycle + next_year, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_the_fields_of_known_moments() {
        // (ms, year, month, day, weekday, hour, minute, second, milli), as returned by `getUTC…`.
        let table = [
            (0, (1970, 1, 1, 4, 0, 0, 0, 0)),
            (-1, (1969, 12, 31, 3, 23, 59, 59, 999)),
            (1_709_164_800_000, (2024, 2, 29, 4, 0, 0, 0, 0)),
            (951_782_400_000, (2000, 2, 29, 2, 0, 0, 0, 0)),
            (-62_162_035_200_001, (0, 2, 29, 2, 23, 59, 59, 999)),
            (8_640_000_000_000_000, (275_760, 9, 13, 6, 0, 0, 0, 0)),
            (-8_640_000_000_000_000, (-271_821, 4, 20, 2, 0, 0, 0, 0)),
        ];
        for (ms, expected) in table {
            let c = Civil::from_millis(ms);
            let fields = (c.year, c.month, c.day, c.weekday, c.hour, c.minute, c.second, c.milli);
            assert_eq!(fields, expected, "{ms}");
        }
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for days in (-100_000_000..100_000_000).step_by(9_973) {
            let (year, month, day) = date_from_days(days);
            let back = days_since_epoch(year, i64::from(month), i64::from(day));
            assert_eq!(back, days, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn days_past_the_end_of_a_month_continue_in_the_next() {
        assert_eq!(days_since_epoch(2024, 2, 30), days_since_epoch(2024, 3, 1));
        assert_eq!(days_since_epoch(2023, 2, 31), days_since_epoch(2023, 3, 3));
    }
}
