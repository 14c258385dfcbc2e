//! JSON Schema 2020-12: the model of a template's data in the form that validators and generators of types read.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::condition::{Condition, in_words, schemas};
use super::demand::{Demand, Fault};
use super::location::{Step, member_of};
use super::model::{DataModel, Requirement, StringValues};
use crate::analysis::MissingBehavior;
use crate::contract::{JsonKind, Kinds};

/// The dialect that the schemas are written in.
pub(super) const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Strings that are numbers in JSON.
const NUMBER_PATTERN: &str = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$";
/// How many reads a description names.
const MAX_READS: usize = 4;
/// How many examples a place has.
const MAX_EXAMPLES: usize = 3;

/// Whether objects may have keys that the template does not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Openness {
    /// They may, so that a backend can send more than the template needs.
    #[default]
    Open,
    /// They may not, so that a test finds keys that nothing reads.
    Closed,
}

/// Whose data a schema describes, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaOptions {
    /// Whether it is about the customer's attributes instead of `message_data`.
    pub is_customer: bool,
    /// Whether objects may have other keys.
    pub openness: Openness,
}

impl SchemaOptions {
    /// The number of the place that the schema describes.
    #[must_use]
    pub const fn root(self) -> usize {
        if self.is_customer { 1 } else { 0 }
    }
}

/// `if` and `then` of the object at a pattern.
type Branches = BTreeMap<Vec<Step>, Vec<(Json, Json)>>;

impl DataModel {
    /// The schema of the `message_data` that the template needs, or of the customer's attributes.
    #[must_use]
    pub fn json_schema(&self, options: SchemaOptions) -> Map<String, Json> {
        let writer = Writer { model: self, openness: options.openness, branches: self.branches() };
        writer.schema(options.root())
    }

    /// The conditional demands, by the outermost object that their conditions are about.
    fn branches(&self) -> Branches {
        let mut branches = Branches::new();
        for demand in self.demands.iter().filter(|demand| !demand.is_always()) {
            for condition in &demand.conditions {
                self.add_branch(demand, condition, &mut branches);
            }
        }
        branches
    }

    fn add_branch(&self, demand: &Demand, condition: &Condition, branches: &mut Branches) {
        let pattern = &self.places.0[demand.place].pattern;
        let (end, leaf) = match demand.fault {
            Fault::Absent | Fault::AbsentInAll => (pattern.len() - 1, json!({"required": [member_of(pattern)]})),
            Fault::Kind(kind) => (pattern.len(), json!({"not": {"type": kind.as_str()}})),
            Fault::Fewer(count) => (pattern.len(), json!({"minItems": count})),
        };
        let mut end = end;
        let mut then = leaf;
        let parts = schemas(condition, &self.places, demand.place);
        for (at, (scope, schema)) in parts.iter().enumerate().rev() {
            then = around(&pattern[*scope..end], then);
            end = *scope;
            if at > 0 {
                then = json!({"if": schema, "then": then});
                continue;
            }
            let known = branches.entry(pattern[..*scope].to_vec()).or_default();
            match known.iter_mut().find(|(condition, _)| condition == schema) {
                Some((_, other)) => merge(other, std::mem::take(&mut then)),
                None => known.push((schema.clone(), std::mem::take(&mut then))),
            }
        }
    }

    /// What a backend should know of a place: where it is read, and what happens without it.
    #[must_use]
    pub fn description(&self, place: usize) -> String {
        let mut sentences = Vec::new();
        sentences.extend(self.read_at(place));
        sentences.extend(self.without(place));
        sentences.extend(self.with_fewer(place));
        if self.strings[place] == StringValues::Numbers {
            sentences.push("A string must be a number, such as \"12.50\".".to_owned());
        }
        let compared = &self.compared[place];
        if !compared.is_empty() {
            let listed: Vec<_> = compared.iter().map(|text| format!("{text:?}")).collect();
            sentences.push(format!("The template compares it with {}.", listed.join(", ")));
        }
        sentences.join(" ")
    }

