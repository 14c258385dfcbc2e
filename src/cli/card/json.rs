//! Properties as highlighted JSON: what fits stands on one line, and what is endless has an end.

use anstyle::Style;
use serde_json::{Map, Value};

use super::expression_colors::{ExpressionColors, parts_of};
use super::line::{Line, Paragraph};
use super::palette::{DIM, KEY, LITERAL, NUMBER, PLAIN, STRING};
use crate::diagnostics::sanitize;

/// Columns that each level is set in by.
const STEP: usize = 2;
/// Lines that a text goes over.
const TEXT_LINES: usize = 4;

/// Writes values as lines of at most `width` columns, up to `most` lines.
pub(super) struct Printer<'a> {
    pub(super) width: usize,
    pub(super) most: usize,
    pub(super) omission: &'static str,
    pub(super) expression_colors: Option<&'a ExpressionColors>,
    pub(super) lines: Vec<Line>,
    /// Values that are shown.
    pub(super) shown: usize,
    /// The way to the value at hand, as a JSON pointer.
    path: String,
}

impl<'a> Printer<'a> {
    pub(super) const fn new(
        width: usize,
        most: usize,
        omission: &'static str,
        expression_colors: Option<&'a ExpressionColors>,
    ) -> Self {
        Self { width, most, omission, expression_colors, lines: Vec::new(), shown: 0, path: String::new() }
    }

    /// Writes some members of an object, without its braces.
    pub(super) fn members<'v>(&mut self, members: impl ExactSizeIterator<Item = (&'v str, &'v Value)>) {
        let count = members.len();
        for (place, (name, value)) in members.enumerate() {
            self.member(name, value, 0, place + 1 == count);
        }
    }

    fn member(&mut self, name: &str, value: &Value, indent: usize, is_last: bool) {
        if self.is_full() {
            return;
        }
        let outer = self.path.len();
        self.path.push_str(&pointer_step(name));
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
        let inner = (indent + STEP).min(self.width / 2);
        match value {
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    if self.is_full() {
                        break;
                    }
                    let outer = self.path.len();
                    self.path.push_str(&pointer_step(&place.to_string()));
                    self.value(Paragraph::default(), item, inner, place + 1 == items.len());
                    self.path.truncate(outer);
                }
            }
            Value::Object(members) => {
                for (place, (name, value)) in members.iter().enumerate() {
                    if self.is_full() {
                        break;
                    }
                    self.member(name, value, inner, place + 1 == members.len());
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
        self.lines.len() >= self.most
    }

    fn paragraph(&mut self, paragraph: &Paragraph, indent: usize) {
        let width = self.width.saturating_sub(indent).max(self.width / 2);
        // What goes on stands a little farther in than what it belongs to.
        let wrapped = paragraph.wrap(width.saturating_sub(STEP), TEXT_LINES);
        let wrapped = if paragraph.columns() <= width { paragraph.wrap(width, 1) } else { wrapped };
        let is_cut = wrapped.left_away > 0;
        let count = wrapped.lines.len();
        for (place, line) in wrapped.lines.into_iter().enumerate() {
            let mut set_in = Line::default();
            set_in.push(PLAIN, &" ".repeat(if place == 0 { indent } else { indent + STEP }));
            let line = if is_cut && place + 1 == count {
                line.cut(width.saturating_sub(STEP + self.omission.len()), "").with(DIM, self.omission)
            } else {
                line
            };
            set_in.append(&line);
            self.lines.push(set_in);
        }
    }
}

/// Writes a value on one line, as long as there is room.
struct Inline<'a> {
    expression_colors: Option<&'a ExpressionColors>,
    path: String,
    room: usize,
    line: Paragraph,
    values: usize,
}

impl Inline<'_> {
    /// None where there is no room.
    fn value(&mut self, value: &Value) -> Option<()> {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) if items.is_empty() => self.scalar(DIM, "[]"),
            Value::Object(members) if members.is_empty() => self.scalar(DIM, "{}"),
            Value::Array(items) => {
                self.values += 1;
                self.put(DIM, "[")?;
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        self.put(DIM, ", ")?;
                    }
                    self.within(&place.to_string(), item)?;
                }
                self.put(DIM, "]")
            }
            Value::Object(members) => {
                self.values += 1;
                self.put(DIM, "{ ")?;
                for (place, (name, value)) in members.iter().enumerate() {
                    if place > 0 {
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
        self.path.push_str(&pointer_step(step));
        let done = self.value(value);
        self.path.truncate(outer);
        done
    }

    fn scalar(&mut self, style: Style, text: &str) -> Option<()> {
        self.values += 1;
        let expression_color =
            self.expression_colors.and_then(|expression_colors| expression_colors.of_scalar(&self.path));
        self.put(expression_color.map_or(style, |expression_color| expression_color.over(style)), text)
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.values += 1;
        if text.len() > self.room {
            return None;
        }
        self.put(STRING, "\"")?;
        for (expression_color, part) in parts_of(self.expression_colors, &self.path, text) {
            self.put(
                expression_color.map_or(STRING, |expression_color| expression_color.over(STRING)),
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

/// A text as JSON writes it, with escapes for all that could disturb.
fn quoted(text: &str) -> String {
    sanitize::json(&Value::from(text).to_string()).into_owned()
}

/// The same without the quotes.
fn escaped(text: &str) -> String {
    let quoted = quoted(text);
    quoted[1..quoted.len() - 1].to_owned()
}

/// A name as a step of a JSON pointer.
pub(super) fn pointer_step(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// How many values there are, arrays and objects among them.
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
