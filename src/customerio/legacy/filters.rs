//! Filters that the legacy Liquid has in its own way: Ruby's numbers, Ruby's texts, Ruby's order.
//!
//! All others are the latest Liquid's. A call that Ruby has no method for fails with what Customer.io says then:
//! `Unidentified method`.

use std::cmp::Ordering;

use super::operators::not_comparable;
use super::text::to_s;
use crate::customerio::filters::{date, liquidjs, number, string};
use crate::customerio::switches::{Escape, TimezoneOffsets};
use crate::liquid::engine::filter::{Filter, argument};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::number::parse;
use crate::liquid::value::{Value, coerce, count, utf16};

/// LiquidJS's filter, on Ruby's text of the input and with its arguments as texts too where they are lists or hashes.
macro_rules! on_text {
    ($name:literal) => {
        Filter::new($name, |runtime, input, arguments| on_text($name, runtime, input, arguments))
    };
}

/// All of them.
pub const FILTERS: &[Filter] = &[
    on_text!("append"),
    on_text!("capitalize"),
    Filter::new("concat", concat),
    Filter::new("currency", |runtime, input, arguments| in_locale("currency", runtime, input, arguments)),
    Filter::new("date", format_date),
    Filter::new("divided_by", divided_by),
    on_text!("downcase"),
    Filter::new("escape", escape),
    Filter::new("first", first),
    Filter::new("join", join),
    Filter::new("last", last),
    Filter::new("map", map),
    Filter::new("minus", minus),
    Filter::new("modulo", modulo),
    on_text!("newline_to_br"),
    Filter::new("plus", plus),
    on_text!("prepend"),
    on_text!("remove"),
    on_text!("remove_first"),
    on_text!("replace"),
    on_text!("replace_first"),
    Filter::new("rounded_currency", |runtime, input, arguments| {
        in_locale("rounded_currency", runtime, input, arguments)
    }),
    Filter::new("size", size),
    Filter::new("sort", sort),
    Filter::new("split", split),
    on_text!("strip_html"),
    on_text!("strip_newlines"),
    Filter::new("sum", sum),
    Filter::new("times", times),
    Filter::new("timezone", timezone),
    on_text!("upcase"),
];

/// The error of a call that Ruby has no method for.
fn unidentified_method() -> Error {
    Error::new("Unidentified method")
}

/// Fails where a filter is given fewer arguments than it needs, or more than it takes.
fn expect_arguments(arguments: &[Value<'_>], expected: std::ops::RangeInclusive<usize>) -> Result<()> {
    if expected.contains(&arguments.len()) {
        return Ok(());
    }
    let (least, most) = (expected.start() + 1, expected.end() + 1);
    let expected = if least == most { least.to_string() } else { format!("{least}..{most}") };
    Err(Error::new(format!("wrong number of arguments (given {}, expected {expected})", arguments.len() + 1)))
}

fn on_text<'a>(name: &str, runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let input = Value::String(to_s(input, arena)?);
    let arguments: Vec<_> =
        arguments.iter().map(|value| to_s(*value, arena).map(Value::String)).collect::<Result<_>>()?;
    liquidjs(name, runtime, input, &arguments)
}

/// A number as Ruby has it.
#[derive(Clone, Copy)]
enum Numeric {
    Integer(f64),
    Float(f64),
}

impl Numeric {
    /// The number of a value, where math is done with numbers only.
    fn of(value: Value<'_>) -> Result<Self> {
        match value {
            Value::String(_) => Err(unidentified_method()),
            other => Ok(Self::of_scalar(other)),
        }
    }

    fn of_scalar(value: Value<'_>) -> Self {
        match value {
            Value::Number(number) if number.fract() == 0.0 => Self::Integer(number),
            Value::Number(number) | Value::Float(number) => Self::Float(number),
            _ => Self::Integer(0.0),
        }
    }

