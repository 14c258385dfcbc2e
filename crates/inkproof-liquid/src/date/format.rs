//! `strftime` as LiquidJS implements it: a subset of Ruby's directives.

use std::fmt::{self, Write as _};

use super::civil::{Civil, days_since_epoch};
use super::{Date, Zone};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Maximum length of a string in V8, in UTF-16 code units.
const MAX_STRING: f64 = 536_870_888.0;

/// Appends `date` to `out` in the given `format`.
///
/// A directive is `%`, then flags (`-` no padding, `_` pad with spaces, `0` pad with zeros, `^` upper case, `#` swap
/// case, `:` for `%:z`), a width, `E` or `O` (ignored) and a letter. A directive that LiquidJS does not know is copied.
///
/// Before padding is written, `charge` is called with its length in characters, which LiquidJS counts against its
/// memory limit while it formats, and with the length of the output up to there; after each directive, with a padding of
/// 0. If `charge` fails, formatting fails before that padding is allocated.
///
/// # Errors
///
/// The error of `charge`, or [`PaddingTooLong`] for a width that `charge` accepts but V8 does not. `out` then holds
/// the output up to there.
///
/// ```
/// # use inkproof_liquid::date::{Date, PaddingTooLong, Zone, strftime};
/// let zone = Zone::named("America/New_York").unwrap();
/// let date = Date::new(1_704_441_600_000.0, &zone).unwrap();
/// let mut out = String::new();
/// strftime(&date, "%a %-d %^b, %l:%M %p %z", &mut out, &mut |_, _| Ok::<(), PaddingTooLong>(())).unwrap();
/// assert_eq!(out, "Fri 5 JAN,  3:00 AM -0500");
/// ```
pub fn strftime<E: From<PaddingTooLong>>(
    date: &Date<'_>,
    format: &str,
    out: &mut String,
    charge: &mut dyn FnMut(usize, usize) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let (text, directive) = Directive::cut(&rest[at..]);
        rest = &rest[at + text.len()..];
        let known = match directive {
            Some(directive) => directive.write(date, out, charge)?,
            None => false,
        };
        if !known {
            out.push_str(text);
        }
        charge(0, out.len())?;
    }
    out.push_str(rest);
    Ok(())
}

/// The parts of a format: its directives, and the text between them. Of a directive, also whether LiquidJS knows it; one
/// that it does not know is printed as it is.
///
/// ```
/// # use inkproof_liquid::date::{FormatPart::{Directive, Text}, format_parts};
/// assert_eq!(format_parts("%-d at %F"), [Directive("%-d", true), Text(" at "), Directive("%F", false)]);
/// ```
#[must_use]
pub fn format_parts(format: &str) -> Vec<FormatPart<'_>> {
    let mut parts = Vec::new();
    let mut rest = format;
    while !rest.is_empty() {
        let text = &rest[..rest.find('%').unwrap_or(rest.len())];
        if !text.is_empty() {
            parts.push(FormatPart::Text(text));
            rest = &rest[text.len()..];
            continue;
        }
        let (directive, parsed) = Directive::cut(rest);
        rest = &rest[directive.len()..];
        parts.push(match parsed {
            // Without a letter, it is only a percent sign.
            None => FormatPart::Text(directive),
            Some(parsed) => FormatPart::Directive(directive, parsed.is_known()),
        });
    }
    parts
}

/// A part of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatPart<'f> {
    /// Text that is printed as it is.
    Text(&'f str),
    /// A directive, and whether it is known.
    Directive(&'f str, bool),
}

/// Padding that exceeds V8's maximum string length. The message is that of V8's `RangeError`, which LiquidJS reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaddingTooLong {
    /// The width is too large even for a double.
    is_infinite: bool,
}

impl fmt::Display for PaddingTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_infinite { "Invalid count value: Infinity" } else { "Invalid string length" })
    }
}

impl std::error::Error for PaddingTooLong {}

/// One directive of a format.
#[derive(Debug, Clone, Copy)]
struct Directive {
    flags: Flags,
    /// A JavaScript number, never 0: a leading 0 is a flag.
    width: Option<f64>,
    letter: char,
}

#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags are independent")]
struct Flags {
    unpadded: bool,
    spaces: bool,
    zeros: bool,
    upper: bool,
    change_case: bool,
    colon: bool,
}

