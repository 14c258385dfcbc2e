//! Locations: places in the JSON of a payload, and how what is there is read, replaced and removed.

use serde_json::Value as Json;

use crate::contract::Key;

/// A step from a place to one within it, for all elements of an array at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To what an object has under a key.
    Member(String),
    /// To each element of an array.
    Element,
}

/// How many elements of an array are looked at: the first ones, and the last.
const MAX_ELEMENTS: usize = 3;
/// How many locations of a place are looked at in one payload.
const MAX_LOCATIONS: usize = 9;

/// The value at a location.
pub(super) fn value_at<'j>(data: &'j Json, location: &[Key]) -> Option<&'j Json> {
    location.iter().try_fold(data, |value, key| match key {
        Key::Member(name) => value.as_object()?.get(name),
        Key::Element(at) => value.as_array()?.get(*at),
    })
}

fn value_at_mut<'j>(data: &'j mut Json, location: &[Key]) -> Option<&'j mut Json> {
    location.iter().try_fold(data, |value, key| match key {
        Key::Member(name) => value.as_object_mut()?.get_mut(name),
        Key::Element(at) => value.as_array_mut()?.get_mut(*at),
    })
}

/// Puts a value at a location, or removes what is there. Returns whether that could be done: objects around it are not
/// made up.
pub(super) fn put(data: &mut Json, location: &[Key], to: Option<Json>) -> bool {
    let Some((last, parent)) = location.split_last() else { return false };
    let Some(parent) = value_at_mut(data, parent) else { return false };
    match (parent, last, to) {
        (Json::Object(object), Key::Member(name), Some(to)) => {
            object.insert(name.clone(), to);
            true
        }
        (Json::Object(object), Key::Member(name), None) => object.shift_remove(name).is_some(),
        (Json::Array(items), Key::Element(at), Some(to)) if *at < items.len() => {
            items[*at] = to;
            true
        }
        _ => false,
    }
}

/// The locations of a place in a payload that have an object or array around them, whether or not anything is there.
pub(super) fn locations(data: &Json, pattern: &[Step]) -> Vec<Vec<Key>> {
    let mut found = vec![(Vec::new(), Some(data))];
    for step in pattern {
        let mut inner: Vec<(Vec<Key>, Option<&Json>)> = Vec::new();
        for (location, value) in found {
            let mut add = |key: Key, value| {
                if inner.len() < MAX_LOCATIONS {
                    let mut location: Vec<Key> = location.clone();
                    location.push(key);
                    inner.push((location, value));
                }
            };
            match (step, value) {
                (Step::Member(name), Some(Json::Object(object))) => add(Key::Member(name.clone()), object.get(name)),
                (Step::Element, Some(Json::Array(items))) => {
                    let is_looked_at = |at: &usize| *at + 1 < MAX_ELEMENTS || *at + 1 == items.len();
                    (0..items.len()).filter(is_looked_at).for_each(|at| add(Key::Element(at), items.get(at)));
                }
                _ => {}
            }
        }
        found = inner;
    }
    found.into_iter().map(|(location, _)| location).collect()
}

/// The location of another place that shares its elements with `location`: of a sibling in the same element of a list.
/// None if that place is in an array of its own.
pub(super) fn aligned(pattern: &[Step], beside: &[Step], location: &[Key]) -> Option<Vec<Key>> {
    let shared = pattern.iter().zip(beside).take_while(|(one, other)| one == other).count();
    let mut found = Vec::with_capacity(pattern.len());
    for (at, step) in pattern.iter().enumerate() {
        match step {
            Step::Member(name) => found.push(Key::Member(name.clone())),
            Step::Element if at < shared => found.push(location.get(at)?.clone()),
            Step::Element => return None,
        }
    }
    Some(found)
}

/// The last key, if it is one of an object.
pub(super) fn member_of(pattern: &[Step]) -> Option<&str> {
    match pattern.last() {
        Some(Step::Member(name)) => Some(name),
        _ => None,
    }
}
