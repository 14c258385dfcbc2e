//! The source map of a message: for each of its values, which expression of the template wrote which part of it.

use std::collections::HashMap;
use std::ops::Range;

use super::RenderedText;
use crate::liquid::Writer;
use crate::liquid::value::json::{Event, Events, JsonString, Read};
use crate::liquid::value::utf16;

/// For each value of a message, the expressions that wrote it.
#[derive(Clone, Debug, Default)]
pub struct SourceMap(HashMap<String, Vec<SourceSpan>>);

/// A part of a value that an expression wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSpan {
    /// Byte range of the value: for a string, without quotes and escapes; for any other value, as written.
    pub part: Range<usize>,
    /// The expression, as a byte range of the template's file.
    pub interpolation: Range<usize>,
}

impl SourceMap {
    /// The source map of a rendered content, up to the first JSON error.
    pub(super) fn new(rendered: &RenderedText) -> Self {
        let mut builder = Builder {
            rendered,
            events: Events::new(&rendered.text).with_trailing_commas(),
            mark: 0,
            pointer: String::new(),
            levels: Vec::new(),
            found: HashMap::new(),
        };
        // The error is reported when the content is parsed.
        let _ = builder.document();
        Self(builder.found)
    }

    /// The parts of the value at a JSON pointer that expressions wrote, in order. If a key occurs twice, the last one counts.
    #[must_use]
    pub fn get(&self, pointer: &str) -> &[SourceSpan] {
        self.0.get(pointer).map(Vec::as_slice).unwrap_or_default()
    }
}

/// An array or object that contains the current value.
struct Level {
    /// The length of its pointer.
    pointer: usize,
    /// In an array, the index of the next value.
    next: Option<usize>,
}

/// Builds a source map in one pass over the JSON of a rendered text.
struct Builder<'a> {
    rendered: &'a RenderedText,
    events: Events<'a>,
    /// The index of the first mark that ends after the current position.
    mark: usize,
    /// The JSON pointer to the current value.
    pointer: String,
    levels: Vec<Level>,
    found: HashMap<String, Vec<SourceSpan>>,
}

