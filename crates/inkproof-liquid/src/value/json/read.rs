//! Reading of JSON into values.

use super::events::{Event, Events, JsonError, JsonString, Read};
use crate::value::number::Numbers;
use crate::value::{self, Arena, Object, Value};

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
/// The first place at which the text is not valid JSON, or is nested more than [`MAX_DEPTH`](super::MAX_DEPTH) levels deep.
pub fn read<'a>(text: &'a str, arena: &'a Arena) -> Result<Value<'a>, JsonError> {
    read_as(text, Numbers::JavaScript, arena)
}

/// The same, with numbers as a dialect has them.
///
/// # Errors
/// As [`read`].
pub fn read_as<'a>(text: &'a str, numbers: Numbers, arena: &'a Arena) -> Result<Value<'a>, JsonError> {
    Reader::new(Events::new(text), text, numbers, arena).document().map_err(|error| *error)
}

/// Reads a JSON text in which a comma may come before a closing bracket, and returns the places of such commas.
///
/// # Errors
/// As [`read`].
pub fn read_with_trailing_commas<'a>(text: &'a str, arena: &'a Arena) -> Result<(Value<'a>, Vec<usize>), JsonError> {
    let events = Events::new(text).with_trailing_commas();
    let mut reader = Reader::new(events, text, Numbers::JavaScript, arena);
    let value = reader.document().map_err(|error| *error)?;
    Ok((value, reader.trailing_commas))
}

struct Reader<'a> {
    events: Events<'a>,
    text: &'a str,
    arena: &'a Arena,
    /// Whether `5.0` is a float and not 5.
    keeps_floats: bool,
    /// Entries of the objects and elements of the arrays (whose key is empty) that are being read, innermost last. The last
    /// entry before those of an array or object is for itself.
    entries: Vec<(&'a str, Value<'a>)>,
    /// For each array and object that is being read, the place of its first entry.
    open: Vec<usize>,
    trailing_commas: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(events: Events<'a>, text: &'a str, numbers: Numbers, arena: &'a Arena) -> Self {
        Self {
            events,
            text,
            arena,
            keeps_floats: numbers == Numbers::Ruby,
            entries: Vec::new(),
            open: Vec::new(),
            trailing_commas: Vec::new(),
        }
    }

    fn document(&mut self) -> Read<Value<'a>> {
        let mut key = "";
        loop {
            let value = match self.events.next_event()? {
                Event::Key(name) => {
                    key = self.string(name);
                    continue;
                }
                Event::String(text) => Value::String(self.string(text)),
                Event::Number(number) if self.keeps_floats && self.is_float() => Value::float(number),
                Event::Number(number) => Value::Number(number),
                Event::Bool(flag) => Value::Bool(flag),
                Event::Null => Value::Null,
                Event::ObjectStart | Event::ArrayStart => {
                    self.entries.push((key, Value::Undefined));
                    self.open.push(self.entries.len());
                    key = "";
                    continue;
                }
                Event::ObjectEnd => {
                    let first = self.open.pop().unwrap_or_default();
                    let object = Object::new(&self.entries[first..], self.arena);
                    self.close(first, Value::Object(object));
                    continue;
                }
                Event::ArrayEnd => {
                    let first = self.open.pop().unwrap_or_default();
                    let list = value::list_of(self.entries[first..].iter().map(|(_, value)| *value), self.arena);
                    self.close(first, list);
                    continue;
                }
                Event::TrailingComma => {
                    self.trailing_commas.push(self.events.span().start);
                    continue;
                }
                Event::End => return Ok(self.entries.pop().map_or(Value::Undefined, |(_, value)| value)),
            };
            self.entries.push((key, value));
            key = "";
        }
    }

    /// Puts the value of an array or object in the place that was kept for it before its `first` entry.
    fn close(&mut self, first: usize, value: Value<'a>) {
        self.entries.truncate(first);
        if let Some((_, own)) = self.entries.last_mut() {
            *own = value;
        }
    }

    fn string(&self, text: JsonString<'a>) -> &'a str {
        text.decode_in(self.arena)
    }

    /// Whether the number that was read last is written as one with a fraction.
    fn is_float(&self) -> bool {
        self.events.span().of(self.text).contains(['.', 'e', 'E'])
    }
}