    fn read_at(&self, place: usize) -> Option<String> {
        let reads = &self.places.0[place].reads;
        if reads.is_empty() {
            return None;
        }
        // One place for each line, and the name of a file only where it changes.
        let mut places: Vec<String> = Vec::new();
        let mut lines: Vec<(&str, usize)> = Vec::new();
        for read in reads {
            let (file, start) = (read.at.source().name(), read.at.start());
            if lines.contains(&(file, start.line)) {
                continue;
            }
            let is_new = lines.last().is_none_or(|(known, _)| *known != file);
            places.push(if is_new { read.at.to_string() } else { start.to_string() });
            lines.push((file, start.line));
        }
        let more = places.len().saturating_sub(MAX_READS);
        places.truncate(MAX_READS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("Read at {}{more}.", places.join(", ")))
    }

    fn without(&self, place: usize) -> Option<String> {
        member_of(&self.places.0[place].pattern)?;
        self.places.0[place].parent?;
        if self.demand(place, Fault::AbsentInAll).is_some() {
            return Some("Without it in any element, the message is lost.".to_owned());
        }
        let reads = &self.places.0[place].reads;
        let has = |behavior| reads.iter().any(|read| read.missing == behavior);
        Some(match self.requirement(place) {
            Requirement::Required => "Without it, the message is lost.".to_owned(),
            Requirement::Conditional => {
                let demand = self.demand(place, Fault::Absent)?;
                format!("Without it, the message is lost if {}.", self.conditions_in_words(demand))
            }
            Requirement::Optional if has(MissingBehavior::Rescued) => "Without it, a default is used.".to_owned(),
            Requirement::Optional if has(MissingBehavior::Decides) => {
                "Without it, another branch is rendered.".to_owned()
            }
            Requirement::Optional if reads.is_empty() => return None,
            Requirement::Optional => "Without it, nothing is printed.".to_owned(),
        })
    }

    fn with_fewer(&self, place: usize) -> Option<String> {
        let is_it = |demand: &&Demand| demand.place == place && matches!(demand.fault, Fault::Fewer(_));
        let demand = self.demands.iter().filter(is_it).max_by_key(|demand| demand.fault)?;
        let Fault::Fewer(count) = demand.fault else { return None };
        let elements =
            if count == 1 { "Without elements".to_owned() } else { format!("With fewer than {count} elements") };
        let when = if demand.is_always() { String::new() } else { format!(" if {}", self.conditions_in_words(demand)) };
        Some(format!("{elements}, the message is lost{when}."))
    }

    /// A condition in words.
    #[must_use]
    pub fn condition_in_words(&self, condition: &Condition) -> String {
        in_words(condition, &self.places)
    }

    /// When a demand applies, in words.
    #[must_use]
    pub fn conditions_in_words(&self, demand: &Demand) -> String {
        let conditions = demand.conditions.iter().map(|condition| in_words(condition, &self.places));
        conditions.collect::<Vec<_>>().join(", or if ")
    }
}

/// A schema about something within a value, as one about the value.
fn around(steps: &[Step], schema: Json) -> Json {
    steps.iter().rev().fold(schema, |inner, step| match step {
        Step::Member(name) => json!({"properties": {name.as_str(): inner}}),
        Step::Element => json!({"items": inner}),
    })
}

/// Adds what another schema requires to one of the same form.
fn merge(schema: &mut Json, other: Json) {
    match (schema, other) {
        (Json::Object(object), Json::Object(other)) if !object.contains_key("if") && !other.contains_key("if") => {
            for (key, value) in other {
                match object.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => drop(object.insert(key, value)),
                }
            }
        }
        (Json::Array(items), Json::Array(others)) => {
            let new = others.into_iter().filter(|other| !items.contains(other)).collect::<Vec<_>>();
            items.extend(new);
        }
        (one, other) if *one == other => {}
        (one, other) => *one = json!({"allOf": [one.take(), other]}),
    }
}

struct Writer<'m> {
    model: &'m DataModel,
    openness: Openness,
    branches: Branches,
}