impl Directive {
    /// Splits off the directive at the start of `text`: its source, and its parts unless `text` ends first.
    fn cut(text: &str) -> (&str, Option<Self>) {
        let mut flags = Flags::default();
        let mut rest = &text[1..];
        while let Some(flag) = rest.bytes().next().and_then(|byte| flags.named(byte)) {
            *flag = true;
            rest = &rest[1..];
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let width = rest[..digits].parse().ok();
        rest = &rest[digits..];
        rest = rest.strip_prefix(['E', 'O']).unwrap_or(rest);
        let Some(letter) = rest.chars().next() else {
            return (text, None);
        };
        let len = text.len() - rest.len() + letter.len_utf8();
        let directive = Self { flags, width, letter };
        (&text[..len], Some(directive))
    }

    /// Whether it has a value.
    fn is_known(self) -> bool {
        let zone = Zone::MinutesWest(0.0);
        let known = Date::new(0.0, &zone).map(|date| self.write_value(&date, &mut String::new()));
        self.letter == 'N' || known == Some(true)
    }

    /// Appends the directive's value. Returns `false` and appends nothing if the letter is unknown.
    fn write<E: From<PaddingTooLong>>(
        self,
        date: &Date<'_>,
        out: &mut String,
        charge: &mut dyn FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<bool, E> {
        let start = out.len();
        if self.letter == 'N' {
            self.write_fraction(date.shown.milli, out, charge)?;
        } else if !self.write_value(date, out) {
            return Ok(false);
        }
        let value = &mut out[start..]; // all ASCII
        let has_lower = value.bytes().any(|byte| byte.is_ascii_lowercase());
        if self.flags.upper || (self.flags.change_case && has_lower) {
            value.make_ascii_uppercase();
        } else if self.flags.change_case {
            value.make_ascii_lowercase();
        }
        self.pad(start, out, charge)?;
        Ok(true)
    }

    fn write_value(self, date: &Date<'_>, out: &mut String) -> bool {
        let shown = &date.shown;
        let weekday = WEEKDAYS[usize::from(shown.weekday)];
        let month = MONTHS[usize::from(shown.month) - 1];
        match self.letter {
            'a' => out.push_str(&weekday[..3]),
            'A' => out.push_str(weekday),
            'b' | 'h' => out.push_str(&month[..3]),
            'B' => out.push_str(month),
            'c' => {
                push_local_date(out, shown);
                out.push_str(", ");
                push_local_time(out, shown);
            }
            'C' => push(out, shown.year.div_euclid(100)),
            'd' | 'e' => push(out, shown.day),
            'H' | 'k' => push(out, shown.hour),
            'I' | 'l' => push(out, shown.hour12()),
            'j' => push(out, day_of_year(shown)),
            'L' => push(out, shown.milli),
            'm' => push(out, shown.month),
            'M' => push(out, shown.minute),
            'p' => out.push_str(meridiem(shown)),
            'P' => out.push_str(&meridiem(shown).to_ascii_lowercase()),
            'q' => out.push_str(ordinal_suffix(shown.day)),
            's' => push(out, date.instant.div_euclid(1_000)),
            'S' => push(out, shown.second),
            'u' => push(out, if shown.weekday == 0 { 7 } else { shown.weekday }),
            'U' => push(out, week_of_year(shown, 0)),
            'w' => push(out, shown.weekday),
            'W' => push(out, week_of_year(shown, 1)),
            'x' => push_local_date(out, shown),
            'X' => push_local_time(out, shown),
            'y' => push(out, shown.year.rem_euclid(100)),
            'Y' => push(out, shown.year),
            'z' => push_offset(out, date.minutes_west, self.flags.colon),
            'Z' => match date.zone.name() {
                Some(name) => out.push_str(name),
                None => push_offset(out, date.minutes_west, self.flags.colon),
            },
            't' => out.push('\t'),
            'n' => out.push('\n'),
            '%' => out.push('%'),
            _ => return false,
        }
        true
    }

    /// `%N`: the milliseconds as the digits of a decimal fraction, truncated or padded to the width.
    fn write_fraction<E: From<PaddingTooLong>>(
        self,
        milli: u16,
        out: &mut String,
        charge: &mut dyn FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let width = self.width.unwrap_or(9.0);
        let digits = format!("{milli:03}");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive width of at most 3")]
        let digits = &digits[..width.min(3.0) as usize];
        out.push_str(digits);
        fill(out, out.len(), "0", Gap::new(width, digits), charge)
    }

    /// Pads the value that begins at byte `start`.
    fn pad<E: From<PaddingTooLong>>(
        self,
        start: usize,
        out: &mut String,
        charge: &mut dyn FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.flags.unpadded {
            return Ok(());
        }
        let with_spaces = match self.flags {
            Flags { spaces: true, .. } => true,
            Flags { zeros: true, .. } => false,
            _ => "aAbBceklpP".contains(self.letter),
        };
        let width = self.width.unwrap_or_else(|| default_width(self.letter));
        let value = &out[start..];
        let gap = Gap::new(width, value);
        // Zeros go between a minus sign and its digits.
        let (at, padding) = match (with_spaces, value.starts_with('-')) {
            (true, _) => (start, " "),
            (false, true) => (start + 1, "0"),
            (false, false) => (start, "0"),
        };
        fill(out, at, padding, gap, charge)
    }
}

impl Flags {
    /// The flag that a character of a directive sets.
    fn named(&mut self, byte: u8) -> Option<&mut bool> {
        match byte {
            b'-' => Some(&mut self.unpadded),
            b'_' => Some(&mut self.spaces),
            b'0' => Some(&mut self.zeros),
            b'^' => Some(&mut self.upper),
            b'#' => Some(&mut self.change_case),
            b':' => Some(&mut self.colon),
            _ => None,
        }
    }
}

fn default_width(letter: char) -> f64 {
    match letter {
        'C' | 'd' | 'e' | 'H' | 'I' | 'k' | 'l' | 'm' | 'M' | 'S' | 'U' | 'W' | 'y' => 2.0,
        'j' | 'L' => 3.0,
        'Y' => 4.0,
        _ => 0.0,
    }
}

/// The padding that a value needs to reach a width.
#[derive(Debug, Clone, Copy)]
struct Gap {
    width: f64,
    /// Never negative.
    missing: f64,
}

impl Gap {
    #[expect(clippy::cast_precision_loss, reason = "values are short")]
    fn new(width: f64, value: &str) -> Self {
        let missing = (width - value.len() as f64).max(0.0);
        Self { width, missing }
    }
}

/// Inserts `gap` copies of `padding` at byte `at`.
fn fill<E: From<PaddingTooLong>>(
    out: &mut String,
    at: usize,
    padding: &str,
    gap: Gap,
    charge: &mut dyn FnMut(usize, usize) -> Result<(), E>,
) -> Result<(), E> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and not negative; saturates")]
    let count = gap.missing as usize;
    if count == 0 {
        return Ok(());
    }
    charge(count, out.len())?;
    if gap.width > MAX_STRING {
        let is_infinite = gap.width.is_infinite();
        return Err(PaddingTooLong { is_infinite }.into());
    }
    out.insert_str(at, &padding.repeat(count));
    Ok(())
}

fn push(out: &mut String, value: impl fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
}

/// The date as `toLocaleDateString` writes it in en-US: `1/5/2024`, without an era.
fn push_local_date(out: &mut String, shown: &Civil) {
    push(out, format_args!("{}/{}/{}", shown.month, shown.day, shown.era_year()));
}

/// The time as `toLocaleTimeString` writes it in en-US: `10:20:30 AM`.
fn push_local_time(out: &mut String, shown: &Civil) {
    let (hour, half) = (shown.hour12(), meridiem(shown));
    push(out, format_args!("{hour}:{:02}:{:02} {half}", shown.minute, shown.second));
}

/// `+hhmm`, or `+hh:mm` with a colon. Fractional minutes are written as they are.
fn push_offset(out: &mut String, minutes_west: f64, colon: bool) {
    let sign = if minutes_west > 0.0 { '-' } else { '+' };
    let (hours, minutes) = ((minutes_west.abs() / 60.0).floor(), minutes_west.abs() % 60.0);
    let colon = if colon { ":" } else { "" };
    push(out, format_args!("{sign}{hours:02}{colon}"));
    // JavaScript writes numbers below one millionth with an exponent.
    if minutes > 0.0 && minutes < 1e-6 {
        push(out, format_args!("{minutes:e}"));
    } else {
        push(out, format_args!("{minutes:02}"));
    }
}

fn meridiem(shown: &Civil) -> &'static str {
    if shown.hour < 12 { "AM" } else { "PM" }
}

