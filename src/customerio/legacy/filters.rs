//! Filters that differ in the legacy Liquid: Ruby's numbers, strings and order.
//!
//! All others are those of the latest Liquid. A call that is not supported in Ruby fails with Customer.io's message
//! `Unidentified method`.

use std::cmp::Ordering;

use super::operators::not_comparable;
use super::ruby_string::to_s;
use crate::customerio::filters::{date, number, run_liquidjs_filter, string};
use crate::customerio::switches::{Escape, TimezoneOffsets};
use crate::liquid::engine::filter::{Filter, argument};
use crate::liquid::engine::row::{Absent, Argument, Differs, Example, Family, Kind, Lacking, Prints, Reads};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::filters as liquidjs;
use crate::liquid::filters::array::timsort;
use crate::liquid::value::number::parse;
use crate::liquid::value::{Value, coerce, count, utf16};

/// LiquidJS's row, applied to Ruby's string of the input and, if they are arrays or hashes, of its arguments.
macro_rules! on_string {
    ($table:expr, $name:literal) => {
        Filter::row($table, $name)
            .computed_by(|runtime, input, arguments| on_string($name, runtime, input, arguments))
            .differs(Differs::Sometimes("arrays, hashes and floats are written in Ruby's notation"))
    };
}

/// LiquidJS's row of a filter with an expression. Expressions in outputs have no operators in the legacy Liquid.
macro_rules! without_operators {
    ($name:literal, $template:literal, $output:literal) => {
        Filter::row(liquidjs::array::FILTERS, $name)
            .differs(Differs::Sometimes("the expression is a single variable, without operators"))
            .examples(&[Example::with(
                r#"{"items": [{"name": "a", "new": true}, {"name": "b", "new": false}]}"#,
                $template,
                $output,
            )])
    };
}

