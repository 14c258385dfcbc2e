//! Drawing: random payloads that have nothing but what the model of a template admits at each place.

use serde_json::{Map, Value as Json, json};

use super::derivation::Derivation;
use super::location::Step;
use super::model::{Requirement, StringValues};
use super::place::kind_of;
use super::values::NUMBER_STRINGS;
use crate::contract::JsonKind;

/// How many elements arrays have at most, beyond those that they must have.
const MORE_ELEMENTS: usize = 3;

impl Derivation<'_> {
    /// A payload: the `message_data` is drawn, and the customer is that of a sample or drawn as well.
    pub(super) fn drawn(&mut self) -> Json {
        let mut data = self.random_sample();
        data["trigger"] = self.drawn_object(0);
        if self.random.bool() {
            data["customer"] = self.drawn_object(1);
        }
        data
    }

    fn drawn_object(&mut self, place: usize) -> Json {
        let mut object = Map::new();
        for member in self.model.places.0[place].members.clone() {
            let is_there = self.model.requirement(member) == Requirement::Required || self.random.u8(0..3) > 0;
            let Some(Step::Member(name)) = self.model.places.0[member].pattern.last().filter(|_| is_there).cloned()
            else {
                continue;
            };
            let value = self.drawn_value(member);
            object.insert(name, value);
        }
        Json::Object(object)
    }

    fn drawn_value(&mut self, place: usize) -> Json {
        let kinds: Vec<JsonKind> = self.model.kinds[place].iter().collect();
        let Some(kind) = self.random.choice(kinds) else { return Json::Null };
        let of = &self.model.places.0[place];
        match (kind, of.element) {
            (JsonKind::Object, _) if !of.members.is_empty() => return self.drawn_object(place),
            (JsonKind::Array, Some(element)) => {
                let least = self.model.least_elements(place);
                let count = self.random.usize(least..=least + MORE_ELEMENTS);
                return (0..count).map(|_| self.drawn_value(element)).collect();
            }
            _ => {}
        }
        let values: Vec<Json> = match (kind, &self.model.strings[place]) {
            (JsonKind::String, StringValues::OneOf(texts) | StringValues::Like(texts)) => {
                texts.iter().map(|text| json!(text)).collect()
            }
            (JsonKind::String, StringValues::Numbers) => NUMBER_STRINGS.iter().map(|text| json!(text)).collect(),
            _ => {
                let mut values = self.model.places.of_kind(place, kind);
                values.extend(of.examples.iter().filter(|example| kind_of(example) == kind).cloned());
                match kind {
                    JsonKind::String => values.extend(self.written.few_strings()),
                    JsonKind::Number => values.extend(self.written.near_numbers()),
                    _ => {}
                }
                values
            }
        };
        self.random.choice(values).unwrap_or(Json::Null)
    }
}