fn ordinal_suffix(day: u8) -> &'static str {
    match (day, day % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// The day of the year, from 1. LiquidJS treats year 0 as a common year.
fn day_of_year(shown: &Civil) -> i64 {
    let days_from = |month, day| days_since_epoch(shown.year, month, day);
    let number = days_from(shown.month.into(), shown.day.into()) - days_from(1, 1) + 1;
    if shown.year == 0 && shown.month > 2 { number - 1 } else { number }
}

/// The week of the year. Days before the first `first_weekday` are in week 0.
fn week_of_year(shown: &Civil, first_weekday: i64) -> i64 {
    let days_into_week = (i64::from(shown.weekday) - first_weekday).rem_euclid(7);
    (day_of_year(shown) + 6 - days_into_week) / 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::{UnknownZone, Zone};

    /// The zone argument of the filter.
    enum In {
        West(f64),
        Named(&'static str),
    }

    impl In {
        fn zone(&self) -> Result<Zone, UnknownZone> {
            match self {
                Self::West(minutes) => Ok(Zone::MinutesWest(*minutes)),
                Self::Named(name) => Zone::named(name),
            }
        }
    }

    fn formatted(ms: f64, zone: &Zone, format: &str) -> Option<String> {
        let date = Date::new(ms, zone)?;
        let mut out = String::new();
        let done = strftime(&date, format, &mut out, &mut |_, _| Ok::<(), PaddingTooLong>(()));
        assert_eq!(done, Ok(()), "{format:?}");
        Some(out)
    }

    #[test]
    fn formats_like_liquidjs() {
        use In::{Named, West};
        // `{{ ms | date: format, zone }}`; `None` if LiquidJS returns its input.
        #[rustfmt::skip]
        let table = [
            (1_704_450_030_007.0, West(0.0), "%a %A %b %B %h %C %d %e %H %I %j %k %l %L %m %M %N %p %P %q %s %S %u %U %w %W %y %Y %z %:z %Z %t%n%%", Some("Fri Friday Jan January Jan 20 05  5 10 10 005 10 10 007 01 20 007000000 AM am th 1704450030 30 5 00 5 01 24 2024 +0000 +00:00 +0000 \t\n%")),
            (1_704_450_030_007.0, West(0.0), "%c|%x|%X|%R|%F|%T|%Q|%E|%", Some("1/5/2024, 10:20:30 AM|1/5/2024|10:20:30 AM|%R|%F|%T|%Q|%E|%")),
            (1_704_450_030_007.0, West(0.0), "%-d %_d %3d %-3d %_3d %03e %^a %#a %#p %^p %10A %010A %-10A %^10b", Some("5  5 005 5   5 005 FRI FRI am AM     Friday 0000Friday Friday        JAN")),
            (1_704_450_030_007.0, West(0.0), "%1N %3N %5N %12N %-N %_12N %^#b %Ey %Od %EOd %5% %\n%5\n", Some("0 007 00700 007000000000 007000000 007000000000 JAN 24 05 %EOd 0000% %\n%5\n")),
            (1_704_671_999_999.0, West(0.0), "%u %w %U %W %j %l %p %q", Some("7 0 01 01 007 11 PM th")),
            (1_704_024_000_000.0, West(0.0), "%U %W %j %q %I", Some("53 52 365 st 12")),
            (-62_193_351_293_993.0, West(0.0), "%Y %C %y %s %10s %_10s %c %j %U", Some("-001 -1 99 -62193351294 -62193351294 -62193351294 3/4/2, 1:05:06 PM 063 09")),
            (-62_162_035_200_000.0, West(0.0), "%Y %C %y %c %j %U %W", Some("0000 00 00 3/1/1, 12:00:00 AM 060 09 09")),
            (327_416_947_200_000.0, West(0.0), "%Y %C %y %x", Some("12345 123 45 6/7/12345")),
            (1_704_450_030_000.0, West(360.0), "%H:%M %z %:z %Z %10z %_10z %-z", Some("04:20 -0600 -06:00 -0600 -000000600      -0600 -0600")),
            (1_704_450_030_000.0, West(-330.5), "%H:%M:%S %z %:z", Some("15:51:00 +0530.5 +05:30.5")),
            (1_704_450_030_000.0, West(1e-7), "%S %L %z", Some("29 999 -001e-7")),
            (1_704_450_030_000.0, Named("america/new_york"), "%H:%M %z %Z %^Z %#Z %20Z", Some("05:20 -0500 america/new_york AMERICA/NEW_YORK AMERICA/NEW_YORK 0000america/new_york")),
            (1_710_053_999_000.0, Named("America/New_York"), "%T%H:%M %z", Some("%T01:59 -0500")),
            (1_710_054_000_000.0, Named("America/New_York"), "%H:%M %z", Some("03:00 -0400")),
            (1_730_613_600_000.0, Named("America/New_York"), "%H:%M %z", Some("01:00 -0500")),
            (-5_364_662_400_000.0, Named("Europe/Paris"), "%c %z", Some("1/1/1800, 12:09:21 AM +009.35")),
            (327_419_020_800_000.0, Named("Europe/Paris"), "%c %z", Some("7/1/12345, 2:00:00 AM +0200")),
            (1_719_792_000_000.0, Named("SystemV/EST5EDT"), "%H %Z", Some("20 SystemV/EST5EDT")),
            (1_719_792_000_000.0, Named("jst"), "%H %Z", Some("09 jst")),
            (-59_011_455_600_000.0, Named("America/New_York"), "%Y %z", Some("1999 +166550353.9666666984558105")),
            (-62_167_215_600_000.0, Named("America/New_York"), "%Y-%m-%d %z", Some("0001-12-30 +175153.9666666665580124")),
            (8_640_000_000_000_000.0, Named("America/New_York"), "%c %s %z", Some("9/12/275760, 8:00:00 PM 8640000000000 -0400")),
            (8_640_000_000_000_000.0, Named("Asia/Tokyo"), "%c %s %z", None),
            (-8_640_000_000_000_000.0, West(0.0), "%c %s %j %U %A", Some("4/20/271822, 12:00:00 AM -8640000000000 110 16 Tuesday")),
        ];
        for (ms, zone, format, expected) in table {
            let zone = zone.zone().unwrap();
            assert_eq!(formatted(ms, &zone, format).as_deref(), expected, "{ms} {zone:?} {format:?}");
        }
    }

    #[test]
    fn uses_utc_without_a_zone() {
        let printed = formatted(0.0, &Zone::Process, "%z %Z %-Z").unwrap();
        assert_eq!(printed, "+0000 UTC UTC");
    }

    #[test]
    fn padding_is_charged_and_bounded() {
        #[derive(Debug, PartialEq)]
        enum Stop {
            Charge,
            Long(PaddingTooLong),
        }
        impl From<PaddingTooLong> for Stop {
            fn from(long: PaddingTooLong) -> Self {
                Self::Long(long)
            }
        }
        let run = |format: &str, limit: usize| {
            let (mut total, mut out) = (0_usize, String::new());
            let date = Date::new(0.0, &Zone::Process).unwrap();
            let done = strftime(&date, format, &mut out, &mut |count, _| {
                total = total.saturating_add(count);
                if total > limit { Err(Stop::Charge) } else { Ok(()) }
            });
            (done, total)
        };
        let long = |is_infinite| Err(Stop::Long(PaddingTooLong { is_infinite }));
        let endless = format!("%{}d", "9".repeat(400));
        let table = [
            ("%d %H %Y", 100, Ok(()), 2),
            ("%5N %-9d %10A", 100, Ok(()), 4),
            ("%999999999d", 100, Err(Stop::Charge), 999_999_998),
            ("%999999999N", 100, Err(Stop::Charge), 999_999_996),
            ("%999999999d", usize::MAX, long(false), 999_999_998),
            (&endless, 100, Err(Stop::Charge), usize::MAX),
            (&endless, usize::MAX, long(true), usize::MAX),
        ];
        for (format, limit, done, total) in table {
            assert_eq!(run(format, limit), (done, total), "{format:?} within {limit}");
        }
    }
}
