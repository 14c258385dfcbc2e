//! Values: JavaScript's, as Liquid sees them. They borrow from the data and from the arena of the render, and are copied
//! freely.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicUsize, Ordering};

use bumpalo::Bump;
use foldhash::fast::RandomState;

use super::coerce;
use super::error::{Error, Result};
use super::json;
use super::utf16;

/// The memory that a template's tree, its data and all that a render makes live in. It is given back all at once.
pub type Arena = Bump;

/// A value.
// The tag takes a whole word, so that values are copied by words: copied in smaller pieces, they stall the processor.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Value<'a> {
    /// Not there at all; in live mode, reading it fails the render.
    Undefined,
    /// There, and null.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A JavaScript number. In Ruby's numbers, a whole one is an integer, and any other a float.
    Number(f64),
    /// A whole number that is a float all the same; there are such in Ruby's numbers only. See [`Value::float`].
    Float(f64),
    /// A text.
    String(&'a str),
    /// A list.
    Array(&'a [Value<'a>]),
    /// A JSON object.
    Object(&'a Object<'a>),
    /// The literal `nil`, which filters see as an object of its own.
    Nil,
    /// The literal `empty`.
    Empty,
    /// The literal `blank`.
    Blank,
    /// `forloop` or `tablerowloop`.
    Loop(&'a Loop<'a>),
    /// `block`, inside `{% block %}`.
    Block,
}

/// What LiquidJS keeps in `block` for a body that replaces none: a function, by its name and as it is written.
const BLOCK_RENDER: (&str, &str) = ("superBlockRender", "() => ''");

impl<'a> Value<'a> {
    /// A Ruby float.
    #[must_use]
    pub fn float(number: f64) -> Self {
        if number.fract() == 0.0 { Self::Float(number) } else { Self::Number(number) }
    }

    /// Whether it is missing or null. The literal `nil` is an object, so it is not nullish.
    #[must_use]
    pub const fn is_nullish(self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

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

    /// Whether Liquid takes it for true: all but `false`, null, undefined and `nil`.
    #[must_use]
    pub const fn is_truthy(self) -> bool {
        !matches!(self, Self::Undefined | Self::Null | Self::Nil | Self::Bool(false))
    }

    /// The elements that a loop runs over: those of an array, a text that is not empty once, an object as pairs.
    #[must_use]
    pub fn enumerable(self, arena: &'a Arena) -> &'a [Self] {
        match self.plain(arena) {
            Self::Array(items) => items,
            text @ Self::String(content) if !content.is_empty() => arena.alloc_slice_copy(&[text]),
            Self::Object(object) => arena.alloc_slice_fill_iter(
                object
                    .entries()
                    .iter()
                    .map(|&(key, value)| Self::Array(arena.alloc_slice_copy(&[Self::String(key), value]))),
            ),
            Self::Block => {
                let (name, function) = BLOCK_RENDER;
                let pair = arena.alloc_slice_copy(&[Self::String(name), Self::String(function)]);
                arena.alloc_slice_copy(&[Self::Array(pair)])
            }
            _ => &[],
        }
    }

    /// The elements that an array filter works on: nothing for null, the array's own, else the value alone.
    #[must_use]
    pub fn listed(self, arena: &'a Arena) -> &'a [Self] {
        match self.plain(arena) {
            Self::Undefined | Self::Null => &[],
            Self::Array(items) => items,
            single => arena.alloc_slice_copy(&[single]),
        }
    }

    /// Reads the property `key`; undefined where there is none. Reading a property of null is null, of undefined undefined.
    ///
    /// # Errors
    /// A few names that JavaScript puts on every object cannot be read.
    pub fn property(self, key: Self, arena: &'a Arena) -> Result<Self> {
        match (self, key) {
            (Self::Undefined | Self::Null, _) => Ok(self),
            (_, Self::String(name)) => self.named_property(name, arena),
            (Self::Array(items), Self::Number(index) | Self::Float(index)) => Ok(element(items, index)),
            (_, key) => self.named_property(&coerce::js_string(key.plain(arena), arena)?, arena),
        }
    }

    /// Reads the property `name`, as [`Value::property`] does.
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

    /// Reads the property `name` of anything but an object.
    fn built_in_property(self, name: &str, arena: &'a Arena) -> Result<Self> {
        Ok(match self {
            Self::Undefined | Self::Null => self,
            Self::Array(items) => match name {
                "size" | "length" => count(items.len()),
                "first" => element(items, 0.0),
                "last" => element(items, -1.0),
                _ => array_index(name).and_then(|index| items.get(index)).copied().unwrap_or(Self::Undefined),
            },
            Self::String(text) => match name {
                "size" | "length" => count(utf16::length(text)),
                _ => array_index(name)
                    .and_then(|index| utf16::unit_at(text, index))
                    .map_or(Self::Undefined, |unit| unit_text(unit, arena)),
            },
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
                // A function is called.
                name if name == BLOCK_RENDER.0 => Self::String(""),
                _ => method_of_every_object(name, "BlockDrop")?,
            },
        })
    }

    /// The literals are JavaScript objects with methods, which a path calls by naming them.
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

    /// Whether JavaScript calls the two the same in a `Set` or as a `Map` key: by content for texts and numbers
    /// (NaN is NaN), by identity for arrays and objects.
    #[must_use]
    pub fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined)
            | (Self::Null, Self::Null)
            | (Self::Nil, Self::Nil)
            | (Self::Empty, Self::Empty)
            | (Self::Blank, Self::Blank)
            | (Self::Block, Self::Block) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Number(left), Self::Number(right)) | (Self::Float(left), Self::Float(right)) => {
                left == right || (left.is_nan() && right.is_nan())
            }
            (Self::String(left), Self::String(right)) => left == right,
            (Self::Array(left), Self::Array(right)) => std::ptr::eq(left, right),
            (Self::Object(left), Self::Object(right)) => std::ptr::eq(left, right),
            (Self::Loop(left), Self::Loop(right)) => std::ptr::eq(left, right),
            _ => false,
        }
    }
}

