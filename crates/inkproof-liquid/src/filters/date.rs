//! Filters on dates.
//!
//! A date is `now`, `today`, a number of seconds since 1970 (also as a string), or any string that JavaScript parses as
//! a date. Every other input is returned unchanged. Without a zone, dates are displayed in UTC, for which `%Z` prints
//! `+0000`.

use crate::date::{Date, PaddingTooLong, Zone, parse_counted, strftime, time_clip};
use crate::engine::filter::{Filter, RunFilter, argument};
use crate::engine::row::{Argument, Example, Family, Kind};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::{Value, coerce, number};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    dated("date", date, "Formats a date, in UTC or in a time zone. A value that is not a date is printed unchanged.")
        .arguments(&[
            Argument::optional("format", Kind::String).or("'%A, %B %-e, %Y at %-l:%M %P %z'"),
            // A name of the tz database, or minutes west of UTC.
            Argument::optional("zone", Kind::Anything).or("0"),
        ])
        .since("1.9.1")
        .examples(&[
            Example::new("{{ '2024-01-05' | date: '%b %-d, %Y' }}", "Jan 5, 2024"),
            Example::new("{{ 0 | date: '%H:%M %Z', 'Asia/Tokyo' }}", "09:00 Asia/Tokyo"),
            Example::new("{{ 0 | date: '%H:%M', 360 }}", "18:00"),
        ]),
    dated("date_to_long_string", date_to_long_string, "Formats a day with the full name of the month.")
        .arguments(ORDINAL)
        .since("10.13.0")
        .examples(&[
            Example::new("{{ '2024-01-05' | date_to_long_string }}", "05 January 2024"),
            Example::new("{{ '2024-01-05' | date_to_long_string: 'ordinal' }}", "5th January 2024"),
        ]),
    dated("date_to_rfc822", date_to_rfc822, "Formats a date as in email headers (RFC 822).")
        .since("10.13.0")
        .examples(&[Example::new("{{ '2024-01-05 10:00' | date_to_rfc822 }}", "Fri, 05 Jan 2024 10:00:00 +0000")]),
    dated("date_to_string", date_to_string, "Formats a day with the short name of the month.")
        .arguments(ORDINAL)
        .since("10.13.0")
        .examples(&[
            Example::new("{{ '2024-01-05' | date_to_string }}", "05 Jan 2024"),
            Example::new("{{ '2024-01-05' | date_to_string: 'ordinal', 'US' }}", "Jan 5th, 2024"),
        ]),
    dated("date_to_xmlschema", date_to_xmlschema, "Formats a date as in ISO 8601.")
        .since("10.13.0")
        .examples(&[Example::new("{{ '2024-01-05 10:00' | date_to_xmlschema }}", "2024-01-05T10:00:00+00:00")]),
];

/// How the day is written: `05 Jan`, `5th Jan`, or `Jan 5th`.
const ORDINAL: &[Argument] = &[
    Argument::optional("type", Kind::String).accepts(&["ordinal"]),
    Argument::optional("style", Kind::String).accepts(&["US"]),
];

/// A row for a filter from a date to a string.
const fn dated(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Date).input(Kind::Date).output(Kind::String).summary(summary)
}

/// How many steps it takes to write a directive of a format.
const DIRECTIVE: usize = 32;
/// The format if none is given.
const DEFAULT_FORMAT: &str = "%A, %B %-e, %Y at %-l:%M %P %z";

/// Converts the error of `strftime`, so that filters can return it.
impl From<PaddingTooLong> for Error {
    fn from(error: PaddingTooLong) -> Self {
        Self::new(error.to_string())
    }
}

