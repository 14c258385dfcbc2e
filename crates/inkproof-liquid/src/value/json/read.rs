//! Reads JSON into values.
//!
//! It shares its lexer with [`Events`](super::Events) but descends by itself: building values from events took twice as
//! long. A test compares the two.

use smallvec::SmallVec;

use super::events::{JsonError, Lexer, Read, WrittenNumber};
use super::{MAX_DEPTH, Members};
use crate::value::number::Numbers;
use crate::value::{self, Arena, Object, Value};

/// Reads a JSON document.
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
/// The first position at which `text` is not valid JSON, or is nested more than [`MAX_DEPTH`] levels deep.
pub fn read<'a>(text: &'a str, arena: &'a Arena) -> Result<Value<'a>, JsonError> {
    read_as(text, Numbers::JavaScript, arena)
}

/// Like [`read`], with the numbers of a dialect.
///
/// # Errors
/// As [`read`].
pub fn read_as<'a>(text: &'a str, numbers: Numbers, arena: &'a Arena) -> Result<Value<'a>, JsonError> {
    let mut reader = Reader::new(text, arena, None);
    reader.keeps_floats = numbers == Numbers::Ruby;
    reader.document().map_err(|error| *error)
}

/// Like [`read_as`], but of the members of an object that is the whole document, only these are read. The others must be valid.
///
/// ```
/// use inkproof_liquid::{Arena, Value, json::{self, Members}, value::number::Numbers};
/// let (arena, members) = (Arena::new(), Members::new(["b".to_owned()]));
/// let value = json::read_members(r#"{"a": [1], "b": {"a": 2}}"#, Numbers::JavaScript, &members, &arena).unwrap();
/// let Value::Object(object) = value else { panic!() };
/// assert_eq!(object.entries().len(), 1);
/// assert!(json::read_members(r#"{"a": [1, "b": 2}"#, Numbers::JavaScript, &members, &arena).is_err());
/// ```
///
/// # Errors
/// As [`read`].
pub fn read_members<'a>(
    text: &'a str,
    numbers: Numbers,
    members: &Members,
    arena: &'a Arena,
) -> Result<Value<'a>, JsonError> {
    let mut reader = Reader::new(text, arena, None);
    reader.keeps_floats = numbers == Numbers::Ruby;
    reader.members = Some(members);
    reader.document().map_err(|error| *error)
}

/// Reads a JSON document in which a comma may come before a closing bracket. Also returns the positions of those
/// commas.
///
/// # Errors
/// As [`read`].
pub fn read_with_trailing_commas<'a>(text: &'a str, arena: &'a Arena) -> Result<(Value<'a>, Vec<usize>), JsonError> {
    read_some_with_trailing_commas(text, None, arena)
}

/// Like [`read_with_trailing_commas`], but of the members of an object that is the whole document, only these are read. The others
/// must be valid.
///
/// # Errors
/// As [`read`].
pub fn read_members_with_trailing_commas<'a>(
    text: &'a str,
    members: &Members,
    arena: &'a Arena,
) -> Result<(Value<'a>, Vec<usize>), JsonError> {
    read_some_with_trailing_commas(text, Some(members), arena)
}

fn read_some_with_trailing_commas<'a>(
    text: &'a str,
    members: Option<&Members>,
    arena: &'a Arena,
) -> Result<(Value<'a>, Vec<usize>), JsonError> {
    let mut reader = Reader::new(text, arena, Some(Vec::new()));
    reader.members = members;
    let value = reader.document().map_err(|error| *error)?;
    Ok((value, reader.trailing_commas.unwrap_or_default()))
}

/// Like [`read_with_trailing_commas`], but only finds out whether the document is an object, which takes less time.
///
/// # Errors
/// As [`read`].
pub fn is_object_with_trailing_commas(text: &str, arena: &Arena) -> Result<bool, JsonError> {
    Reader::new(text, arena, Some(Vec::new())).is_object().map_err(|error| *error)
}

struct Reader<'m, 'a> {
    lexer: Lexer<'a>,
    text: &'a str,
    arena: &'a Arena,
    depth: usize,
    /// Entries of the objects, and elements of the arrays (with an empty key), that are being read, innermost last.
    ///
    /// Values are pushed here directly: returned through nested results, they would be copied at every level.
    entries: SmallVec<[(&'a str, Value<'a>); 32]>,
    trailing_commas: Option<Vec<usize>>,
    /// Whether `5.0` is a float rather than 5.
    keeps_floats: bool,
    /// The members of the outermost object that are read; all if `None`.
    members: Option<&'m Members>,
}

