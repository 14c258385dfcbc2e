//! Declared contracts: the shape that a JSON Schema 2020-12 describes. Where it says more than a shape can hold (`not`,
//! `pattern`, when `else` applies and the like), the shape admits more than the schema does, and the schema has the last
//! word.

use std::cell::Cell;
use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::combination::{MAX_ALTERNATIVES, kinds_of};
use super::documents::SchemaDocuments;
use super::kinds::{JsonKind, Kinds};
use super::shape::{Length, Member, NumberRange, Shape, Source, Strings};

/// How deep schemas are followed through references into themselves.
const MAX_DEPTH: usize = 12;
/// How many schemas are followed altogether: those that refer to themselves several times would be followed forever.
const MAX_SCHEMAS: usize = 5_000;

/// The reading of a schema.
pub(super) struct SchemaReader<'d> {
    documents: &'d SchemaDocuments,
    /// How many schemas may still be followed.
    left: Cell<usize>,
}

impl<'d> SchemaReader<'d> {
    pub(super) const fn new(documents: &'d SchemaDocuments) -> Self {
        Self { documents, left: Cell::new(MAX_SCHEMAS) }
    }

    /// The shape that the schema in the file `file` describes.
    pub(super) fn shape(&self, schema: &Json, file: &str) -> Shape {
        self.shape_at(schema, file, 0)
    }

    fn shape_at(&self, schema: &Json, file: &str, depth: usize) -> Shape {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        let object = match schema {
            Json::Object(object) if depth <= MAX_DEPTH && left > 0 => object,
            Json::Bool(false) => return Shape { source: Source::Declared, ..Shape::default() },
            _ => return any(),
        };
        let referred = match object.get("$ref").or_else(|| object.get("$dynamicRef")) {
            Some(Json::String(reference)) => {
                let schema = self.documents.resolve(reference, file);
                Some(schema.map_or_else(any, |(file, schema)| self.shape_at(schema, file, depth + 1)))
            }
            _ => None,
        };
        let mut shape = match referred {
            Some(referred) if self.documents.is_reference_alone(file) => return referred,
            Some(referred) => self.own_shape(object, file, depth).and(&referred),
            None => self.own_shape(object, file, depth),
        };
        for schema in schemas(object.get("allOf")) {
            shape = shape.and(&self.shape_at(schema, file, depth + 1));
        }
        for keyword in ["anyOf", "oneOf"] {
            let choices: Vec<_> =
                schemas(object.get(keyword)).iter().map(|schema| self.shape_at(schema, file, depth + 1)).collect();
            if !choices.is_empty() {
                shape = shape.and(&Shape::one_of(choices));
            }
        }
        if let Some(condition) = object.get("if")
            && ["then", "else"].iter().any(|keyword| object.contains_key(*keyword))
        {
            let branch =
                |keyword| object.get(keyword).map_or_else(any, |schema| self.shape_at(schema, file, depth + 1));
            let met = shape.and(&self.shape_at(condition, file, depth + 1)).and(&branch("then"));
            let mut unmet = shape.and(&branch("else"));
            without_condition(&mut unmet, condition);
            if met.choices().len() + unmet.choices().len() <= MAX_ALTERNATIVES {
                shape = Shape::one_of(vec![met, unmet]);
            }
        }
        match object.get("unevaluatedProperties") {
            // It is about the keys that none of these describes.
            Some(schema) => shape.with_unknown_as(self.others(schema, file, depth).as_ref()),
            None => shape,
        }
    }

    /// What objects may have under keys that are not named.
    fn others(&self, schema: &Json, file: &str, depth: usize) -> Option<Shape> {
        if *schema == Json::Bool(false) { None } else { Some(self.shape_at(schema, file, depth + 1)) }
    }

    /// What the keywords of the schema itself say.
    fn own_shape(&self, object: &Map<String, Json>, file: &str, depth: usize) -> Shape {
        let mut shape = any();
        let (kinds, is_integer) = kinds(object.get("type"));
        shape.kinds = kinds;
        if let Some(only) = only(object) {
            shape.kinds = shape.kinds.and(kinds_of(&only));
            shape.only = Some(only);
        }
        shape.numbers = NumberRange { is_integer: is_integer || is_whole_multiple(object), ..numbers(object) };
        shape.strings = Strings {
            format: text(object, "format"),
            pattern: text(object, "pattern"),
            length: length(object, "minLength", "maxLength"),
            ..Strings::default()
        };
        shape.length = length(object, "minItems", "maxItems");
        shape.has_unique_elements = object.get("uniqueItems") == Some(&Json::Bool(true));
        shape.element = self.element(object, file, depth).map(Box::new);
        shape.others = match object.get("additionalProperties") {
            Some(schema) => self.others(schema, file, depth).map(Box::new),
            // The schema does not describe other keys, so nothing is known about their values.
            None => Some(Box::new(Shape::any(Source::Used))),
        };
        if object.contains_key("patternProperties") {
            shape.others = Some(Box::new(any()));
        }
        let required: BTreeSet<&str> = match object.get("required") {
            Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
            _ => BTreeSet::new(),
        };
        if let Some(Json::Object(properties)) = object.get("properties") {
            for (name, schema) in properties {
                let is_optional = !required.contains(name.as_str());
                let member = Member { shape: self.shape_at(schema, file, depth + 1), is_optional };
                shape.members.insert(name.clone(), member);
            }
        }
        for name in required {
            let unknown = || shape.others.as_deref().cloned().unwrap_or_else(any);
            if !shape.members.contains_key(name) {
                let member = Member { shape: unknown(), is_optional: false };
                shape.members.insert(name.to_owned(), member);
            }
        }
        shape
    }

