//! Changes: how the data of a mutant differs from that of its seed, and how data is changed.

use crate::contract::{Key, Pointer};
use crate::liquid::value::{Object, list};
use crate::liquid::{Arena, Value};

/// A difference between two pieces of data.
#[derive(Clone, Debug)]
pub(super) struct Edit<'s> {
    pub(super) path: Vec<EditKey<'s>>,
    /// What is there afterwards; none if nothing is.
    pub(super) to: Option<Value<'s>>,
}

/// A step of the path of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EditKey<'s> {
    /// To the member of an object.
    Member(&'s str),
    /// To the element of an array.
    Element(usize),
    /// To the last element of an array.
    Last,
    /// To each element of an array.
    Every,
}

/// The data with something else at a path; where the path leads nowhere, it stays as it is.
pub(super) fn replaced<'s>(
    value: Value<'s>,
    path: &[EditKey<'s>],
    to: Option<Value<'s>>,
    arena: &'s Arena,
) -> Value<'s> {
    let Some((first, rest)) = path.split_first() else { return to.unwrap_or(value) };
    match (first, value) {
        (EditKey::Member(key), Value::Object(object)) => {
            let entries = object.entries();
            let changed = match (entries.iter().position(|(name, _)| name == key), to) {
                (Some(place), None) if rest.is_empty() => {
                    Object::new(&[&entries[..place], &entries[place + 1..]].concat(), arena)
                }
                (Some(place), _) => {
                    object.with_values_at(&[(place, replaced(entries[place].1, rest, to, arena))], arena)
                }
                (None, Some(to)) if rest.is_empty() => Object::new(&[entries, &[(*key, to)]].concat(), arena),
                (None, _) => return value,
            };
            Value::Object(changed)
        }
        (EditKey::Member(_), _) => value,
        (key, Value::Array(items)) => {
            let mut items = items.to_vec();
            let is_meant = |at: usize| match key {
                EditKey::Element(index) => at == *index,
                EditKey::Last => at + 1 == items.len(),
                _ => true,
            };
            let meant: Vec<_> = (0..items.len()).filter(|at| is_meant(*at)).collect();
            for at in meant {
                items[at] = replaced(items[at], rest, to, arena);
            }
            list(&items, arena)
        }
        (_, other) => other,
    }
}

/// The same data in another arena.
pub(super) fn copied<'a>(value: Value<'_>, arena: &'a Arena) -> Value<'a> {
    match value {
        Value::Null => Value::Null,
        Value::Bool(flag) => Value::Bool(flag),
        Value::Number(number) => Value::Number(number),
        Value::Float(number) => Value::Float(number),
        Value::String(text) => Value::String(arena.alloc_str(text)),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| copied(*item, arena)).collect();
            list(&items, arena)
        }
        Value::Object(object) => {
            let entries = object.entries().iter();
            let entries: Vec<_> = entries.map(|(key, value)| (&*arena.alloc_str(key), copied(*value, arena))).collect();
            Value::Object(Object::new(&entries, arena))
        }
        // Only templates have other values.
        _ => Value::Undefined,
    }
}

/// Whether two values are equal as JSON.
pub(super) fn is_equal(left: Value<'_>, right: Value<'_>) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_equal(*left, *right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.entries().len() == right.entries().len()
                && left
                    .entries()
                    .iter()
                    .all(|(name, value)| right.get(name).is_some_and(|other| is_equal(*value, other)))
        }
        _ => left.is_same(right),
    }
}

/// What has to be changed in `from` to make it `to`.
pub(super) fn edits_between<'s>(from: Value<'s>, to: Value<'s>) -> Vec<Edit<'s>> {
    let mut edits = Vec::new();
    collect(from, to, &mut Vec::new(), &mut edits);
    edits
}

fn collect<'s>(from: Value<'s>, to: Value<'s>, path: &mut Vec<EditKey<'s>>, edits: &mut Vec<Edit<'s>>) {
    match (from, to) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before.entries() {
                path.push(EditKey::Member(name));
                match after.get(name) {
                    Some(other) => collect(*value, other, path, edits),
                    None => edits.push(Edit { path: path.clone(), to: None }),
                }
                path.pop();
            }
            for (name, value) in after.entries().iter().filter(|(name, _)| before.get(name).is_none()) {
                path.push(EditKey::Member(name));
                edits.push(Edit { path: path.clone(), to: Some(*value) });
                path.pop();
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (at, (before, after)) in before.iter().zip(after).enumerate() {
                path.push(EditKey::Element(at));
                collect(*before, *after, path, edits);
                path.pop();
            }
        }
        _ if is_equal(from, to) => {}
        _ => edits.push(Edit { path: path.clone(), to: Some(to) }),
    }
}

/// The data after these edits.
pub(super) fn edited<'s>(value: Value<'s>, edits: &[Edit<'s>], arena: &'s Arena) -> Value<'s> {
    edits.iter().fold(value, |value, edit| replaced(value, &edit.path, edit.to, arena))
}

/// The value at a path; `None` if there is none.
pub(super) fn value_at<'s>(value: Value<'s>, path: &[EditKey<'_>]) -> Option<Value<'s>> {
    path.iter().try_fold(value, |value, key| match (key, value) {
        (EditKey::Member(name), Value::Object(object)) => object.get(name),
        (EditKey::Element(at), Value::Array(items)) => items.get(*at).copied(),
        _ => None,
    })
}

impl Edit<'_> {
    /// Where the change is.
    pub(super) fn pointer(&self) -> Pointer {
        let key = |key: &EditKey<'_>| match key {
            EditKey::Member(name) => Key::Member((*name).to_owned()),
            EditKey::Element(at) => Key::Element(*at),
            EditKey::Last | EditKey::Every => Key::Element(0),
        };
        Pointer(self.path.iter().map(key).collect())
    }
}
