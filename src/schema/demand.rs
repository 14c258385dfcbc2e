//! Demands: what a template requires of its data, so that the message is not lost.

use serde_json::Value as Json;

use super::condition::{Condition, holds};
use super::location::{Step, locations, member_of, value_at};
use super::place::{Places, kind_of};
use crate::contract::{JsonKind, Key};

/// What can be wrong with a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing is there.
    Absent,
    /// Nothing, or null, is there in each element of the list around it.
    AbsentInAll,
    /// The value is of this kind.
    Kind(JsonKind),
    /// The array has fewer elements than this.
    Fewer(usize),
}

/// A fault that loses the message.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// The place that must not have it.
    pub place: usize,
    /// The fault.
    pub fault: Fault,
    /// When it loses the message: whenever one of these is true.
    pub conditions: Vec<Condition>,
}

impl Demand {
    /// Whether it loses the message whatever else is in the data.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.conditions.iter().any(Vec::is_empty)
    }

    /// Where a payload has the fault.
    pub(super) fn violations(&self, places: &Places, data: &Json) -> Vec<Vec<Key>> {
        let pattern = &places.0[self.place].pattern;
        if self.fault == Fault::AbsentInAll {
            return without_in_all(data, pattern);
        }
        let mut found = locations(data, pattern);
        found.retain(|location| {
            self.fault.is_of(value_at(data, location), member_of(pattern).is_some())
                && self.conditions.iter().any(|condition| holds(condition, places, data, self.place, location))
        });
        found
    }
}

/// The lists around a key that have elements, none of which has the key.
fn without_in_all(data: &Json, pattern: &[Step]) -> Vec<Vec<Key>> {
    let Some(list) = pattern.iter().rposition(|step| *step == Step::Element) else { return Vec::new() };
    let mut found = locations(data, &pattern[..list]);
    found.retain(|at| {
        let Some(items) = value_at(data, at).and_then(Json::as_array).filter(|items| !items.is_empty()) else {
            return false;
        };
        let is_there = |value: Option<&Json>| value.is_some_and(|value| !value.is_null());
        let has = |item: &Json| locations(item, &pattern[list + 1..]).iter().any(|at| is_there(value_at(item, at)));
        !items.iter().any(has)
    });
    found
}

impl Fault {
    /// Whether a value has the fault; none where nothing is there.
    fn is_of(self, value: Option<&Json>, is_member: bool) -> bool {
        match (self, value) {
            (Self::Absent, None) => is_member,
            (Self::Kind(kind), Some(value)) => kind_of(value) == kind,
            (Self::Fewer(count), Some(Json::Array(items))) => items.len() < count,
            _ => false,
        }
    }
}
