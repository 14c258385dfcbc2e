//! What wrote what: the values of a message, traced back to the expressions of the template.

use std::collections::HashMap;
use std::ops::Range;

use super::Template;
use crate::liquid::{Mark, Output, Writer};

/// The text that a template's content rendered to, and what in the template wrote which part of it.
#[derive(Clone, Debug, Default)]
pub struct Written {
    pub(super) text: String,
    /// What wrote which bytes of the text, by where it stands in the template's content.
    pub(super) marks: Vec<Mark>,
    /// Where in the template's file its content begins.
    pub(super) start: usize,
}

/// A part of a value that an expression wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Bytes of the value: of a text as it reads, without quotes and escapes; of anything else as it was written.
    pub part: Range<usize>,
    /// The expression: bytes of the template's file.
    pub hole: Range<usize>,
}

impl Written {
    pub(super) fn new(out: Output, template: &Template) -> Self {
        let (text, marks) = out.into_text_and_marks();
        Self { text, marks, start: template.content_start() }
    }

    /// The expressions that wrote something, in the order of the template; bytes of its file.
    #[must_use]
    pub fn holes(&self) -> Vec<Range<usize>> {
        self.ranges(|mark| mark.writer == Writer::Liquid && !mark.written.is_empty())
    }

    /// The parts of the template's own text that were come to, in order; bytes of its file.
    #[must_use]
    pub fn texts(&self) -> Vec<Range<usize>> {
        self.ranges(|mark| mark.writer == Writer::Text)
    }

    fn ranges(&self, is_meant: impl Fn(&Mark) -> bool) -> Vec<Range<usize>> {
        let mut spans: Vec<_> = self.marks.iter().filter(|mark| is_meant(mark)).map(|mark| mark.span).collect();
        spans.sort_unstable();
        spans.dedup();
        spans.into_iter().map(|span| self.start + span.start..self.start + span.end).collect()
    }

    /// For each value that an expression had a part in, by its JSON pointer, what wrote which part of it. Of a name that
    /// is there twice, the last counts. Nothing where the text is no JSON.
    #[must_use]
    pub fn origins(&self) -> HashMap<String, Vec<Origin>> {
        let mut walk =
            Walk { written: self, at: 0, mark: 0, path: String::new(), levels: Vec::new(), origins: HashMap::new() };
        // Where the text ends too early, so do the origins.
        let _ = walk.document();
        walk.origins
    }
}

/// An array or object around the value at hand.
struct Level {
    /// How long the path to it is.
    path: usize,
    /// The place of the value in an array; none in an object.
    place: Option<usize>,
}

/// A walk through a text that has been read as JSON before, so that all that matters is where its values stand.
struct Walk<'a> {
    written: &'a Written,
    at: usize,
    /// The first mark that does not end before `at`.
    mark: usize,
    path: String,
    levels: Vec<Level>,
    origins: HashMap<String, Vec<Origin>>,
}