impl<'a> Reader<'_, 'a> {
    fn new(text: &'a str, arena: &'a Arena, trailing_commas: Option<Vec<usize>>) -> Self {
        Self {
            lexer: Lexer::new(text),
            text,
            arena,
            depth: 0,
            entries: SmallVec::new(),
            trailing_commas,
            keeps_floats: false,
            members: None,
        }
    }

    fn document(&mut self) -> Read<Value<'a>> {
        self.lexer.skip_space();
        self.value::<true>("")?;
        self.end()?;
        Ok(self.entries.pop().map_or(Value::Undefined, |(_, value)| value))
    }

    /// Whether the document, which is checked rather than read, is an object.
    fn is_object(&mut self) -> Read<bool> {
        self.lexer.skip_space();
        let is_object = self.lexer.peek() == Some(b'{');
        self.value::<false>("")?;
        self.end()?;
        Ok(is_object)
    }

    fn end(&mut self) -> Read<()> {
        self.lexer.skip_space();
        if self.lexer.at < self.text.len() {
            return Err(self.lexer.unexpected("after top-level value"));
        }
        Ok(())
    }

    /// Reads a value and pushes it onto the entries; or, if it is not kept, only finds out whether it is valid.
    fn value<const IS_KEPT: bool>(&mut self, key: &'a str) -> Read<()> {
        let value = match self.lexer.peek() {
            Some(b'"') => {
                let string = self.lexer.string()?;
                if IS_KEPT { Value::String(string.decode_in(self.arena)) } else { Value::Null }
            }
            Some(b'{') => self.nested(Self::object::<IS_KEPT>)?,
            Some(b'[') => self.nested(Self::array::<IS_KEPT>)?,
            Some(b'-' | b'0'..=b'9') => {
                let written = self.lexer.skip_number()?;
                if IS_KEPT { self.number(&written) } else { Value::Null }
            }
            Some(b't') => {
                self.lexer.word("true")?;
                Value::Bool(true)
            }
            Some(b'f') => {
                self.lexer.word("false")?;
                Value::Bool(false)
            }
            Some(b'n') => {
                self.lexer.word("null")?;
                Value::Null
            }
            _ => return Err(self.lexer.unexpected("looking for beginning of value")),
        };
        if IS_KEPT {
            self.entries.push((key, value));
        }
        Ok(())
    }

    fn number(&self, written: &WrittenNumber) -> Value<'a> {
        let number = self.lexer.number_of(written);
        let is_float = self.keeps_floats && self.text[written.start..self.lexer.at].contains(['.', 'e', 'E']);
        if is_float { Value::float(number) } else { Value::Number(number) }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Read<Value<'a>>) -> Read<Value<'a>> {
        if self.depth == MAX_DEPTH {
            return Err(Box::new(JsonError {
                message: format!("exceeded max depth of {MAX_DEPTH}"),
                offset: self.lexer.at,
            }));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array<const IS_KEPT: bool>(&mut self) -> Read<Value<'a>> {
        let first = self.entries.len();
        self.lexer.at += 1;
        self.lexer.skip_space();
        let (mut is_empty, mut comma) = (true, None);
        loop {
            if self.lexer.peek() == Some(b']') && self.may_close(is_empty, comma) {
                break;
            }
            is_empty = false;
            self.value::<IS_KEPT>("")?;
            self.lexer.skip_space();
            match self.lexer.peek() {
                Some(b',') => comma = Some(self.lexer.at),
                Some(b']') => break,
                _ => return Err(self.lexer.unexpected("after array element")),
            }
            self.lexer.at += 1;
            self.lexer.skip_space();
        }
        self.lexer.at += 1;
        if !IS_KEPT {
            return Ok(Value::Null);
        }
        let list = value::list_of(self.entries[first..].iter().map(|(_, value)| *value), self.arena);
        self.entries.truncate(first);
        Ok(list)
    }

    fn object<const IS_KEPT: bool>(&mut self) -> Read<Value<'a>> {
        let first = self.entries.len();
        self.lexer.at += 1;
        self.lexer.skip_space();
        let (mut is_empty, mut comma) = (true, None);
        loop {
            if self.lexer.peek() == Some(b'}') && self.may_close(is_empty, comma) {
                break;
            }
            if self.lexer.peek() != Some(b'"') {
                return Err(self.lexer.unexpected("looking for beginning of object key string"));
            }
            is_empty = false;
            let key = self.lexer.string()?;
            let key = if IS_KEPT { key.decode_in(self.arena) } else { "" };
            self.lexer.skip_space();
            if self.lexer.peek() != Some(b':') {
                return Err(self.lexer.unexpected("after object key"));
            }
            self.lexer.at += 1;
            self.lexer.skip_space();
            match self.members {
                Some(members) if IS_KEPT && self.depth == 1 && !members.contains(key) => self.value::<false>("")?,
                _ => self.value::<IS_KEPT>(key)?,
            }
            self.lexer.skip_space();
            match self.lexer.peek() {
                Some(b',') => comma = Some(self.lexer.at),
                Some(b'}') => break,
                _ => return Err(self.lexer.unexpected("after object key:value pair")),
            }
            self.lexer.at += 1;
            self.lexer.skip_space();
        }
        self.lexer.at += 1;
        if !IS_KEPT {
            return Ok(Value::Null);
        }
        let object = Object::new(&self.entries[first..], self.arena);
        self.entries.truncate(first);
        Ok(Value::Object(object))
    }

    /// Whether a closing bracket is allowed here: directly after the opening one, or after an allowed trailing comma.
    fn may_close(&mut self, is_empty: bool, comma: Option<usize>) -> bool {
        match (&mut self.trailing_commas, comma) {
            (Some(commas), Some(comma)) => {
                commas.push(comma);
                true
            }
            _ => is_empty,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Event, Events};
    use super::*;
    use crate::value::json;

    /// The error of a document, or the positions of its trailing commas.
    type Outcome = Result<Vec<usize>, JsonError>;

    fn read_with_events(text: &str) -> (Outcome, Outcome) {
        let outcome = |mut events: Events<'_>| {
            let mut commas = Vec::new();
            loop {
                match events.next_event().map_err(|error| *error)? {
                    Event::End => return Ok(commas),
                    Event::TrailingComma => commas.push(events.span().start),
                    _ => {}
                }
            }
        };
        (outcome(Events::new(text)), outcome(Events::new(text).with_trailing_commas()))
    }

    fn read_with_reader(text: &str) -> (Outcome, Outcome) {
        let arena = Arena::new();
        let strict = read(text, &arena).map(|_| Vec::new());
        (strict, read_with_trailing_commas(text, &arena).map(|(_, commas)| commas))
    }

    #[rustfmt::skip]
    const TOKENS: [&str; 40] = [
        "{", "}", "[", "]", ",", ":", " ", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\n", "\\x", "a", "\"a\"", "\"a\":", "\"b\":1,",
        "\"a\":{", "1", "-", "0", "1.5", ".", "e+", "1e5", "1e400", "12345678901234567890", "true", "null", "nul", "\n", "\u{1}",
        "é", "😀", "'", "[1,]", "{\"a\":1,}", "[[", "]}",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn both_readers_report_the_same_errors(tokens in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..14)) {
            let text = tokens.concat();
            prop_assert_eq!(read_with_events(&text), read_with_reader(&text), "{}", text);
            let arena = Arena::new();
            let is_object = |(value, _)| matches!(value, Value::Object(_));
            prop_assert_eq!(
                is_object_with_trailing_commas(&text, &arena),
                read_with_trailing_commas(&text, &arena).map(is_object),
                "{}", text,
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn members_that_are_not_read_must_be_valid(tokens in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..14)) {
            let (text, arena) = (tokens.concat(), Arena::new());
            let members = Members::new(["a".to_owned()]);
            let all = read(&text, &arena);
            let some = read_members(&text, Numbers::JavaScript, &members, &arena);
            let written = |value: Value<'_>| {
                let mut out = String::new();
                json::write(value, None, &mut out).unwrap();
                out
            };
            match (all, some) {
                (Ok(Value::Object(all)), Ok(Value::Object(some))) => {
                    let a = |object: &Object<'_>| object.get("a").map(written);
                    prop_assert_eq!(a(all), a(some), "{}", text);
                    prop_assert!(some.entries().iter().all(|(key, _)| *key == "a"), "{}", text);
                }
                (Ok(all), Ok(some)) => prop_assert_eq!(written(all), written(some), "{}", text),
                (all, some) => prop_assert_eq!(all.err(), some.err(), "{}", text),
            }
        }
    }

    #[test]
    fn both_readers_have_the_same_depth_limit() {
        for depth in [499, 500, 501] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(read_with_events(&text), read_with_reader(&text));
            assert_eq!(read_with_reader(&text).0.is_ok(), depth <= 500);
        }
    }
}
