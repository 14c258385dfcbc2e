//! Time zones as the `date` filter takes them: the process's own, a number of minutes, or a name.

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::civil::{Civil, DAY_MS, DAYS_PER_CYCLE, days_since_epoch};
use super::clip_whole;

/// The zone a date is shown in.
#[derive(Debug, Clone)]
pub enum Zone {
    /// No zone was asked for: the process's own, which is UTC and is named so by `%Z`.
    Process,
    /// Minutes west of UTC, the sign of JavaScript's `getTimezoneOffset`: 360 shows `-0600`.
    /// Fractions count; not-a-number makes every date invalid.
    MinutesWest(f64),
    /// A zone of the tz database.
    Named(NamedZone),
}

/// A zone of the tz database, with the name it was asked for by.
#[derive(Debug, Clone)]
pub struct NamedZone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The zone called `name`, whatever its letters' case: an IANA zone or link, or one of the old names
    /// that ICU still knows. Offsets such as `-05:00` are not names.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`] when V8's `Intl.DateTimeFormat` on Node 20 would refuse the name.
    ///
    /// ```
    /// # use inkproof_liquid::date::Zone;
    /// assert!(Zone::named("america/new_york").is_ok());
    /// let refused = Zone::named("-05:00").unwrap_err();
    /// assert_eq!(refused.to_string(), "Invalid time zone specified: -05:00");
    /// ```
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let rules = rules_of(name).ok_or_else(|| UnknownZone::new(name))?;
        Ok(Self::Named(NamedZone { name: name.to_owned(), rules }))
    }

    /// How many minutes west of UTC the zone's clocks are at `instant` (milliseconds since the epoch).
    /// `None` when LiquidJS fails to tell.
    pub(super) fn minutes_west(&self, instant: i64) -> Option<f64> {
        match self {
            Self::Process => Some(0.0),
            Self::MinutesWest(minutes) => Some(*minutes),
            Self::Named(zone) => zone.minutes_west(instant),
        }
    }

    /// What `%Z` prints; `None` for a zone that has only an offset.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Process => Some("UTC"),
            Self::MinutesWest(_) => None,
            Self::Named(zone) => Some(&zone.name),
        }
    }
}

impl NamedZone {
    /// LiquidJS writes the moment out in en-US form, in UTC and in the zone, and reads both texts back:
    /// the offset is their difference. The texts lack the era and keep short years, so around such years
    /// the difference is odd, and past the end of JavaScript's range there is none.
    #[expect(clippy::cast_precision_loss, reason = "a difference of two time values is far below 2^53")]
    fn minutes_west(&self, instant: i64) -> Option<f64> {
        let utc = reread(instant)?;
        let local = reread(instant + i64::from(self.seconds_east(instant)) * 1_000)?;
        Some((utc - local) as f64 / 60_000.0)
    }

    fn seconds_east(&self, instant: i64) -> i32 {
        self.rules.to_offset(within_reach(instant)).seconds()
    }
}

/// The time value V8 reads from the en-US text of a clock that shows `shown`.
#[expect(
    clippy::cast_precision_loss,
    reason = "clocks show at most a day more than a valid time value, which is below 2^53"
)]
fn reread(shown: i64) -> Option<i64> {
    let clock = Civil::from_millis(shown);
    let year = super::parse::full_year(clock.era_year());
    let days = days_since_epoch(year, clock.month.into(), clock.day.into());
    clip_whole((days * DAY_MS + clock.whole_second_of_day_ms()) as f64)
}

/// The moment within jiff's years (-9999 to 9999) at which zones are as they are at `instant`: rules
/// repeat with the calendar's 400-year cycle, and before the first rule there is only one offset.
fn within_reach(instant: i64) -> Timestamp {
    const CYCLE_MS: i64 = DAYS_PER_CYCLE * DAY_MS;
    let beyond = instant - Timestamp::MAX.as_millisecond();
    let cycles = if beyond > 0 { beyond / CYCLE_MS + 1 } else { 0 };
    Timestamp::from_millisecond(instant - cycles * CYCLE_MS).unwrap_or(Timestamp::MIN)
}

