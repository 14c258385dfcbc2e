//! A lexer and a pull parser for JSON: each token with its span. Everything that reads JSON uses this lexer.
//!
//! It only allocates errors, and its memory use does not depend on the length of the input. Errors have the wording of
//! Go's `encoding/json`, which services written in Go report.

use std::borrow::Cow;

use thiserror::Error;

use super::MAX_DEPTH;
use super::plain::end_of_plain;
use crate::span::Span;
use crate::value::number::POWERS_OF_TEN;
use crate::value::{Arena, utf16};

/// Why a string is not valid JSON, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct JsonError {
    /// The message, in the words of Go's `encoding/json`.
    pub message: String,
    /// The byte of the error; the length of the input if it ends too early.
    pub offset: usize,
}

/// The result of reading a token or value. The error is boxed so that a result fits into few registers.
pub type Read<T> = Result<T, Box<JsonError>>;

/// A token of a JSON document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// The key of the next value.
    Key(JsonString<'a>),
    /// A string.
    String(JsonString<'a>),
    /// A number, as a double.
    Number(f64),
    /// `true` or `false`
    Bool(bool),
    /// `null`
    Null,
    /// A comma directly before a closing bracket, only if such commas are [allowed](Events::with_trailing_commas).
    TrailingComma,
    /// The end of the input.
    End,
}

/// A string or key as written, without its quotes. Its escapes are known to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonString<'a> {
    written: &'a str,
    has_escapes: bool,
}

impl<'a> JsonString<'a> {
    /// The string with its escapes decoded.
    #[must_use]
    pub fn decode(self) -> Cow<'a, str> {
        if self.has_escapes { Cow::Owned(self.unescape()) } else { Cow::Borrowed(self.written) }
    }

    /// The decoded string, allocated in `arena` if it has escapes.
    pub(super) fn decode_in(self, arena: &'a Arena) -> &'a str {
        if self.has_escapes { arena.alloc_str(&self.unescape()) } else { self.written }
    }

    fn unescape(self) -> String {
        let mut content = String::with_capacity(self.written.len());
        let mut has_halves = false;
        let mut at = 0;
        while let Some(plain) = memchr::memchr(b'\\', &self.written.as_bytes()[at..]) {
            content.push_str(&self.written[at..at + plain]);
            let Ok((character, end)) = escape(self.written.as_bytes(), at + plain + 1) else { break };
            has_halves |= utf16::surrogate_of(character).is_some();
            content.push(character);
            at = end;
        }
        content.push_str(&self.written[at..]);
        if has_halves { utf16::join_surrogates(&content).into_owned() } else { content }
    }

    /// Its decoded characters, each with its byte offset in the written string. An escaped surrogate is a
    /// [character of its own](utf16::char_of_unit), even next to its counterpart.
    pub fn characters(self) -> impl Iterator<Item = (usize, char)> + 'a {
        let mut at = 0;
        std::iter::from_fn(move || {
            let start = at;
            let character = self.written[start..].chars().next()?;
            if character != '\\' {
                at += character.len_utf8();
                return Some((start, character));
            }
            let (character, end) = escape(self.written.as_bytes(), start + 1).ok()?;
            at = end;
            Some((start, character))
        })
    }
}

/// What the parser expects next.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// A value.
    Value,
    /// The first element or key, or a closing bracket.
    First,
    /// The colon after a key, then a value.
    Colon,
    /// A comma, a closing bracket or the end of the input after a value.
    Next,
    /// A closing bracket that is known to be next.
    Close,
}

/// The stack of open arrays and objects: one bit per level, set for an array.
#[derive(Clone, Debug)]
struct Levels {
    are_arrays: [u64; Self::ROOM / 64],
    depth: usize,
    /// The bit of the innermost level.
    in_array: bool,
}

impl Levels {
    const NONE: Self = Self { are_arrays: [0; Self::ROOM / 64], depth: 0, in_array: false };

    /// How many there is room for.
    const ROOM: usize = MAX_DEPTH.next_multiple_of(64);

    /// Enters an array or object. The depth must be below [`ROOM`](Self::ROOM).
    fn push(&mut self, is_array: bool) {
        let bit = 1 << (self.depth % 64);
        let word = &mut self.are_arrays[self.depth / 64];
        *word = if is_array { *word | bit } else { *word & !bit };
        self.depth += 1;
        self.in_array = is_array;
    }

    fn pop(&mut self) {
        self.depth -= 1;
        let outer = self.depth.saturating_sub(1);
        self.in_array = self.are_arrays[outer / 64] >> (outer % 64) & 1 == 1;
    }
}

/// Where the parts of a number begin that the lexer is at the end of.
pub(super) struct WrittenNumber {
    /// The sign, if any.
    pub(super) start: usize,
    /// The first digit.
    digits: usize,
    /// The point, or what follows the digits.
    point: usize,
    /// The exponent, or the end.
    end: usize,
}

