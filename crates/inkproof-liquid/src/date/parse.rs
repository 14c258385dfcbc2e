//! Parses date strings like V8: first as an ECMAScript date-time string, then with V8's lenient legacy parser.
//!
//! The legacy parser has no fixed formats. It assigns each word, number and sign, in order, to the first of day, clock
//! and zone that accepts it, and validates the result at the end.

mod fields;
mod token;

use std::convert::Infallible;

use fields::{Day, Fields, Offset};
use token::{Number, Scanner, Token, Word};

pub(super) use fields::full_year;

/// How many bytes are read before they are reported.
const REPORTED_BYTES: usize = 4096;

/// Parses `text` like `new Date(text)` with the process in UTC. Returns milliseconds since the epoch, or `None` for an
/// invalid date.
///
/// ```
/// # use inkproof_liquid::date::parse;
/// assert_eq!(parse("2024-01-05T10:00:00+02:00"), Some(1_704_441_600_000.0));
/// assert_eq!(parse("Fri, Jan 5th 2024"), None); // `th` touches a number
/// assert_eq!(parse("Fri, Jan 5 2024 8 AM"), None); // `AM` needs a `:` before it
/// assert_eq!(parse("Fri, Jan 5 2024 8:00 AM"), Some(1_704_441_600_000.0));
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    match parse_counted(text, |_| Ok::<_, Infallible>(())) {
        Ok(milliseconds) => milliseconds,
    }
}

/// Like [`parse`], and reports every few thousand bytes how many have been read, so that a long string can be given up.
///
/// # Errors
/// That of `work`.
pub(crate) fn parse_counted<E>(text: &str, mut work: impl FnMut(usize) -> Result<(), E>) -> Result<Option<f64>, E> {
    // V8's scanner treats NUL as the end of the string.
    let text = text.split('\0').next().unwrap_or_default();
    let mut scanner = Scanner::new(text);
    let mut fields = Fields::default();
    match iso_date_time(&mut scanner, &mut fields) {
        Iso::Whole => {}
        Iso::Invalid => return Ok(None),
        Iso::GaveUpAt(token) => {
            if lenient(token, &mut scanner, &mut fields, &mut work)?.is_none() {
                return Ok(None);
            }
        }
    }
    Ok(fields.time_value())
}

/// How much of a string matches the ECMAScript form `YYYY-MM-DDTHH:mm:ss.sssZ` or one of its shorter forms.
enum Iso {
    /// All of it.
    Whole,
    /// It has the `T`, which excludes every other form, but is invalid after it.
    Invalid,
    /// It matches up to this token. The day may hold the numbers before it.
    GaveUpAt(Token),
}

/// Parses the part of the string that is in the ECMAScript form.
fn iso_date_time(scanner: &mut Scanner<'_>, fields: &mut Fields) -> Iso {
    if let Some(token) = iso_date(scanner, &mut fields.day) {
        return Iso::GaveUpAt(token);
    }
    match scanner.peek() {
        Token::End => fields.offset.set(0), // a date without a time is in UTC
        Token::Word(Word::TimeSeparator) => {
            scanner.next();
            if iso_time(scanner, fields).is_none() {
                return Iso::Invalid;
            }
        }
        _ => return Iso::GaveUpAt(scanner.next()),
    }
    fields.day.is_iso = true;
    Iso::Whole
}

/// Parses `YYYY` or `±YYYYYY`, optionally followed by `-MM` or `-MM-DD`. Returns the first unexpected token if the
/// string has another form.
fn iso_date(scanner: &mut Scanner<'_>, day: &mut Day) -> Option<Token> {
    if let Some(sign) = scanner.peek().sign() {
        let sign_token = scanner.next();
        let Some(year) = scanner.take(6, 0..=999_999) else {
            return Some(sign_token);
        };
        if sign < 0 && year == 0 {
            return Some(sign_token);
        }
        day.add(sign * year);
    } else if let Some(year) = scanner.take(4, 0..=9_999) {
        day.add(year);
    } else {
        return Some(scanner.next());
    }
    for range in [1..=12, 1..=31] {
        if !scanner.skip('-') {
            break;
        }
        let Some(number) = scanner.take(2, range) else {
            return Some(scanner.next());
        };
        day.add(number);
    }
    None
}

/// Parses `HH:mm`, `:ss`, `.sss` and the zone, up to the end of the string. `None` if it is malformed.
fn iso_time(scanner: &mut Scanner<'_>, fields: &mut Fields) -> Option<()> {
    let clock = &mut fields.clock;
    let hour = scanner.take(2, 0..=24)?;
    // An hour of 24 is only valid as midnight at the end of a day.
    let last = |max| if hour == 24 { 0 } else { max };
    clock.add(hour)?;
    scanner.skip(':').then_some(())?;
    clock.add(scanner.take(2, 0..=last(59))?)?;
    if scanner.skip(':') {
        clock.add(scanner.take(2, 0..=last(59))?)?;
        if scanner.skip('.') {
            let Token::Number(fraction) = scanner.next() else {
                return None;
            };
            (fraction.value <= last(i64::MAX)).then_some(())?;
            clock.add(fraction.thousandths())?;
        }
    }
    iso_offset(scanner, &mut fields.offset)?;
    (scanner.peek() == Token::End).then_some(())
}

