//! Ruby's strings of values: `to_s`, which printing uses, and `inspect`, which represents a value inside an array or
//! hash.

use std::fmt::Write as _;

use crate::liquid::error::Result;
use crate::liquid::value::coerce::{self, Traversal};
use crate::liquid::value::{Arena, Value, number, utf16};

/// Appends the printed form of a value: the elements of an array one after the other, a hash in Ruby's notation.
///
/// # Errors
/// The value is nested too deeply, or its string is too long.
pub fn print(value: Value<'_>, arena: &Arena, out: &mut String) -> Result<()> {
    print_within(value, &mut Traversal::new(arena), out)?;
    coerce::check_length(out.len())
}

fn print_within(value: Value<'_>, traversal: &mut Traversal<'_>, out: &mut String) -> Result<()> {
    match value {
        Value::Array(items) => {
            traversal.enter()?;
            for item in items {
                let start = out.len();
                print_within(*item, traversal, out)?;
                traversal.wrote(out.len().saturating_sub(start), out)?;
            }
            traversal.leave();
            Ok(())
        }
        other => to_s_within(other, traversal, out),
    }
}

/// Ruby's `to_s`.
///
/// # Errors
/// As [`print()`].
pub fn to_s<'a>(value: Value<'a>, arena: &'a Arena) -> Result<&'a str> {
    if let Value::String(text) = value {
        return Ok(text);
    }
    let mut out = String::new();
    to_s_within(value, &mut Traversal::new(arena), &mut out)?;
    coerce::check_length(out.len())?;
    arena.copy(&out)
}

fn to_s_within(value: Value<'_>, traversal: &mut Traversal<'_>, out: &mut String) -> Result<()> {
    match value {
        Value::Undefined | Value::Null | Value::Nil => {}
        Value::Empty => out.push_str("empty?"),
        Value::Blank => out.push_str("blank?"),
        Value::String(text) => coerce::push_joining(out, text),
        other => inspect(other, traversal, out)?,
    }
    Ok(())
}

/// Ruby's `inspect`.
fn inspect(value: Value<'_>, traversal: &mut Traversal<'_>, out: &mut String) -> Result<()> {
    let length = if let Value::String(text) = value { text.len() } else { 0 };
    traversal.wrote(length * 2, out)?;
    match value {
        Value::Undefined | Value::Null | Value::Nil => out.push_str("nil"),
        Value::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        Value::Number(number) if number.fract() == 0.0 => write_integer(number, out),
        Value::Number(number) | Value::Float(number) => number::write_float(number, out),
        Value::String(text) => inspect_text(text, out),
        Value::Array(items) => {
            traversal.enter()?;
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                inspect(*item, traversal, out)?;
            }
            out.push(']');
            traversal.leave();
        }
        Value::Object(object) => {
            traversal.enter()?;
            out.push('{');
            for (at, (key, value)) in object.entries().iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                inspect_text(key, out);
                out.push_str("=>");
                inspect(*value, traversal, out)?;
            }
            out.push('}');
            traversal.leave();
        }
        Value::Loop(state) => out.push_str(&state.json()),
        Value::Empty => out.push_str(":empty?"),
        Value::Blank => out.push_str(":blank?"),
        Value::Block => {}
    }
    Ok(())
}

/// Writes an integer with all its digits.
fn write_integer(number: f64, out: &mut String) {
    // Ruby's integers have no negative zero.
    let _ = write!(out, "{:.0}", if number == 0.0 { 0.0 } else { number });
}

/// Writes a string in quotes, with Ruby's escapes.
fn inspect_text(text: &str, out: &mut String) {
    let text = utf16::join_surrogates(text);
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            // It would be read as an interpolation.
            '#' if matches!(characters.peek(), Some('{' | '$' | '@')) => out.push_str("\\#"),
            control if control.is_ascii_control() => {
                let _ = write!(out, "\\x{:02X}", u32::from(control));
            }
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
