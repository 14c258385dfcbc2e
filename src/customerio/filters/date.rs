//! Filters on dates: moving a date by days, months and years, and zones as Customer.io knows them.
//!
//! Customer.io's dates are Unix timestamps in seconds. What `date` does beside zones is LiquidJS's.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::{liquidjs, required};
use crate::customerio::switches::TimezoneOffsets;
use crate::customerio::zones;
use crate::liquid::engine::filter::Filter;
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::utf16::is_space;
use crate::liquid::value::{Value, coerce, number};

/// The filters of this family, but those that a number as a zone means something to.
pub const FILTERS: &[Filter] = &[
    Filter::new("add_day", add_day),
    Filter::new("add_month", add_month),
    Filter::new("add_year", add_year),
    Filter::new("subtract_day", subtract_day),
    Filter::new("subtract_month", subtract_month),
    Filter::new("subtract_year", subtract_year),
];

/// The filters that take a zone.
#[must_use]
pub const fn zoned(offsets: TimezoneOffsets) -> [Filter; 2] {
    match offsets {
        TimezoneOffsets::MinutesWest => [Filter::new("date", date_west), Filter::new("timezone", timezone_west)],
        TimezoneOffsets::MinutesEast => [Filter::new("date", date_east), Filter::new("timezone", timezone_east)],
    }
}

/// LiquidJS's `date`, with labels such as `(GMT-11:00) Hawaii` for zones as well. A number counts minutes west of UTC.
///
/// ```
/// use inkproof::customerio::render;
/// let label = "{{ 1700000000 | date: '%b %-d, %H:%M', '(GMT-10:00) Hawaii' }}";
/// assert_eq!(render(label, "{}").unwrap(), "Nov 14, 12:13");
/// assert_eq!(render("{{ 1700000000 | date: '%H:%M %z', 360 }}", "{}").unwrap(), "16:13 -0600");
/// ```
fn date_west<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    date(runtime, input, arguments, TimezoneOffsets::MinutesWest)
}

/// The same, where a number counts minutes east of UTC.
///
/// ```
/// use inkproof::customerio::{Switches, TimezoneOffsets, language};
/// let language = language(Switches { timezone_offsets: TimezoneOffsets::MinutesEast, ..Switches::default() });
/// let template = "{{ 1700000000 | date: '%H:%M %z', -480 }}";
/// assert_eq!(language.render(template, "{}", &Default::default()).unwrap(), "14:13 -0800");
/// ```
fn date_east<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    date(runtime, input, arguments, TimezoneOffsets::MinutesEast)
}

fn date<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    offsets: TimezoneOffsets,
) -> Result<Value<'a>> {
    let [format, zone, ..] = *arguments else { return liquidjs("date", runtime, input, arguments) };
    liquidjs("date", runtime, input, &[format, as_liquidjs_takes(zone, offsets)])
}

/// A zone as LiquidJS takes it: of the tz database, or minutes west.
fn as_liquidjs_takes(zone: Value<'_>, offsets: TimezoneOffsets) -> Value<'_> {
    match zone {
        Value::String(label) => zones::of_label(label).map_or(zone, Value::String),
        Value::Number(minutes) if offsets == TimezoneOffsets::MinutesEast => Value::Number(-minutes),
        other => other,
    }
}

/// Moves a date so that a `date` without a zone, which is what follows, shows the clocks of this one. Deprecated: `date`
/// takes the zone itself.
///
/// Only the clocks come out right: `date` does not learn of the zone, so `%z` and `%Z` still are UTC's. That is inferred;
/// what Customer.io's current Liquid hands on from here to `date` is not documented.
///
/// ```
/// let template = "{{ 1700000000 | timezone: 'America/New_York' | date: '%H:%M' }}";
/// assert_eq!(inkproof::customerio::render(template, "{}").unwrap(), "17:13");
/// ```
fn timezone_west<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    timezone(runtime, input, arguments, TimezoneOffsets::MinutesWest)
}

/// The same, where a number counts minutes east of UTC.
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
    // What the zone's clocks show, read again as if they were UTC's.
    let shown = date(runtime, input, &[Value::String("%Y-%m-%dT%H:%M:%S"), zone], offsets)?;
    let seconds = liquidjs("date", runtime, shown, &[Value::String("%s")])?;
    Ok(match seconds {
        Value::String(digits) if !number::parse(digits).is_nan() => Value::Number(number::parse(digits)),
        other => other,
    })
}

/// Moves a timestamp by so many days.
///
/// As with months and years, the amount's fraction is left out, and the timestamp is in UTC, where all days have
/// 24 hours (inferred).
///
/// ```
/// assert_eq!(inkproof::customerio::render("{{ 1700000000 | add_day: 5 }}", "{}").unwrap(), "1700432000");
/// ```
fn add_day<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("add_day", runtime, input, arguments, |days| Span::new().try_days(days))
}

/// Moves a timestamp by so many months, to the same day of the month and time of day in UTC. Where the month has no such
/// day it is its last one: a month after January 31st is the end of February. (Inferred: Rails, from where these filters
/// come, and most date libraries do so.)
///
/// ```
/// let template = "{{ 1706659200 | add_month: 1 | date: '%F %b %-d' }}";
/// assert_eq!(inkproof::customerio::render(template, "{}").unwrap(), "%F Feb 29");
/// ```
fn add_month<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("add_month", runtime, input, arguments, |months| Span::new().try_months(months))
}

/// Moves a timestamp by so many years; February 29th becomes the 28th where there is none (inferred, as for months).
///
/// ```
/// assert_eq!(inkproof::customerio::render("{{ 1700000000 | add_year: 1 }}", "{}").unwrap(), "1731622400");
/// ```
fn add_year<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("add_year", runtime, input, arguments, |years| Span::new().try_years(years))
}

/// Moves a timestamp back by so many days, otherwise as `add_day`.
///
/// ```
/// assert_eq!(inkproof::customerio::render("{{ 1700000000 | subtract_day: 1 }}", "{}").unwrap(), "1699913600");
/// ```
fn subtract_day<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("subtract_day", runtime, input, arguments, |days| Span::new().try_days(days.saturating_neg()))
}

/// Moves a timestamp back by so many months, otherwise as `add_month`.
///
/// ```
/// assert_eq!(inkproof::customerio::render("{{ 1700000000 | subtract_month: 12 }}", "{}").unwrap(), "1668464000");
/// ```
fn subtract_month<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("subtract_month", runtime, input, arguments, |months| Span::new().try_months(months.saturating_neg()))
}

/// Moves a timestamp back by so many years, otherwise as `add_year`.
///
/// ```
/// assert_eq!(inkproof::customerio::render("{{ 1700000000 | subtract_year: 1 }}", "{}").unwrap(), "1668464000");
/// ```
fn subtract_year<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    moved("subtract_year", runtime, input, arguments, |years| Span::new().try_years(years.saturating_neg()))
}

/// The timestamp `input` moved by the span that `span` makes of the first argument.
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
        let given = coerce::text(input, runtime.arena())?;
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

/// The number that a value is, or that its text is; `None` for a text without a number.
fn as_number<'a>(value: Value<'a>, runtime: &Runtime<'a>) -> Result<Option<f64>> {
    let is_blank = matches!(value, Value::String(text) if text.trim_matches(is_space).is_empty());
    let number = coerce::to_number(value, runtime.arena())?;
    let is_scalar = matches!(value, Value::Number(_) | Value::String(_));
    Ok((is_scalar && !is_blank && number.is_finite()).then_some(number))
}
