//! Reading of JSON.
//!
//! Errors are worded as Go's `encoding/json` words them, since that is what Customer.io shows.

use thiserror::Error;

use super::MAX_DEPTH;
use crate::span::Span;
use crate::value::number::Numbers;
use crate::value::{self, Arena, Object, Value, utf16};

/// The powers of ten that a number's digits are divided by, which doubles hold exactly.
const POWERS_OF_TEN: [f64; 15] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

/// Why a text is no JSON, and the byte where that shows.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct JsonError {
    /// What is wrong, in the words of Go's `encoding/json`.
    pub message: String,
    /// The byte at which it shows; the length of the text where the text ends too early.
    pub offset: usize,
}

/// Reads a JSON text.
///
/// ```
/// use inkproof_liquid::{Arena, Value, json};
/// let arena = Arena::new();
/// let value = json::read(r#"{"name": "Ada"}"#, &arena).unwrap();
/// assert!(matches!(value, Value::Object(object) if matches!(object.get("name"), Some(Value::String("Ada")))));
/// assert_eq!(
///     json::read(r#"{"title": "My "quoted" title"}"#, &arena).unwrap_err().to_string(),
///     "invalid character 'q' after object key:value pair",
/// );
/// ```
///
/// # Errors
/// The first place at which the text is no JSON, or stands more than [`MAX_DEPTH`] levels deep.
pub fn read<'a>(text: &'a str, arena: &'a Arena) -> Result<Value<'a>, JsonError> {
    Reader::new(text, arena, None).document().map_err(|error| *error)
}

/// The same, with numbers as a dialect has them.
///
/// # Errors
/// As [`read`].
pub fn read_as<'a>(text: &'a str, numbers: Numbers, arena: &'a Arena) -> Result<Value<'a>, JsonError> {
    let mut reader = Reader::new(text, arena, None);
    reader.keeps_floats = numbers == Numbers::Ruby;
    reader.document().map_err(|error| *error)
}

/// Reads a JSON text in which a comma may stand before a closing bracket, and gives the places of such commas.
///
/// # Errors
/// As [`read`].
pub fn read_with_trailing_commas<'a>(text: &'a str, arena: &'a Arena) -> Result<(Value<'a>, Vec<usize>), JsonError> {
    let mut reader = Reader::new(text, arena, Some(Vec::new()));
    let value = reader.document().map_err(|error| *error)?;
    Ok((value, reader.trailing_commas.unwrap_or_default()))
}

/// The part of a JSON text that holds the value at `path`, keys of objects and indexes of arrays within each other; `None`
/// where there is no such value, or the text is no JSON up to there. An empty path is the whole value.
///
/// ```
/// use inkproof_liquid::json;
/// let text = r#"{"identifiers": {"id": 7}}"#;
/// assert_eq!(json::locate(text, &["identifiers", "id"]).map(|span| span.of(text)), Some("7"));
/// let text = r#"{"items": [1, {"id": 8}]}"#;
/// assert_eq!(json::locate(text, &["items", "1", "id"]).map(|span| span.of(text)), Some("8"));
/// assert_eq!(json::locate(text, &["items", "2"]), None);
/// ```
#[must_use]
pub fn locate(text: &str, path: &[&str]) -> Option<Span> {
    let arena = Arena::new();
    let mut reader = Reader::new(text, &arena, None);
    reader.skip_space();
    for wanted in path {
        reader.enter(wanted)?;
    }
    let start = reader.at;
    reader.value("").ok()?;
    Some(Span::new(start, reader.at))
}

