//! Writes values as JSON.

use std::fmt::Write as _;

use super::MAX_DEPTH;
use super::plain::{SURROGATE, end_of_plain};
use crate::error::{Error, Result};
use crate::value::{Arena, Loop, Value, coerce, number, utf16};

/// Observes the values that are written.
pub trait Visit<'a> {
    /// Called before each value is written, after `written` bytes; an error stops writing.
    ///
    /// # Errors
    /// Any error of the visitor, such as an exceeded limit.
    fn visit(&mut self, value: Value<'a>, written: usize) -> Result<()>;
}

/// A visitor that accepts everything.
struct AcceptAll;

impl<'a> Visit<'a> for AcceptAll {
    fn visit(&mut self, _: Value<'a>, _: usize) -> Result<()> {
        Ok(())
    }
}

/// A visitor that counts steps and memory in an arena.
struct Counted<'m>(&'m Arena);

impl<'a> Visit<'a> for Counted<'_> {
    fn visit(&mut self, value: Value<'a>, written: usize) -> Result<()> {
        self.0.work(match value {
            Value::String(text) => VALUE + text.len() / 2,
            _ => VALUE,
        })?;
        self.0.reserve(written * 2)
    }
}

/// How many steps it takes to write a value, without what is inside it.
const VALUE: usize = 8;

/// Appends `value` as `JSON.stringify(value, null, indent)` writes it, on one line if `indent` is `None`; nothing for
/// undefined.
///
/// ```
/// use inkproof_liquid::{Arena, json};
/// let arena = Arena::new();
/// let value = json::read(r#"{"b": 1.0, "1": [null, "é\n"]}"#, &arena).unwrap();
/// let mut text = String::new();
/// json::write(value, None, &mut text).unwrap();
/// assert_eq!(text, r#"{"1":[null,"é\n"],"b":1}"#);
/// ```
///
/// # Errors
/// The value is nested too deeply.
pub fn write(value: Value<'_>, indent: Option<&str>, out: &mut String) -> Result<()> {
    write_visiting(value, indent, &mut AcceptAll, out)
}

/// Like [`write()`], and counts the work and the memory against the limits of the render that the arena belongs to.
///
/// # Errors
/// The value is nested too deeply, or the render has reached a limit.
pub fn write_counted(value: Value<'_>, indent: Option<&str>, arena: &Arena, out: &mut String) -> Result<()> {
    write_visiting(value, indent, &mut Counted(arena), out)
}

/// Like [`write()`], and calls `visitor` for each value first.
///
/// # Errors
/// The value is nested too deeply, or the visitor fails.
pub fn write_visiting<'a>(
    value: Value<'a>,
    indent: Option<&str>,
    visitor: &mut dyn Visit<'a>,
    out: &mut String,
) -> Result<()> {
    Writer { indent, visitor, out, depth: 0 }.value(value)
}

struct Writer<'w, 'a> {
    indent: Option<&'w str>,
    visitor: &'w mut dyn Visit<'a>,
    out: &'w mut String,
    depth: usize,
}

impl<'a> Writer<'_, 'a> {
    fn value(&mut self, value: Value<'a>) -> Result<()> {
        self.visitor.visit(value, self.out.len())?;
        coerce::check_length(self.out.len())?;
        match value {
            Value::Undefined => {}
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(number) if number.is_finite() => number::write(number, self.out),
            Value::Float(number) if number.is_finite() => number::write_float(number, self.out),
            Value::Null | Value::Number(_) | Value::Float(_) => self.out.push_str("null"),
            Value::String(text) => write_string(text, self.out),
            Value::Array(items) => {
                self.open('[')?;
                for (at, item) in items.iter().enumerate() {
                    self.separate(at == 0);
                    self.value(*item)?;
                    if matches!(item, Value::Undefined) {
                        // In an array, undefined is written as null.
                        self.out.push_str("null");
                    }
                }
                self.close(']', items.is_empty());
            }
            Value::Object(object) => {
                self.open('{')?;
                let mut first = true;
                for &(key, value) in object.entries() {
                    if matches!(value, Value::Undefined) {
                        continue;
                    }
                    self.separate(first);
                    first = false;
                    write_string(key, self.out);
                    self.out.push_str(if self.indent.is_some() { ": " } else { ":" });
                    self.value(value)?;
                }
                self.close('}', first);
            }
            Value::Nil | Value::Empty | Value::Blank | Value::Block => self.out.push_str("{}"),
            Value::Loop(state) => self.fields(state)?,
        }
        Ok(())
    }

    /// The own fields of a loop, with the requested indentation.
    fn fields(&mut self, state: &Loop<'a>) -> Result<()> {
        self.open('{')?;
        for (at, (key, value)) in state.fields().into_iter().enumerate() {
            self.separate(at == 0);
            write_string(key, self.out);
            self.out.push_str(if self.indent.is_some() { ": " } else { ":" });
            self.out.push_str(&value);
        }
        self.close('}', false);
        Ok(())
    }

    fn open(&mut self, bracket: char) -> Result<()> {
        if self.depth == MAX_DEPTH * 2 {
            return Err(Error::new("Maximum call stack size exceeded"));
        }
        self.depth += 1;
        self.out.push(bracket);
        Ok(())
    }

    fn separate(&mut self, first: bool) {
        if !first {
            self.out.push(',');
        }
        self.break_line();
    }

    fn close(&mut self, bracket: char, is_empty: bool) {
        self.depth -= 1;
        if !is_empty {
            self.break_line();
        }
        self.out.push(bracket);
    }

    fn break_line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            for _ in 0..self.depth {
                self.out.push_str(indent);
            }
        }
    }
}

/// Appends `text` as a JSON string; a lone surrogate is written as an escape.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let (mut plain, mut at) = (0, 0);
    loop {
        at = end_of_plain(text.as_bytes(), at, SURROGATE);
        let Some(character) = text[at..].chars().next() else { break };
        let next = at + character.len_utf8();
        let escape = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\0'..='\u{1f}' | '\u{10F000}'..='\u{10F7FF}' => "",
            _ => {
                at = next;
                continue;
            }
        };
        out.push_str(&text[plain..at]);
        if escape.is_empty() {
            let unit = utf16::surrogate_of(character).map_or(u32::from(character), u32::from);
            let _ = write!(out, "\\u{unit:04x}");
        } else {
            out.push_str(escape);
        }
        (plain, at) = (next, next);
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strings_are_written_as_serde_writes_them(text in r#"[a-c"\\\x00-\x20\x7fé€😀\u{100000}]{0,60}"#) {
            let mut written = String::new();
            write_string(&text, &mut written);
            prop_assert_eq!(written, serde_json::to_string(&text).unwrap());
        }
    }
}