/// A list of these elements, which is the same as no other list.
pub fn list<'a>(items: &[Value<'a>], arena: &'a Arena) -> Value<'a> {
    list_of(items.iter().copied(), arena)
}

/// The same for elements that are not a slice yet.
pub(crate) fn list_of<'a>(items: impl ExactSizeIterator<Item = Value<'a>>, arena: &'a Arena) -> Value<'a> {
    if items.len() == 0 {
        // An empty slice would have no address of its own.
        return Value::Array(&arena.alloc_slice_copy(&[Value::Undefined])[..0]);
    }
    Value::Array(arena.alloc_slice_fill_iter(items))
}

/// A count as a value.
#[must_use]
pub fn count<'a>(count: usize) -> Value<'a> {
    #[expect(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
    Value::Number(count as f64)
}

/// The element at `index`, from the end where it is negative.
#[must_use]
pub fn element<'a>(items: &'a [Value<'a>], index: f64) -> Value<'a> {
    #[expect(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
    let index = if index < 0.0 { items.len() as f64 + index } else { index };
    if index < 0.0 || index.fract() != 0.0 {
        return Value::Undefined;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and not negative; saturates")]
    let index = index as usize;
    items.get(index).copied().unwrap_or(Value::Undefined)
}

/// One UTF-16 code unit as a text.
#[must_use]
pub fn unit_text(unit: u16, arena: &Arena) -> Value<'_> {
    Value::String(arena.alloc_str(utf16::char_of_unit(unit).encode_utf8(&mut [0; 4])))
}

/// The array index that a key names in its one canonical form: digits without a leading zero.
pub(crate) fn array_index(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let canonical = bytes == b"0" || (bytes.first().is_some_and(|first| *first != b'0') && bytes.len() <= 10);
    if canonical && bytes.iter().all(u8::is_ascii_digit) {
        name.parse().ok().filter(|index| *index < u32::MAX as usize)
    } else {
        None
    }
}

/// What `Object.prototype` answers when a path calls one of its methods on a literal or a loop.
fn method_of_every_object<'a>(name: &str, class: &str) -> Result<Value<'a>> {
    match name {
        "toString" | "toLocaleString" => Ok(Value::String("[object Object]")),
        "hasOwnProperty" | "isPrototypeOf" | "propertyIsEnumerable" => Ok(Value::Bool(false)),
        "constructor" => Err(Error::new(format!("Class constructor {class} cannot be invoked without 'new'"))),
        _ => Ok(Value::Undefined),
    }
}

/// A JSON object, its keys in JavaScript's order: whole numbers first, rising, then as they were written.
#[derive(Debug)]
pub struct Object<'a> {
    entries: &'a [(&'a str, Value<'a>)],
    index: Option<Index<'a>>,
}

