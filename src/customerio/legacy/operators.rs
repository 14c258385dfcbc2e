//! The operators, and how properties are read.

use std::cmp::Ordering;

use super::ruby_string::to_s;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::comparison::Comparison;
use crate::liquid::value::operators::Operator;
use crate::liquid::value::{Arena, Value, count, element, utf16};

/// The operators as written; a longer one before its prefix.
pub const ALL: [(&str, Operator); 10] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<>", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("contains", Operator::Contains),
    ("and", Operator::And),
    ("or", Operator::Or),
];

/// Applies an operator. If both sides look like integers, they are compared as integers. If both are `true` or `false`,
/// as values or as strings, they are compared as strings.
///
/// # Errors
/// The two values have no order.
pub fn apply<'a>(operator: Operator, left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<bool> {
    if let Operator::And | Operator::Or | Operator::Not = operator {
        return operator.apply(left, right, arena);
    }
    let (left, right) = coerced(left, right);
    Ok(match operator {
        Operator::Equal => equals(left, right, arena)?,
        Operator::NotEqual => !equals(left, right, arena)?,
        Operator::Contains => contains(left, right, arena)?,
        Operator::Greater => ordered(left, right, ">", arena)? == Some(Ordering::Greater),
        Operator::Less => ordered(left, right, "<", arena)? == Some(Ordering::Less),
        Operator::GreaterOrEqual => ordered(left, right, ">=", arena)?.is_some_and(Ordering::is_ge),
        _ => ordered(left, right, "<=", arena)?.is_some_and(Ordering::is_le),
    })
}

/// The two values, converted for the comparison.
fn coerced<'a>(left: Value<'a>, right: Value<'a>) -> (Value<'a>, Value<'a>) {
    if let (Some(left), Some(right)) = (integer(left), integer(right)) {
        return (Value::Number(left), Value::Number(right));
    }
    if let (Some(left), Some(right)) = (boolean_string(left), boolean_string(right)) {
        return (Value::String(left), Value::String(right));
    }
    (left, right)
}

/// The integer that a value is, or that its string represents: `5` and `"5"`, but neither `5.0` nor `"05"`.
fn integer(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) if number.fract() == 0.0 => Some(number),
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let canonical = digits == "0" && text == "0" || (!digits.is_empty() && !digits.starts_with('0'));
            (canonical && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}

fn boolean_string(value: Value<'_>) -> Option<&'static str> {
    match value {
        Value::Bool(true) | Value::String("true") => Some("true"),
        Value::Bool(false) | Value::String("false") => Some("false"),
        _ => None,
    }
}

fn equals<'a>(left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<bool> {
    let is_literal = |value| matches!(value, Value::Empty | Value::Blank);
    match (left, right) {
        // A literal compares itself with the other side, and null equals neither literal.
        (literal, other) | (other, literal) if is_literal(literal) => match literal {
            Value::Empty => Ok(matches!(other, Value::String(_) | Value::Array(_) | Value::Object(_))
                && Operator::Equal.apply(other, Value::Empty, arena)?),
            _ => Operator::Equal.apply(other, Value::Blank, arena),
        },
        (left, right) => deep_equals(left, right, &mut Comparison::new(arena)),
    }
}

/// Maximum nesting at which values are compared.
const MAX_DEPTH: usize = 500;

/// Ruby's `==`: arrays and hashes by their contents, integers and floats as numbers.
fn deep_equals(left: Value<'_>, right: Value<'_>, comparison: &mut Comparison<'_>) -> Result<bool> {
    if comparison.depth() > MAX_DEPTH {
        return Err(Error::new("stack level too deep"));
    }
    comparison.compare(left, right)?;
    Ok(match (left, right) {
        (Value::Number(left) | Value::Float(left), Value::Number(right) | Value::Float(right)) => left == right,
        (Value::Undefined | Value::Null | Value::Nil, Value::Undefined | Value::Null | Value::Nil) => true,
        (Value::Array(left), Value::Array(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            let Some(pair) = comparison.enter(left, right)? else { return Ok(true) };
            for (left, right) in left.iter().zip(right) {
                if !deep_equals(*left, *right, comparison)? {
                    return Ok(false);
                }
            }
            comparison.leave_equal(pair);
            true
        }
        (Value::Object(left), Value::Object(right)) => {
            if left.entries().len() != right.entries().len() {
                return Ok(false);
            }
            let Some(pair) = comparison.enter(left.entries(), right.entries())? else { return Ok(true) };
            for (key, value) in left.entries() {
                match right.get(key) {
                    Some(other) if deep_equals(*value, other, comparison)? => {}
                    _ => return Ok(false),
                }
            }
            comparison.leave_equal(pair);
            true
        }
        (left, right) => left.is_same(right),
    })
}

fn contains<'a>(left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<bool> {
    if !right.is_truthy() {
        return Ok(false);
    }
    Ok(match left {
        Value::String(text) => {
            let wanted = to_s(right, arena)?;
            arena.work((text.len() + wanted.len()) / 8)?;
            text.contains(wanted)
        }
        Value::Array(items) => {
            for item in items {
                if deep_equals(*item, right, &mut Comparison::new(arena))? {
                    return Ok(true);
                }
            }
            false
        }
        Value::Object(object) => matches!(right, Value::String(key) if object.get(key).is_some()),
        _ => false,
    })
}