    /// The number that a text begins with, which `plus` makes of it.
    fn of_text(text: &str) -> Result<Self> {
        let trimmed = text.trim_matches(|character: char| character.is_ascii_whitespace());
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

    /// Applies an operation: an integer comes of two integers, else a float.
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
    Ok(Numeric::of(input)?.with(Numeric::of(arguments[0])?, operation).value())
}

/// Adds. A text that begins with a number is taken for it: that is what `plus: 0` is for.
///
/// ```
/// # use inkproof::customerio::{Switches, Version, language};
/// # let legacy = language(Switches { version: Version::Legacy, ..Switches::default() });
/// let output = legacy.render("{{ '4' | plus: 2 }} {{ 1 | plus: 2.0 }}", "{}", &Default::default()).unwrap();
/// assert_eq!(output, "6 3.0");
/// ```
fn plus<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    let number = |value| match value {
        Value::String(text) => Numeric::of_text(text),
        other => Numeric::of(other),
    };
    Ok(number(input)?.with(number(arguments[0])?, |left, right| left + right).value())
}

/// Subtracts.
fn minus<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    arithmetic(input, arguments, |left, right| left - right)
}

/// Multiplies.
fn times<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    arithmetic(input, arguments, |left, right| left * right)
}

/// Divides; integers are rounded down, and cannot be divided by 0.
///
/// ```
/// # use inkproof::customerio::{Switches, Version, language};
/// # let legacy = language(Switches { version: Version::Legacy, ..Switches::default() });
/// let output = legacy.render("{{ 7 | divided_by: 2 }} {{ 7 | divided_by: 2.0 }}", "{}", &Default::default()).unwrap();
/// assert_eq!(output, "3 3.5");
/// ```
fn divided_by<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    match (Numeric::of(input)?, Numeric::of(arguments[0])?) {
        (Numeric::Integer(_), Numeric::Integer(0.0)) => Err(Error::new("divided by 0")),
        (left @ Numeric::Integer(_), right @ Numeric::Integer(_)) => {
            Ok(left.with(right, |left, right| (left / right).floor()).value())
        }
        (left, right) => Ok(left.with(right, |left, right| left / right).value()),
    }
}

/// The rest of a division, with the sign of the divisor.
fn modulo<'a>(_: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    let (left, right) = (Numeric::of(input)?, Numeric::of(arguments[0])?);
    if let (Numeric::Integer(_), Numeric::Integer(0.0)) = (left, right) {
        return Err(Error::new("divided by 0"));
    }
    let floored = |left: f64, right: f64| {
        let rest = left % right;
        if rest != 0.0 && (rest < 0.0) != (right < 0.0) { rest + right } else { rest }
    };
    Ok(left.with(right, floored).value())
}

/// How many characters, elements or entries there are.
fn size<'a>(_: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(match input {
        Value::String(text) => count(utf16::to_utf8(text).chars().count()),
        Value::Array(items) => count(items.len()),
        Value::Object(object) => count(object.entries().len()),
        // Ruby's integers tell how many bytes they take.
        Value::Number(number) if number.fract() == 0.0 => count(8),
        _ => count(0),
    })
}

/// The first element; null of what is no list.
fn first<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(match input {
        Value::Array(items) => items.first().copied().unwrap_or(Value::Null),
        Value::Object(object) => match object.entries().first() {
            Some((key, value)) => runtime.array(&[Value::String(key), *value]),
            None => Value::Null,
        },
        _ => Value::Null,
    })
}

/// The last element; null of what is no list.
fn last<'a>(_: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(match input {
        Value::Array(items) => items.last().copied().unwrap_or(Value::Null),
        _ => Value::Null,
    })
}

/// The elements of a list and of the lists in it; what is no list is alone.
fn flattened<'a>(runtime: &mut Runtime<'a>, input: Value<'a>) -> Result<Vec<Value<'a>>> {
    fn add<'a>(value: Value<'a>, walk: &mut coerce::Walk, items: &mut Vec<Value<'a>>) -> Result<()> {
        let Value::Array(inner) = value else {
            items.push(value);
            return Ok(());
        };
        walk.enter()?;
        for item in inner {
            add(*item, walk, items)?;
        }
        walk.leave();
        Ok(())
    }
    let mut items = Vec::new();
    add(input, &mut coerce::Walk::default(), &mut items)?;
    runtime.charge(items.len())?;
    Ok(items)
}

/// The elements as one text, with the argument between them; a blank without one.
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
    }
    runtime.charge_text(&text)?;
    Ok(runtime.string(&text))
}

/// A property of each element; null where the first element has none.
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
    Ok(runtime.array(&mapped))
}