/// From how many keys on an index is worth its building.
const INDEXED_FROM: usize = 9;

impl<'a> Object<'a> {
    /// An object of these entries. Of a key that comes twice the last value counts, at the place of the first.
    pub fn new(entries: &[(&'a str, Value<'a>)], arena: &'a Arena) -> &'a Self {
        arena.alloc(Self::build(entries, arena))
    }

    fn build(entries: &[(&'a str, Value<'a>)], arena: &'a Arena) -> Self {
        let has_indices = entries.iter().any(|(key, _)| array_index(key).is_some());
        let entries = arena.alloc_slice_copy(entries);
        if has_indices {
            entries.sort_by_key(|(key, _)| array_index(key).map_or((1, 0), |index| (0, index)));
        }
        if entries.len() < INDEXED_FROM {
            let mut kept: usize = 0;
            for at in 0..entries.len() {
                let (key, value) = entries[at];
                if let Some(earlier) = entries[..kept].iter_mut().find(|(earlier, _)| *earlier == key) {
                    earlier.1 = value;
                } else {
                    entries[kept] = (key, value);
                    kept += 1;
                }
            }
            return Self { entries: &entries[..kept], index: None };
        }
        let (entries, index) = Index::build(entries, arena);
        Self { entries, index: Some(index) }
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.find(key).copied()
    }

    /// The value of `key` in its place.
    #[must_use]
    #[inline]
    pub fn find(&self, key: &str) -> Option<&'a Value<'a>> {
        match &self.index {
            Some(index) => index.find(key, self.entries),
            None => self.entries.iter().find(|(name, _)| is_same_key(name, key)).map(|(_, value)| value),
        }
    }

    /// All keys and values in JavaScript's order.
    #[must_use]
    pub const fn entries(&self) -> &'a [(&'a str, Value<'a>)] {
        self.entries
    }
}

/// Whether two keys are the same. Keys of one length mostly differ in their last byte already.
#[inline]
fn is_same_key(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.as_bytes().last() == right.as_bytes().last() && left == right
}

/// An open-addressing hash table from keys to their places, for large objects.
#[derive(Debug)]
struct Index<'a> {
    slots: &'a [u32],
    hasher: RandomState,
}

impl<'a> Index<'a> {
    const FREE: u32 = u32::MAX;

    /// Indexes `entries`, and drops the repeated keys.
    fn build(entries: &'a mut [(&'a str, Value<'a>)], arena: &'a Arena) -> (&'a [(&'a str, Value<'a>)], Self) {
        let hasher = RandomState::default();
        let slots = arena.alloc_slice_fill_copy((entries.len() * 2).next_power_of_two(), Self::FREE);
        let mut kept = 0;
        for at in 0..entries.len() {
            let (key, value) = entries[at];
            let slot = Self::probe(&hasher, slots, key, entries);
            if slots[slot] == Self::FREE {
                slots[slot] = u32::try_from(kept).unwrap_or(Self::FREE);
                entries[kept] = (key, value);
                kept += 1;
            } else {
                entries[slots[slot] as usize].1 = value;
            }
        }
        (&entries[..kept], Self { slots, hasher })
    }

    /// The slot that holds `key`, or the free one where it belongs.
    fn probe(hasher: &RandomState, slots: &[u32], key: &str, entries: &[(&str, Value<'_>)]) -> usize {
        let mask = slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "any part of a hash is a hash")]
        let mut slot = hasher.hash_one(key) as usize & mask;
        while slots[slot] != Self::FREE && entries[slots[slot] as usize].0 != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn find(&self, key: &str, entries: &'a [(&'a str, Value<'a>)]) -> Option<&'a Value<'a>> {
        let place = self.slots[Self::probe(&self.hasher, self.slots, key, entries)];
        entries.get(place as usize).map(|(_, value)| value)
    }
}

/// The state of a running `for` or `tablerow`, readable as `forloop` or `tablerowloop`.
#[derive(Debug)]
pub struct Loop<'a> {
    turn: AtomicUsize,
    length: usize,
    name: &'a str,
    columns: Option<(f64, Value<'a>)>,
}

impl<'a> Loop<'a> {
    /// The state before the first of `length` turns; `name` is `variable-collection`, as the tag has them.
    #[must_use]
    pub const fn new(length: usize, name: &'a str) -> Self {
        Self { turn: AtomicUsize::new(0), length, name, columns: None }
    }