/// The order of two values; `None` if they have none.
fn ordered<'a>(left: Value<'a>, right: Value<'a>, _: &str, arena: &'a Arena) -> Result<Option<Ordering>> {
    let knows_order = |value| matches!(value, Value::Number(_) | Value::Float(_) | Value::String(_));
    if !knows_order(left) || !knows_order(right) {
        return Ok(None);
    }
    match (left, right) {
        (Value::Number(left) | Value::Float(left), Value::Number(right) | Value::Float(right)) => {
            Ok(left.partial_cmp(&right))
        }
        (Value::String(left), Value::String(right)) => {
            arena.work(left.len() + right.len())?;
            Ok(Some(utf16::to_utf8(left).cmp(&utf16::to_utf8(right))))
        }
        _ => Err(not_comparable(left, right, arena)?),
    }
}

/// The error for two values without an order. It names a number or null by its value, and anything else by its class.
pub(super) fn not_comparable<'a>(left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<Error> {
    let named = match right {
        Value::Number(_) | Value::Float(_) | Value::Bool(_) => to_s(right, arena)?,
        Value::Undefined | Value::Null | Value::Nil => "nil",
        other => class(other),
    };
    Ok(Error::new(format!("comparison of {} with {named} failed", class(left))))
}

/// The Ruby class of a value.
pub(super) fn class(value: Value<'_>) -> &'static str {
    match value {
        Value::Undefined | Value::Null | Value::Nil => "NilClass",
        Value::Bool(true) => "TrueClass",
        Value::Bool(false) => "FalseClass",
        Value::Number(number) if number.fract() == 0.0 => "Integer",
        Value::Number(_) | Value::Float(_) => "Float",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Empty | Value::Blank => "Symbol",
        Value::Object(_) | Value::Loop(_) | Value::Block => "Hash",
    }
}

/// Reads a property. Elements past the end of an array are null, and so is the first element of an empty one. In
/// brackets, `size`, `first`, `last` and `empty?` are plain keys.
///
/// # Errors
/// The render has reached a limit. A missing property is undefined.
pub fn property<'a>(value: Value<'a>, key: Value<'a>, is_bracketed: bool, arena: &'a Arena) -> Result<Value<'a>> {
    let name = match key {
        Value::String(name) if !is_bracketed => name,
        _ => "",
    };
    Ok(match (value, key) {
        (Value::Object(object), Value::String(key)) if object.get(key).is_some() => {
            object.get(key).unwrap_or(Value::Undefined)
        }
        (Value::Loop(_), _) => value.property(key, arena)?,
        (Value::Array(items), Value::Number(index)) if index.fract() == 0.0 => or_null(element(items, index)),
        (Value::Object(object), _) => match name {
            "size" => count(object.entries().len()),
            "empty?" => Value::Bool(object.entries().is_empty()),
            "first" => object.entries().first().map_or(Value::Null, |(key, value)| {
                Value::Array(arena.alloc_slice_copy(&[Value::String(key), *value]))
            }),
            _ => Value::Undefined,
        },
        (Value::Array(items), _) => match name {
            "size" => count(items.len()),
            "empty?" => Value::Bool(items.is_empty()),
            "first" => or_null(element(items, 0.0)),
            "last" => or_null(element(items, -1.0)),
            _ => Value::Undefined,
        },
        (Value::String(text), _) => match name {
            "size" => {
                arena.work(text.len() / 4)?;
                count(utf16::to_utf8(text).chars().count())
            }
            "empty?" => Value::Bool(text.is_empty()),
            _ => Value::Undefined,
        },
        // Ruby's `Integer#size` is the number of bytes.
        (Value::Number(number), _) if name == "size" && number.fract() == 0.0 => count(8),
        _ => Value::Undefined,
    })
}

fn or_null(value: Value<'_>) -> Value<'_> {
    if matches!(value, Value::Undefined) { Value::Null } else { value }
}
