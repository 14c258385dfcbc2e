//! The machine: a pushdown automaton that reads JSON in pieces, and can skip the gaps between them.
//!
//! The stack holds the open objects and arrays. The control state ([`Expects`]) says which bytes may come next.
//! [`read`] consumes a piece of literal text byte by byte. At an interpolation, [`position`] says which part of the
//! JSON is printed there, and [`skip_hole`] continues behind it as if a fitting value had been printed.
//!
//! Its language is a little larger than JSON. Trailing commas are accepted, because Customer.io accepts them, and are
//! reported as a [`SyntaxIssue`].
//!
//! States have an order and can be merged, for the [abstract interpreter](super).
//!
//! [`read`]: ParserState::read
//! [`position`]: ParserState::position
//! [`skip_hole`]: ParserState::skip_hole

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::liquid::Span;
use crate::liquid::value::json::{Event, Events};

/// The state of the automaton between two bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ParserState {
    /// The open objects and arrays, outermost first.
    stack: Vec<Container>,
    expects: Expects,
    /// The last comma, until something comes after it.
    comma: Option<Span>,
    /// The key that is being read, as long as all of it is literal and unescaped.
    key: Option<String>,
    /// Where this key starts. 0 outside keys, so that it does not keep states apart.
    key_start: usize,
    /// The number, `true`, `false` or `null` that is being read, as far as it was read; empty elsewhere.
    word: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Container {
    /// An object with the literal keys that it has so far. States share the set until one adds a key.
    Object(Rc<BTreeSet<String>>),
    Array,
}

/// What may come next: the control state of the automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Expects {
    Value,
    /// A value or `]`.
    ValueOrEnd,
    /// A key or `}`.
    KeyOrEnd,
    Colon,
    /// A comma, `]` or `}`.
    CommaOrEnd,
    /// More of a string.
    String {
        is_key: bool,
    },
    /// More of an escape sequence in a string. `digits` is the number of hexadecimal digits to come; 0 directly after
    /// the backslash.
    Escape {
        is_key: bool,
        digits: u8,
    },
    /// More of a number, `true`, `false` or `null`.
    Word,
    /// Only whitespace.
    End,
}

/// Which part of the JSON is at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JsonPosition {
    /// Inside a string that is a value.
    String,
    /// Inside a key.
    Key,
    /// A whole value.
    Value,
    /// Anything else, for example between a key and its colon.
    Elsewhere,
}

/// Whether it is a number, `true`, `false` or `null`.
fn is_word(text: &str) -> bool {
    let mut events = Events::new(text);
    events.next_event().is_ok() && events.next_event() == Ok(Event::End)
}

/// Something that is accepted, but hardly intended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyntaxIssue {
    /// A comma before a closing bracket.
    TrailingComma(Span),
    /// A key that its object has already.
    DuplicateKey(String, Span),
}

impl ParserState {
    /// Before the first byte.
    pub(super) const fn start() -> Self {
        Self { stack: Vec::new(), expects: Expects::Value, comma: None, key: None, key_start: 0, word: String::new() }
    }