/// Reads single tokens of a JSON document at the positions where they are expected. Shared by [`Events`] and the reader
/// of values.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The next byte to read.
    pub(super) at: usize,
    /// Whether the error is inside a string.
    is_in_string: bool,
}

/// A pull parser: reads a JSON document token by token.
///
/// ```
/// use inkproof_liquid::json::{Event, Events};
/// let text = r#"{"name": "Ada"}"#;
/// let mut events = Events::new(text);
/// assert_eq!(events.next_event().unwrap(), Event::ObjectStart);
/// assert!(matches!(events.next_event().unwrap(), Event::Key(key) if key.decode() == "name"));
/// assert!(matches!(events.next_event().unwrap(), Event::String(name) if name.decode() == "Ada"));
/// assert_eq!(events.span().of(text), r#""Ada""#);
/// ```
#[derive(Clone, Debug)]
pub struct Events<'a> {
    /// The lexer, positioned at the end of the last token.
    lexer: Lexer<'a>,
    /// The first byte of the last token.
    start: usize,
    expected: Expected,
    levels: Levels,
    max_depth: usize,
    allows_trailing_commas: bool,
}

impl<'a> Events<'a> {
    /// A parser at the beginning of `text`.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self {
            lexer: Lexer::new(text),
            start: 0,
            expected: Expected::Value,
            levels: Levels::NONE,
            max_depth: MAX_DEPTH,
            allows_trailing_commas: false,
        }
    }

    /// Allows a few levels more than [`MAX_DEPTH`], for what was put around a document: at most 12.
    #[must_use]
    pub const fn with_levels_around(mut self, levels: usize) -> Self {
        let most = MAX_DEPTH + levels;
        self.max_depth = if most < Levels::ROOM { most } else { Levels::ROOM };
        self
    }

    /// Allows a comma before a closing bracket.
    #[must_use]
    pub const fn with_trailing_commas(mut self) -> Self {
        self.allows_trailing_commas = true;
        self
    }

    /// The span of the last token.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span { start: self.start, end: self.lexer.at }
    }

    /// Whether the [error](Self::next_event) is inside a string.
    #[must_use]
    pub const fn is_in_string(&self) -> bool {
        self.lexer.is_in_string
    }

    /// The next token. There are no more after [`Event::End`] or an error.
    ///
    /// # Errors
    /// The input is not valid JSON here, or is nested more than [`MAX_DEPTH`] levels deep.
    #[inline]
    pub fn next_event(&mut self) -> Read<Event<'a>> {
        self.lexer.skip_space();
        match self.expected {
            Expected::Next => self.after_value(),
            Expected::Colon => {
                if self.lexer.peek() != Some(b':') {
                    return Err(self.lexer.unexpected("after object key"));
                }
                self.lexer.at += 1;
                self.lexer.skip_space();
                self.value()
            }
            Expected::First if self.is_at_closing_bracket() => Ok(self.close()),
            Expected::First => self.element(),
            Expected::Close => Ok(self.close()),
            Expected::Value => self.value(),
        }
    }

    /// Skips the rest of the value whose first token was just read, and returns the span of the whole value.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event).
    pub fn finish_value(&mut self, first: Event<'_>) -> Read<Span> {
        let start = self.start;
        if matches!(first, Event::ObjectStart | Event::ArrayStart) {
            let depth = self.levels.depth;
            while self.levels.depth >= depth {
                self.next_event()?;
            }
        }
        Ok(Span::new(start, self.lexer.at))
    }

    /// Skips everything up to the end of the input.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event).
    pub fn finish(&mut self) -> Read<()> {
        while self.next_event()? != Event::End {}
        Ok(())
    }

    /// The token after a value.
    fn after_value(&mut self) -> Read<Event<'a>> {
        if self.levels.depth == 0 {
            return if self.lexer.at == self.lexer.bytes.len() {
                self.start = self.lexer.at;
                Ok(Event::End)
            } else {
                Err(self.lexer.unexpected("after top-level value"))
            };
        }
        if self.lexer.peek() == Some(b',') {
            let comma = self.lexer.at;
            self.lexer.at += 1;
            self.lexer.skip_space();
            if self.allows_trailing_commas && self.is_at_closing_bracket() {
                self.start = comma;
                self.lexer.at = comma + 1;
                self.expected = Expected::Close;
                return Ok(Event::TrailingComma);
            }
            return self.element();
        }
        if self.is_at_closing_bracket() {
            return Ok(self.close());
        }
        Err(self.lexer.unexpected(if self.levels.in_array {
            "after array element"
        } else {
            "after object key:value pair"
        }))
    }

    /// The next element of an array, or the next key of an object.
    fn element(&mut self) -> Read<Event<'a>> {
        if self.levels.in_array {
            return self.value();
        }
        if self.lexer.peek() != Some(b'"') {
            return Err(self.lexer.unexpected("looking for beginning of object key string"));
        }
        self.start = self.lexer.at;
        self.expected = Expected::Colon;
        self.lexer.string().map(Event::Key)
    }

    fn value(&mut self) -> Read<Event<'a>> {
        self.start = self.lexer.at;
        self.expected = Expected::Next;
        match self.lexer.peek() {
            Some(b'"') => self.lexer.string().map(Event::String),
            Some(b'-' | b'0'..=b'9') => self.lexer.number().map(Event::Number),
            Some(b'{') => self.open(false, Event::ObjectStart),
            Some(b'[') => self.open(true, Event::ArrayStart),
            Some(b't') => self.lexer.word("true").map(|()| Event::Bool(true)),
            Some(b'f') => self.lexer.word("false").map(|()| Event::Bool(false)),
            Some(b'n') => self.lexer.word("null").map(|()| Event::Null),
            _ => Err(self.lexer.unexpected("looking for beginning of value")),
        }
    }

    fn open(&mut self, is_array: bool, event: Event<'a>) -> Read<Event<'a>> {
        if self.levels.depth == self.max_depth {
            return Err(self.lexer.too_deep());
        }
        self.levels.push(is_array);
        self.lexer.at += 1;
        self.expected = Expected::First;
        Ok(event)
    }

    fn is_at_closing_bracket(&self) -> bool {
        self.lexer.peek() == Some(if self.levels.in_array { b']' } else { b'}' })
    }

    fn close(&mut self) -> Event<'a> {
        let event = if self.levels.in_array { Event::ArrayEnd } else { Event::ObjectEnd };
        self.levels.pop();
        self.start = self.lexer.at;
        self.lexer.at += 1;
        self.expected = Expected::Next;
        event
    }
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, is_in_string: false }
    }

    pub(super) fn string(&mut self) -> Read<JsonString<'a>> {
        self.at += 1;
        let start = self.at;
        self.at = end_of_plain(self.bytes, start, b'"');
        let mut has_escapes = false;
        while self.peek() == Some(b'\\') {
            has_escapes = true;
            match escape(self.bytes, self.at + 1) {
                Ok((_, end)) => self.at = end_of_plain(self.bytes, end, b'"'),
                Err((offset, context)) => {
                    self.at = offset;
                    self.is_in_string = true;
                    return Err(self.unexpected(context));
                }
            }
        }
        if self.peek() != Some(b'"') {
            self.is_in_string = true;
            return Err(self.unexpected("in string literal"));
        }
        let written = &self.text[start..self.at];
        self.at += 1;
        Ok(JsonString { written, has_escapes })
    }

    pub(super) fn number(&mut self) -> Read<f64> {
        let written = self.skip_number()?;
        Ok(self.number_of(&written))
    }

    /// Skips a number, which must be valid.
    pub(super) fn skip_number(&mut self) -> Read<WrittenNumber> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let digits = self.at;
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.skip_digits(),
            _ => return Err(self.unexpected("in numeric literal")),
        }
        let point = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.unexpected("after decimal point in numeric literal"));
            }
            self.skip_digits();
        }
        let end = self.at;
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.unexpected("in exponent of numeric literal"));
            }
            self.skip_digits();
        }
        Ok(WrittenNumber { start, digits, point, end })
    }

    /// The number that ends here.
    pub(super) fn number_of(&self, written: &WrittenNumber) -> f64 {
        let WrittenNumber { start, digits, point, end } = *written;
        if end < self.at || end - digits > 15 {
            return self.text[start..self.at].parse().unwrap_or(f64::NAN);
        }
        let decimals = self.bytes[digits..end].iter().filter(|byte| **byte != b'.');
        let magnitude = decimals.fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        #[expect(clippy::cast_precision_loss, reason = "15 digits are below 2^53")]
        let magnitude = magnitude as f64;
        // Both operands are exact, so the single division rounds correctly.
        let magnitude = magnitude / POWERS_OF_TEN[(end - point).saturating_sub(1)];
        if start < digits { -magnitude } else { magnitude }
    }

    pub(super) fn word(&mut self, word: &str) -> Read<()> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                let expected = char::from(expected);
                return Err(self.unexpected(&format!("in literal {word} (expecting '{expected}')")));
            }
            self.at += 1;
        }
        Ok(())
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn skip_digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    #[cold]
    #[expect(clippy::unnecessary_box_returns, reason = "it goes into a result of boxed errors")]
    pub(super) fn too_deep(&self) -> Box<JsonError> {
        Box::new(JsonError { message: format!("exceeded max depth of {MAX_DEPTH}"), offset: self.at })
    }

    #[cold]
    #[expect(clippy::unnecessary_box_returns, reason = "it goes into a result of boxed errors")]
    pub(super) fn unexpected(&self, context: &str) -> Box<JsonError> {
        let message = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some('\'') => format!(r"invalid character '\'' {context}"),
            Some('"') => format!(r#"invalid character '"' {context}"#),
            Some(character) => format!("invalid character '{}' {context}", character.escape_debug()),
            None => "unexpected end of JSON input".to_owned(),
        };
        Box::new(JsonError { message, offset: self.at })
    }
}

