//! Time zones of the `date` filter: the zone of the process, an offset in minutes, or a named zone.

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::civil::{Civil, DAY_MS, DAYS_PER_CYCLE, days_since_epoch};
use super::clip_whole;

/// The zone in which a date is displayed.
#[derive(Debug, Clone)]
pub enum Zone {
    /// No zone is given: the zone of the process, which is UTC and has that name in `%Z`.
    Process,
    /// Minutes west of UTC, with the sign of JavaScript's `getTimezoneOffset`: 360 displays `-0600`. Fractions are
    /// allowed; NaN makes every date invalid.
    MinutesWest(f64),
    /// A zone of the tz database.
    Named(NamedZone),
}

/// A zone of the tz database, with the name as given.
#[derive(Debug, Clone)]
pub struct NamedZone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The zone called `name`, in any letter case: an IANA zone or link, or one of the legacy names that ICU still
    /// supports. Offsets such as `-05:00` are not names.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`] if V8's `Intl.DateTimeFormat` on Node 20 rejects the name.
    ///
    /// ```
    /// # use inkproof_liquid::date::Zone;
    /// assert!(Zone::named("america/new_york").is_ok());
    /// let refused = Zone::named("-05:00").unwrap_err();
    /// assert_eq!(refused.to_string(), "Invalid time zone specified: -05:00");
    /// ```
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let rules = find_rules(name).ok_or_else(|| UnknownZone::new(name))?;
        Ok(Self::Named(NamedZone { name: name.to_owned(), rules }))
    }

    /// The offset of the zone in minutes west of UTC at `instant` (milliseconds since the epoch). `None` if LiquidJS
    /// cannot compute it.
    pub(super) fn minutes_west(&self, instant: i64) -> Option<f64> {
        match self {
            Self::Process => Some(0.0),
            Self::MinutesWest(minutes) => Some(*minutes),
            Self::Named(zone) => zone.minutes_west(instant),
        }
    }

    /// The name that `%Z` prints; `None` for a zone that is only an offset.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Process => Some("UTC"),
            Self::MinutesWest(_) => None,
            Self::Named(zone) => Some(&zone.name),
        }
    }
}

impl NamedZone {
    /// LiquidJS formats the moment in en-US form, in UTC and in the zone, and parses both strings: the offset is their
    /// difference. The strings have no era and keep short years as they are, so the difference is wrong around such
    /// years, and past the end of JavaScript's range there is none.
    #[expect(clippy::cast_precision_loss, reason = "a difference of two time values is far below 2^53")]
    fn minutes_west(&self, instant: i64) -> Option<f64> {
        let utc = reparsed(instant)?;
        let local = reparsed(instant + i64::from(self.seconds_east(instant)) * 1_000)?;
        Some((utc - local) as f64 / 60_000.0)
    }

    fn seconds_east(&self, instant: i64) -> i32 {
        self.rules.to_offset(equivalent_instant(instant)).seconds()
    }
}

/// The time value that V8 parses from the en-US string for local time `shown`.
#[expect(
    clippy::cast_precision_loss,
    reason = "clocks show at most a day more than a valid time value, which is below 2^53"
)]
fn reparsed(shown: i64) -> Option<i64> {
    let clock = Civil::from_millis(shown);
    let year = super::parse::full_year(clock.era_year());
    let days = days_since_epoch(year, clock.month.into(), clock.day.into());
    clip_whole((days * DAY_MS + clock.whole_second_of_day_ms()) as f64)
}

/// A moment within jiff's years (-9999 to 9999) at which the zone has the same offset as at `instant`: rules repeat
/// with the calendar's 400-year cycle, and before the first rule there is only one offset.
fn equivalent_instant(instant: i64) -> Timestamp {
    const CYCLE_MS: i64 = DAYS_PER_CYCLE * DAY_MS;
    let beyond = instant - Timestamp::MAX.as_millisecond();
    let cycles = if beyond > 0 { beyond / CYCLE_MS + 1 } else { 0 };
    Timestamp::from_millisecond(instant - cycles * CYCLE_MS).unwrap_or(Timestamp::MIN)
}

/// Names with rules of their own in ICU: those that it kept after the tz database dropped them, and four that the tz
/// database's compatible build does not link. Each pair is ICU's name and the name of a zone with the same rules.
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

/// Names whose rules no zone of the tz database has: North American daylight saving time as in System V. ICU has other
/// dates in 1974 and 1975, and no daylight saving time before 1902; these rules do not.
const SYSTEM_V: [(&str, &str); 6] = [
    ("SystemV/AST4ADT", "AST4ADT,M4.5.0,M10.5.0"),
    ("SystemV/EST5EDT", "EST5EDT,M4.5.0,M10.5.0"),
    ("SystemV/CST6CDT", "CST6CDT,M4.5.0,M10.5.0"),
    ("SystemV/MST7MDT", "MST7MDT,M4.5.0,M10.5.0"),
    ("SystemV/PST8PDT", "PST8PDT,M4.5.0,M10.5.0"),
    ("SystemV/YST9YDT", "YST9YDT,M4.5.0,M10.5.0"),
];

/// Names in the tz database that mean that no zone is set. `Intl` rejects them.
const REFUSED: [&str; 2] = ["Etc/Unknown", "Factory"];

fn find_rules(name: &str) -> Option<TimeZone> {
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

/// A zone name that V8 rejects. The message is that of V8's `RangeError`, which LiquidJS reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone {
    shown_name: String,
}

impl UnknownZone {
    /// V8 quotes each UTF-8 byte of the name as a Latin-1 character, and NUL as a space.
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
    fn accepts_the_zone_names_that_node_accepts() {
        // Whether `new Intl.DateTimeFormat('en-US', { timeZone })` succeeds on Node 20.
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
    fn every_replacement_zone_exists() {
        for (name, _) in ICU_NAMES.iter().chain(&SYSTEM_V) {
            assert!(Zone::named(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn errors_quote_the_name_like_v8() {
        let table = [("", ""), ("Mars", "Mars"), ("A\u{e9}", "A\u{c3}\u{a9}"), ("UTC\0", "UTC ")];
        for (name, quoted) in table {
            let refused = Zone::named(name).unwrap_err();
            assert_eq!(refused.to_string(), format!("Invalid time zone specified: {quoted}"));
        }
    }
}