impl Writer<'_> {
    fn schema(&self, at: usize) -> Map<String, Json> {
        let place = &self.model.places.0[at];
        let mut schema = Map::new();
        let description = self.model.description(at);
        if !description.is_empty() {
            schema.insert("description".to_owned(), json!(description));
        }
        let is_root = place.parent.is_none();
        let kinds = if is_root { Kinds::only(JsonKind::Object) } else { self.model.kinds[at] };
        self.add_type(at, kinds, &mut schema);
        if kinds.has(JsonKind::Object) && (is_root || !place.members.is_empty()) {
            self.add_members(at, &mut schema);
        }
        if kinds.has(JsonKind::Array) {
            let least = self.model.least_elements(at);
            if least > 0 {
                schema.insert("minItems".to_owned(), json!(least));
            }
            if let Some(contains) = self.contains(at) {
                schema.insert("contains".to_owned(), contains);
            }
            if let Some(element) = place.element {
                schema.insert("items".to_owned(), Json::Object(self.schema(element)));
            }
        }
        let examples: Vec<_> = place.examples.iter().take(MAX_EXAMPLES).cloned().collect();
        if !examples.is_empty() {
            schema.insert("examples".to_owned(), Json::Array(examples));
        }
        if let Some(branches) = self.branches.get(&place.pattern) {
            let branch = |(condition, then): &(Json, Json)| json!({"if": condition, "then": then});
            schema.insert("allOf".to_owned(), branches.iter().map(branch).collect());
        }
        schema
    }

    /// What some element of a list must have.
    fn contains(&self, at: usize) -> Option<Json> {
        let own = &self.model.places.0[at].pattern;
        let in_all = self.model.demands.iter().filter(|demand| demand.fault == Fault::AbsentInAll);
        in_all.into_iter().find_map(|demand| {
            let pattern = &self.model.places.0[demand.place].pattern;
            let list = pattern.iter().rposition(|step| *step == Step::Element)?;
            let is_of_list = pattern[..list] == own[..];
            is_of_list.then(|| {
                let nested = |inner: Json, step: &Step| match step {
                    Step::Member(name) => {
                        json!({"type": "object", "required": [name], "properties": {name.as_str(): inner}})
                    }
                    Step::Element => inner,
                };
                pattern[list + 1..].iter().rev().fold(json!({"not": {"type": "null"}}), nested)
            })
        })
    }

    fn add_type(&self, at: usize, kinds: Kinds, schema: &mut Map<String, Json>) {
        let names = |kinds: Kinds| {
            let names: Vec<_> = kinds.iter().map(JsonKind::as_str).collect();
            if let [name] = names[..] { json!(name) } else { json!(names) }
        };
        let strings = &self.model.strings[at];
        if let StringValues::OneOf(texts) = strings
            && kinds.has(JsonKind::String)
        {
            let others: Kinds = kinds.iter().filter(|kind| *kind != JsonKind::String).collect();
            let one_of = json!({"type": "string", "enum": texts});
            if others.is_empty() {
                schema.insert("type".to_owned(), json!("string"));
                schema.insert("enum".to_owned(), json!(texts));
            } else {
                schema.insert("anyOf".to_owned(), json!([one_of, {"type": names(others)}]));
            }
            return;
        }
        if kinds != Kinds::ANY {
            schema.insert("type".to_owned(), names(kinds));
        }
        if *strings == StringValues::Numbers && kinds.has(JsonKind::String) {
            schema.insert("pattern".to_owned(), json!(NUMBER_PATTERN));
        }
    }

    fn add_members(&self, at: usize, schema: &mut Map<String, Json>) {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for member in &self.model.places.0[at].members {
            let Some(name) = member_of(&self.model.places.0[*member].pattern) else { continue };
            properties.insert(name.to_owned(), Json::Object(self.schema(*member)));
            if self.model.requirement(*member) == Requirement::Required {
                required.push(json!(name));
            }
        }
        schema.insert("properties".to_owned(), Json::Object(properties));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Json::Array(required));
        }
        if self.openness == Openness::Closed {
            schema.insert("additionalProperties".to_owned(), Json::Bool(false));
        }
    }
}