    /// The shape of all elements, wherever in the array they are.
    fn element(&self, object: &Map<String, Json>, file: &str, depth: usize) -> Option<Shape> {
        let (first, rest) = match object.get("items") {
            // In older drafts.
            Some(Json::Array(first)) => (first.as_slice(), object.get("additionalItems")),
            rest => (schemas(object.get("prefixItems")), rest),
        };
        let mut shapes: Vec<_> = first.iter().map(|schema| self.shape_at(schema, file, depth + 1)).collect();
        let most = length(object, "minItems", "maxItems").maximum;
        let has_rest = most.is_none_or(|most| most > first.len());
        match rest {
            Some(Json::Bool(false)) => {}
            Some(schema) if has_rest => shapes.push(self.shape_at(schema, file, depth + 1)),
            None if has_rest && (depth < MAX_DEPTH || !first.is_empty()) => shapes.push(any()),
            _ => {}
        }
        if shapes.is_empty() { None } else { Some(Shape::one_of(shapes)) }
    }
}

/// Leaves out of the values of a key those that would meet a condition, if it is about nothing but that key.
fn without_condition(shape: &mut Shape, condition: &Json) {
    let Json::Object(condition) = condition else { return };
    let Some(Json::Object(properties)) = condition.get("properties") else { return };
    let is_plain = condition.keys().all(|keyword| matches!(keyword.as_str(), "properties" | "required"));
    let mut properties = properties.iter();
    let (Some((key, Json::Object(schema))), None) = (properties.next(), properties.next()) else { return };
    let Some(excluded) = only(schema).filter(|_| is_plain && schema.len() == 1) else { return };
    if let Some(values) = shape.members.get_mut(key).and_then(|member| member.shape.only.as_mut()) {
        values.retain(|value| !excluded.contains(value));
    }
}

/// The shape of anything at all.
fn any() -> Shape {
    Shape { others: Some(Box::new(Shape::any(Source::Used))), ..Shape::any(Source::Declared) }
}

fn schemas(value: Option<&Json>) -> &[Json] {
    value.and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The kinds that `type` names, and whether numbers must be whole.
fn kinds(value: Option<&Json>) -> (Kinds, bool) {
    let names: Vec<&str> = match value {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => return (Kinds::ANY, false),
    };
    let kind = |name: &&str| match *name {
        "integer" => Some(JsonKind::Number),
        name => JsonKind::ALL.into_iter().find(|kind| kind.as_str() == name),
    };
    (names.iter().filter_map(kind).collect(), names.contains(&"integer") && !names.contains(&"number"))
}

fn only(object: &Map<String, Json>) -> Option<Vec<Json>> {
    match (object.get("const"), object.get("enum")) {
        (Some(value), _) => Some(vec![value.clone()]),
        (None, Some(Json::Array(values))) => Some(values.clone()),
        _ => None,
    }
}

fn is_whole_multiple(object: &Map<String, Json>) -> bool {
    object.get("multipleOf").and_then(Json::as_f64).is_some_and(|multiple| multiple.fract() == 0.0)
}

fn numbers(object: &Map<String, Json>) -> NumberRange {
    let number = |name: &str| object.get(name).and_then(Json::as_f64);
    NumberRange {
        // Exclusive bounds admit their own value here; the schema does not.
        minimum: number("minimum").or_else(|| number("exclusiveMinimum")),
        maximum: number("maximum").or_else(|| number("exclusiveMaximum")),
        ..NumberRange::default()
    }
}

fn length(object: &Map<String, Json>, least: &str, most: &str) -> Length {
    let count = |name: &str| object.get(name).and_then(Json::as_u64).and_then(|count| usize::try_from(count).ok());
    Length { minimum: count(least).unwrap_or_default(), maximum: count(most) }
}

fn text(object: &Map<String, Json>, name: &str) -> Option<String> {
    object.get(name).and_then(Json::as_str).map(str::to_owned)
}