impl Walk<'_> {
    fn document(&mut self) -> Option<()> {
        loop {
            self.skip_blanks();
            match self.peek()? {
                b'{' | b'[' => {
                    let place = (self.peek()? == b'[').then_some(0);
                    self.levels.push(Level { path: self.path.len(), place });
                    self.at += 1;
                    self.skip_blanks();
                    if !matches!(self.peek()?, b'}' | b']') {
                        self.step()?;
                        continue;
                    }
                }
                b'"' => {
                    let origins = self.text(true)?.1;
                    self.note(origins);
                }
                _ => {
                    let origins = self.scalar();
                    self.note(origins);
                }
            }
            // Behind a value: close what ends here, and go on to the next one.
            loop {
                self.skip_blanks();
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        self.skip_blanks();
                        if !matches!(self.peek()?, b'}' | b']') {
                            break;
                        }
                    }
                    b'}' | b']' => {
                        let level = self.levels.pop()?;
                        self.path.truncate(level.path);
                        self.at += 1;
                    }
                    _ => return None,
                }
            }
            if let Some(place) = self.levels.last_mut()?.place.as_mut() {
                *place += 1;
            }
            self.step()?;
        }
    }

    /// Goes to the next value of the innermost array or object.
    fn step(&mut self) -> Option<()> {
        let Level { path, place } = *self.levels.last()?;
        let name = if let Some(place) = place {
            place.to_string()
        } else {
            let name = self.text(false)?.0;
            self.skip_blanks();
            self.at += 1;
            name
        };
        self.path.truncate(path);
        self.path.push('/');
        self.path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        // What a name stood for before no longer counts.
        self.origins.remove(&self.path);
        Some(())
    }

    fn note(&mut self, origins: Vec<Origin>) {
        if !origins.is_empty() {
            self.origins.insert(self.path.clone(), origins);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.written.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Reads a text, and what wrote it if that is `wanted`.
    fn text(&mut self, wanted: bool) -> Option<(String, Vec<Origin>)> {
        let (mut text, mut origins) = (String::new(), Vec::new());
        self.at += 1;
        // The first half of a pair.
        let mut high = None;
        loop {
            let start = self.at;
            let character = self.written.text[start..].chars().next()?;
            self.at += character.len_utf8();
            let from = text.len();
            match character {
                '"' => return Some((text, origins)),
                '\\' => {
                    let escaped = self.peek()?;
                    self.at += 1;
                    let character = match escaped {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'u' => {
                            let unit = u16::from_str_radix(self.written.text.get(self.at..self.at + 4)?, 16).ok()?;
                            self.at += 4;
                            if let Some(high) = high.take()
                                && let Some(Ok(character)) = char::decode_utf16([high, unit]).next()
                            {
                                // Its first half has been taken for a lone one.
                                text.truncate(text.len() - char::REPLACEMENT_CHARACTER.len_utf8());
                                character
                            } else {
                                high = (0xd800..0xdc00).contains(&unit).then_some(unit);
                                char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
                            }
                        }
                        other => char::from(other),
                    };
                    if escaped != b'u' {
                        high = None;
                    }
                    text.push(character);
                }
                _ => {
                    high = None;
                    text.push(character);
                }
            }
            if wanted {
                self.add(&mut origins, start, from.min(text.len())..text.len());
            }
        }
    }

    /// Reads a number, `true`, `false` or `null`.
    fn scalar(&mut self) -> Vec<Origin> {
        let (first, mut origins) = (self.at, Vec::new());
        while self.peek().is_some_and(|byte| !byte.is_ascii_whitespace() && !b",]}".contains(&byte)) {
            self.add(&mut origins, self.at, self.at - first..self.at - first + 1);
            self.at += 1;
        }
        origins
    }

    /// Adds a part whose first byte stands at `at`, if it was an expression that wrote it.
    fn add(&mut self, origins: &mut Vec<Origin>, at: usize, part: Range<usize>) {
        let marks = &self.written.marks;
        while marks.get(self.mark).is_some_and(|mark| mark.written.end <= at) {
            self.mark += 1;
        }
        let Some(mark) = marks.get(self.mark).filter(|mark| mark.writer == Writer::Liquid) else { return };
        if mark.written.start > at {
            return;
        }
        let hole = self.written.start + mark.span.start..self.written.start + mark.span.end;
        match origins.last_mut() {
            Some(last) if last.hole == hole && last.part.end >= part.start => last.part.end = part.end,
            _ => origins.push(Origin { part, hole }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customerio::CUSTOMERIO;
    use crate::liquid::{self, Arena, Options};

    /// The origins of what a template renders to, each as `pointer: part of value <- expression`.
    fn origins(template: &str, data: &str) -> Vec<String> {
        let arena = Arena::new();
        let parsed = liquid::Template::parse(template, &CUSTOMERIO, &arena).unwrap();
        let mut out = Output::with_marks();
        let data = liquid::json::read(data, &arena).unwrap();
        parsed.render(data, &Options::default(), &arena, &mut out).unwrap();
        let (text, marks) = out.into_text_and_marks();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let written = Written { text, marks, start: 0 };
        let mut found: Vec<_> = written
            .origins()
            .into_iter()
            .flat_map(|(pointer, origins)| {
                let value = value.pointer(&pointer).unwrap_or_else(|| panic!("nothing at {pointer}")).clone();
                let value = value.as_str().map_or(value.to_string(), str::to_owned);
                origins
                    .into_iter()
                    .map(move |Origin { part, hole }| format!("{pointer}: {} <- {}", &value[part], &template[hole]))
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn values_are_traced_to_their_expressions() {
        // template, data, origins
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
            assert_eq!(origins(template, data), expected, "{template}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_whole_text_is_traced_to_its_expression(text: String) {
            let data = serde_json::json!({ "x": text }).to_string();
            let found = origins(r#"{"\u00e9": [{{ x | json }}, 1]}"#, &data);
            let expected: Vec<_> = Some(format!("/é/0: {text} <- {{{{ x | json }}}}")).filter(|_| !text.is_empty()).into_iter().collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_text_that_is_no_json_has_the_origins_up_to_there() {
        for text in [
            "",
            "{",
            "{\"",
            "{\"a\"",
            "{\"a\":",
            "[1,",
            "]",
            "{\"a\": \"\\u12",
            "{\"a\": \"\\",
            "{\"a\": \"\\ué€\"}",
            "[[",
            "1",
        ] {
            let written = Written { text: text.to_owned(), marks: Vec::new(), start: 0 };
            assert!(written.origins().is_empty(), "{text}");
        }
    }
}
