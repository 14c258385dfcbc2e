//! Filters on dates: moving a date by days, months and years, and Customer.io's time zones.
//!
//! Customer.io's dates are Unix timestamps in seconds. Apart from zones, `date` behaves as in LiquidJS.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::{required, run_liquidjs_filter};
use crate::customerio::switches::TimezoneOffsets;
use crate::customerio::zones;
use crate::liquid::engine::filter::{Filter, RunFilter};
use crate::liquid::engine::row::{Argument, Differs, Example, Family, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::filters::date as liquidjs_date;
use crate::liquid::value::utf16::is_space;
use crate::liquid::value::{Value, coerce, number};

/// The rows of this family, except those that depend on the meaning of a numeric zone.
pub const FILTERS: &[Filter] = &[
    moving("add_day", add_day, "Moves a Unix timestamp to a number of days later.")
        .examples(&[Example::new("{{ 1700000000 | add_day: 5 }}", "1700432000")]),
    moving("add_month", add_month, "Moves a Unix timestamp to a number of months later.").examples(&[
        Example::new("{{ 1700000000 | add_month: 1 }}", "1702592000"),
        // If the month does not have that day, the result is its last day.
        Example::new("{{ 1706659200 | add_month: 1 | date: '%b %-d' }}", "Feb 29"),
    ]),
    moving("add_year", add_year, "Moves a Unix timestamp to a number of years later.")
        .examples(&[Example::new("{{ 1700000000 | add_year: 1 }}", "1731622400")]),
    moving("subtract_day", subtract_day, "Moves a Unix timestamp to a number of days earlier.")
        .examples(&[Example::new("{{ 1700000000 | subtract_day: 1 }}", "1699913600")]),
    moving("subtract_month", subtract_month, "Moves a Unix timestamp to a number of months earlier.")
        .examples(&[Example::new("{{ 1700000000 | subtract_month: 12 }}", "1668464000")]),
    moving("subtract_year", subtract_year, "Moves a Unix timestamp to a number of years earlier.")
        .examples(&[Example::new("{{ 1700000000 | subtract_year: 1 }}", "1668464000")]),
];

/// The argument of the filters that move a date.
const AMOUNT: &[Argument] = &[Argument::required("amount", Kind::Number)];

/// A row for a filter from a Unix timestamp in seconds to another.
const fn moving(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run)
        .family(Family::Date)
        .input(Kind::Number)
        .output(Kind::Number)
        .arguments(AMOUNT)
        .summary(summary)
}

/// The filters that take a zone.
#[must_use]
pub const fn zoned(offsets: TimezoneOffsets) -> [Filter; 2] {
    match offsets {
        TimezoneOffsets::MinutesWest => [DATE.computed_by(date_west), TIMEZONE.computed_by(timezone_west)],
        TimezoneOffsets::MinutesEast => [
            DATE.computed_by(date_east).differs(Differs::Sometimes(
                "a zone may also be a label such as `(GMT-10:00) Hawaii`, and a number is minutes east of UTC",
            )),
            TIMEZONE.computed_by(timezone_east),
        ],
    }
}

const DATE: Filter = Filter::row(liquidjs_date::FILTERS, "date")
    .differs(Differs::Sometimes("a zone may also be a label such as `(GMT-10:00) Hawaii`"))
    .examples(&[
        Example::new("{{ 1700000000 | date: '%b %-d, %Y' }}", "Nov 14, 2023"),
        Example::new("{{ 1700000000 | date: '%b %-d, %H:%M', '(GMT-10:00) Hawaii' }}", "Nov 14, 12:13"),
        Example::new("{{ 1700000000 | date: '%H:%M', 'America/New_York' }}", "17:13"),
    ]);

const TIMEZONE: Filter = Filter::new("timezone", timezone_west)
    .family(Family::Date)
    .summary("Moves a date so that a following `date` shows the local time of a zone.")
    .input(Kind::Date)
    .output(Kind::Number)
    .arguments(&[Argument::required("zone", Kind::Anything)])
    .deprecated("the second argument of `date`")
    .examples(&[Example::new("{{ 1700000000 | timezone: 'America/New_York' | date: '%H:%M' }}", "17:13")]);

/// LiquidJS's `date`, which also accepts labels such as `(GMT-11:00) Hawaii` as zones. A number is minutes west of UTC.
fn date_west<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    date(runtime, input, arguments, TimezoneOffsets::MinutesWest)
}

/// Like [`date_west`], but a number is minutes east of UTC.
fn date_east<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    date(runtime, input, arguments, TimezoneOffsets::MinutesEast)
}

fn date<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    offsets: TimezoneOffsets,
) -> Result<Value<'a>> {
    let [format, zone, ..] = *arguments else { return run_liquidjs_filter("date", runtime, input, arguments) };
    run_liquidjs_filter("date", runtime, input, &[format, to_liquidjs_zone(zone, offsets)])
}

