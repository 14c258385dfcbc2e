//! Coercions: how JavaScript and Liquid convert any value to a string or a number.
//!
//! Liquid's string of a value (what `{{ }}` prints) and JavaScript's `String(value)` differ for arrays and literals, so
//! both are here. A template can build values that are nested or repeated exponentially, so every traversal counts its
//! steps.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::error::{Error, Result};
use crate::value::{Arena, Object, Value, number, utf16};

/// Maximum length of a string, in bytes; JavaScript's own limit is 2^29 - 24 code units.
pub const MAX_STRING: usize = 1 << 27;
/// Maximum nesting of arrays that is followed.
const MAX_DEPTH: usize = 1_000;
/// Maximum number of values that one traversal may visit.
const MAX_STEPS: usize = 1 << 24;

/// Counts the steps of a traversal through nested values.
#[derive(Debug)]
pub struct Traversal<'m> {
    arena: &'m Arena,
    steps: usize,
    depth: usize,
}

impl<'m> Traversal<'m> {
    /// A traversal that counts its steps in this arena.
    #[must_use]
    pub const fn new(arena: &'m Arena) -> Self {
        Self { arena, steps: 0, depth: 0 }
    }

    /// Descends one level.
    ///
    /// # Errors
    /// The traversal is too deep, or has taken too many steps.
    pub fn enter(&mut self) -> Result<()> {
        self.arena.work(1)?;
        self.depth += 1;
        self.steps += 1;
        if self.depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return Err(Error::new("Maximum call stack size exceeded"));
        }
        Ok(())
    }

    /// Ascends one level.
    pub const fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The arena in which it counts its steps.
    #[must_use]
    pub const fn arena(&self) -> &'m Arena {
        self.arena
    }

    /// The current nesting.
    pub(crate) const fn depth(&self) -> usize {
        self.depth
    }

    /// How many times it has descended.
    pub(crate) const fn steps(&self) -> usize {
        self.steps
    }

    /// Counts a value that was written, after which `out` has `written` bytes more.
    ///
    /// # Errors
    /// The string is too long, or the render has reached a limit.
    pub fn wrote(&self, written: usize, out: &str) -> Result<()> {
        check_length(out.len())?;
        self.arena.work(1 + written / 8)?;
        if out.len() < SMALL { Ok(()) } else { self.arena.reserve(out.len() * 2) }
    }
}

/// Strings up to this length are allocated without checking the memory limit first.
const SMALL: usize = 1 << 16;

/// Checks that a string does not exceed JavaScript's maximum length.
///
/// # Errors
/// It is longer than [`MAX_STRING`].
pub fn check_length(length: usize) -> Result<()> {
    if length > MAX_STRING { Err(too_long()) } else { Ok(()) }
}

/// The error for a string that is too long.
#[cold]
pub(crate) fn too_long() -> Error {
    Error::new("Invalid string length")
}

/// The string that Liquid prints for a value: empty for null, the concatenated elements of an array.
///
/// # Errors
/// The value is nested too deeply, or its string is too long.
pub fn to_liquid_string<'a>(value: Value<'a>, arena: &'a Arena) -> Result<&'a str> {
    match value {
        Value::String(text) => Ok(text),
        Value::Undefined | Value::Null | Value::Nil | Value::Empty | Value::Blank => Ok(""),
        Value::Bool(true) => Ok("true"),
        Value::Bool(false) => Ok("false"),
        Value::Object(object) => object_string(object),
        Value::Block => Ok(OBJECT),
        Value::Number(_) | Value::Float(_) | Value::Array(_) | Value::Loop(_) => {
            arena.write(|out| write_liquid_string(value, arena, out))
        }
    }
}

/// JavaScript's string of an object.
const OBJECT: &str = "[object Object]";