/// The rows: those of the latest Liquid, and how the legacy ones differ.
pub const FILTERS: &[Filter] = &[
    on_string!(liquidjs::string::FILTERS, "append"),
    on_string!(liquidjs::string::FILTERS, "capitalize"),
    Filter::row(liquidjs::array::FILTERS, "concat")
        .computed_by(concat)
        .differs(Differs::Sometimes("the argument must be an array"))
        .examples(&[Example::with(r#"{"a": [1], "b": [2, 3]}"#, "{{ a | concat: b | join }}", "1 2 3")]),
    Filter::row(number::FILTERS, "currency")
        .computed_by(|runtime, input, arguments| in_locale("currency", runtime, input, arguments))
        .arguments(LOCALE)
        .differs(Differs::Sometimes("the currency cannot be chosen"))
        .examples(&[Example::new("{{ 1234567.896 | currency }}", "$1,234,567.90")]),
    Filter::row(liquidjs::date::FILTERS, "date")
        .computed_by(format_date)
        .arguments(&[Argument::required("format", Kind::String)])
        .differs(Differs::Sometimes(
            "the format is required, and there is no zone argument; `%F`, `%T`, `%D` and `%R` are supported",
        ))
        .examples(&[Example::new("{{ 1700000000 | date: '%F' }}", "2023-11-14")]),
    Filter::row(liquidjs::math::FILTERS, "divided_by")
        .computed_by(divided_by)
        .arguments(DIVISOR)
        .summary("Divides by a number; of integers the fraction is left out.")
        .differs(Differs::Sometimes("integer division rounds down, and strings and division by 0 fail"))
        .examples(&[Example::new("{{ 7 | divided_by: 2 }}", "3"), Example::new("{{ 7 | divided_by: 2.0 }}", "3.5")]),
    on_string!(liquidjs::string::FILTERS, "downcase"),
    Filter::row(liquidjs::html::FILTERS, "escape")
        .computed_by(escape)
        .family(Family::Url)
        .summary("Percent-encodes everything but ASCII letters, digits and `-_.!~*'()`.")
        .prints(Prints::Plain)
        .differs(Differs::Always(
            "`escape` encodes for URLs in the legacy Liquid, and for HTML in the latest: use `url_encode` for URLs",
        ))
        .examples(&[Example::new("{{ 'a&b' | escape }}", "a%26b")]),
    without_operators!("find_exp", "{{ items | find_exp: 'item', 'item.new' | json }}", r#"{"name":"a","new":true}"#),
    without_operators!("find_index_exp", "{{ items | find_index_exp: 'item', 'item.new' }}", "0"),
    Filter::row(liquidjs::array::FILTERS, "first")
        .computed_by(first)
        .differs(Differs::Sometimes("strings have no first character, and hashes have a first pair")),
    without_operators!(
        "group_by_exp",
        "{{ items | group_by_exp: 'item', 'item.new' | map: 'name' | join }}",
        "true false"
    ),
    without_operators!("has_exp", "{{ items | has_exp: 'item', 'item.new' }}", "true"),
    Filter::row(liquidjs::array::FILTERS, "join")
        .computed_by(join)
        .differs(Differs::Sometimes("arrays inside the array are joined with the same separator")),
    Filter::row(liquidjs::array::FILTERS, "last")
        .computed_by(last)
        .differs(Differs::Sometimes("strings have no last character")),
    Filter::row(liquidjs::array::FILTERS, "map")
        .computed_by(map)
        .differs(Differs::Sometimes(
            "the property cannot be a path, and the result is null if the first element lacks it",
        ))
        .examples(&[Example::with(
            r#"{"items": [{"name": "a"}, {"name": "b"}]}"#,
            "{{ items | map: 'name' | join }}",
            "a b",
        )]),
    Filter::row(liquidjs::math::FILTERS, "minus").computed_by(minus).differs(STRINGS_FAIL),
    Filter::row(liquidjs::math::FILTERS, "modulo").computed_by(modulo).differs(STRINGS_FAIL),
    on_string!(liquidjs::html::FILTERS, "newline_to_br"),
    Filter::row(liquidjs::math::FILTERS, "plus")
        .computed_by(plus)
        .differs(Differs::Sometimes("a string that does not begin with a number fails"))
        .examples(&[Example::new("{{ '4' | plus: 2 }}", "6"), Example::new("{{ 1 | plus: 2.0 }}", "3.0")]),
    on_string!(liquidjs::string::FILTERS, "prepend"),
    without_operators!("reject_exp", "{{ items | reject_exp: 'item', 'item.new' | map: 'name' | join }}", "b"),
    on_string!(liquidjs::string::FILTERS, "remove"),
    on_string!(liquidjs::string::FILTERS, "remove_first"),
    on_string!(liquidjs::string::FILTERS, "replace"),
    on_string!(liquidjs::string::FILTERS, "replace_first"),
    Filter::row(number::FILTERS, "rounded_currency")
        .computed_by(|runtime, input, arguments| in_locale("rounded_currency", runtime, input, arguments))
        .arguments(LOCALE)
        .differs(Differs::Sometimes("the currency cannot be chosen"))
        .examples(&[Example::new("{{ 1234567.896 | rounded_currency }}", "$1,234,568")]),
    Filter::row(liquidjs::array::FILTERS, "size")
        .computed_by(size)
        .differs(Differs::Sometimes("counts characters, and the pairs of a hash; the size of an integer is 8"))
        .examples(&[Example::with(r#"{"a": [1, 2]}"#, "{{ a | size }}", "2"), Example::new("{{ 12 | size }}", "8")]),
    Filter::row(liquidjs::array::FILTERS, "sort")
        .computed_by(sort)
        .reads(Reads::Property(Lacking::FailsInLax))
        .differs(Differs::Sometimes("null, and values of different kinds, fail"))
        .examples(&[Example::with(
            r#"{"items": [{"n": 2}, {"n": 1}]}"#,
            "{{ items | sort: 'n' | map: 'n' | join }}",
            "1 2",
        )]),
    Filter::row(liquidjs::string::FILTERS, "split")
        .computed_by(split)
        .absent(UNIDENTIFIED)
        .differs(Differs::Sometimes("only strings can be split; a space matches any run of white space")),
    on_string!(liquidjs::html::FILTERS, "strip_html"),
    on_string!(liquidjs::string::FILTERS, "strip_newlines"),
    Filter::row(liquidjs::array::FILTERS, "sum")
        .computed_by(sum)
        .output(Kind::Anything)
        .absent(UNIDENTIFIED)
        .reads(Reads::Property(Lacking::FailsInLax))
        .differs(Differs::Always("`sum` concatenates strings in the legacy Liquid; the latest adds them as numbers"))
        .examples(&[
            Example::with(r#"{"cart": [{"price": 2.5}, {"price": 4}]}"#, "{{ cart | sum: 'price' }}", "6.5"),
            Example::with(r#"{"a": ["1", "2"]}"#, "{{ a | sum }}", "12"),
        ]),
    Filter::row(liquidjs::math::FILTERS, "times")
        .computed_by(times)
        .differs(STRINGS_FAIL)
        .examples(&[Example::new("{{ 1.5 | times: 2 }}", "3.0")]),
    Filter::row(&date::zoned(TimezoneOffsets::MinutesWest), "timezone")
        .computed_by(timezone)
        .differs(Differs::Sometimes("a number is hours east of UTC"))
        .examples(&[Example::new("{{ 1700000000 | timezone: 2 | date: '%H:%M' }}", "00:13")]),
    on_string!(liquidjs::string::FILTERS, "upcase"),
    without_operators!("where_exp", "{{ items | where_exp: 'item', 'item.new' | map: 'name' | join }}", "a"),
];

/// The result for an input without the required method in Ruby.
const UNIDENTIFIED: Absent = Absent::Fails("Unidentified method");

/// How arithmetic differs for strings.
const STRINGS_FAIL: Differs = Differs::Sometimes("strings fail");

const LOCALE: &[Argument] = &[Argument::optional("locale", Kind::String).or("'en'")];

const DIVISOR: &[Argument] = &[Argument::required("divisor", Kind::Number)];

/// The error for a method that Ruby does not have.
fn unidentified_method() -> Error {
    Error::new("Unidentified method")
}

/// Fails if a filter is given fewer arguments than it needs, or more than it takes.
fn expect_arguments(arguments: &[Value<'_>], expected: std::ops::RangeInclusive<usize>) -> Result<()> {
    if expected.contains(&arguments.len()) {
        return Ok(());
    }
    let (least, most) = (expected.start() + 1, expected.end() + 1);
    let expected = if least == most { least.to_string() } else { format!("{least}..{most}") };
    Err(Error::new(format!("wrong number of arguments (given {}, expected {expected})", arguments.len() + 1)))
}

fn on_string<'a>(
    name: &str,
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let input = Value::String(to_s(input, arena)?);
    let arguments: Vec<_> =
        arguments.iter().map(|value| to_s(*value, arena).map(Value::String)).collect::<Result<_>>()?;
    run_liquidjs_filter(name, runtime, input, &arguments)
}

/// A number in Ruby.
#[derive(Clone, Copy)]
enum Numeric {
    Integer(f64),
    Float(f64),
}

impl Numeric {
    /// The number of a value, for filters that only accept numbers.
    fn from_value(value: Value<'_>) -> Result<Self> {
        match value {
            Value::String(_) => Err(unidentified_method()),
            other => Ok(Self::from_scalar(other)),
        }
    }

    fn from_scalar(value: Value<'_>) -> Self {
        match value {
            Value::Number(number) if number.fract() == 0.0 => Self::Integer(number),
            Value::Number(number) | Value::Float(number) => Self::Float(number),
            _ => Self::Integer(0.0),
        }
    }

    /// The number at the beginning of a string, as `plus` converts it.
    fn from_prefix(string: &str) -> Result<Self> {
        let trimmed = string.trim_matches(|character: char| character.is_ascii_whitespace());
        let is_float = trimmed.split_once('.').is_some_and(|(whole, fraction)| {
            [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
        if is_float {
            return Ok(Self::Float(parse(trimmed)));
        }
        let sign = usize::from(trimmed.starts_with(['-', '+']));
        let digits = trimmed[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 && !trimmed.is_empty() {
            return Err(unidentified_method());
        }
        Ok(Self::Integer(if digits == 0 { 0.0 } else { parse(&trimmed[..sign + digits]) }))
    }

    const fn number(self) -> f64 {
        match self {
            Self::Integer(number) | Self::Float(number) => number,
        }
    }

    fn value<'a>(self) -> Value<'a> {
        match self {
            // Integers have no negative zero.
            Self::Integer(number) => Value::Number(number + 0.0),
            Self::Float(number) => Value::float(number),
        }
    }

    /// Applies an operation. The result is an integer if both numbers are, and a float otherwise.
    fn with(self, other: Self, operation: fn(f64, f64) -> f64) -> Self {
        let result = operation(self.number(), other.number());
        match (self, other) {
            (Self::Integer(_), Self::Integer(_)) => Self::Integer(result),
            _ => Self::Float(result),
        }
    }
}

fn arithmetic<'a>(input: Value<'a>, arguments: &[Value<'a>], operation: fn(f64, f64) -> f64) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    Ok(Numeric::from_value(input)?.with(Numeric::from_value(arguments[0])?, operation).value())
}

/// Adds. A string that begins with a number counts as that number, which is why templates use `plus: 0`.
fn plus<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    let number = |value| match value {
        Value::String(text) => Numeric::from_prefix(text),
        other => Numeric::from_value(other),
    };
    Ok(number(input)?.with(number(arguments[0])?, |left, right| left + right).value())
}

fn minus<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    arithmetic(input, arguments, |left, right| left - right)
}

fn times<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    arithmetic(input, arguments, |left, right| left * right)
}

/// Divides. Integers are rounded down, and cannot be divided by 0.
fn divided_by<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    match (Numeric::from_value(input)?, Numeric::from_value(arguments[0])?) {
        (Numeric::Integer(_), Numeric::Integer(0.0)) => Err(Error::new("divided by 0")),
        (left @ Numeric::Integer(_), right @ Numeric::Integer(_)) => {
            Ok(left.with(right, |left, right| (left / right).floor()).value())
        }
        (left, right) => Ok(left.with(right, |left, right| left / right).value()),
    }
}

/// The remainder, with the sign of the divisor.
fn modulo<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    let (left, right) = (Numeric::from_value(input)?, Numeric::from_value(arguments[0])?);
    if let (Numeric::Integer(_), Numeric::Integer(0.0)) = (left, right) {
        return Err(Error::new("divided by 0"));
    }
    let floored = |left: f64, right: f64| {
        let rest = left % right;
        if rest != 0.0 && (rest < 0.0) != (right < 0.0) { rest + right } else { rest }
    };
    Ok(left.with(right, floored).value())
}

/// The number of characters, elements or entries.
fn size<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(match input {
        Value::String(text) => {
            runtime.work(text.len())?;
            count(utf16::to_utf8(text).chars().count())
        }
        Value::Array(items) => count(items.len()),
        Value::Object(object) => count(object.entries().len()),
        // Ruby's `Integer#size` is the number of bytes.
        Value::Number(number) if number.fract() == 0.0 => count(8),
        _ => count(0),
    })
}

/// The first element; null if the input is not an array.
fn first<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(match input {
        Value::Array(items) => items.first().copied().unwrap_or(Value::Null),
        Value::Object(object) => match object.entries().first() {
            Some((key, value)) => runtime.array(&[Value::String(key), *value])?,
            None => Value::Null,
        },
        _ => Value::Null,
    })
}

/// The last element; null if the input is not an array.
fn last<'a>(_: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(match input {
        Value::Array(items) => items.last().copied().unwrap_or(Value::Null),
        _ => Value::Null,
    })
}

/// The elements of an array and of the arrays inside it. Any other value is a single element.
fn flattened<'a>(runtime: &mut Runtime<'a>, input: Value<'a>) -> Result<Vec<Value<'a>>> {
    fn add<'a>(value: Value<'a>, traversal: &mut coerce::Traversal<'a>, items: &mut Vec<Value<'a>>) -> Result<()> {
        let Value::Array(inner) = value else {
            if items.len() == items.capacity() {
                // For the list, the larger one that replaces it, a working copy and the result.
                traversal.arena().reserve((items.len() + 1) * 5 * size_of::<Value<'_>>())?;
            }
            items.push(value);
            return traversal.arena().work(4);
        };
        traversal.enter()?;
        for item in inner {
            add(*item, traversal, items)?;
        }
        traversal.leave();
        Ok(())
    }
    let mut items = Vec::new();
    add(input, &mut coerce::Traversal::new(runtime.arena()), &mut items)?;
    runtime.charge(items.len())?;
    Ok(items)
}

/// The elements as one string, separated by the argument, or by a space without one.
fn join<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 0..=1)?;
    let arena = runtime.arena();
    let glue = if arguments.is_empty() { " " } else { to_s(arguments[0], arena)? };
    let mut text = String::new();
    for (at, item) in flattened(runtime, input)?.into_iter().enumerate() {
        if at > 0 {
            coerce::push_joining(&mut text, glue);
        }
        coerce::push_joining(&mut text, to_s(item, arena)?);
        coerce::check_length(text.len())?;
        arena.work(8 + glue.len() / 8)?;
        arena.reserve(text.len() * 2)?;
    }
    runtime.charge_string(&text)?;
    runtime.string(&text)
}

/// A property of each element; null if the first element lacks it.
fn map<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    let key = to_s(arguments[0], runtime.arena())?;
    let property = |item: &Value<'a>| match item {
        Value::Object(object) => object.get(key).unwrap_or(Value::Null),
        _ => Value::Null,
    };
    let items = flattened(runtime, input)?;
    if items.first().is_none_or(|first| property(first).is_nullish()) {
        return Ok(Value::Null);
    }
    let mapped: Vec<_> = items.iter().map(property).collect();
    runtime.array(&mapped)
}