/// Names that ICU gives rules of its own: those it kept after the tz database dropped them, and four
/// that the tz database's compatible build does not link. The first name is ICU's, the second has its rules.
#[rustfmt::skip]
const ICU_NAMES: [(&str, &str); 38] = [
    ("ACT", "Australia/Darwin"), ("AET", "Australia/Sydney"), ("AGT", "America/Argentina/Buenos_Aires"),
    ("ART", "Africa/Cairo"), ("AST", "America/Anchorage"), ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"), ("CAT", "Africa/Maputo"), ("CNT", "America/St_Johns"),
    ("CST", "America/Chicago"), ("CTT", "Asia/Shanghai"), ("EAT", "Africa/Nairobi"),
    ("ECT", "Europe/Paris"), ("IET", "America/Indiana/Indianapolis"), ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"), ("MIT", "Pacific/Apia"), ("NET", "Asia/Yerevan"),
    ("NST", "Pacific/Auckland"), ("PLT", "Asia/Karachi"), ("PNT", "America/Phoenix"),
    ("PRT", "America/Puerto_Rico"), ("PST", "America/Los_Angeles"), ("SST", "Pacific/Guadalcanal"),
    ("VST", "Asia/Ho_Chi_Minh"), ("CST6CDT", "America/Chicago"), ("EST5EDT", "America/New_York"),
    ("MST7MDT", "America/Denver"), ("PST8PDT", "America/Los_Angeles"),
    ("Canada/East-Saskatchewan", "America/Regina"), ("US/Pacific-New", "America/Los_Angeles"),
    ("SystemV/AST4", "Etc/GMT+4"), ("SystemV/EST5", "Etc/GMT+5"), ("SystemV/CST6", "Etc/GMT+6"),
    ("SystemV/MST7", "Etc/GMT+7"), ("SystemV/PST8", "Etc/GMT+8"), ("SystemV/YST9", "Etc/GMT+9"),
    ("SystemV/HST10", "Etc/GMT+10"),
];

/// Names whose rules no tz database zone has: North American summer time as System V had it. ICU knows of
/// other days in 1974 and 1975 and of no summer time before 1902; these rules do not.
const SYSTEM_V: [(&str, &str); 6] = [
    ("SystemV/AST4ADT", "AST4ADT,M4.5.0,M10.5.0"),
    ("SystemV/EST5EDT", "EST5EDT,M4.5.0,M10.5.0"),
    ("SystemV/CST6CDT", "CST6CDT,M4.5.0,M10.5.0"),
    ("SystemV/MST7MDT", "MST7MDT,M4.5.0,M10.5.0"),
    ("SystemV/PST8PDT", "PST8PDT,M4.5.0,M10.5.0"),
    ("SystemV/YST9YDT", "YST9YDT,M4.5.0,M10.5.0"),
];

/// Names in the tz database that stand for "no zone is set", which `Intl` refuses.
const REFUSED: [&str; 2] = ["Etc/Unknown", "Factory"];

fn rules_of(name: &str) -> Option<TimeZone> {
    static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    let stand_in = |table: &[(&str, &'static str)]| {
        let found = table.iter().find(|(known, _)| is(known));
        found.map(|&(_, rules)| rules)
    };
    if REFUSED.iter().any(|known| is(known)) {
        return None;
    }
    if let Some(posix) = stand_in(&SYSTEM_V) {
        return TimeZone::posix(posix).ok();
    }
    DATABASE.get(stand_in(&ICU_NAMES).unwrap_or(name)).ok()
}

/// A zone name that V8 refuses. Its text is the `RangeError`'s, which LiquidJS passes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone {
    shown_name: String,
}

impl UnknownZone {
    /// V8 quotes the name's UTF-8 bytes as if each were a Latin-1 character, NUL as a space.
    fn new(name: &str) -> Self {
        let shown = |byte: u8| if byte == 0 { ' ' } else { char::from(byte) };
        Self { shown_name: name.bytes().map(shown).collect() }
    }
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invalid time zone specified: {}", self.shown_name)
    }
}

impl std::error::Error for UnknownZone {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_accepted_as_node_does() {
        // Whether `new Intl.DateTimeFormat('en-US', { timeZone })` works on Node 20.
        let table = [
            ("UTC", true),
            ("gmt", true),
            ("GMT+0", true),
            ("GMT+5", false),
            ("Etc/GMT-14", true),
            ("Etc/GMT+13", false),
            ("america/NEW_YORK", true),
            ("America/New York", false),
            ("Asia/Kolkata", true),
            ("EST5EDT", true),
            ("EST6CDT", false),
            ("systemv/yst9ydt", true),
            ("US/Pacific-New", true),
            ("mit", true),
            ("Etc/Unknown", false),
            ("factory", false),
            ("posixrules", false),
            ("-05:00", false),
            ("360", false),
            (" UTC", false),
            ("", false),
        ];
        for (name, accepted) in table {
            assert_eq!(Zone::named(name).is_ok(), accepted, "{name:?}");
        }
    }

    #[test]
    fn stand_ins_exist() {
        for (name, _) in ICU_NAMES.iter().chain(&SYSTEM_V) {
            assert!(Zone::named(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn refusals_quote_the_name_as_v8_does() {
        let table = [("", ""), ("Mars", "Mars"), ("A\u{e9}", "A\u{c3}\u{a9}"), ("UTC\0", "UTC ")];
        for (name, quoted) in table {
            let refused = Zone::named(name).unwrap_err();
            assert_eq!(refused.to_string(), format!("Invalid time zone specified: {quoted}"));
        }
    }
}
