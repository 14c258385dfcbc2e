//! Values: what is put at a place to see whether the message is still sent.

use serde_json::{Map, Value as Json, json};

use super::condition::number;
use super::demand::Fault;
use super::location::Step;
use super::place::{Place, Places, kind_of};
use crate::analysis::Kind;
use crate::contract::{JsonKind, Kinds};

/// The strings and numbers that are written in a template.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub(super) strings: Vec<String>,
    pub(super) numbers: Vec<f64>,
}

/// How many of them are tried at a place.
const MAX_WRITTEN: usize = 10;

/// Strings that do no harm wherever a string may stand.
pub(super) const WORDS: [&str; 2] = ["word", "two words"];
/// Strings that mean something to filters: currencies, locales, time zones and times, two of each.
pub(super) const MEANINGFUL: [&str; 8] =
    ["EUR", "USD", "de", "fr-FR", "Europe/Paris", "Asia/Tokyo", "2026-01-02T10:00:00Z", "2026-03-04T10:00:00Z"];
/// Strings that are numbers.
pub(super) const NUMBER_STRINGS: [&str; 2] = ["7", "2.5"];

impl Written {
    /// The strings that are written, as far as they are tried.
    pub(super) fn few_strings(&self) -> impl Iterator<Item = Json> {
        self.strings.iter().take(MAX_WRITTEN).map(|text| Json::from(text.as_str()))
    }

    /// The numbers that are written and those beside them.
    pub(super) fn near_numbers(&self) -> impl Iterator<Item = Json> {
        self.numbers.iter().take(MAX_WRITTEN).flat_map(|value| [*value, value + 1.0, value - 1.0]).map(number)
    }
}

/// The kinds that a template may plausibly be sent at a place, besides those that are seen.
pub(super) fn plausible(place: &Place) -> Kinds {
    let scalars = || [JsonKind::String, JsonKind::Number, JsonKind::Boolean].into_iter().collect();
    let mut kinds = Kinds::NONE;
    if place.element.is_some() {
        kinds.add(JsonKind::Array);
    }
    if !place.members.is_empty() {
        kinds.add(JsonKind::Object);
    }
    if kinds.is_empty() {
        kinds = match place.expected {
            Kind::Number => Kinds::only(JsonKind::Number),
            Kind::Date => [JsonKind::String, JsonKind::Number].into_iter().collect(),
            Kind::List => Kinds::only(JsonKind::Array),
            Kind::Object => Kinds::only(JsonKind::Object),
            Kind::Anything | Kind::String | Kind::Boolean => scalars(),
        };
    }
    kinds.or(place.seen)
}

impl Places {
    /// A harmless value for a place, of the kind that its uses expect.
    pub(super) fn harmless(&self, at: usize) -> Json {
        let place = &self.0[at];
        if place.element.is_some() {
            return self.of_kind(at, JsonKind::Array).swap_remove(0);
        }
        if !place.members.is_empty() {
            return self.of_kind(at, JsonKind::Object).swap_remove(0);
        }
        if let Some(example) = place.examples.first() {
            return example.clone();
        }
        match place.expected {
            Kind::Number => json!(1),
            Kind::Boolean => json!(true),
            Kind::Date => json!("2026-01-02T10:00:00Z"),
            Kind::List => json!(["word"]),
            Kind::Object => json!({}),
            Kind::Anything | Kind::String => json!("word"),
        }
    }

    /// Harmless values of a kind.
    pub(super) fn of_kind(&self, at: usize, kind: JsonKind) -> Vec<Json> {
        let place = &self.0[at];
        match kind {
            JsonKind::Null => vec![Json::Null],
            JsonKind::Boolean => vec![json!(true), json!(false)],
            JsonKind::Number => vec![json!(1), json!(2.5)],
            JsonKind::String => WORDS.iter().chain(&NUMBER_STRINGS).map(|text| json!(text)).collect(),
            JsonKind::Array => {
                let item = place.element.map_or_else(|| json!("word"), |element| self.harmless(element));
                vec![Json::Array(vec![item.clone(), item.clone(), item])]
            }
            JsonKind::Object => {
                let member = |inner: &usize| match self.0[*inner].pattern.last() {
                    Some(Step::Member(name)) => Some((name.clone(), self.harmless(*inner))),
                    _ => None,
                };
                vec![Json::Object(place.members.iter().filter_map(member).collect::<Map<_, _>>())]
            }
        }
    }

    /// What a place is changed to so that it has a fault.
    pub(super) fn faulty(&self, place: usize, fault: Fault, current: Option<&Json>) -> Vec<Option<Json>> {
        match (fault, current) {
            (Fault::Absent | Fault::AbsentInAll, Some(_)) => vec![None],
            (Fault::Kind(kind), Some(current)) if kind_of(current) != kind => {
                let of = &self.0[place];
                let values = match kind {
                    JsonKind::Object if of.members.is_empty() => vec![json!({MARK: "word"})],
                    JsonKind::Array if of.element.is_none() => vec![json!([MARK]), json!([])],
                    _ => self.of_kind(place, kind),
                };
                values.into_iter().map(Some).collect()
            }
            (Fault::Fewer(count), Some(Json::Array(items))) if items.len() >= count => {
                let full = self.of_kind(place, JsonKind::Array).swap_remove(0);
                let others = full.as_array().map(|items| items[..(count - 1).min(items.len())].to_vec());
                let mut lists = vec![items[..count - 1].to_vec(), items[items.len() + 1 - count..].to_vec()];
                lists.extend(items.iter().take(3).map(|item| vec![item.clone(); count - 1]));
                lists.extend(others);
                lists.dedup();
                lists.into_iter().map(|items| Some(Json::Array(items))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What objects and arrays that are tried consist of, to find it again in what is printed.
pub(super) const MARK: &str = "zq_mark";