/// Decodes the escape whose backslash is before `at`. Returns the character and the end of the escape, or the byte of
/// the error and what was expected there.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), (usize, &'static str)> {
    let character = match bytes.get(at) {
        Some(same @ (b'"' | b'\\' | b'/')) => char::from(*same),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return hexadecimal_unit(bytes, at + 1),
        _ => return Err((at, "in string escape code")),
    };
    Ok((character, at + 1))
}

/// Decodes the four digits of a `\u` escape.
fn hexadecimal_unit(bytes: &[u8], start: usize) -> Result<(char, usize), (usize, &'static str)> {
    let mut unit = 0;
    for at in start..start + 4 {
        let digit = bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
            return Err((at, "in \\u hexadecimal character escape"));
        };
        unit = unit * 16 + digit;
    }
    Ok((utf16::char_of_unit(unit), start + 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of `text` as written, and the error, if any, with whether it is inside a string.
    fn tokens(events: Events<'_>) -> (Vec<&str>, Option<(usize, bool)>) {
        let (mut events, mut found) = (events, Vec::new());
        loop {
            match events.next_event() {
                Ok(Event::End) => return (found, None),
                Ok(_) => found.push(events.span().of(events.lexer.text)),
                Err(error) => return (found, Some((error.offset, events.is_in_string()))),
            }
        }
    }

    #[test]
    fn tokens_have_spans() {
        for (text, expected, error) in [
            (" 1.50 ", vec!["1.50"], None),
            (
                r#"{"a" : [1, "\"", {}], "b": null}"#,
                vec!["{", r#""a""#, "[", "1", r#""\"""#, "{", "}", "]", r#""b""#, "null", "}"],
                None,
            ),
            ("[1,]", vec!["[", "1"], Some((3, false))),
            ("{\"a\"", vec!["{", "\"a\""], Some((4, false))),
            ("{\"a", vec!["{"], Some((3, true))),
            ("[\"\\", vec!["["], Some((3, true))),
            ("[\"\\u12", vec!["["], Some((6, true))),
            ("[\"a\n\"]", vec!["["], Some((3, true))),
            ("[\"a\", -", vec!["[", "\"a\""], Some((7, false))),
        ] {
            assert_eq!(tokens(Events::new(text)), (expected, error), "{text}");
        }
        let text = "[1 , ] ";
        assert_eq!(tokens(Events::new(text).with_trailing_commas()), (vec!["[", "1", ",", "]"], None));
    }

    #[test]
    fn skips_the_rest_of_a_value() {
        let mut events = Events::new(r#"[{"a": [[], {}]}, "]"]"#);
        assert_eq!(events.next_event(), Ok(Event::ArrayStart));
        let first = events.next_event().unwrap();
        assert_eq!(events.finish_value(first), Ok(Span::new(1, 16)));
        let next = events.next_event().unwrap();
        assert_eq!(events.finish_value(next), Ok(Span::new(18, 21)));
        assert_eq!(events.finish(), Ok(()));
    }

    #[test]
    fn decodes_strings_with_the_offsets_of_their_characters() {
        let mut events = Events::new(r#""a\n\u00e9é\ud83d\ude00\ud83d.""#);
        let Ok(Event::String(string)) = events.next_event() else { panic!("a string") };
        let half = utf16::char_of_unit(0xd83d);
        assert_eq!(string.decode(), format!("a\né\u{e9}😀{half}."));
        let characters: Vec<_> = string.characters().collect();
        let other = utf16::char_of_unit(0xde00);
        let expected = [(0, 'a'), (1, '\n'), (3, 'é'), (9, 'é'), (11, half), (17, other), (23, half), (29, '.')];
        assert_eq!(characters, expected);
    }

    proptest::proptest! {
        #[test]
        fn characters_add_up_to_the_decoded_string(pieces in proptest::collection::vec(r#"[a"é😀]|\\\\|\\"|\\u[0-9a-f]{4}|\\ud8[0-9a-f]{2}|\\udc[0-9A-F]{2}"#, 0..8)) {
            let text = format!("\"{}\"", pieces.concat());
            if let Ok(Event::String(string)) = Events::new(&text).next_event() {
                let characters: String = string.characters().map(|(_, character)| character).collect();
                proptest::prop_assert_eq!(utf16::join_surrogates(&characters), string.decode());
            }
        }
    }
}