/// The moment that a value represents, in milliseconds since 1970; `None` if it is not a date.
fn moment<'a>(runtime: &Runtime<'a>, value: Value<'a>) -> Result<Option<f64>> {
    let arena = runtime.arena();
    Ok(match value.plain(arena) {
        Value::Undefined | Value::Null => None,
        Value::String("now" | "today") => Some(runtime.now()),
        Value::Number(seconds) => Some(seconds * 1000.0),
        Value::String(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            runtime.work(text.len())?;
            Some(number::parse(text) * 1000.0)
        }
        Value::String(text) => read(runtime, text)?,
        Value::Bool(flag) => Some(f64::from(u8::from(flag))),
        other => read(runtime, &coerce::js_string(other, arena)?)?,
    }
    .and_then(time_clip))
}

/// Parses a string, which may be long, as a date.
fn read(runtime: &Runtime<'_>, text: &str) -> Result<Option<f64>> {
    parse_counted(text, |bytes| runtime.work(bytes))
}

/// The zone for an argument: a name of the tz database, or minutes west of UTC.
fn zone<'a>(runtime: &Runtime<'a>, value: Value<'a>) -> Result<Zone> {
    Ok(match value {
        Value::Undefined | Value::Null => Zone::MinutesWest(0.0),
        Value::String(name) => Zone::named(name).map_err(|error| Error::new(error.to_string()))?,
        other => Zone::MinutesWest(coerce::to_number(other, runtime.arena())?),
    })
}

/// Formats a date with the format that `format` returns for its day. Returns a value that is not a date unchanged.
fn write<'a, F: AsRef<str>>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    zone_name: Value<'a>,
    format: impl FnOnce(&mut Runtime<'a>, u8) -> Result<F>,
) -> Result<Value<'a>> {
    let Some(moment) = moment(runtime, input)? else { return Ok(input) };
    let zone = zone(runtime, zone_name)?;
    let Some(date) = Date::new(moment, &zone) else { return Ok(input) };
    let format = format(runtime, date.day())?;
    let mut text = String::new();
    strftime(&date, format.as_ref(), &mut text, &mut |padding, written| {
        runtime.charge(padding)?;
        runtime.work(DIRECTIVE)?;
        coerce::check_length(written)?;
        runtime.arena().reserve(written + padding * 2)
    })?;
    runtime.string(&text)
}

/// Formats a date, in the zone of the second argument.
fn date<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let zone = argument(arguments, 1);
    charge_lengths(runtime, input, zone)?;
    write(runtime, input, zone, |runtime, _| {
        let format = match argument(arguments, 0).plain(runtime.arena()) {
            Value::Undefined | Value::Null => DEFAULT_FORMAT,
            given => coerce::to_liquid_string(given, runtime.arena())?,
        };
        runtime.charge_string(format)?;
        Ok(format)
    })
}

/// Charges the `length` of a value and of a zone, if they have one.
fn charge_lengths<'a>(runtime: &mut Runtime<'a>, value: Value<'a>, zone: Value<'a>) -> Result<()> {
    let arena = runtime.arena();
    let length = |value: Value<'a>| {
        let length = value.named_property("length", arena);
        length.map(|length| if length.is_nullish() { Value::Number(0.0) } else { length })
    };
    let sum = coerce::add(length(value)?, length(zone)?, arena)?;
    runtime.charge_number(coerce::to_number(sum, arena)?)
}

/// Formats a date for XML.
fn date_to_xmlschema<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    date(runtime, input, &[Value::String("%Y-%m-%dT%H:%M:%S%:z")])
}

/// Formats a date for mail (RFC 822).
fn date_to_rfc822<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    write(runtime, input, Value::Undefined, |_, _| Ok("%a, %d %b %Y %H:%M:%S %z"))
}

/// Formats a day with an abbreviated month. `"ordinal"` writes the day as an ordinal, and `"ordinal", "US"` puts the
/// month first.
fn date_to_string<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    write_day(runtime, input, arguments, "%b")
}

/// Like [`date_to_string`], with the full name of the month.
fn date_to_long_string<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    write_day(runtime, input, arguments, "%B")
}