/// Parses `Z`, `±hh:mm`, `±hhmm` or nothing.
fn iso_offset(scanner: &mut Scanner<'_>, offset: &mut Offset) -> Option<()> {
    if scanner.peek() == Token::Word(Word::Zulu) {
        scanner.next();
        offset.set(0);
    } else if let Some(sign) = scanner.peek().sign() {
        scanner.next();
        offset.sign = Some(sign);
        let (hour, minute) = if let Some(joined) = scanner.take(4, 0..=2_359) {
            (joined / 100, joined % 100)
        } else {
            let hour = scanner.take(2, 0..=23)?;
            scanner.skip(':').then_some(())?;
            (hour, scanner.take(2, 0..=59)?)
        };
        (minute <= 59).then_some(())?;
        offset.set_distance(hour, Some(minute));
    }
    Some(())
}

/// Assigns `token` and all tokens after it to the fields. `None` as soon as one cannot be part of a date.
fn lenient<E>(
    mut token: Token,
    scanner: &mut Scanner<'_>,
    fields: &mut Fields,
    work: &mut impl FnMut(usize) -> Result<(), E>,
) -> Result<Option<()>, E> {
    let mut number_seen = !fields.day.is_empty();
    let mut reported = scanner.bytes_left();
    while token != Token::End {
        if lenient_token(token, &mut number_seen, scanner, fields).is_none() {
            return Ok(None);
        }
        token = scanner.next();
        let left = scanner.bytes_left();
        if reported - left >= REPORTED_BYTES {
            work(reported - left)?;
            reported = left;
        }
    }
    Ok(Some(()))
}

fn lenient_token(token: Token, number_seen: &mut bool, scanner: &mut Scanner<'_>, fields: &mut Fields) -> Option<()> {
    match token {
        Token::Number(number) => {
            *number_seen = true;
            lenient_number(number.value, scanner, fields)?;
        }
        Token::Word(word) => lenient_word(word, *number_seen, scanner, fields)?,
        Token::Symbol(_) => {
            let sign = token.sign();
            if let Some(sign) = sign
                && (fields.offset.is_utc() || !fields.clock.is_empty())
            {
                *number_seen = true;
                lenient_offset(sign, scanner, &mut fields.offset)?;
            } else if *number_seen && (sign.is_some() || token == Token::Symbol(')')) {
                return None;
            }
        }
        Token::Space | Token::Other | Token::End => {}
    }
    Some(())
}

fn lenient_number(value: i64, scanner: &mut Scanner<'_>, fields: &mut Fields) -> Option<()> {
    let Fields { day, clock, offset } = fields;
    if scanner.skip(':') {
        if scanner.skip(':') {
            // `10::` is 10:00. A time can only begin like this.
            clock.is_empty().then_some(())?;
            clock.add(value)?;
            clock.add(0)?;
        } else {
            clock.add(value)?;
            scanner.skip('.');
        }
    } else if scanner.skip('.') && clock.expects(value) {
        clock.add(value)?;
        let Token::Number(fraction) = scanner.next() else {
            return None;
        };
        clock.finish_with(fraction.thousandths());
    } else if offset.expects(value) {
        offset.minute = Some(value);
    } else if clock.expects(value) {
        clock.finish_with(value);
        let after = scanner.peek();
        let may_follow = matches!(after, Token::End | Token::Space | Token::Word(Word::Zulu));
        (may_follow || after.sign().is_some()).then_some(())?;
    } else {
        day.add(value)?;
        scanner.skip('-');
    }
    Some(())
}

fn lenient_word(word: Word, number_seen: bool, scanner: &mut Scanner<'_>, fields: &mut Fields) -> Option<()> {
    match word {
        Word::Meridiem(hours) if !fields.clock.is_empty() => fields.clock.meridiem = Some(hours),
        Word::Month(month) => {
            fields.day.named_month = Some(month);
            scanner.skip('-');
        }
        Word::Zone(hours) if number_seen => fields.offset.set(hours),
        Word::Zulu if number_seen => fields.offset.set(0),
        // An unknown word must come before the numbers, and must not touch one.
        _ => (!number_seen && !scanner.peek().is_number()).then_some(())?,
    }
    Some(())
}

