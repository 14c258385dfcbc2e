//! Properties as highlighted JSON: values that fit are on one line, and the output is limited in lines.

use anstyle::Style;
use serde_json::{Map, Value};

use super::expression_colors::{ExpressionColors, split_by_expression};
use super::line::{Paragraph, StyledLine};
use super::palette::{DIM, KEY, LITERAL, NUMBER, PLAIN, STRING};
use crate::diagnostics::sanitize;

/// Columns of indentation per level.
const INDENT: usize = 2;
/// Lines of a long string.
const MAX_STRING_LINES: usize = 4;

/// Writes values as lines of at most `width` columns, and stops after `max_lines`.
pub(super) struct Printer<'a> {
    pub(super) width: usize,
    pub(super) max_lines: usize,
    pub(super) omission: &'static str,
    pub(super) expression_colors: Option<&'a ExpressionColors>,
    pub(super) lines: Vec<StyledLine>,
    /// How many values are shown, counted as [`count`] does.
    pub(super) shown: usize,
    /// The JSON pointer of the current value.
    path: String,
}

impl<'a> Printer<'a> {
    pub(super) const fn new(
        width: usize,
        max_lines: usize,
        omission: &'static str,
        expression_colors: Option<&'a ExpressionColors>,
    ) -> Self {
        Self { width, max_lines, omission, expression_colors, lines: Vec::new(), shown: 0, path: String::new() }
    }

    /// Writes some members of an object, without its braces.
    pub(super) fn members<'v>(&mut self, members: impl ExactSizeIterator<Item = (&'v str, &'v Value)>) {
        let count = members.len();
        for (index, (name, value)) in members.enumerate() {
            self.member(name, value, 0, index + 1 == count);
        }
    }

    fn member(&mut self, name: &str, value: &Value, indent: usize, is_last: bool) {
        if self.is_full() {
            return;
        }
        let outer = self.path.len();
        self.path.push_str(&pointer_token(name));
        let mut prefix = Paragraph::default();
        prefix.push(KEY, &quoted(name));
        prefix.push(PLAIN, ": ");
        self.value(prefix, value, indent, is_last);
        self.path.truncate(outer);
    }

    fn value(&mut self, mut prefix: Paragraph, value: &Value, indent: usize, is_last: bool) {
        if self.is_full() {
            return;
        }
        let comma = if is_last { "" } else { "," };
        let width = self.width.saturating_sub(indent).max(self.width / 2);
        let room = width.saturating_sub(prefix.columns() + comma.len());
        let mut inline = Inline {
            expression_colors: self.expression_colors,
            path: self.path.clone(),
            room,
            line: Paragraph::default(),
            values: 0,
        };
        let (open, close) = match value {
            Value::Array(items) if !items.is_empty() => ("[", "]"),
            Value::Object(members) if !members.is_empty() => ("{", "}"),
            _ => {
                inline.room = usize::MAX;
                inline.value(value);
                self.shown += 1;
                prefix.append(&inline.line);
                prefix.push(DIM, comma);
                return self.paragraph(&prefix, indent);
            }
        };
        if inline.value(value).is_some() {
            self.shown += inline.values;
            prefix.append(&inline.line);
            prefix.push(DIM, comma);
            return self.paragraph(&prefix, indent);
        }
        self.shown += 1;
        prefix.push(DIM, open);
        self.paragraph(&prefix, indent);
        let inner = (indent + INDENT).min(self.width / 2);
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if self.is_full() {
                        break;
                    }
                    let outer = self.path.len();
                    self.path.push_str(&pointer_token(&index.to_string()));
                    self.value(Paragraph::default(), item, inner, index + 1 == items.len());
                    self.path.truncate(outer);
                }
            }
            Value::Object(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    if self.is_full() {
                        break;
                    }
                    self.member(name, value, inner, index + 1 == members.len());
                }
            }
            _ => {}
        }
        if !self.is_full() {
            let mut end = Paragraph::default();
            end.push(DIM, close);
            end.push(DIM, comma);
            self.paragraph(&end, indent);
        }
    }

    const fn is_full(&self) -> bool {
        self.lines.len() >= self.max_lines
    }

    fn paragraph(&mut self, paragraph: &Paragraph, indent: usize) {
        let width = self.width.saturating_sub(indent).max(self.width / 2);
        // Continuation lines are indented by one more level.
        let wrapped = paragraph.wrap(width.saturating_sub(INDENT), MAX_STRING_LINES);
        let wrapped = if paragraph.columns() <= width { paragraph.wrap(width, 1) } else { wrapped };
        let is_cut = wrapped.omitted > 0;
        let count = wrapped.lines.len();
        for (index, line) in wrapped.lines.into_iter().enumerate() {
            let mut indented = StyledLine::default();
            indented.push(PLAIN, &" ".repeat(if index == 0 { indent } else { indent + INDENT }));
            let line = if is_cut && index + 1 == count {
                line.cut(width.saturating_sub(INDENT + self.omission.len()), "").with(DIM, self.omission)
            } else {
                line
            };
            indented.append(&line);
            self.lines.push(indented);
        }
    }
}

