//! Content: parses the rendered text as JSON, and finds the expression to blame if it is not valid.
//!
//! Neither this program nor Customer.io escapes printed values, so any of them can break the JSON.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cause::{CauseKind, JsonContext, LossCause};
use super::{RenderedText, json_mistakes};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Fix, Source};
use crate::liquid::value::Object;
use crate::liquid::value::json::{self, Events, JsonError};
use crate::liquid::{Arena, Mark, Value, Writer};

const INVALID_JSON: Code = Code::new("invalid-json");
const NOT_AN_OBJECT: Code = Code::new("not-an-object");
const TRAILING_COMMA: Code = Code::new("trailing-comma");

/// How many printed values are tried as the cause of an error.
const MAX_SUSPECTS: usize = 200;
/// How many printed values are named that break the JSON of one message.
const MAX_CULPRITS: usize = 5_000;
/// How many characters of a printed value an error shows.
const SHOWN: usize = 60;

/// A rendered content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content<'a> {
    /// The rendered text, and which part of the template wrote which part of it.
    pub(super) rendered: &'a RenderedText,
    /// The template's file.
    pub(super) source: &'a Source,
}

impl<'a> Content<'a> {
    /// Parses the properties. A trailing comma is accepted with a warning: Customer.io's own documentation has one.
    pub(super) fn properties(&self, arena: &'a Arena, problems: &mut Diagnostics) -> Option<&'a Object<'a>> {
        match json::read_with_trailing_commas(&self.rendered.text, arena) {
            Ok((Value::Object(properties), commas)) => {
                for comma in commas {
                    problems.push(self.trailing_comma(comma));
                }
                Some(properties)
            }
            Ok((other, _)) => {
                let message = format!("the content renders to {}, not to a JSON object", describe(other));
                let start = self.rendered.text.len() - self.rendered.text.trim_start().len();
                let problem = Diagnostic::error(NOT_AN_OBJECT, message);
                problems
                    .push(problem.at(self.location(start)).help("write the message's properties between `{` and `}`"));
                None
            }
            Err(error) => {
                problems.push(self.invalid_json(&error));
                None
            }
        }
    }

    fn trailing_comma(&self, offset: usize) -> Diagnostic {
        let location = self.location(offset);
        let range = location.range();
        let problem = Diagnostic::warning(TRAILING_COMMA, "nothing comes after this comma")
            .primary(location, "no comma belongs here")
            .help("JSON allows no comma before a closing bracket; Customer.io's own example has one");
        if self.source.text().get(range.clone()) == Some(",") {
            return problem.fix(Fix::new("remove the comma").delete(range));
        }
        problem
    }

    fn invalid_json(&self, error: &JsonError) -> Diagnostic {
        if let Some(mark) = self.culprit(error) {
            return self.blamed(mark, self.context(mark), error).problem;
        }
        let problem = not_valid(error).at(self.location(error.offset));
        match json_mistakes::advice(&self.rendered.text, error, json_mistakes::Document::Content) {
            Some(advice) => problem.help(advice),
            None => problem,
        }
    }

    /// The problem of a printed value that breaks the JSON.
    fn blamed(&self, mark: &Mark, context: JsonContext, error: &JsonError) -> LossCause {
        let printed = &self.rendered.text[mark.written.clone()];
        let range = self.rendered.in_file(mark.span);
        let written = &self.source.text()[range.clone()];
        let problem =
            not_valid(error).primary(self.source.at(range), blame(printed)).help(advice(written, printed, context));
        LossCause { problem, kind: CauseKind::Printed { text: printed.to_owned(), context } }
    }

    /// Every printed value that breaks the JSON, the one that the parser stops at first: without them, the content would be
    /// valid. If that is not so, only that one.
    pub(super) fn culprits(&self) -> Vec<LossCause> {
        let text = &self.rendered.text;
        let Err(error) = Events::new(text).with_trailing_commas().finish() else { return Vec::new() };
        let Some(first) = self.culprit(&error) else { return Vec::new() };
        let mut found = vec![self.blamed(first, self.context(first), &error)];
        let (mut others, mut repaired) = (BTreeMap::new(), String::with_capacity(text.len()));
        let mut string = StringState::default();
        for mark in &self.rendered.marks {
            let written = &text[mark.written.clone()];
            let breaks_string = mark.writer == Writer::Liquid && string.is_inside && !fits_string(written);
            if mark == first || breaks_string {
                repaired.push('0');
                if mark.span != first.span && others.len() < MAX_CULPRITS {
                    others.entry(mark.span).or_insert(mark);
                }
            } else {
                repaired.push_str(written);
                string.read(written);
            }
        }
        if Events::new(&repaired).with_trailing_commas().finish().is_ok() {
            found.extend(others.into_values().map(|mark| self.blamed(mark, self.context_in_string(mark), &error)));
        }
        found
    }