/// The elements in order, or in that of a property. What cannot be put in order, such as null, fails.
///
/// ```
/// # use inkproof::customerio::{Switches, Version, language};
/// # let legacy = language(Switches { version: Version::Legacy, ..Switches::default() });
/// let error = legacy.render("{{ a | sort }}", r#"{"a": ["b", null]}"#, &Default::default()).unwrap_err();
/// assert_eq!(error.message(), "comparison of String with nil failed");
/// ```
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
    let mut failure = None;
    items.sort_by(|left, right| {
        let (left_key, right_key) = (keyed(*left), keyed(*right));
        let order = match (left_key, right_key) {
            (Value::Number(left) | Value::Float(left), Value::Number(right) | Value::Float(right)) => {
                left.partial_cmp(&right)
            }
            (Value::String(left), Value::String(right)) => Some(utf16::to_utf8(left).cmp(&utf16::to_utf8(right))),
            _ => None,
        };
        order.unwrap_or_else(|| {
            // Sorting by a property compares inside a block, so the elements themselves are named. Ruby names the one first
            // that is no null.
            let (left, right) = if left.is_nullish() { (*right, *left) } else { (*left, *right) };
            failure.get_or_insert((left, right));
            Ordering::Equal
        })
    });
    match failure {
        Some((left, right)) => Err(not_comparable(left, right, arena)?),
        None => Ok(runtime.array(&items)),
    }
}

/// The parts of a text. Nothing but a text has any.
fn split<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    match input {
        // A blank stands for white space of any length, that at the beginning left out.
        Value::String(text) if matches!(arguments[0], Value::String(" ")) => {
            runtime.charge_text(text)?;
            let words: Vec<_> = text.split_ascii_whitespace().map(Value::String).collect();
            Ok(runtime.array(&words))
        }
        Value::String(_) => liquidjs("split", runtime, input, arguments),
        _ => Err(unidentified_method()),
    }
}

/// The sum of the elements, or of a property of them. Texts are put together.
///
/// ```
/// # use inkproof::customerio::{Switches, Version, language};
/// # let legacy = language(Switches { version: Version::Legacy, ..Switches::default() });
/// let output = legacy.render("{{ a | sum }}", r#"{"a": ["1", "2"]}"#, &Default::default()).unwrap();
/// assert_eq!(output, "12");
/// ```
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
        }
        runtime.charge_text(&text)?;
        return Ok(runtime.string(&text));
    }
    let mut total = Numeric::of_scalar(*first);
    for item in &items {
        if !matches!(item, Value::Number(_) | Value::Float(_)) {
            return Err(unidentified_method());
        }
    }
    for item in rest {
        total = total.with(Numeric::of_scalar(*item), |left, right| left + right);
    }
    Ok(total.value())
}

/// The elements of a list, then those of another.
fn concat<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    expect_arguments(arguments, 1..=1)?;
    match arguments[0] {
        Value::Array(_) => liquidjs("concat", runtime, input, arguments),
        _ => Err(Error::new("concat filter requires an array argument")),
    }
}

/// An amount of money in the currency of a locale's region. The currency cannot be chosen.
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

/// What Ruby's `strftime` knows and LiquidJS does not.
const SHORTHANDS: [(&str, &str); 5] =
    [("%F", "%Y-%m-%d"), ("%T", "%H:%M:%S"), ("%D", "%m/%d/%y"), ("%R", "%H:%M"), ("%h", "%b")];

/// The date in a format, in UTC. It must have a format; where that is empty, the input stays as it is.
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
            // A percent sign that is itself escaped begins nothing.
            written = written.replace("%%", "\u{0}").replace(shorthand, long).replace('\u{0}', "%%");
        }
    }
    let format = runtime.string(&written);
    let input = if let Value::Float(number) = input { Value::Number(number) } else { input };
    liquidjs("date", runtime, input, &[format])
}

/// Moves a date so that the `date` that follows shows the clocks of a time zone; a number counts hours east of UTC.
///
/// ```
/// # use inkproof::customerio::{Switches, Version, language};
/// # let legacy = language(Switches { version: Version::Legacy, ..Switches::default() });
/// let template = "{{ t | timezone: offset | date: '%H:%M' }}";
/// let data = r#"{"t": 1700000000, "offset": -8}"#;
/// assert_eq!(legacy.render(template, data, &Default::default()).unwrap(), "14:13");
/// ```
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