impl Builder<'_> {
    fn document(&mut self) -> Read<()> {
        loop {
            match self.events.next_event()? {
                Event::Key(key) => self.point_to(&key.decode()),
                event @ (Event::ObjectStart | Event::ArrayStart) => {
                    self.enter();
                    let next = (event == Event::ArrayStart).then_some(0);
                    self.levels.push(Level { pointer: self.pointer.len(), next });
                }
                Event::ObjectEnd | Event::ArrayEnd => {
                    if let Some(level) = self.levels.pop() {
                        self.pointer.truncate(level.pointer);
                    }
                }
                Event::String(string) => {
                    self.enter();
                    let spans = self.string(string);
                    self.record(spans);
                }
                Event::Number(_) | Event::Bool(_) | Event::Null => {
                    self.enter();
                    let spans = self.scalar();
                    self.record(spans);
                }
                Event::TrailingComma => {}
                Event::End => return Ok(()),
            }
        }
    }

    /// Moves the pointer to a value that begins here: in an array, the next element; in an object, the key was already read.
    fn enter(&mut self) {
        if let Some(Level { next: Some(next), .. }) = self.levels.last_mut() {
            let index = *next;
            *next += 1;
            self.point_to(&index.to_string());
        }
    }

    /// Moves the pointer to a value of the innermost array or object.
    fn point_to(&mut self, name: &str) {
        self.pointer.truncate(self.levels.last().map_or(0, |level| level.pointer));
        self.pointer.push('/');
        self.pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        // This replaces an earlier value of the same key.
        self.found.remove(&self.pointer);
    }

    fn record(&mut self, spans: Vec<SourceSpan>) {
        if !spans.is_empty() {
            self.found.insert(self.pointer.clone(), spans);
        }
    }

    /// The spans of the string that was read last.
    fn string(&mut self, string: JsonString<'_>) -> Vec<SourceSpan> {
        let content = self.events.span().start + 1;
        let (mut spans, mut length) = (Vec::new(), 0);
        let mut characters = string.characters().peekable();
        while let Some((offset, character)) = characters.next() {
            let start = length;
            length += match utf16::surrogate_of(character) {
                None => character.len_utf8(),
                Some(unit) => {
                    let low = characters.peek().and_then(|(_, next)| utf16::surrogate_of(*next));
                    let pair = low.and_then(|low| char::decode_utf16([unit, low]).next()?.ok());
                    if pair.is_some() {
                        characters.next();
                    }
                    // In a message, a lone surrogate is replaced.
                    pair.unwrap_or(char::REPLACEMENT_CHARACTER).len_utf8()
                }
            };
            self.add(&mut spans, content + offset, start..length);
        }
        spans
    }

    /// The spans of the number, `true`, `false` or `null` that was read last.
    fn scalar(&mut self) -> Vec<SourceSpan> {
        let mut spans = Vec::new();
        let span = self.events.span();
        for at in span.range() {
            self.add(&mut spans, at, at - span.start..at - span.start + 1);
        }
        spans
    }

    /// Adds a part that begins at byte `at` of the rendered text, if an expression wrote it.
    fn add(&mut self, spans: &mut Vec<SourceSpan>, at: usize, part: Range<usize>) {
        let marks = &self.rendered.marks;
        while marks.get(self.mark).is_some_and(|mark| mark.written.end <= at) {
            self.mark += 1;
        }
        let Some(mark) = marks.get(self.mark).filter(|mark| mark.writer == Writer::Liquid) else { return };
        if mark.written.start > at {
            return;
        }
        let interpolation = self.rendered.in_file(mark.span);
        match spans.last_mut() {
            Some(last) if last.interpolation == interpolation && last.part.end >= part.start => {
                last.part.end = part.end;
            }
            _ => spans.push(SourceSpan { part, interpolation }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customerio::CUSTOMERIO;
    use crate::liquid::{self, Arena, Mark, Options, Output, Span};

    /// The spans of all values of a rendered template, each as `pointer: part of value <- expression`.
    fn spans(template: &str, data: &str) -> Vec<String> {
        let arena = Arena::new();
        let parsed = liquid::Template::parse(template, &CUSTOMERIO, &arena).unwrap();
        let mut out = Output::with_marks();
        let data = liquid::json::read(data, &arena).unwrap();
        parsed.render(data, &Options::default(), &arena, &mut out).unwrap();
        let (text, marks) = out.into_text_and_marks();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let rendered = RenderedText { text, marks, start: 0 };
        let mut found: Vec<_> = rendered
            .source_map()
            .0
            .into_iter()
            .flat_map(|(pointer, spans)| {
                let value = value.pointer(&pointer).unwrap_or_else(|| panic!("nothing at {pointer}")).clone();
                let value = value.as_str().map_or(value.to_string(), str::to_owned);
                spans.into_iter().map(move |SourceSpan { part, interpolation }| {
                    format!("{pointer}: {} <- {}", &value[part], &template[interpolation])
                })
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn values_are_traced_to_their_expressions() {
        // template, data, spans
        for (template, data, expected) in [
            (
                r#"{"title": "Hi {{ a }}, {{b}}!"}"#,
                r#"{"a": "Ada", "b": 1}"#,
                vec!["/title: 1 <- {{b}}", "/title: Ada <- {{ a }}"],
            ),
            (
                r#"{"t": {{ a | json }}, "n": {{ n }}}"#,
                r#"{"a": "\"q\"\n\té😀", "n": 12}"#,
                vec!["/n: 12 <- {{ n }}", "/t: \"q\"\n\té😀 <- {{ a | json }}"],
            ),
            (
                r#"{"a/b": [{"x": [1, {{n}}]}, {}], "~": "\ud83d\ude00{{n}}"}"#,
                r#"{"n": 2}"#,
                vec!["/a~1b/0/x/1: 2 <- {{n}}", "/~0: 2 <- {{n}}"],
            ),
            (
                r#"{"a": {{ o | json }}}"#,
                r#"{"o": {"k": ["v", true]}}"#,
                vec!["/a/k/0: v <- {{ o | json }}", "/a/k/1: true <- {{ o | json }}"],
            ),
            (
                r#"{"a": [{% for i in (1..2) %}"{{ i }}"{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
                "{}",
                vec!["/a/0: 1 <- {{ i }}", "/a/1: 2 <- {{ i }}"],
            ),
            (r#"{"a": "{{ x }}", "a": "b"}"#, r#"{"x": 1}"#, vec![]),
            (r#"{"a": "\u00{{ x }}"}"#, r#"{"x": "41"}"#, vec![]),
        ] {
            assert_eq!(spans(template, data), expected, "{template}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_whole_string_is_traced_to_its_expression(text: String) {
            let data = serde_json::json!({ "x": text }).to_string();
            let found = spans(r#"{"\u00e9": [{{ x | json }}, 1]}"#, &data);
            let expected: Vec<_> = Some(format!("/é/0: {text} <- {{{{ x | json }}}}")).filter(|_| !text.is_empty()).into_iter().collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn lone_surrogates_count_as_replacement_characters() {
        let rendered = |text: &str, written: Range<usize>| RenderedText {
            text: text.to_owned(),
            marks: vec![
                Mark { written: 0..written.start, writer: Writer::Text, span: Span::new(0, 1) },
                Mark { written: written.clone(), writer: Writer::Liquid, span: Span::new(1, 2) },
                Mark { written: written.end..text.len(), writer: Writer::Text, span: Span::new(2, 3) },
            ],
            start: 0,
        };
        let lone = utf16::char_of_unit(0xd83d);
        let unescaped = format!("\"{lone}x\"");
        // text, the part that the expression wrote, the bytes of the value
        for (text, written, expected) in [
            (r#""\ud83dx""#, 7..8, 3..4),
            (r#""\ude00\ud83dx""#, 13..14, 6..7),
            (r#""\ud83d\ude00x""#, 13..14, 4..5),
            (r#""\ud83d\ude00x""#, 1..13, 0..4),
            (unescaped.as_str(), 5..6, 3..4),
        ] {
            let found = rendered(text, written).source_map().get("").to_vec();
            assert_eq!(found, [SourceSpan { part: expected, interpolation: 1..2 }], "{text}");
        }
    }

    #[test]
    fn invalid_json_is_traced_up_to_the_error() {
        let whole = r#"{"a": ["x", "\u0079", 12], "b": {"c": "z"}}"#;
        let found_in = |text: &str| {
            let mark = Mark { written: 0..text.len(), writer: Writer::Liquid, span: Span::new(0, 1) };
            let rendered = RenderedText { text: text.to_owned(), marks: vec![mark], start: 0 };
            let mut found: Vec<_> = rendered.source_map().0.into_keys().collect();
            found.sort();
            found
        };
        let all = ["/a/0", "/a/1", "/a/2", "/b/c"];
        assert_eq!(found_in(whole), all);
        for end in 0..whole.len() {
            let found = found_in(&whole[..end]);
            assert_eq!(found, all[..found.len()], "{}", &whole[..end]);
        }
        for (text, expected) in [
            (r#"{"a": ["x", "\ué€"]}"#, &all[..1]),
            (r#"{"a": ["x", ]}"#, &all[..1]),
            (r#"{"a": ["x", , "y"]}"#, &all[..1]),
            ("]", &[]),
            ("[[", &[]),
            ("", &[]),
        ] {
            assert_eq!(found_in(text), expected, "{text}");
        }
    }
}