/// The sorted elements, optionally by a property. Values that cannot be compared, such as null, fail.
fn sort<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 0..=1)?;
    let arena = runtime.arena();
    let mut items = flattened(runtime, input)?;
    let key = match argument(arguments, 0) {
        Value::Undefined | Value::Null | Value::Nil => None,
        key => Some(to_s(key, arena)?),
    };
    let keyed = |item: Value<'a>| match (key, item) {
        (Some(key), Value::Object(object)) => object.get(key).unwrap_or(Value::Null),
        (Some(_), _) => Value::Null,
        (None, item) => item,
    };
    if key.is_some() && items.first().is_none_or(|first| keyed(*first).is_nullish()) {
        return Ok(Value::Null);
    }
    // Values without an order make the order inconsistent, for which Rust's own sort may panic.
    timsort::sort::<_, Error>(&mut items, |left, right| {
        arena.work(comparing(keyed(*left)))?;
        let order = match (keyed(*left), keyed(*right)) {
            (Value::Number(left) | Value::Float(left), Value::Number(right) | Value::Float(right)) => {
                left.partial_cmp(&right)
            }
            (Value::String(left), Value::String(right)) => Some(utf16::to_utf8(left).cmp(&utf16::to_utf8(right))),
            _ => None,
        };
        // Sorting by a property compares inside a block, so the error names the elements themselves. Ruby names the first
        // one that is not null.
        let Some(order) = order else {
            let (first, other) = if left.is_nullish() { (right, left) } else { (left, right) };
            return Err(not_comparable(*first, *other, arena)?);
        };
        Ok(order == Ordering::Less)
    })?;
    runtime.array(&items)
}