/// Writes a value on one line, if there is room.
struct Inline<'a> {
    expression_colors: Option<&'a ExpressionColors>,
    path: String,
    room: usize,
    line: Paragraph,
    values: usize,
}

impl Inline<'_> {
    /// `None` if the value does not fit.
    fn value(&mut self, value: &Value) -> Option<()> {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) if items.is_empty() => self.scalar(DIM, "[]"),
            Value::Object(members) if members.is_empty() => self.scalar(DIM, "{}"),
            Value::Array(items) => {
                self.values += 1;
                self.put(DIM, "[")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.put(DIM, ", ")?;
                    }
                    self.within(&index.to_string(), item)?;
                }
                self.put(DIM, "]")
            }
            Value::Object(members) => {
                self.values += 1;
                self.put(DIM, "{ ")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        self.put(DIM, ", ")?;
                    }
                    if name.len() > self.room {
                        return None;
                    }
                    self.put(KEY, &quoted(name))?;
                    self.put(PLAIN, ": ")?;
                    self.within(name, value)?;
                }
                self.put(DIM, " }")
            }
            Value::Number(number) => self.scalar(NUMBER, &number.to_string()),
            Value::Bool(_) | Value::Null => self.scalar(LITERAL, &value.to_string()),
        }
    }

    fn within(&mut self, step: &str, value: &Value) -> Option<()> {
        let outer = self.path.len();
        self.path.push_str(&pointer_token(step));
        let done = self.value(value);
        self.path.truncate(outer);
        done
    }

    fn scalar(&mut self, style: Style, text: &str) -> Option<()> {
        self.values += 1;
        let expression_color =
            self.expression_colors.and_then(|expression_colors| expression_colors.scalar_color(&self.path));
        self.put(expression_color.map_or(style, |expression_color| expression_color.apply_to(style)), text)
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.values += 1;
        if text.len() > self.room {
            return None;
        }
        self.put(STRING, "\"")?;
        for (expression_color, part) in split_by_expression(self.expression_colors, &self.path, text) {
            self.put(
                expression_color.map_or(STRING, |expression_color| expression_color.apply_to(STRING)),
                &escaped(part),
            )?;
        }
        self.put(STRING, "\"")
    }

    fn put(&mut self, style: Style, text: &str) -> Option<()> {
        self.room = self.room.checked_sub(super::line::columns(text))?;
        self.line.push(style, text);
        Some(())
    }
}

/// A string as a JSON literal, with everything escaped that could affect the terminal.
fn quoted(text: &str) -> String {
    sanitize::json(&Value::from(text).to_string()).into_owned()
}

/// The same as [`quoted`], without the quotes.
fn escaped(text: &str) -> String {
    let quoted = quoted(text);
    quoted[1..quoted.len() - 1].to_owned()
}

/// A name as a reference token of a JSON pointer, with the leading slash.
pub(super) fn pointer_token(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Counts the values inside a value, including the value itself and nested arrays and objects.
pub(super) fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + count_members(members),
        _ => 1,
    }
}

fn count_members(members: &Map<String, Value>) -> usize {
    members.values().map(count).sum()
}