    /// The state after a piece of text, which starts at `offset` of the template; none if no JSON can have it there. Adds
    /// what it finds to `issues`.
    pub(super) fn read(mut self, text: &str, offset: usize, issues: &mut BTreeSet<SyntaxIssue>) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if self.step(bytes[at], offset + at, issues)? {
                at += 1;
            }
        }
        Some(self)
    }

    /// Whether the JSON can end here (an accepting state).
    pub(super) fn is_complete(&self) -> bool {
        self.expects == Expects::End || (self.expects == Expects::Word && self.stack.is_empty() && is_word(&self.word))
    }

    /// Reads one byte. `Some(false)` if the byte ended a word and has to be read again, `None` if it is not allowed
    /// here.
    fn step(&mut self, byte: u8, offset: usize, issues: &mut BTreeSet<SyntaxIssue>) -> Option<bool> {
        match self.expects {
            Expects::String { is_key } => match byte {
                b'"' => self.end_string(is_key, offset, issues),
                b'\\' => self.expects = Expects::Escape { is_key, digits: 0 },
                0..=0x1f => return None,
                // A key with non-ASCII characters is not compared: a byte here is only a part of one.
                byte => {
                    if let Some(key) = &mut self.key {
                        if byte.is_ascii() { key.push(char::from(byte)) } else { self.key = None }
                    }
                }
            },
            Expects::Escape { is_key, digits } => {
                self.key = None;
                self.expects = match (digits, byte) {
                    (0, b'u') => Expects::Escape { is_key, digits: 4 },
                    (0, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Expects::String { is_key },
                    (1, byte) if byte.is_ascii_hexdigit() => Expects::String { is_key },
                    (2..=4, byte) if byte.is_ascii_hexdigit() => Expects::Escape { is_key, digits: digits - 1 },
                    _ => return None,
                };
            }
            Expects::Word => {
                if !byte.is_ascii_alphanumeric() && !b"+-.".contains(&byte) {
                    let word = std::mem::take(&mut self.word);
                    self.end_value();
                    return is_word(&word).then_some(false);
                }
                self.word.push(char::from(byte));
            }
            _ if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') => {}
            Expects::Value | Expects::ValueOrEnd => match byte {
                b'"' => self.begin_string(false, offset),
                b'{' => self.open(Container::Object(Rc::default()), Expects::KeyOrEnd),
                b'[' => self.open(Container::Array, Expects::ValueOrEnd),
                b']' if self.expects == Expects::ValueOrEnd => self.close(byte, issues)?,
                byte if byte.is_ascii_alphanumeric() || byte == b'-' => {
                    self.comma = None;
                    self.expects = Expects::Word;
                    self.word.push(char::from(byte));
                }
                _ => return None,
            },
            Expects::KeyOrEnd => match byte {
                b'"' => self.begin_string(true, offset),
                b'}' => self.close(byte, issues)?,
                _ => return None,
            },
            Expects::Colon if byte == b':' => self.expects = Expects::Value,
            Expects::CommaOrEnd => match (byte, self.stack.last()) {
                (b',', Some(Container::Object(_))) => {
                    self.comma = Some(Span::new(offset, offset + 1));
                    self.expects = Expects::KeyOrEnd;
                }
                (b',', Some(Container::Array)) => {
                    self.comma = Some(Span::new(offset, offset + 1));
                    self.expects = Expects::ValueOrEnd;
                }
                (b'}' | b']', _) => self.close(byte, issues)?,
                _ => return None,
            },
            Expects::Colon | Expects::End => return None,
        }
        Some(true)
    }

    fn begin_string(&mut self, is_key: bool, offset: usize) {
        self.comma = None;
        self.expects = Expects::String { is_key };
        self.key = is_key.then(String::new);
        self.key_start = if is_key { offset } else { 0 };
    }

    fn end_string(&mut self, is_key: bool, offset: usize, issues: &mut BTreeSet<SyntaxIssue>) {
        let key = self.key.take();
        if !is_key {
            self.end_value();
            return;
        }
        self.expects = Expects::Colon;
        let span = Span::new(self.key_start, offset + 1);
        self.key_start = 0;
        if let (Some(Container::Object(keys)), Some(key)) = (self.stack.last_mut(), key)
            && !Rc::make_mut(keys).insert(key.clone())
        {
            issues.insert(SyntaxIssue::DuplicateKey(key, span));
        }
    }

    fn open(&mut self, container: Container, expects: Expects) {
        self.comma = None;
        self.stack.push(container);
        self.expects = expects;
    }

    /// Reads a closing bracket. `None` if it does not match the innermost container.
    fn close(&mut self, byte: u8, issues: &mut BTreeSet<SyntaxIssue>) -> Option<()> {
        match (self.stack.pop()?, byte) {
            (Container::Object(_), b'}') | (Container::Array, b']') => {}
            _ => return None,
        }
        if let Some(comma) = self.comma.take() {
            issues.insert(SyntaxIssue::TrailingComma(comma));
        }
        self.end_value();
        Some(())
    }

    /// Continues after a value.
    fn end_value(&mut self) {
        self.expects = if self.stack.is_empty() { Expects::End } else { Expects::CommaOrEnd };
    }

    /// Which part of the JSON something that is printed here belongs to.
    pub(super) const fn position(&self) -> JsonPosition {
        match self.expects {
            Expects::String { is_key: false } => JsonPosition::String,
            Expects::String { is_key: true } => JsonPosition::Key,
            Expects::Value | Expects::ValueOrEnd => JsonPosition::Value,
            _ => JsonPosition::Elsewhere,
        }
    }

    /// The state after an unknown string that fits here. `None` if nothing is known that could fit.
    pub(super) fn skip_hole(mut self) -> Option<Self> {
        match self.position() {
            JsonPosition::String => {}
            JsonPosition::Key => self.key = None,
            JsonPosition::Value => {
                self.comma = None;
                self.end_value();
            }
            JsonPosition::Elsewhere => return None,
        }
        Some(self)
    }

    /// Joins two states that only differ in the keys of their open objects, and keeps the keys that both have: a key is
    /// a duplicate only if every path to it has printed it before. `false`, without a change, if they differ otherwise.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        let is_same_container = |(left, right): (&Container, &Container)| {
            matches!((left, right), (Container::Object(_), Container::Object(_)) | (Container::Array, Container::Array))
        };
        let is_same = self.expects == other.expects
            && self.comma == other.comma
            && self.key == other.key
            && self.key_start == other.key_start
            && self.word == other.word
            && self.stack.len() == other.stack.len()
            && self.stack.iter().zip(&other.stack).all(is_same_container);
        if is_same {
            for (own, others) in self.stack.iter_mut().zip(&other.stack) {
                if let (Container::Object(own), Container::Object(others)) = (own, others)
                    && !Rc::ptr_eq(own, others)
                {
                    Rc::make_mut(own).retain(|key| others.contains(key));
                }
            }
        }
        is_same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads pieces with holes between them; none if one does not fit.
    fn read(pieces: &[&str]) -> (Option<ParserState>, Vec<SyntaxIssue>) {
        let mut issues = BTreeSet::new();
        let mut state = Some(ParserState::start());
        let mut offset = 0;
        for (at, piece) in pieces.iter().enumerate() {
            state = state.and_then(|state| if at == 0 { Some(state) } else { state.skip_hole() });
            state = state.and_then(|state| state.read(piece, offset, &mut issues));
            offset += piece.len();
        }
        (state, issues.into_iter().collect())
    }

    fn state(text: &str) -> ParserState {
        read(&[text]).0.unwrap()
    }

    #[test]
    fn accepts_json() {
        for text in [
            "{}",
            "[]",
            " [1, -2.5e+3, true, null] ",
            r#"{"a": {"b": [[], "c"]}, "d": ""}"#,
            r#""\u00e9 \" \\ \/ \b\f\n\r\t é""#,
            "12",
        ] {
            assert!(state(text).is_complete(), "{text}");
        }
    }

    #[test]
    fn does_not_accept_json_without_its_end() {
        for text in ["", "{", "[1", "[1,", r#"{"a""#, r#"{"a":"#, r#"{"a": 1"#, r#""a"#, r#""\u00"#] {
            assert!(!state(text).is_complete(), "{text}");
        }
    }

    #[test]
    fn rejects_what_is_not_json() {
        for text in
            ["]", "{1", "[1}", r#"{"a"]"#, r#"{"a" 1"#, "[1 2", "{},", "[,", "[1,,", "\"a\nb\"", r#""\x"#, r#""\u00g"#]
        {
            assert_eq!(read(&[text]).0, None, "{text}");
            let before = &text[..text.len() - 1];
            assert!(text == "\"a\nb\"" || read(&[before]).0.is_some(), "{before}");
        }
    }

    #[test]
    fn reads_the_same_in_pieces() {
        let text = r#"{"a\u00e9": [1, true, {"b": "c"}], "d": null}"#;
        for middle in 0..=text.len() {
            let mut issues = BTreeSet::new();
            let (first, second) = text.split_at(middle);
            let between = ParserState::start().read(first, 0, &mut issues).unwrap();
            assert_eq!(between.read(second, middle, &mut issues), Some(state(text)), "{middle}");
        }
    }

    #[test]
    fn knows_the_position_of_a_hole() {
        for (text, position) in [
            ("", JsonPosition::Value),
            ("[", JsonPosition::Value),
            (r#"{"a": "#, JsonPosition::Value),
            (r#"["a"#, JsonPosition::String),
            (r#"{"a"#, JsonPosition::Key),
            ("{", JsonPosition::Elsewhere),
            (r#"{"a""#, JsonPosition::Elsewhere),
            (r#""\"#, JsonPosition::Elsewhere),
            ("1", JsonPosition::Elsewhere),
            ("{}", JsonPosition::Elsewhere),
        ] {
            assert_eq!(state(text).position(), position, "{text}");
        }
    }

    #[test]
    fn continues_behind_a_hole() {
        for pieces in [&["[", ", 1]"][..], &[r#"{"a": "#, r#", "b": "x"#, r#" y"}"#], &[r#"{""#, r#"": 1}"#], &["", ""]]
        {
            assert!(read(pieces).0.unwrap().is_complete(), "{pieces:?}");
        }
        assert_eq!(read(&["[", "1]"]).0, None, "after a value");
        assert_eq!(read(&["{", "}"]).0, None, "no key is known that a hole without quotes could be");
    }

    #[test]
    fn reports_trailing_commas_and_duplicate_keys() {
        let comma = |at| SyntaxIssue::TrailingComma(Span::new(at, at + 1));
        let key = |key: &str, start, end| SyntaxIssue::DuplicateKey(key.to_owned(), Span::new(start, end));
        for (pieces, expected) in [
            (&["[1,]"][..], vec![comma(2)]),
            (&[r#"{"a": 1 , }"#], vec![comma(8)]),
            (&["[1,", "]"], vec![]),
            (&[r#"{"a": 1, "a": 2}"#], vec![key("a", 9, 12)]),
            (&[r#"{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}"#], vec![]),
            // A part of this key is not known.
            (&[r#"{"a": 1, "a"#, r#"": 2}"#], vec![]),
            (&[r#"{"\u0061": 1, "\u0061": 2}"#], vec![]),
        ] {
            assert_eq!(read(pieces).1, expected, "{pieces:?}");
        }
    }

    #[test]
    fn merging_keeps_the_keys_of_both_states() {
        let mut merged = state(r#"{"a": 1, "b": "x", "#);
        // The comma is at the same offset; otherwise the states would be distinguished.
        assert!(merged.merge(&state(r#"{"c": 1, "b": "y", "#)));
        let mut issues = BTreeSet::new();
        merged.read(r#""a": 1, "c": 2, "b": 3}"#, 20, &mut issues).unwrap();
        let duplicates: Vec<_> = issues.into_iter().collect();
        assert_eq!(duplicates, [SyntaxIssue::DuplicateKey("b".to_owned(), Span::new(36, 39))]);
    }

    #[test]
    fn does_not_merge_states_that_read_on_differently() {
        for (left, right) in [("[", "{"), ("[1", "[1 "), ("[", "[["), ("[1,", "[ 1,"), (r#"{"a"#, r#"{"b"#)] {
            let mut merged = state(left);
            assert!(!merged.merge(&state(right)), "{left} {right}");
            assert_eq!(merged, state(left));
        }
    }
}