/// The result of reading a part. The error is boxed, since a result should fit into few registers.
type Read<T> = Result<T, Box<JsonError>>;

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    arena: &'a Arena,
    depth: usize,
    /// Entries of the objects and elements of the arrays (whose key is empty) that are being read, innermost last.
    ///
    /// Values go here right away: handed up through results, they would be copied at every step.
    entries: Vec<(&'a str, Value<'a>)>,
    trailing_commas: Option<Vec<usize>>,
    /// Whether `5.0` is a float and not 5.
    keeps_floats: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, arena: &'a Arena, trailing_commas: Option<Vec<usize>>) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            arena,
            depth: 0,
            entries: Vec::new(),
            trailing_commas,
            keeps_floats: false,
        }
    }

    fn document(&mut self) -> Read<Value<'a>> {
        self.skip_space();
        self.value("")?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(self.unexpected("after top-level value"));
        }
        Ok(self.entries.pop().map_or(Value::Undefined, |(_, value)| value))
    }

    /// Reads a value, and puts it at the end of the entries.
    fn value(&mut self, key: &'a str) -> Read<()> {
        let value = match self.peek() {
            Some(b'"') => Value::String(self.string()?),
            Some(b'{') => Value::Object(self.nested(Self::object)?),
            Some(b'[') => self.nested(Self::array)?,
            Some(b'-' | b'0'..=b'9') => {
                let start = self.at;
                let number = self.number()?;
                let is_float = self.keeps_floats && self.text[start..self.at].contains(['.', 'e', 'E']);
                if is_float { Value::float(number) } else { Value::Number(number) }
            }
            Some(b't') => {
                self.word("true")?;
                Value::Bool(true)
            }
            Some(b'f') => {
                self.word("false")?;
                Value::Bool(false)
            }
            Some(b'n') => {
                self.word("null")?;
                Value::Null
            }
            _ => return Err(self.unexpected("looking for beginning of value")),
        };
        self.entries.push((key, value));
        Ok(())
    }

    fn nested<T>(&mut self, read: fn(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == MAX_DEPTH {
            return Err(Box::new(JsonError { message: format!("exceeded max depth of {MAX_DEPTH}"), offset: self.at }));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Read<Value<'a>> {
        let first = self.entries.len();
        self.at += 1;
        self.skip_space();
        let mut comma = None;
        loop {
            if self.peek() == Some(b']') && self.may_close(first == self.entries.len(), comma) {
                break;
            }
            self.value("")?;
            self.skip_space();
            match self.peek() {
                Some(b',') => comma = Some(self.at),
                Some(b']') => break,
                _ => return Err(self.unexpected("after array element")),
            }
            self.at += 1;
            self.skip_space();
        }
        self.at += 1;
        let list = value::list_of(self.entries[first..].iter().map(|(_, value)| *value), self.arena);
        self.entries.truncate(first);
        Ok(list)
    }

    fn object(&mut self) -> Read<&'a Object<'a>> {
        let first = self.entries.len();
        self.at += 1;
        self.skip_space();
        let mut comma = None;
        loop {
            if self.peek() == Some(b'}') && self.may_close(first == self.entries.len(), comma) {
                break;
            }
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            self.skip_space();
            self.value(key)?;
            self.skip_space();
            match self.peek() {
                Some(b',') => comma = Some(self.at),
                Some(b'}') => break,
                _ => return Err(self.unexpected("after object key:value pair")),
            }
            self.at += 1;
            self.skip_space();
        }
        self.at += 1;
        let object = Object::new(&self.entries[first..], self.arena);
        self.entries.truncate(first);
        Ok(object)
    }

    /// Goes to the value of `wanted` in the object that begins here.
    fn enter(&mut self, wanted: &str) -> Option<()> {
        match self.peek() {
            Some(b'{') => {}
            Some(b'[') => return self.enter_array(wanted.parse().ok()?),
            _ => return None,
        }
        loop {
            self.at += 1;
            self.skip_space();
            if self.peek() != Some(b'"') {
                return None;
            }
            let key = self.string().ok()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return None;
            }
            self.at += 1;
            self.skip_space();
            if key == wanted {
                return Some(());
            }
            self.value("").ok()?;
            self.skip_space();
            if self.peek() != Some(b',') {
                return None;
            }
        }
    }

    /// Goes to the element of an array.
    fn enter_array(&mut self, wanted: usize) -> Option<()> {
        for at in 0.. {
            self.at += 1;
            self.skip_space();
            if self.peek() == Some(b']') {
                return None;
            }
            if at == wanted {
                return Some(());
            }
            self.value("").ok()?;
            self.skip_space();
            if self.peek() != Some(b',') {
                return None;
            }
        }
        None
    }

    /// Whether a closing bracket may stand here: at once, or after a comma where such commas are allowed.
    fn may_close(&mut self, is_empty: bool, comma: Option<usize>) -> bool {
        match (&mut self.trailing_commas, comma) {
            (Some(commas), Some(comma)) => {
                commas.push(comma);
                true
            }
            _ => is_empty,
        }
    }

    fn string(&mut self) -> Read<&'a str> {
        self.at += 1;
        let start = self.at;
        self.at = end_of_plain(self.bytes, start);
        match self.peek() {
            Some(b'"') => {
                let content = &self.text[start..self.at];
                self.at += 1;
                Ok(content)
            }
            Some(b'\\') => self.escaped_string(start),
            _ => Err(self.unexpected("in string literal")),
        }
    }

    /// Goes on with a string in which an escape has been met.
    fn escaped_string(&mut self, start: usize) -> Read<&'a str> {
        let mut content = self.text[start..self.at].to_owned();
        let mut has_halves = false;
        loop {
            let run = self.at;
            self.at = end_of_plain(self.bytes, run);
            content.push_str(&self.text[run..self.at]);
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 1,
                _ => return Err(self.unexpected("in string literal")),
            }
            content.push(match self.peek() {
                Some(same @ (b'"' | b'\\' | b'/')) => char::from(same),
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(b'n') => '\n',
                Some(b'r') => '\r',
                Some(b't') => '\t',
                Some(b'u') => {
                    let unit = self.hexadecimal_unit()?;
                    has_halves |= (0xD800..0xE000).contains(&unit);
                    utf16::char_of_unit(unit)
                }
                _ => return Err(self.unexpected("in string escape code")),
            });
            self.at += 1;
        }
        self.at += 1;
        if has_halves {
            content = utf16::join_halves(&content).into_owned();
        }
        Ok(self.arena.alloc_str(&content))
    }

    /// Reads `uXXXX`, and stays on its last digit.
    fn hexadecimal_unit(&mut self) -> Read<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            self.at += 1;
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Read<f64> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
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
        if end < self.at || end - digits > 15 {
            return Ok(self.text[start..self.at].parse().unwrap_or(f64::NAN));
        }
        let written = self.bytes[digits..end].iter().filter(|byte| **byte != b'.');
        let magnitude = written.fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        #[expect(clippy::cast_precision_loss, reason = "15 digits are below 2^53")]
        let magnitude = magnitude as f64;
        // Both are exact, so the one division rounds as it should.
        let magnitude = magnitude / POWERS_OF_TEN[(end - point).saturating_sub(1)];
        Ok(if negative { -magnitude } else { magnitude })
    }

    fn word(&mut self, word: &str) -> Read<()> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                let expected = char::from(expected);
                return Err(self.unexpected(&format!("in literal {word} (expecting '{expected}')")));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
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
    fn unexpected(&self, context: &str) -> Box<JsonError> {
        let message = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some('\'') => format!(r"invalid character '\'' {context}"),
            Some('"') => format!(r#"invalid character '"' {context}"#),
            Some(character) => format!("invalid character '{}' {context}", character.escape_debug()),
            None => "unexpected end of JSON input".to_owned(),
        };
        Box::new(JsonError { message, offset: self.at })
    }
}

/// Where the plain characters of a string that begin at `start` end: at a quote, a backslash, a control character, or the
/// end of the text. Eight bytes are looked at at once.
fn end_of_plain(bytes: &[u8], start: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    /// Sets the high bit of the first byte that is below `limit`, which is at most 128; none below that is set.
    const fn below(word: u64, limit: u64) -> u64 {
        word.wrapping_sub(ONES * limit) & !word & (ONES << 7)
    }
    let mut at = start;
    while let Some(chunk) = bytes[at..].first_chunk() {
        let word = u64::from_le_bytes(*chunk);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let special = quote | backslash | below(word, 0x20);
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += size_of_val(chunk);
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes[at..].iter().position(is_special).map_or(bytes.len(), |plain| at + plain)
}