/// The string of an object. A key `toString` in the data hides the method that would compute it.
fn object_string(object: &Object<'_>) -> Result<&'static str> {
    match object.get("toString") {
        None => Ok(OBJECT),
        Some(_) => Err(Error::new("Cannot convert object to primitive value")),
    }
}

/// Appends the string that Liquid prints for a value.
///
/// # Errors
/// As [`to_liquid_string`].
#[inline]
pub fn write_liquid_string(value: Value<'_>, arena: &Arena, out: &mut String) -> Result<()> {
    match value {
        Value::String(text) => push_joining(out, text),
        Value::Number(number) => number::write(number, out),
        Value::Float(number) => number::write_float(number, out),
        Value::Undefined | Value::Null | Value::Nil | Value::Empty | Value::Blank => {}
        Value::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        Value::Object(object) => out.push_str(object_string(object)?),
        Value::Block => out.push_str(OBJECT),
        Value::Loop(state) => out.push_str(&state.json()),
        Value::Array(_) => write_list(value, &mut Traversal::new(arena), out)?,
    }
    check_length(out.len())
}

fn write_list(value: Value<'_>, traversal: &mut Traversal<'_>, out: &mut String) -> Result<()> {
    match value {
        Value::Array(items) => {
            traversal.enter()?;
            for item in items {
                write_list(*item, traversal, out)?;
            }
            traversal.leave();
            Ok(())
        }
        other => {
            let start = out.len();
            write_liquid_string(other, traversal.arena, out)?;
            traversal.wrote(out.len() - start, out)
        }
    }
}

/// Appends `text`, and joins a lone surrogate at its start with one at the end of `out`.
#[inline]
pub fn push_joining(out: &mut String, text: &str) {
    if utf16::may_begin_with_lone_surrogate(text) {
        push_after_lone_surrogate(out, text);
    } else {
        out.push_str(text);
    }
}

#[cold]
fn push_after_lone_surrogate(out: &mut String, text: &str) {
    let second = text.chars().next().filter(|first| utf16::surrogate_of(*first).is_some());
    let first = second.and_then(|_| out.chars().next_back()).filter(|last| utf16::surrogate_of(*last).is_some());
    if let (Some(first), Some(second)) = (first, second) {
        out.pop();
        let pair = String::from_iter([first, second]);
        out.push_str(&utf16::join_surrogates(&pair));
        out.push_str(&text[second.len_utf8()..]);
    } else {
        out.push_str(text);
    }
}

/// JavaScript's `String(value)`.
///
/// # Errors
/// As [`to_liquid_string`].
pub fn js_string<'a>(value: Value<'a>, arena: &'a Arena) -> Result<Cow<'a, str>> {
    Ok(match value {
        Value::Undefined => Cow::Borrowed("undefined"),
        Value::Null => Cow::Borrowed("null"),
        Value::Bool(_) | Value::String(_) | Value::Float(_) => Cow::Borrowed(to_liquid_string(value, arena)?),
        Value::Number(number) => Cow::Owned(number::to_js_string(number)),
        Value::Array(items) => Cow::Owned(join(items, ",", arena)?),
        Value::Object(object) => Cow::Borrowed(object_string(object)?),
        _ => Cow::Borrowed(OBJECT),
    })
}

/// JavaScript's `Array.prototype.join`.
///
/// # Errors
/// As [`to_liquid_string`].
pub fn join(items: &[Value<'_>], separator: &str, arena: &Arena) -> Result<String> {
    let mut out = String::new();
    write_join(items, separator, arena, &mut out)?;
    Ok(out)
}

/// Appends what [`join`] returns.
///
/// # Errors
/// As [`to_liquid_string`].
pub fn write_join(items: &[Value<'_>], separator: &str, arena: &Arena, out: &mut String) -> Result<()> {
    write_joined(items, separator, &mut Traversal::new(arena), out)
}

fn write_joined(items: &[Value<'_>], separator: &str, traversal: &mut Traversal<'_>, out: &mut String) -> Result<()> {
    traversal.enter()?;
    for (at, item) in items.iter().enumerate() {
        let start = out.len();
        if at > 0 {
            push_joining(out, separator);
        }
        match *item {
            Value::Array(inner) => write_joined(inner, ",", traversal, out)?,
            Value::Undefined | Value::Null => {}
            Value::Object(object) => out.push_str(object_string(object)?),
            scalar @ (Value::Bool(_) | Value::Number(_) | Value::Float(_) | Value::String(_)) => {
                write_liquid_string(scalar, traversal.arena, out)?;
            }
            _ => out.push_str(OBJECT),
        }
        traversal.wrote(out.len().saturating_sub(start), out)?;
    }
    traversal.leave();
    Ok(())
}

/// JavaScript's `ToPrimitive`: a scalar itself, or else its string.
fn primitive<'a>(value: Value<'a>, arena: &'a Arena) -> Result<Value<'a>> {
    Ok(match value {
        Value::Nil | Value::Empty | Value::Blank | Value::Loop(_) => value.plain(arena),
        Value::Array(_) | Value::Object(_) | Value::Block => Value::String(arena.copy(&js_string(value, arena)?)?),
        scalar => scalar,
    })
}

/// JavaScript's `Number(value)`.
///
/// # Errors
/// As [`to_liquid_string`].
#[inline]
pub fn to_number<'a>(value: Value<'a>, arena: &'a Arena) -> Result<f64> {
    if let Value::Number(number) = value { Ok(number) } else { convert_to_number(value, arena) }
}

fn convert_to_number<'a>(value: Value<'a>, arena: &'a Arena) -> Result<f64> {
    Ok(match value {
        Value::Number(number) | Value::Float(number) => number,
        Value::Undefined => f64::NAN,
        Value::Null | Value::Bool(false) => 0.0,
        Value::Bool(true) => 1.0,
        Value::String(text) => {
            arena.work(text.len())?;
            number::parse(text)
        }
        other => match primitive(other, arena)? {
            Value::String(text) => number::parse(text),
            // Only `nil` is neither a scalar nor a string here.
            _ => 0.0,
        },
    })
}

/// The operand of Liquid's math filters: 0 if the value is not a number.
///
/// # Errors
/// As [`to_liquid_string`].
#[inline]
pub fn to_number_or_zero<'a>(value: Value<'a>, arena: &'a Arena) -> Result<f64> {
    let number = to_number(value, arena)?;
    // Negative zero becomes zero.
    Ok(if number.is_nan() || number == 0.0 { 0.0 } else { number })
}

/// Whether JavaScript treats the value as true.
#[must_use]
pub fn js_truthy(value: Value<'_>) -> bool {
    match value {
        Value::Undefined | Value::Null | Value::Bool(false) => false,
        Value::Number(number) | Value::Float(number) => number != 0.0 && !number.is_nan(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// JavaScript's `left + right`: concatenates if either is a string, or else adds.
///
/// # Errors
/// As [`to_liquid_string`].
pub fn add<'a>(left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<Value<'a>> {
    let (left, right) = (primitive(left, arena)?, primitive(right, arena)?);
    if matches!(left, Value::String(_)) || matches!(right, Value::String(_)) {
        let mut sum = js_string(left, arena)?.into_owned();
        push_joining(&mut sum, &js_string(right, arena)?);
        return Ok(Value::String(arena.copy(&sum)?));
    }
    Ok(Value::Number(to_number(left, arena)? + to_number(right, arena)?))
}

/// The order of two values under JavaScript's `<` and `>`: two strings by code unit, everything else as numbers; `None`
/// if one is not a number.
///
/// # Errors
/// As [`to_liquid_string`].
pub fn compare<'a>(left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<Option<Ordering>> {
    let (left, right) = (primitive(left, arena)?, primitive(right, arena)?);
    if let (Value::String(left), Value::String(right)) = (left, right) {
        arena.work(left.len().max(right.len()) / 8)?;
        return Ok(Some(utf16::compare(left, right)));
    }
    Ok(to_number(left, arena)?.partial_cmp(&to_number(right, arena)?))
}

/// The index that `Array.prototype.slice` computes from an argument: truncated, and counted from the end if negative.
///
/// # Errors
/// As [`to_liquid_string`].
pub fn slice_index<'a>(value: Value<'a>, length: usize, arena: &'a Arena) -> Result<usize> {
    let index = to_number(value, arena)?;
    let index = if index.is_nan() { 0.0 } else { index.trunc() };
    #[expect(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
    let length = length as f64;
    let index = if index < 0.0 { (length + index).max(0.0) } else { index.min(length) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length")]
    let index = index as usize;
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_values_to_strings_as_liquid_and_as_javascript() {
        let arena = Arena::new();
        let list = Value::Array(&[Value::Number(1.0), Value::Null, Value::Array(&[Value::Bool(true), Value::Nil])]);
        for (value, liquid, javascript) in [
            (Value::Undefined, "", "undefined"),
            (Value::Null, "", "null"),
            (Value::Nil, "", "[object Object]"),
            (Value::Number(-0.0), "0", "0"),
            (list, "1true", "1,,true,[object Object]"),
        ] {
            assert_eq!(to_liquid_string(value, &arena).unwrap(), liquid);
            assert_eq!(js_string(value, &arena).unwrap(), javascript);
        }
    }

    #[test]
    fn converts_values_to_numbers() {
        let arena = Arena::new();
        for (value, expected) in [
            (Value::Array(&[Value::String("5")]), 5.0),
            (Value::Array(&[]), 0.0),
            (Value::Nil, 0.0),
            (Value::Blank, 0.0),
            (Value::Bool(true), 1.0),
        ] {
            assert_eq!(to_number(value, &arena).unwrap().to_bits(), f64::to_bits(expected));
        }
        assert!(to_number(Value::Undefined, &arena).unwrap().is_nan());
    }

    #[test]
    fn joins_surrogates_when_strings_are_concatenated() {
        let mut out = "x\u{10F03D}".to_owned();
        push_joining(&mut out, "\u{10F600}y");
        assert_eq!(out, "x\u{1F600}y");
    }

    #[test]
    fn bounds_exponentially_repeated_values() {
        let arena = Arena::new();
        let mut value = Value::Array(&[]);
        for _ in 0..60 {
            value = Value::Array(arena.alloc_slice_copy(&[value, value]));
        }
        assert!(to_liquid_string(value, &arena).is_err());
        assert!(js_string(value, &arena).is_err());
    }
}