/// How many steps it takes to compare a value with another.
const fn comparing(value: Value<'_>) -> usize {
    match value {
        Value::String(text) => 2 + text.len() / 8,
        _ => 2,
    }
}

/// Splits a string. Other values cannot be split.
fn split<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    match input {
        // A space matches any run of white space, and is ignored at the beginning.
        Value::String(text) if matches!(arguments[0], Value::String(" ")) => {
            runtime.charge_string(text)?;
            let words = text.split_ascii_whitespace().map(Value::String);
            runtime.arena().reserve(words.clone().count() * 4 * size_of::<Value<'_>>())?;
            let words: Vec<_> = words.collect();
            runtime.array(&words)
        }
        Value::String(_) => run_liquidjs_filter("split", runtime, input, arguments),
        _ => Err(unidentified_method()),
    }
}

/// The sum of the elements, or of a property of them. Strings are concatenated.
fn sum<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 0..=1)?;
    let items = flattened(runtime, input)?;
    let items: Vec<_> = match arguments.first() {
        None => items,
        Some(key) => {
            let key = to_s(*key, runtime.arena())?;
            let property = |item: Value<'a>| match item {
                Value::Object(object) => object.get(key).unwrap_or(Value::Null),
                _ => Value::Null,
            };
            items.into_iter().map(property).collect()
        }
    };
    let Some((first, rest)) = items.split_first() else { return Ok(Value::Number(0.0)) };
    if let Value::String(first) = first {
        let mut text = (*first).to_owned();
        for item in rest {
            let Value::String(item) = item else { return Err(unidentified_method()) };
            coerce::push_joining(&mut text, item);
            coerce::check_length(text.len())?;
            runtime.work(1 + item.len() / 8)?;
            runtime.arena().reserve(text.len() * 2)?;
        }
        runtime.charge_string(&text)?;
        return runtime.string(&text);
    }
    let mut total = Numeric::from_scalar(*first);
    for item in &items {
        if !matches!(item, Value::Number(_) | Value::Float(_)) {
            return Err(unidentified_method());
        }
    }
    for item in rest {
        total = total.with(Numeric::from_scalar(*item), |left, right| left + right);
    }
    Ok(total.value())
}

