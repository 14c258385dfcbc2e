//! Filters on numbers. Their input and arguments are made numbers first, 0 where they are none; an argument that is missing
//! makes the result NaN.

use smallvec::SmallVec;

use crate::engine::filter::Filter;
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::coerce::to_number_or_zero;
use crate::value::{Value, number};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[
    Filter::new("abs", abs),
    Filter::new("at_least", at_least),
    Filter::new("at_most", at_most),
    Filter::new("ceil", ceil),
    Filter::new("divided_by", divided_by),
    Filter::new("floor", floor),
    Filter::new("minus", minus),
    Filter::new("modulo", modulo),
    Filter::new("plus", plus),
    Filter::new("round", round),
    Filter::new("times", times),
];

/// Above this, JavaScript does not trust a number to be whole.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The input and all arguments, needed or not, as numbers.
fn numbers<'a>(runtime: &Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<SmallVec<[f64; 4]>> {
    std::iter::once(&input).chain(arguments).map(|value| to_number_or_zero(*value, runtime.arena())).collect()
}

/// Applies `operation` to the input and the first argument.
fn binary<'a>(
    runtime: &Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    operation: fn(f64, f64) -> f64,
) -> Result<Value<'a>> {
    let numbers = numbers(runtime, input, arguments)?;
    Ok(Value::Number(operation(numbers[0], numbers.get(1).copied().unwrap_or(f64::NAN))))
}

/// The number without its sign.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ -7 | abs }}", "{}").unwrap(), "7");
/// ```
fn abs<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(numbers(runtime, input, arguments)?[0].abs()))
}

/// The number, but never less than the argument. Of several arguments the largest counts.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ 41 | at_least: 42 }}", "{}").unwrap(), "42");
/// ```
fn at_least<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let numbers = numbers(runtime, input, arguments)?;
    Ok(Value::Number(numbers.into_iter().fold(f64::NEG_INFINITY, f64::max)))
}

/// The number, but never more than the argument. Of several arguments the smallest counts.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ '50' | at_most: 42 }}", "{}").unwrap(), "42");
/// ```
fn at_most<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let numbers = numbers(runtime, input, arguments)?;
    Ok(Value::Number(numbers.into_iter().fold(f64::INFINITY, f64::min)))
}

/// The next whole number up.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ 1.2 | ceil }}", "{}").unwrap(), "2");
/// ```
fn ceil<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(numbers(runtime, input, arguments)?[0].ceil()))
}

/// Divides, with fractions; rounded down where a second argument is not 0. Division by 0 is infinite.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ 7 | divided_by: 2 }} {{ 7 | divided_by: 2, true }}", "{}").unwrap(), "3.5 3");
/// ```
fn divided_by<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let numbers = numbers(runtime, input, arguments)?;
    let quotient = numbers[0] / numbers.get(1).copied().unwrap_or(f64::NAN);
    let is_integer_division = numbers.get(2).is_some_and(|flag| *flag != 0.0);
    Ok(Value::Number(if is_integer_division { quotient.floor() } else { quotient }))
}

/// The next whole number down.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ 1.9 | floor }}", "{}").unwrap(), "1");
/// ```
fn floor<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(numbers(runtime, input, arguments)?[0].floor()))
}

/// Subtracts.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ 3 | minus: 2 }}", "{}").unwrap(), "1");
/// ```
fn minus<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| left - right)
}

/// The rest of a division, with the sign of the divisor.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ -1 | modulo: 24 }}", "{}").unwrap(), "23");
/// ```
fn modulo<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| ((left % right) + right) % right)
}

/// Adds. A text that is a number is taken for it.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ '4' | plus: 2 }}", "{}").unwrap(), "6");
/// ```
fn plus<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| left + right)
}

/// Rounds to so many digits after the point, 0 without an argument; halves away from zero, as they are written.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ 183.357 | round: 2 }} {{ 1.005 | round: 2 }}", "{}").unwrap(), "183.36 1.01");
/// ```
fn round<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let number = to_number_or_zero(input, runtime.arena())?;
    let digits =
        to_number_or_zero(crate::engine::filter::argument_or(arguments, 0, Value::Number(0.0)), runtime.arena())?;
    let scaled = shift_decimal(number.abs(), digits);
    if scaled.is_nan() || scaled > MAX_SAFE_INTEGER {
        return Ok(Value::Number(number));
    }
    let whole = scaled.floor();
    let rounded = shift_decimal(if scaled - whole < 0.5 { whole } else { whole + 1.0 }, -digits);
    Ok(Value::Number(rounded.copysign(number)))
}

/// Moves the decimal point of the number as it is written, so that 1.005 becomes 100.5 and not 100.49999999999999.
fn shift_decimal(value: f64, places: f64) -> f64 {
    let text = number::text(value);
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    number::parse(&format!("{mantissa}e{}", number::text(number::parse(power) + places)))
}

/// Multiplies.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ 1.5 | times: 2 }}", "{}").unwrap(), "3");
/// ```
fn times<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| left * right)
}