    /// The same for `tablerow`, with `columns` cells in a row.
    #[must_use]
    pub fn with_columns(mut self, columns: Value<'a>, arena: &'a Arena) -> Self {
        self.columns = Some((coerce::to_number(columns, arena).unwrap_or(f64::NAN), columns));
        self
    }

    /// Goes to the next turn.
    pub fn advance(&self) {
        // One render never shares its loops between threads; the atomic only keeps values shareable.
        self.turn.store(self.turn.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// The row of the present turn, from 1; NaN where the number of columns is no number.
    #[must_use]
    pub fn row(&self) -> f64 {
        (self.turn() / self.columns.map_or(f64::NAN, |(columns, _)| columns)).floor() + 1.0
    }

    /// The column of the present turn, from 0.
    #[must_use]
    pub fn column0(&self) -> f64 {
        self.turn() % self.columns.map_or(f64::NAN, |(columns, _)| columns)
    }

    fn turn(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "no loop turns 2^53 times")]
        let turn = self.turn.load(Ordering::Relaxed) as f64;
        turn
    }

    fn property(&self, name: &str) -> Option<Value<'a>> {
        #[expect(clippy::cast_precision_loss, reason = "no loop turns 2^53 times")]
        let length = self.length as f64;
        let turn = self.turn();
        Some(match (name, self.columns) {
            ("i" | "index0", _) => Value::Number(turn),
            ("index", _) => Value::Number(turn + 1.0),
            ("rindex", _) => Value::Number(length - turn),
            ("rindex0", _) => Value::Number(length - turn - 1.0),
            ("first", _) => Value::Bool(turn == 0.0),
            ("last", _) => Value::Bool(turn == length - 1.0),
            ("length", _) => Value::Number(length),
            ("next", _) => {
                self.advance();
                Value::Undefined
            }
            ("cols", Some((_, columns))) => columns,
            ("row", Some(_)) => Value::Number(self.row()),
            ("col0", Some(_)) => Value::Number(self.column0()),
            ("col", Some(_)) => Value::Number(self.column0() + 1.0),
            ("col_first", Some(_)) => Value::Bool(self.column0() == 0.0),
            // The declared number itself is compared, so that a text never equals.
            ("col_last", Some((_, columns))) => {
                Value::Bool(matches!(columns, Value::Number(columns) if self.column0() + 1.0 == columns))
            }
            _ => return None,
        })
    }

    /// What printing the loop prints: its own fields as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let fields: Vec<_> = self.fields().into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    }

    /// The loop's own fields, each value as JSON.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut name = String::new();
        json::write_string(self.name, &mut name);
        let turn = self.turn.load(Ordering::Relaxed);
        let mut fields = vec![("i", turn.to_string()), ("length", self.length.to_string()), ("name", name)];
        if let Some((_, columns)) = self.columns {
            let mut text = String::new();
            // A value that is too deep to be written is as good as none.
            if json::write(columns, None, &mut text).is_ok() {
                fields.push(("cols", text));
            }
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_javascript_order() {
        let arena = Arena::new();
        let entries =
            [("b", Value::Null), ("10", Value::Null), ("a", Value::Null), ("9", Value::Null), ("01", Value::Null)];
        let object = Object::new(&entries, &arena);
        let keys: Vec<_> = object.entries().iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, ["9", "10", "b", "a", "01"]);
    }

    #[test]
    fn a_repeated_key_keeps_its_place_and_its_last_value() {
        let arena = Arena::new();
        for size in [3, 40] {
            let names: Vec<String> = (0..size).map(|at| format!("key{at}")).collect();
            let mut entries: Vec<_> = names.iter().map(|name| (name.as_str(), Value::Bool(false))).collect();
            entries.push(("key1", Value::Bool(true)));
            let object = Object::new(&entries, &arena);
            assert_eq!(object.entries().len(), size);
            assert!(matches!(object.get("key1"), Some(Value::Bool(true))));
            assert_eq!(object.entries()[1].0, "key1");
            assert!(object.get("nothing").is_none());
        }
    }

    #[test]
    fn elements() {
        let items = [Value::Bool(true), Value::Bool(false)];
        assert!(matches!(element(&items, -1.0), Value::Bool(false)));
        for outside in [2.0, -3.0, 0.5, f64::NAN, f64::INFINITY] {
            assert!(matches!(element(&items, outside), Value::Undefined), "{outside}");
        }
    }
}