/// Converts a zone to one that LiquidJS accepts: a name of the tz database, or minutes west.
fn to_liquidjs_zone(zone: Value<'_>, offsets: TimezoneOffsets) -> Value<'_> {
    match zone {
        Value::String(label) => zones::from_label(label).map_or(zone, Value::String),
        Value::Number(minutes) if offsets == TimezoneOffsets::MinutesEast => Value::Number(-minutes),
        other => other,
    }
}

/// Moves a date so that a following `date` without a zone shows the local time of this zone. Deprecated: `date` takes
/// the zone itself.
///
/// Only the local time is right: `date` does not know the zone, so `%z` and `%Z` are still those of UTC. This is
/// inferred: how Customer.io's current Liquid passes the zone on to `date` is not documented.
fn timezone_west<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    timezone(runtime, input, arguments, TimezoneOffsets::MinutesWest)
}

/// Like [`timezone_west`], but a number is minutes east of UTC.
fn timezone_east<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    timezone(runtime, input, arguments, TimezoneOffsets::MinutesEast)
}

fn timezone<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    offsets: TimezoneOffsets,
) -> Result<Value<'a>> {
    let zone = required("timezone", arguments, 0, "a time zone, such as `timezone: \"America/New_York\"`")?;
    // The local time in the zone, parsed again as if it were UTC.
    let shown = date(runtime, input, &[Value::String("%Y-%m-%dT%H:%M:%S"), zone], offsets)?;
    let seconds = run_liquidjs_filter("date", runtime, shown, &[Value::String("%s")])?;
    Ok(match seconds {
        Value::String(digits) if !number::parse(digits).is_nan() => Value::Number(number::parse(digits)),
        other => other,
    })
}

/// Moves a timestamp by a number of days.
///
/// As with months and years, a fraction of the amount is ignored, and the timestamp is in UTC, where every day has 24
/// hours (inferred).
fn add_day<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("add_day", runtime, input, arguments, |days| Span::new().try_days(days))
}

/// Moves a timestamp by a number of months, to the same day of the month and time of day in UTC. If the month does not
/// have that day, the result is its last day: a month after January 31st is the end of February. (Inferred: Rails,
/// where these filters come from, and most date libraries do this.)
fn add_month<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("add_month", runtime, input, arguments, |months| Span::new().try_months(months))
}

/// Moves a timestamp by a number of years. February 29th becomes the 28th in other years (inferred, as for months).
fn add_year<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("add_year", runtime, input, arguments, |years| Span::new().try_years(years))
}

/// Moves a timestamp back by a number of days; otherwise like `add_day`.
fn subtract_day<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("subtract_day", runtime, input, arguments, |days| Span::new().try_days(days.saturating_neg()))
}

/// Moves a timestamp back by a number of months; otherwise like `add_month`.
fn subtract_month<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("subtract_month", runtime, input, arguments, |months| Span::new().try_months(months.saturating_neg()))
}

/// Moves a timestamp back by a number of years; otherwise like `add_year`.
fn subtract_year<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("subtract_year", runtime, input, arguments, |years| Span::new().try_years(years.saturating_neg()))
}

/// The timestamp `input`, moved by the span that `span` makes of the first argument.
fn moved<'a>(
    filter: &str,
    runtime: &Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    span: fn(i64) -> Result<Span, jiff::Error>,
) -> Result<Value<'a>> {
    let example = format!("a whole number, such as `{filter}: 1`");
    let amount = required(filter, arguments, 0, &example)?;
    if input.plain(runtime.arena()).is_nullish() {
        return Ok(input);
    }
    let Some(seconds) = as_number(input, runtime)? else {
        let given = coerce::to_liquid_string(input, runtime.arena())?;
        let given: String = given.chars().take(40).collect();
        let advice = "for the current time, put `| date: \"%s\" | plus: 0` before it";
        return Err(Error::new(format!("`{filter}` expected a Unix timestamp in seconds, not `{given}`; {advice}")));
    };
    let Some(amount) = as_number(amount, runtime)? else {
        return Err(Error::new(format!("`{filter}` needs {example}")));
    };
    let out_of_range = || Error::new(format!("`{filter}` leads to a date that is out of range"));
    let (whole, fraction) = (seconds.floor(), seconds - seconds.floor());
    #[expect(clippy::cast_possible_truncation, reason = "both saturate, and are out of range then")]
    let (whole, amount) = (whole as i64, amount as i64);
    let start = Timestamp::from_second(whole).map_err(|_| out_of_range())?.to_zoned_datetime(TimeZone::UTC);
    let end = span(amount).and_then(|span| start.checked_add(span)).map_err(|_| out_of_range())?;
    #[expect(clippy::cast_precision_loss, reason = "within the years that jiff knows, seconds are below 2^53")]
    let end = end.timestamp().as_second() as f64;
    Ok(Value::Number(end + fraction))
}

/// The value as a number, also if it is a numeric string; `None` if it is not a number.
fn as_number<'a>(value: Value<'a>, runtime: &Runtime<'a>) -> Result<Option<f64>> {
    let is_blank = matches!(value, Value::String(text) if text.trim_matches(is_space).is_empty());
    let number = coerce::to_number(value, runtime.arena())?;
    let is_scalar = matches!(value, Value::Number(_) | Value::String(_));
    Ok((is_scalar && !is_blank && number.is_finite()).then_some(number))
}