/// The elements of an array, followed by those of another.
fn concat<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    match arguments[0] {
        Value::Array(_) => run_liquidjs_filter("concat", runtime, input, arguments),
        _ => Err(Error::new("concat filter requires an array argument")),
    }
}

/// Formats an amount of money in the currency of a locale's region. The currency cannot be chosen.
fn in_locale<'a>(
    name: &str,
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    expect_arguments(arguments, 0..=1)?;
    match number::FILTERS.iter().find(|filter| filter.name == name) {
        Some(filter) => (filter.run)(runtime, input, arguments),
        None => Ok(input),
    }
}

/// Percent-encodes for URLs.
fn escape<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let input = Value::String(to_s(input, runtime.arena())?);
    match string::escaping(Escape::Percent) {
        Some(filter) => (filter.run)(runtime, input, arguments),
        None => Ok(input),
    }
}

/// Directives of Ruby's `strftime` that LiquidJS does not support, and their expansions.
const SHORTHANDS: [(&str, &str); 5] =
    [("%F", "%Y-%m-%d"), ("%T", "%H:%M:%S"), ("%D", "%m/%d/%y"), ("%R", "%H:%M"), ("%h", "%b")];

/// Formats a date in UTC. The format is required; if it is empty, the input is returned unchanged.
fn format_date<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    let format = to_s(arguments[0], runtime.arena())?;
    if format.is_empty() {
        return Ok(Value::String(to_s(input, runtime.arena())?));
    }
    if input.is_nullish() || matches!(input, Value::Nil) {
        return Ok(Value::Null);
    }
    let mut written = format.to_owned();
    for (shorthand, long) in SHORTHANDS {
        if written.contains(shorthand) {
            // An escaped percent sign does not begin a directive.
            written = written.replace("%%", "\u{0}").replace(shorthand, long).replace('\u{0}', "%%");
        }
    }
    let format = runtime.string(&written)?;
    let input = if let Value::Float(number) = input { Value::Number(number) } else { input };
    run_liquidjs_filter("date", runtime, input, &[format])
}

/// Moves a date so that a following `date` shows the local time of a time zone. A number is hours east of UTC.
fn timezone<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    let hours = match arguments[0] {
        Value::Number(hours) | Value::Float(hours) => hours,
        Value::String(text) if !text.trim().is_empty() => parse(text),
        _ => f64::NAN,
    };
    let zone = if hours.is_nan() { arguments[0] } else { Value::Number(-hours * 60.0) };
    let [_, timezone] = date::zoned(TimezoneOffsets::MinutesWest);
    (timezone.run)(runtime, input, &[zone])
}
