//! Filters on numbers: numbers and money as people write them somewhere, and `random`.

use strsim::osa_distance;

use crate::customerio::chance;
use crate::customerio::intl::{self, MoneyError};
use crate::liquid::engine::filter::{Filter, argument};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::{Value, coerce};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[
    Filter::new("currency", currency),
    Filter::new("format_number", format_number),
    // Its name before, spelt so.
    Filter::new("number_with_delimeter", format_number),
    Filter::new("random", random),
    Filter::new("rounded_currency", rounded_currency),
];

/// The locale where none is named.
const DEFAULT_LOCALE: &str = "en";
/// The codes of all currencies.
const CURRENCIES: &str = include_str!("../data/currencies.txt");
/// How many currencies are suggested for one that does not exist.
const MOST_NEAR: usize = 3;

/// The number as it is written in a locale, `en` without an argument, with three decimals at most.
///
/// ```
/// use inkproof::customerio::render;
/// assert_eq!(render("{{ 10000 | format_number }}", "{}").unwrap(), "10,000");
/// assert_eq!(render("{{ 123456.78 | format_number: 'fr' }}", "{}").unwrap(), "123\u{202f}456,78");
/// ```
fn format_number<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    if matches!(input, Value::Undefined) {
        return Ok(input);
    }
    let locale = text_argument(runtime, arguments, 0)?.unwrap_or(DEFAULT_LOCALE);
    let number = coerce::to_number(input, runtime.arena())?;
    match intl::format_number(number, locale) {
        Ok(text) => Ok(runtime.string(&text)),
        Err(unknown) => Err(Error::new(unknown.to_string())),
    }
}

/// The number as an amount of money. The first argument is a locale, `en` without one, which implies the currency of its
/// region; the second is the code of another currency.
///
/// ```
/// use inkproof::customerio::render;
/// assert_eq!(render("{{ 1234567.896 | currency: 'en-GB' }}", "{}").unwrap(), "£1,234,567.90");
/// assert_eq!(render("{{ 1234567.896 | currency: 'en', 'EUR' }}", "{}").unwrap(), "€1,234,567.90");
/// ```
fn currency<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    money(runtime, input, arguments, intl::currency)
}

/// Like `currency`, in whole units.
///
/// ```
/// let template = "{{ 1234567.896 | rounded_currency: 'en', 'EUR' }}";
/// assert_eq!(inkproof::customerio::render(template, "{}").unwrap(), "€1,234,568");
/// ```
fn rounded_currency<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    money(runtime, input, arguments, intl::rounded_currency)
}

fn money<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    write: fn(f64, &str, Option<&str>) -> Result<String, MoneyError>,
) -> Result<Value<'a>> {
    if matches!(input, Value::Undefined) {
        return Ok(input);
    }
    let locale = text_argument(runtime, arguments, 0)?.unwrap_or(DEFAULT_LOCALE);
    let code = text_argument(runtime, arguments, 1)?;
    let number = coerce::to_number(input, runtime.arena())?;
    let text = write(number, locale, code).map_err(|error| match (error, code) {
        (MoneyError::Currency { .. }, Some(code)) => unknown_currency(code),
        (error, _) => Error::new(error.to_string()),
    })?;
    // Intl writes any three letters as they are; a currency that does not exist is surely a slip.
    match code.filter(|code| !currencies().any(|known| known.eq_ignore_ascii_case(code))) {
        Some(code) => Err(unknown_currency(code)),
        None => Ok(runtime.string(&text)),
    }
}

/// The text of the argument at `index`; `None` where it is missing or null.
fn text_argument<'a>(runtime: &Runtime<'a>, arguments: &[Value<'a>], index: usize) -> Result<Option<&'a str>> {
    let value = argument(arguments, index).plain(runtime.arena());
    if value.is_nullish() { Ok(None) } else { coerce::text(value, runtime.arena()).map(Some) }
}

fn currencies() -> impl Iterator<Item = &'static str> {
    CURRENCIES.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

fn unknown_currency(code: &str) -> Error {
    let shown: String = code.chars().take(20).collect();
    let upper = shown.to_ascii_uppercase();
    let mut near: Vec<_> = currencies().filter(|known| osa_distance(known, &upper) == 1).collect();
    // People seldom miss the first letter.
    near.sort_by_key(|known| known.as_bytes().first() != upper.as_bytes().first());
    near.truncate(MOST_NEAR);
    let meant = if near.is_empty() { String::new() } else { format!("; did you mean `{}`?", near.join("` or `")) };
    Error::new(format!("unknown currency `{shown}`: expected a code of three letters such as `EUR`{meant}"))
}

/// A whole number by chance, from 0 up to the number; of a list, one of its elements.
///
/// The documentation lists it among the filters on numbers and says no more, so this is inferred from the tag of the same
/// name.
///
/// ```
/// let number: u8 = inkproof::customerio::render("{{ 3 | random }}", "{}").unwrap().parse().unwrap();
/// assert!(number <= 3);
/// ```
fn random<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    if let Value::Array(items) = input {
        return Ok(runtime.random().choice(items).copied().unwrap_or(Value::Null));
    }
    let most = coerce::to_number(input, runtime.arena())?;
    chance::up_to(runtime, most).map(Value::Number)
}
