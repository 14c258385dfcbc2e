//! The model: what data a template needs, as it was found by analysis and by rendering.

use serde_json::Value as Json;

use super::demand::{Demand, Fault};
use super::location::{Step, locations, put, value_at};
use super::place::{Places, kind_of};
use crate::contract::{JsonKind, Kinds};

/// Which strings a place may hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum StringValues {
    /// Any.
    #[default]
    Any,
    /// Those that are numbers in JSON.
    Numbers,
    /// These alone, which the template has cases for.
    OneOf(Vec<String>),
    /// These, which requests have, and others that nobody knows, such as time zones: not any string will do.
    Like(Vec<String>),
}

/// The data that a template needs.
#[derive(Clone, Debug, Default)]
pub struct DataModel {
    /// The places that it reads.
    pub places: Places,
    /// The kinds of value that each place may hold.
    pub kinds: Vec<Kinds>,
    /// The strings that each place may hold.
    pub strings: Vec<StringValues>,
    /// What loses the message.
    pub demands: Vec<Demand>,
    /// Strings that the template compares the value of each place with.
    pub compared: Vec<Vec<String>>,
    /// How many payloads were rendered to find this out.
    pub renders: usize,
    /// Whether there is any data with which the message is sent. If not, only the analysis was asked.
    pub is_tried: bool,
    /// Payloads whose message is sent.
    pub samples: Vec<Json>,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Without it, the message is lost.
    Required,
    /// Without it, the message is lost if something else is true.
    Conditional,
    /// The message is sent without it.
    Optional,
}

impl DataModel {
    /// Whether the key of a place must be there.
    #[must_use]
    pub fn requirement(&self, place: usize) -> Requirement {
        match self.demand(place, Fault::Absent) {
            Some(demand) if demand.is_always() => Requirement::Required,
            Some(_) => Requirement::Conditional,
            None => Requirement::Optional,
        }
    }

    /// The demand that a place must not have a fault.
    #[must_use]
    pub fn demand(&self, place: usize, fault: Fault) -> Option<&Demand> {
        self.demands.iter().find(|demand| demand.place == place && demand.fault == fault)
    }

    /// How many elements the array at a place must have.
    #[must_use]
    pub fn least_elements(&self, place: usize) -> usize {
        let always = self.demands.iter().filter(|demand| demand.place == place && demand.is_always());
        let least = always.filter_map(|demand| match demand.fault {
            Fault::Fewer(count) => Some(count),
            _ => None,
        });
        least.max().unwrap_or_default()
    }

    /// Whether a payload has nothing that the model does not admit.
    #[must_use]
    pub fn admits(&self, data: &Json) -> bool {
        self.demands.iter().all(|demand| demand.violations(&self.places, data).is_empty())
    }

    /// A payload with a fault at a place: in each way, at each location.
    #[must_use]
    pub fn with_fault(&self, data: &Json, place: usize, fault: Fault) -> Vec<Json> {
        let mut found = Vec::new();
        for at in locations(data, &self.places.0[place].pattern) {
            let current = value_at(data, &at);
            // It may have the fault already.
            let has_fault = match fault {
                Fault::Absent => current.is_none(),
                Fault::Kind(kind) => current.is_some_and(|value| kind_of(value) == kind),
                Fault::AbsentInAll | Fault::Fewer(_) => false,
            };
            if has_fault {
                found.push(data.clone());
            }
            for to in self.places.faulty(place, fault, current) {
                let mut changed = data.clone();
                if put(&mut changed, &at, to) {
                    found.push(changed);
                }
            }
        }
        found
    }

    /// Whether every value of a payload is of a kind that requests have at its place.
    #[must_use]
    pub fn is_usual(&self, data: &Json) -> bool {
        self.places.0.iter().all(|place| {
            let is_seen = |value: &Json| place.seen.is_empty() || place.seen.has(kind_of(value));
            locations(data, &place.pattern).iter().all(|at| value_at(data, at).is_none_or(is_seen))
        })
    }

    /// Whether requests have values of a kind at a place, or none at all.
    #[must_use]
    pub fn is_kind_sent(&self, pattern: &[Step], kind: JsonKind) -> bool {
        let place = self.place_of(pattern).map(|at| &self.places.0[at]);
        place.is_none_or(|place| place.seen.is_empty() || place.seen.has(kind))
    }

    /// The place with a pattern, if the template reads it.
    #[must_use]
    pub fn place_of(&self, pattern: &[Step]) -> Option<usize> {
        self.places.0.iter().position(|place| place.pattern == pattern)
    }

    /// Whether a place may hold values of a kind.
    #[must_use]
    pub fn may_be(&self, place: usize, kind: JsonKind) -> bool {
        self.kinds[place].has(kind)
    }
}
