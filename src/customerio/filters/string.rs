//! Filters on strings: `titlecase`, `pluralize`, `contains`, and those of LiquidJS that Customer.io changed.

use super::{required, run_liquidjs_filter};
use crate::customerio::switches::Escape;
use crate::liquid::engine::filter::{Filter, RunFilter};
use crate::liquid::engine::row::{Absent, Argument, Differs, Example, Family, Kind, Prints};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::filters::{array, html};
use crate::liquid::value::operators::Operator;
use crate::liquid::value::utf16::{self, is_space};
use crate::liquid::value::{Value, coerce, number};

/// The rows of this family, except `escape`.
pub const FILTERS: &[Filter] = &[
    string("contains", contains, "Returns whether a string contains another, or an array an element.")
        .input(Kind::Anything)
        .output(Kind::Boolean)
        .arguments(&[Argument::required("search", Kind::Anything)])
        .absent(Absent::Prints("false"))
        .examples(&[
            Example::new("{{ 'Customer.io' | contains: 'tom' }}", "true"),
            Example::with(r#"{"a": [1, 2]}"#, "{{ a | contains: 3 }}", "false"),
        ]),
    string("pluralize", pluralize, "Writes a number with a noun in the singular or plural.")
        .input(Kind::Number)
        .arguments(&[Argument::required("singular", Kind::String), Argument::required("plural", Kind::String)])
        .absent(Absent::Prints("0 items"))
        .examples(&[
            Example::new("{{ 3 | pluralize: 'item', 'items' }}", "3 items"),
            Example::new("{{ 1 | pluralize: 'item', 'items' }}", "1 item"),
        ]),
    Filter::row(array::FILTERS, "slice")
        .computed_by(slice)
        .differs(Differs::Sometimes("numbers may be written as strings"))
        .examples(&[
            Example::new("{{ 'Customer.io' | slice: 3, 3 }}", "tom"),
            Example::new("{{ 'Customer.io' | slice: '-4', 3 }}", "r.i"),
        ]),
    string(
        "titlecase",
        titlecase,
        "Converts the first letter of each word to upper case and all others to lower case.",
    )
    .examples(&[Example::new("{{ 'ada LOVELACE' | titlecase }}", "Ada Lovelace")]),
];

/// A row for a filter from a string to a string.
const fn string(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::String).input(Kind::String).output(Kind::String).summary(summary)
}

/// The replacement for LiquidJS's `escape`, if there is one.
#[must_use]
pub const fn escaping(escape: Escape) -> Option<Filter> {
    match escape {
        Escape::Html => None,
        Escape::Percent => Some(ESCAPE_PERCENT),
    }
}

const ESCAPE_PERCENT: Filter = Filter::row(html::FILTERS, "escape")
    .computed_by(escape_percent)
    .summary("Percent-encodes everything but ASCII letters, digits and `-_.!~*'()`.")
    .prints(Prints::Plain)
    .differs(Differs::Always("percent-encodes, where LiquidJS writes HTML entities"))
    .examples(&[Example::new("{{ 'a&b' | escape }}", "a%26b")]);

/// Whether a string contains a substring, or an array an element: the operator `contains` as a filter.
fn contains<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let wanted = required("contains", arguments, 0, "a text to look for, such as `contains: \"a\"`")?;
    Operator::Contains.apply(input, wanted, runtime.arena()).map(Value::Bool)
}

/// The number with its noun: the first argument for 1, the second for any other number.
fn pluralize<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    const WHAT: &str = "a singular and a plural, such as `pluralize: \"item\", \"items\"`";
    let (singular, plural) = (required("pluralize", arguments, 0, WHAT)?, required("pluralize", arguments, 1, WHAT)?);
    let input = if input.plain(runtime.arena()).is_nullish() { Value::Number(0.0) } else { input };
    let is_one = coerce::to_number(input, runtime.arena())? == 1.0;
    let mut text = coerce::to_liquid_string(input, runtime.arena())?.to_owned();
    text.push(' ');
    coerce::write_liquid_string(if is_one { singular } else { plural }, runtime.arena(), &mut text)?;
    runtime.charge_string(&text)?;
    runtime.string(&text)
}

/// LiquidJS's `slice`, with numeric strings accepted as start and length.
fn slice<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let as_number = |value: &Value<'a>| match *value {
        Value::String(text) if !number::parse(text).is_nan() => Value::Number(number::parse(text)),
        other => other,
    };
    let arguments: Vec<_> = arguments.iter().map(as_number).collect();
    run_liquidjs_filter("slice", runtime, input, &arguments)
}

/// Each word with its first letter in upper case and the others in lower case. Words are separated by white space.
///
/// The documentation has no example; this is `capitalize` applied to each word.
fn titlecase<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::to_liquid_string(input, runtime.arena())?;
    runtime.charge_string(text)?;
    let mut title = String::with_capacity(text.len());
    for word in text.split_inclusive(is_space) {
        let mut letters = word.chars();
        title.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        title.push_str(&letters.as_str().to_lowercase());
    }
    runtime.string(&title)
}

/// Percent-encodes everything except ASCII letters, digits and `-_.!~*'()`, like JavaScript's `encodeURIComponent`.
fn escape_percent<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::to_liquid_string(input, runtime.arena())?;
    runtime.charge_string(text)?;
    let text = utf16::join_surrogates(text);
    if utf16::may_contain_lone_surrogates(&text) {
        return Err(Error::new("URI malformed"));
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 0xF].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default());
            encoded.push('%');
            encoded.extend(digits.map(|digit| digit.to_ascii_uppercase()));
        }
    }
    runtime.string(&encoded)
}
