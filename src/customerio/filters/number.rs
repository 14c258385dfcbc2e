//! Filters on numbers: numbers and money formatted for a locale, and `random`.

use strsim::osa_distance;

use crate::customerio::intl::{self, MoneyError};
use crate::customerio::random_integer;
use crate::liquid::engine::filter::{Filter, RunFilter, argument};
use crate::liquid::engine::row::{Absent, Argument, Example, Family, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::{Value, coerce};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    number("currency", currency, "Formats a number as an amount of money.")
        .arguments(LOCALE_AND_CURRENCY)
        .absent(Absent::Prints("$0.00"))
        .missing(Absent::Nothing)
        .examples(&[
            Example::new("{{ 1234567.896 | currency }}", "$1,234,567.90"),
            Example::new("{{ 1234567.896 | currency: 'en-GB' }}", "£1,234,567.90"),
            Example::new("{{ 1234567.896 | currency: 'en', 'EUR' }}", "€1,234,567.90"),
        ]),
    FORMAT_NUMBER,
    // Its former name, with this spelling.
    FORMAT_NUMBER
        .named("number_with_delimeter")
        .deprecated("`format_number`")
        .examples(&[Example::new("{{ 10000 | number_with_delimeter }}", "10,000")]),
    number("random", random, "Returns a random integer from 0 to the input, or a random element of an array.")
        .input(Kind::Number)
        .output(Kind::Number)
        .absent(Absent::Prints("0"))
        .missing(Absent::Fails("`random` expected a number of 0 or more, such as `random 100`, not `NaN`"))
        .examples(&[Example::new("{{ 0 | random }}", "0"), Example::with(r#"{"a": [7, 7]}"#, "{{ a | random }}", "7")]),
    number("rounded_currency", rounded_currency, "Formats a number as an amount of money in whole units.")
        .arguments(LOCALE_AND_CURRENCY)
        .absent(Absent::Prints("$0"))
        .missing(Absent::Nothing)
        .examples(&[
            Example::new("{{ 1234567.896 | rounded_currency }}", "$1,234,568"),
            Example::new("{{ 1234567.896 | rounded_currency: 'en', 'EUR' }}", "€1,234,568"),
        ]),
];

const FORMAT_NUMBER: Filter = number("format_number", format_number, "Formats a number for a locale.")
    .arguments(&[Argument::optional("locale", Kind::String).or("'en'")])
    .absent(Absent::Prints("0"))
    .missing(Absent::Nothing)
    .examples(&[
        Example::new("{{ 10000 | format_number }}", "10,000"),
        Example::new("{{ 123456.78 | format_number: 'fr' }}", "123\u{202f}456,78"),
    ]);

/// The locale implies the currency of its region, unless an ISO code names another.
const LOCALE_AND_CURRENCY: &[Argument] =
    &[Argument::optional("locale", Kind::String).or("'en'"), Argument::optional("currency", Kind::String)];

/// A row for a filter from a number to a string.
const fn number(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Number).input(Kind::Number).output(Kind::String).summary(summary)
}

/// The locale if none is given.
const DEFAULT_LOCALE: &str = "en";
/// The ISO codes of all currencies.
const CURRENCIES: &str = include_str!("../data/currencies.txt");
/// Maximum number of suggestions for an unknown currency.
const MAX_SUGGESTIONS: usize = 3;

/// Formats a number for a locale, `en` by default, with at most three decimals.
fn format_number<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    if matches!(input, Value::Undefined) {
        return Ok(input);
    }
    let locale = string_argument(runtime, arguments, 0)?.unwrap_or(DEFAULT_LOCALE);
    let number = coerce::to_number(input, runtime.arena())?;
    match intl::format_number(number, locale) {
        Ok(text) => runtime.string(&text),
        Err(unknown) => Err(Error::new(unknown.to_string())),
    }
}

/// Formats a number as an amount of money. The first argument is a locale, `en` by default, which implies the currency
/// of its region; the second is the code of another currency.
fn currency<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    money(runtime, input, arguments, intl::currency)
}

/// Like `currency`, rounded to whole units.
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
    let locale = string_argument(runtime, arguments, 0)?.unwrap_or(DEFAULT_LOCALE);
    let code = string_argument(runtime, arguments, 1)?;
    let number = coerce::to_number(input, runtime.arena())?;
    let text = write(number, locale, code).map_err(|error| match (error, code) {
        (MoneyError::Currency { .. }, Some(code)) => unknown_currency(code),
        (error, _) => Error::new(error.to_string()),
    })?;
    // Intl accepts any three letters, but an unknown currency is surely a mistake.
    match code.filter(|code| !currencies().any(|known| known.eq_ignore_ascii_case(code))) {
        Some(code) => Err(unknown_currency(code)),
        None => runtime.string(&text),
    }
}

/// The argument at `index` as a string; `None` if it is missing or null.
fn string_argument<'a>(runtime: &Runtime<'a>, arguments: &[Value<'a>], index: usize) -> Result<Option<&'a str>> {
    let value = argument(arguments, index).plain(runtime.arena());
    if value.is_nullish() { Ok(None) } else { coerce::to_liquid_string(value, runtime.arena()).map(Some) }
}

fn currencies() -> impl Iterator<Item = &'static str> {
    CURRENCIES.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

fn unknown_currency(code: &str) -> Error {
    let shown: String = code.chars().take(20).collect();
    let upper = shown.to_ascii_uppercase();
    let mut near: Vec<_> = currencies().filter(|known| osa_distance(known, &upper) == 1).collect();
    // The first letter is seldom wrong.
    near.sort_by_key(|known| known.as_bytes().first() != upper.as_bytes().first());
    near.truncate(MAX_SUGGESTIONS);
    let meant = if near.is_empty() { String::new() } else { format!("; did you mean `{}`?", near.join("` or `")) };
    Error::new(format!("unknown currency `{shown}`: expected a code of three letters such as `EUR`{meant}"))
}

/// A random integer from 0 to the input, or a random element of an array.
///
/// The documentation lists it with the filters on numbers but does not describe it, so this is inferred from the tag
/// with the same name.
fn random<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    if let Value::Array(items) = input {
        return Ok(runtime.random().choice(items).copied().unwrap_or(Value::Null));
    }
    let most = coerce::to_number(input, runtime.arena())?;
    random_integer::up_to(runtime, most).map(Value::Number)
}