fn write_day<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    month: &str,
) -> Result<Value<'a>> {
    write(runtime, input, Value::Undefined, |_, day| {
        Ok(match (argument(arguments, 0), argument(arguments, 1)) {
            (Value::String("ordinal"), Value::String("US")) => format!("{month} {day}%q, %Y"),
            (Value::String("ordinal"), _) => format!("{day}%q {month} %Y"),
            _ => format!("%d {month} %Y"),
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn renders_like_liquidjs() {
        let table = [
            ("{{ 0 | date }}", "{}", "Thursday, January 1, 1970 at 12:00 am +0000"),
            (r#"{{ d | date: "%F %Y" }}"#, r#"{"d":"2024-02-30"}"#, "%F 2024"),
            (r#"{{ "" | date: "%Y" | json }}"#, "{}", r#""""#),
            (r#"{{ nil | date: "%Y" | json }}{{ d | date | json }}"#, r#"{"d":null}"#, "{}null"),
            (r#"{{ d | date: "%Y" | json }}"#, r#"{"d":["2024-01-05"]}"#, r#""2024""#),
            (r#"{{ true | date: "%s.%L" }}"#, "{}", "0.001"),
            (r#"{{ "1700000000" | date: "%s" }}"#, "{}", "1700000000"),
            (r#"{{ 1.5 | date: "%s.%L" }}"#, "{}", "1.500"),
            (r#"{{ "no" | date: "%Y", "nowhere" }}"#, "{}", "no"),
            (
                r#"{{ 0 | date: "%Y", "nowhere" }}"#,
                "{}",
                "RenderError: Invalid time zone specified: nowhere, line:1, col:1",
            ),
            (r#"{{ 0 | date: "%H:%M %z %Z", "America/New_York" }}"#, "{}", "19:00 -0500 America/New_York"),
            (r#"{{ 0 | date: "%H:%M %z %Z", -90 }}"#, "{}", "01:30 +0130 +0130"),
            (r#"{{ 0 | date: "%H:%M %Z", nil }}"#, "{}", "00:00 +0000"),
            (r#"{{ 0 | date: "%z", d }}"#, r#"{"d":["60"]}"#, "-0100"),
            (r#"{{ 0 | date: "%Y", d | json }}"#, r#"{"d":{}}"#, "0"),
            (r#"{{ 0 | date: "" | json }}"#, "{}", r#""""#),
            ("{{ 0 | date: 5 }}", "{}", "5"),
            (r#"{{ d | date: "%Y" }}"#, r#"{"d":1e15}"#, "1000000000000000"),
            (
                r#"{{ d | date: "%Y" }}"#,
                r#"{"d":{"length":2e8}}"#,
                "RenderError: memory alloc limit exceeded, line:1, col:1",
            ),
            (r#"{{ 0 | date: "%999999999d" }}"#, "{}", "RenderError: memory alloc limit exceeded, line:1, col:1"),
            ("{{ d | date_to_xmlschema }}", r#"{"d":"2024-01-05T10:20:30.5+02:00"}"#, "2024-01-05T08:20:30+00:00"),
            ("{{ d | date_to_rfc822 }}", r#"{"d":"2024-01-05T10:20:30.5+02:00"}"#, "Fri, 05 Jan 2024 08:20:30 +0000"),
            (
                r#"{{ d | date_to_string: "ordinal" }}, {{ d | date_to_long_string: "ordinal", "US" }}"#,
                r#"{"d":"2024-01-22"}"#,
                "22nd Jan 2024, January 22nd, 2024",
            ),
            (
                r#"{{ d | date_to_string: "other", "US" }}, {{ d | date_to_long_string: "ordinal", "UK" }}"#,
                r#"{"d":"2024-01-02"}"#,
                "02 Jan 2024, 2nd January 2024",
            ),
            (r#"{{ "x" | date_to_string }}{{ "x" | date_to_rfc822 }}"#, "{}", "xx"),
        ];
        for (template, data, expected) in table {
            let given = crate::render(template, data).unwrap_or_else(|error| format!("{}: {error}", error.name()));
            assert_eq!(given, expected, "{template} with {data}");
        }
    }
}