    /// The printed value that breaks the JSON. Tries each value before the error, the nearest first: if the text parses
    /// further with `0` in its place, which is valid both inside a string and as a value, that value is the cause.
    fn culprit(&self, error: &JsonError) -> Option<&'a Mark> {
        let printed = self.rendered.marks.iter().filter(|mark| mark.writer == Writer::Liquid);
        let before: Vec<_> = printed.filter(|mark| mark.written.start <= error.offset).collect();
        before.into_iter().rev().take(MAX_SUSPECTS).find(|mark| {
            let rest = &self.rendered.text[mark.written.end..];
            let repaired = format!("{}0{rest}", &self.rendered.text[..mark.written.start]);
            let seen = match Events::new(&repaired).with_trailing_commas().finish() {
                Ok(()) => return true,
                Err(later) => later.offset,
            };
            // The repaired text must parse further than the original.
            let remaining = repaired.len().saturating_sub(seen);
            remaining < (self.rendered.text.len() - error.offset).min(rest.len())
        })
    }

    /// Where in the JSON a printed value is.
    fn context(&self, mark: &Mark) -> JsonContext {
        let before = &self.rendered.text[..mark.written.start];
        // The text before the value is valid JSON so far, so the only error is that it ends here.
        let mut events = Events::new(before).with_trailing_commas();
        let is_in_string = events.finish().is_err() && events.is_in_string();
        if is_in_string { self.context_in_string(mark) } else { JsonContext::Value }
    }

    fn context_in_string(&self, mark: &Mark) -> JsonContext {
        let (before, after) = (&self.rendered.text[..mark.written.start], &self.rendered.text[mark.written.end..]);
        let is_whole = before.ends_with('"') && after.starts_with('"');
        if is_whole { JsonContext::WholeString } else { JsonContext::PartOfString }
    }

    /// The location in the template that wrote the byte at `offset` of the rendered text.
    fn location(&self, offset: usize) -> crate::diagnostics::Location {
        let at = self.rendered.marks.partition_point(|mark| mark.written.end <= offset);
        let range: Range<usize> = match self.rendered.marks.get(at).or(self.rendered.marks.last()) {
            Some(Mark { writer: Writer::Text, written, span }) => {
                let place = span.start + offset.saturating_sub(written.start).min(span.end - span.start);
                place..(place + 1).min(span.end)
            }
            Some(mark) => mark.span.range(),
            None => 0..0,
        };
        self.source.at(self.rendered.start + range.start..self.rendered.start + range.end)
    }
}

/// Whether some JSON goes on inside a string.
#[derive(Default)]
struct StringState {
    is_inside: bool,
    is_escaped: bool,
}

impl StringState {
    fn read(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = self.is_inside,
                b'"' => self.is_inside = !self.is_inside,
                _ => {}
            }
        }
    }
}

/// Whether a text can be a part of a JSON string.
fn fits_string(text: &str) -> bool {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    text.bytes().all(is_plain) || matches!(json::read(&format!("\"{text}\""), &Arena::new()), Ok(Value::String(_)))
}

fn not_valid(error: &JsonError) -> Diagnostic {
    Diagnostic::error(INVALID_JSON, format!("the content is not valid JSON: {error}"))
}

/// The kind of a JSON value, in words.
const fn describe(value: Value<'_>) -> &'static str {
    match value {
        Value::Array(_) => "a list",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::Bool(_) => "true or false",
        _ => "null",
    }
}

/// The label of an expression that broke the JSON: what it printed.
fn blame(printed: &str) -> String {
    if printed.is_empty() {
        return "printed nothing".to_owned();
    }
    let mut shown: String = printed.chars().take(SHOWN).collect();
    if shown.len() < printed.len() {
        shown.push('…');
    }
    format!("printed `{shown}`")
}

/// The help for an expression that broke the JSON: what to write instead.
fn advice(written: &str, printed: &str, context: JsonContext) -> String {
    let Some(inner) = written.strip_prefix("{{").and_then(|written| written.strip_suffix("}}")) else {
        return "make it print something that is valid JSON here".to_owned();
    };
    let inner = inner.trim_start_matches('-').trim_end_matches('-').trim();
    let reason = match printed.chars().find(|character| matches!(character, '"' | '\\' | '\0'..='\u{1f}')) {
        Some('"') => "a quote ends the string",
        Some('\\') => "a backslash begins an escape",
        Some('\n') => "a string must not contain a line break",
        Some(_) => "a string must not contain a control character",
        None => "it is not valid inside a string",
    };
    let is_json = inner.rsplit('|').next().is_some_and(|filter| {
        let name = filter.trim().split([':', ' ']).next().unwrap_or_default();
        matches!(name, "json" | "to_json" | "jsonify") && inner.contains('|')
    });
    if is_json && context == JsonContext::WholeString {
        return format!("remove the quotes around it: `{written}` prints them itself");
    }
    match context {
        JsonContext::Value if printed.is_empty() => {
            format!("print a value even if there is none: `{{{{ {inner} | json }}}}` prints `null`")
        }
        JsonContext::Value => format!("print it as JSON: `{{{{ {inner} | json }}}}`"),
        JsonContext::WholeString => {
            format!("{reason}; let `json` quote and escape it: `{{{{ {inner} | json }}}}`, without quotes around it")
        }
        // An argument of `append` cannot have filters.
        JsonContext::PartOfString if inner.contains('|') => format!(
            "{reason}; build the whole string and let `json` quote and escape it: \
             `{{% capture text %}}…{written}…{{% endcapture %}}{{{{ text | json }}}}`, without quotes around it"
        ),
        JsonContext::PartOfString => format!(
            "{reason}; build the whole string and let `json` quote and escape it: `{{{{ \"…\" | append: {inner} | json }}}}`, \
             without quotes around it"
        ),
    }
}