/// Parses the offset after its sign: `h`, `hh`, `hmm`, `hhmm`, or any number of digits before a `:`.
fn lenient_offset(sign: i64, scanner: &mut Scanner<'_>, offset: &mut Offset) -> Option<()> {
    offset.sign = Some(sign);
    let number = match scanner.peek() {
        Token::Number(number) => {
            scanner.next();
            number
        }
        _ => Number { value: 0, digits: 0 },
    };
    if scanner.peek() == Token::Symbol(':') {
        offset.set_distance(number.value, None); // the minutes may follow
        return Some(());
    }
    match number.digits {
        1 | 2 => offset.set_distance(number.value, Some(0)),
        3 | 4 => offset.set_distance(number.value / 100, Some(number.value % 100)),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{REPORTED_BYTES, parse, parse_counted};

    #[test]
    fn long_strings_can_be_given_up() {
        let text = ",".repeat(10 * REPORTED_BYTES);
        let mut reported = 0;
        let count = |bytes| {
            reported += bytes;
            Ok::<_, ()>(())
        };
        assert_eq!(parse_counted(&text, count), Ok(None));
        assert!(reported >= 9 * REPORTED_BYTES && reported <= text.len(), "{reported}");
        let mut calls = 0;
        let given_up = parse_counted(&text, |_| {
            calls += 1;
            if calls == 3 { Err("enough") } else { Ok(()) }
        });
        assert_eq!((given_up, calls), (Err("enough"), 3));
    }

    #[test]
    fn parses_like_node() {
        // `new Date(text).getTime()` on Node 20 with TZ=UTC.
        let table = [
            ("2024-01-05", Some(1_704_412_800_000.0)),
            ("2024", Some(1_704_067_200_000.0)),
            ("2024-01-05T10:20:30.1239+05:30", Some(1_704_430_230_123.0)),
            ("2024-01-05T24:00", Some(1_704_499_200_000.0)),
            ("2024-01-05T24:00:01Z", None),
            ("2024-01-05T10", None),
            ("-000001-03-04T13:05:06Z", Some(-62_193_351_294_000.0)),
            ("-000000-01-01", Some(978_307_200_000.0)),
            ("+275760-09-13T00:00:00.001Z", None),
            ("2024-02-30", Some(1_709_251_200_000.0)),
            ("2024-1-5", Some(1_704_412_800_000.0)),
            ("2024/1/5", Some(1_704_412_800_000.0)),
            ("01/05/2024", Some(1_704_412_800_000.0)),
            ("Mar 14, 2016", Some(1_457_913_600_000.0)),
            ("Jan 5 2024 10:00 PM", Some(1_704_492_000_000.0)),
            ("Fri, 05 Jan 2024 10:20:30 +0530", Some(1_704_430_230_000.0)),
            ("Fri Jan 05 2024 10:20:30 GMT-0500 (Eastern (US) Time)", Some(1_704_468_030_000.0)),
            ("5 Jan (never closed", Some(978_652_800_000.0)),
            ("-1", Some(978_307_200_000.0)),
            ("0", Some(946_684_800_000.0)),
            ("13", None),
            ("32", Some(1_956_528_000_000.0)),
            ("12/31/49", Some(2_524_521_600_000.0)),
            ("12/31/50", Some(-599_702_400_000.0)),
            ("12:30 PM 1/2/3", Some(1_041_510_600_000.0)),
            ("13:00 PM 1/2/3", None),
            ("1/2/3 10:: est", Some(1_041_519_600_000.0)),
            ("Jan 1 2000 10:20:30.5", Some(946_722_030_500.0)),
            ("Jan 1 2000 10:20:30.0000001234567", Some(946_722_030_001.0)),
            ("Jan 1 2000 10:00 +5:30", Some(946_701_000_000.0)),
            ("Jan 1 2000 10:00 +12345", None),
            ("Jan 1 2000 10:00 +1193046:", None),
            ("Jan 1 2000 10:00 +999999999:", Some(129_318_448_000.0)),
            ("Jan 1 2000 10:00 +1193100:", Some(946_528_096_000.0)),
            ("1/5/2024, 10:20:30\u{202f}AM", Some(1_704_450_030_000.0)),
            ("5\u{2028}Jan", None),
            ("5 Jan\u{0}2024 junk", Some(978_652_800_000.0)),
            ("2024-01-05T10:00:00Zjunk", None),
            ("Fri, Jan 5th 2024", None),
            ("janissary 5", Some(978_652_800_000.0)),
            ("tomorrow", None),
            ("", None),
            ("0000000000000002024", Some(1_704_067_200_000.0)),
            ("1 2 3 4", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn parses_malformed_strings_in_linear_time() {
        for piece in ["(", ")", "9", "Jan", "\u{1f600}", " ", "+:", "1:"] {
            let _ = parse(&piece.repeat(200_000));
        }
    }
}
