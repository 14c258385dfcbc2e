//! Filters on numbers. Their input and arguments are converted to numbers first, to 0 if they are not numbers. A
//! missing argument makes the result NaN.

use smallvec::SmallVec;

use crate::engine::filter::{Filter, RunFilter};
use crate::engine::row::{Absent, Argument, Example, Family, Kind};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::coerce::to_number_or_zero;
use crate::value::{Value, number};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    number("abs", abs, "Removes the sign of a number.")
        .absent(Absent::Prints("0"))
        .since("1.9.1")
        .examples(&[Example::with(r#"{"n": -7}"#, "{{ n | abs }}", "7")]),
    number("at_least", at_least, "Raises a number to a minimum.")
        .arguments(&[Argument::required("minimum", Kind::Number)])
        .absent(Absent::Prints("42"))
        .since("8.4.0")
        .examples(&[Example::new("{{ 41 | at_least: 42 }}", "42")]),
    number("at_most", at_most, "Lowers a number to a maximum.")
        .arguments(&[Argument::required("maximum", Kind::Number)])
        .absent(Absent::Prints("0"))
        .since("8.4.0")
        .examples(&[Example::new("{{ '50' | at_most: 42 }}", "42")]),
    number("ceil", ceil, "Rounds up to a whole number.")
        .absent(Absent::Prints("0"))
        .since("1.9.1")
        .examples(&[Example::new("{{ 1.2 | ceil }}", "2")]),
    number("divided_by", divided_by, "Divides by a number, with fractions. Division by 0 prints `Infinity` or `NaN`.")
        .arguments(&[
            Argument::required("divisor", Kind::Number),
            Argument::optional("rounds_down", Kind::Boolean).or("false"),
        ])
        .absent(Absent::Prints("0"))
        .since("1.9.1")
        .examples(&[
            Example::new("{{ 7 | divided_by: 2 }}", "3.5"),
            Example::new("{{ 7 | divided_by: 2, true }}", "3"),
        ]),
    number("floor", floor, "Rounds down to a whole number.")
        .absent(Absent::Prints("0"))
        .since("1.9.1")
        .examples(&[Example::new("{{ 1.9 | floor }}", "1")]),
    number("minus", minus, "Subtracts a number.")
        .arguments(&[Argument::required("subtrahend", Kind::Number)])
        .absent(Absent::Prints("-2"))
        .since("1.9.1")
        .examples(&[Example::new("{{ 3 | minus: 2 }}", "1")]),
    number("modulo", modulo, "Returns the remainder of a division, with the sign of the divisor.")
        .arguments(&[Argument::required("divisor", Kind::Number)])
        .absent(Absent::Prints("0"))
        .since("1.9.1")
        .examples(&[Example::with(r#"{"hour": -1}"#, "{{ hour | modulo: 24 }}", "23")]),
    number("plus", plus, "Adds a number. A numeric string counts as its number, any other string as 0.")
        .arguments(&[Argument::required("addend", Kind::Number)])
        .absent(Absent::Prints("2"))
        .since("1.9.1")
        .examples(&[Example::new("{{ '4' | plus: 2 }}", "6")]),
    number("round", round, "Rounds to a number of decimals, halves away from zero.")
        .arguments(&[Argument::optional("decimals", Kind::Number).or("0")])
        .absent(Absent::Prints("0"))
        .since("1.9.1")
        .examples(&[
            Example::new("{{ 2.5 | round }}", "3"),
            Example::new("{{ 183.357 | round: 2 }}", "183.36"),
            Example::new("{{ 1.005 | round: 2 }}", "1.01"),
        ]),
    number("times", times, "Multiplies by a number.")
        .arguments(&[Argument::required("factor", Kind::Number)])
        .absent(Absent::Prints("0"))
        .since("1.9.1")
        .examples(&[Example::new("{{ 1.5 | times: 2 }}", "3")]),
];

/// A row for a filter from a number to a number. Null counts as 0.
const fn number(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Number).input(Kind::Number).output(Kind::Number).summary(summary)
}

/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The input and all arguments as numbers, including superfluous ones.
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
    let arena = runtime.arena();
    let left = to_number_or_zero(input, arena)?;
    let [first, superfluous @ ..] = arguments else { return Ok(Value::Number(operation(left, f64::NAN))) };
    let right = to_number_or_zero(*first, arena)?;
    for argument in superfluous {
        to_number_or_zero(*argument, arena)?;
    }
    Ok(Value::Number(operation(left, right)))
}

/// The absolute value.
fn abs<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(numbers(runtime, input, arguments)?[0].abs()))
}

/// The number, but at least the argument. With several arguments, the largest counts.
fn at_least<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let numbers = numbers(runtime, input, arguments)?;
    Ok(Value::Number(numbers.into_iter().fold(f64::NEG_INFINITY, f64::max)))
}

/// The number, but at most the argument. With several arguments, the smallest counts.
fn at_most<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let numbers = numbers(runtime, input, arguments)?;
    Ok(Value::Number(numbers.into_iter().fold(f64::INFINITY, f64::min)))
}

/// Rounds up to an integer.
fn ceil<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(numbers(runtime, input, arguments)?[0].ceil()))
}

/// Divides, without rounding, or rounded down if the second argument is not 0. Division by 0 gives infinity.
fn divided_by<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let numbers = numbers(runtime, input, arguments)?;
    let quotient = numbers[0] / numbers.get(1).copied().unwrap_or(f64::NAN);
    let is_integer_division = numbers.get(2).is_some_and(|flag| *flag != 0.0);
    Ok(Value::Number(if is_integer_division { quotient.floor() } else { quotient }))
}

/// Rounds down to an integer.
fn floor<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(numbers(runtime, input, arguments)?[0].floor()))
}

fn minus<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| left - right)
}

/// The remainder, with the sign of the divisor.
fn modulo<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| ((left % right) + right) % right)
}

/// Adds. A numeric string counts as its number.
fn plus<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| left + right)
}

/// Rounds to the given number of decimal places, 0 by default. Halves, in decimal notation, are rounded away from zero.
fn round<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let number = to_number_or_zero(input, runtime.arena())?;
    let digits =
        to_number_or_zero(crate::engine::filter::argument_or(arguments, 0, Value::Number(0.0)), runtime.arena())?;
    let scaled = number::shift_decimal(number.abs(), digits);
    if scaled.is_nan() || scaled > MAX_SAFE_INTEGER {
        return Ok(Value::Number(number));
    }
    let whole = scaled.floor();
    let rounded = number::shift_decimal(if scaled - whole < 0.5 { whole } else { whole + 1.0 }, -digits);
    Ok(Value::Number(rounded.copysign(number)))
}

fn times<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    binary(runtime, input, arguments, |left, right| left * right)
}
