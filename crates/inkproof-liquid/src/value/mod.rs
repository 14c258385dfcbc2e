//! Values: JavaScript's values as Liquid sees them. They borrow from the data and the render's arena, and are `Copy`.

mod arena;
pub mod coerce;
pub mod comparison;
mod forloop;
mod hash_index;
pub mod json;
pub(crate) mod name;
pub mod number;
mod object;
pub mod operators;
mod property;
pub mod utf16;

pub use arena::Arena;
pub use forloop::Loop;
pub use object::Object;

/// A value.
// A word-sized tag lets values be copied word by word; smaller copies cause store-forwarding stalls.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Value<'a> {
    /// Missing; in live mode, reading it fails the render.
    Undefined,
    /// Present and null.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A JavaScript number. With Ruby's numbers, a whole one is an integer, and any other a float.
    Number(f64),
    /// A float with a whole value, which only Ruby's numbers distinguish from an integer. See [`Value::float`].
    Float(f64),
    /// A string.
    String(&'a str),
    /// An array.
    Array(&'a [Value<'a>]),
    /// A JSON object.
    Object(&'a Object<'a>),
    /// The literal `nil`, which LiquidJS's filters see as an object.
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

impl Value<'_> {
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

    /// Whether Liquid treats it as true: everything except `false`, null, undefined and `nil`.
    #[must_use]
    pub const fn is_truthy(self) -> bool {
        !matches!(self, Self::Undefined | Self::Null | Self::Nil | Self::Bool(false))
    }

    /// Whether the two are the same in a JavaScript `Set` or as a `Map` key: by content for strings and numbers (NaN is
    /// NaN), by identity for arrays and objects.
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

/// A new array of these elements, not identical to any other array.
pub fn list<'a>(items: &[Value<'a>], arena: &'a Arena) -> Value<'a> {
    list_of(items.iter().copied(), arena)
}

/// Like [`list`], for elements that are not in a slice.
pub(crate) fn list_of<'a>(items: impl ExactSizeIterator<Item = Value<'a>>, arena: &'a Arena) -> Value<'a> {
    if items.len() == 0 {
        // An empty slice would not have a unique address.
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

/// The element at `index`, counted from the end if negative.
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

/// A string of one UTF-16 code unit.
#[must_use]
pub fn unit_string(unit: u16, arena: &Arena) -> Value<'_> {
    Value::String(arena.alloc_str(utf16::char_of_unit(unit).encode_utf8(&mut [0; 4])))
}

/// The array index that a key denotes in canonical form: digits without a leading zero.
pub(crate) fn array_index(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let canonical = bytes == b"0" || (bytes.first().is_some_and(|first| *first != b'0') && bytes.len() <= 10);
    if canonical && bytes.iter().all(u8::is_ascii_digit) {
        name.parse().ok().filter(|index| *index < u32::MAX as usize)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_elements_from_both_ends() {
        let items = [Value::Bool(true), Value::Bool(false)];
        assert!(matches!(element(&items, -1.0), Value::Bool(false)));
        for outside in [2.0, -3.0, 0.5, f64::NAN, f64::INFINITY] {
            assert!(matches!(element(&items, outside), Value::Undefined), "{outside}");
        }
    }
}
