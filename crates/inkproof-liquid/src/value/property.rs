//! How JavaScript reads properties of values, and which elements loops and array filters see in them.

use super::{Arena, Value, array_index, coerce, count, element, unit_string, utf16};
use crate::error::{Error, Result};

/// The function that LiquidJS keeps in `block` if there is no parent block: its name and its source.
const BLOCK_RENDER: (&str, &str) = ("superBlockRender", "() => ''");

impl<'a> Value<'a> {
    /// The plain value behind a literal or a loop: `nil` is null, `empty` and `blank` are `""`, a loop is its JSON.
    #[must_use]
    pub fn plain(self, arena: &'a Arena) -> Self {
        match self {
            Self::Nil => Self::Null,
            Self::Empty | Self::Blank => Self::String(""),
            Self::Loop(state) => Self::String(arena.alloc_str(&state.json())),
            other => other,
        }
    }

    /// The elements that a loop iterates over: those of an array, a non-empty string itself, or an object's entries as
    /// pairs.
    ///
    /// # Errors
    /// The render may not use the memory or the time for the pairs.
    pub fn enumerable(self, arena: &'a Arena) -> Result<&'a [Self]> {
        Ok(match self.plain(arena) {
            Self::Array(items) => items,
            text @ Self::String(content) if !content.is_empty() => arena.alloc_slice_copy(&[text]),
            Self::Object(object) => {
                let entries = object.entries();
                arena.work(entries.len() * 4)?;
                arena.reserve(entries.len() * size_of::<[Self; 3]>())?;
                let pair =
                    |&(key, value): &(&'a str, Self)| Self::Array(arena.alloc_slice_copy(&[Self::String(key), value]));
                arena.alloc_slice_fill_iter(entries.iter().map(pair))
            }
            Self::Block => {
                let (name, function) = BLOCK_RENDER;
                let pair = arena.alloc_slice_copy(&[Self::String(name), Self::String(function)]);
                arena.alloc_slice_copy(&[Self::Array(pair)])
            }
            _ => &[],
        })
    }

    /// The elements that an array filter processes: none for null, those of an array, or else the value itself.
    #[must_use]
    pub fn listed(self, arena: &'a Arena) -> &'a [Self] {
        match self.plain(arena) {
            Self::Undefined | Self::Null => &[],
            Self::Array(items) => items,
            single => arena.alloc_slice_copy(&[single]),
        }
    }

    /// Reads the property `key`, undefined if there is none. A property of null is null, and of undefined undefined.
    ///
    /// # Errors
    /// The property is a method of `Object.prototype` that cannot be called.
    pub fn property(self, key: Self, arena: &'a Arena) -> Result<Self> {
        match (self, key) {
            (Self::Undefined | Self::Null, _) => Ok(self),
            (_, Self::String(name)) => self.named_property(name, arena),
            (Self::Array(items), Self::Number(index) | Self::Float(index)) => Ok(element(items, index)),
            (_, key) => self.named_property(&coerce::js_string(key.plain(arena), arena)?, arena),
        }
    }

    /// Reads the property `name`, like [`Value::property`].
    ///
    /// # Errors
    /// See [`Value::property`].
    #[inline]
    pub fn named_property(self, name: &str, arena: &'a Arena) -> Result<Self> {
        match self {
            Self::Object(object) => Ok(match object.get(name) {
                Some(value) => value,
                None if name == "size" => count(object.entries().len()),
                None => Self::Undefined,
            }),
            other => other.built_in_property(name, arena),
        }
    }

    /// Reads the property `name` of a value that is not an object.
    fn built_in_property(self, name: &str, arena: &'a Arena) -> Result<Self> {
        Ok(match self {
            Self::Undefined | Self::Null => self,
            Self::Array(items) => match name {
                "size" | "length" => count(items.len()),
                "first" => element(items, 0.0),
                "last" => element(items, -1.0),
                _ => array_index(name).and_then(|index| items.get(index)).copied().unwrap_or(Self::Undefined),
            },
            Self::String(text) => {
                arena.work(text.len() / 4)?;
                match name {
                    "size" | "length" => count(utf16::length(text)),
                    _ => array_index(name)
                        .and_then(|index| utf16::unit_at(text, index))
                        .map_or(Self::Undefined, |unit| unit_string(unit, arena)),
                }
            }
            Self::Object(_) | Self::Bool(_) | Self::Number(_) | Self::Float(_) => Self::Undefined,
            Self::Loop(state) => match state.property(name) {
                Some(value) => value,
                None if name == "name" => Self::String(state.name),
                None if name == "valueOf" => self.plain(arena),
                None => method_of_every_object(name, "ForloopDrop")?,
            },
            Self::Nil | Self::Empty | Self::Blank => self.literal_method(name)?,
            Self::Block => match name {
                "super" => Self::String(""),
                // Functions are called.
                name if name == BLOCK_RENDER.0 => Self::String(""),
                _ => method_of_every_object(name, "BlockDrop")?,
            },
        })
    }

    /// The literals are JavaScript objects, and a path that names one of their methods calls it.
    fn literal_method(self, name: &str) -> Result<Self> {
        Ok(match (name, self) {
            ("gt" | "geq" | "lt" | "leq", _) | ("equals", Self::Empty) => Self::Bool(false),
            ("equals", _) => Self::Bool(true),
            ("valueOf", Self::Nil) => Self::Null,
            ("valueOf", _) => Self::String(""),
            (_, Self::Nil) => method_of_every_object(name, "NullDrop")?,
            (_, Self::Empty) => method_of_every_object(name, "EmptyDrop")?,
            _ => method_of_every_object(name, "BlankDrop")?,
        })
    }
}

/// The result of a method of `Object.prototype`, called by a path on a literal or a loop.
fn method_of_every_object<'a>(name: &str, class: &str) -> Result<Value<'a>> {
    match name {
        "toString" | "toLocaleString" => Ok(Value::String("[object Object]")),
        "hasOwnProperty" | "isPrototypeOf" | "propertyIsEnumerable" => Ok(Value::Bool(false)),
        "constructor" => Err(Error::new(format!("Class constructor {class} cannot be invoked without 'new'"))),
        _ => Ok(Value::Undefined),
    }
}
