//! The source of a template, in parts, and what each of its expressions printed: for the source pane of the page.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::message::{Message, RenderedText, SourceMap, SourceSpan, Template};

/// The source of a template that was rendered.
#[derive(Debug, Serialize)]
pub(super) struct TemplateSource {
    /// The path of its file within the project.
    file: String,
    /// Its language, if it is a variant.
    language: Option<String>,
    /// Its whole text.
    parts: Vec<SourcePart>,
    /// The values that expressions printed, by JSON pointer.
    printed: BTreeMap<String, Vec<PrintedPart>>,
}

/// A part of a template.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct SourcePart {
    kind: PartKind,
    /// The number of the expression, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<usize>,
    text: String,
}

/// What a part of a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum PartKind {
    /// Settings.
    Settings,
    /// Text that was rendered as it is.
    Text,
    /// An expression that printed something.
    Expression,
    /// Anything else: tags, and what was not rendered.
    Unrendered,
}

/// A part of a value.
#[derive(Debug, Serialize)]
struct PrintedPart {
    /// The number of the expression that printed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<usize>,
    text: String,
}

impl TemplateSource {
    pub(super) fn new(template: &Template, rendered: &RenderedText, message: Option<&Message>) -> Self {
        let expressions = rendered.interpolations();
        let mut printed = Printed { map: rendered.source_map(), expressions: &expressions, values: BTreeMap::new() };
        if let Some(message) = message {
            printed.members(&mut String::new(), &message.properties);
        }
        let printed = printed.values;
        Self {
            file: template.source().name().to_owned(),
            language: template.language().map(str::to_owned),
            parts: parts(template, &expressions, &rendered.literals()),
            printed,
        }
    }
}

/// The text of a template, in order.
fn parts(template: &Template, expressions: &[Range<usize>], literals: &[Range<usize>]) -> Vec<SourcePart> {
    let settings = std::iter::once((0..template.content_start(), PartKind::Settings, None));
    let literals = literals.iter().map(|range| (range.clone(), PartKind::Text, None));
    let expressions =
        expressions.iter().enumerate().map(|(number, range)| (range.clone(), PartKind::Expression, Some(number)));
    let mut pieces: Vec<_> = settings.chain(literals).chain(expressions).collect();
    pieces.sort_by_key(|(range, ..)| range.start);
    let text = template.source().text();
    let mut parts = Vec::new();
    let mut push = |range: Range<usize>, kind, expression| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            parts.push(SourcePart { kind, expression, text: text.to_owned() });
        }
    };
    let mut at = 0;
    for (range, kind, expression) in pieces {
        if range.start < at {
            continue;
        }
        push(at..range.start, PartKind::Unrendered, None);
        push(range.clone(), kind, expression);
        at = range.end;
    }
    push(at..text.len(), PartKind::Unrendered, None);
    parts
}

/// Collects the values that expressions printed.
struct Printed<'a> {
    map: SourceMap,
    expressions: &'a [Range<usize>],
    values: BTreeMap<String, Vec<PrintedPart>>,
}

impl Printed<'_> {
    fn members(&mut self, pointer: &mut String, members: &Map<String, Value>) {
        for (name, value) in members {
            self.within(pointer, &name.replace('~', "~0").replace('/', "~1"), value);
        }
    }

    fn within(&mut self, pointer: &mut String, step: &str, value: &Value) {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(step);
        match value {
            Value::Object(members) => self.members(pointer, members),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.within(pointer, &index.to_string(), item);
                }
            }
            Value::String(text) => self.string(pointer, text),
            scalar => self.scalar(pointer, scalar),
        }
        pointer.truncate(length);
    }

    fn string(&mut self, pointer: &str, text: &str) {
        let mut parts = Vec::new();
        let mut push = |expression, text: Option<&str>| {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                parts.push(PrintedPart { expression, text: text.to_owned() });
            }
        };
        let mut at = 0;
        for SourceSpan { part, interpolation } in self.map.get(pointer) {
            push(None, text.get(at..part.start));
            push(self.number(interpolation), text.get(part.clone()));
            at = part.end;
        }
        if at == 0 {
            return;
        }
        push(None, text.get(at..));
        self.values.insert(pointer.to_owned(), parts);
    }

    /// A number, boolean or null, which one expression printed whole.
    fn scalar(&mut self, pointer: &str, value: &Value) {
        if let Some(span) = self.map.get(pointer).first() {
            let part = PrintedPart { expression: self.number(&span.interpolation), text: value.to_string() };
            self.values.insert(pointer.to_owned(), vec![part]);
        }
    }

    fn number(&self, range: &Range<usize>) -> Option<usize> {
        self.expressions.binary_search_by_key(&(range.start, range.end), |own| (own.start, own.end)).ok()
    }
}
