//! Customers: the person a message is for, as Liquid's `customer.*` sees them.

use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Source};
use crate::liquid::value::number::Numbers;
use crate::liquid::value::{Object, coerce, json};
use crate::liquid::{Arena, Value};

use super::json_mistakes::Document;
use super::request::IDENTIFIERS;
use super::sent_data::{no_fields, not_json};
use super::{IdentifierKind, Identifiers};

const INVALID_CUSTOMER: Code = Code::new("invalid-customer");

/// A customer file: a flat object of attributes, or the unchanged response of the App API to
/// `GET /v1/customers/{id}/attributes`. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Customer {
    source: Source,
    person: Arc<Person>,
}

/// What is known about a customer without reading the file again.
#[derive(Debug)]
struct Person {
    identifiers: Identifiers,
    display_name: Option<Arc<str>>,
    language: Option<String>,
}

impl Customer {
    /// Parses a customer file.
    ///
    /// # Errors
    /// The file is not a JSON object, or has no identifier.
    pub fn read(source: Source) -> Result<Self, Diagnostic> {
        let arena = Arena::new();
        let value = json::read(source.text(), &arena).map_err(|error| invalid(&source, &error))?;
        let Some(attributes) = attributes(value, &arena) else {
            let problem = Diagnostic::error(INVALID_CUSTOMER, "the customer is not a JSON object");
            let help = if matches!(value, Value::Array(_)) {
                "a file holds one customer: `inkproof import customers` writes a file for each of a list"
            } else {
                "write attributes such as `{\"id\": \"user_123\"}`"
            };
            return Err(problem.at(source.at(0..0)).help(help));
        };
        let string = |name| string_of(attributes, name, &arena);
        let identifiers = Identifiers::from_fn(|kind| {
            identifier(attributes, kind.as_str(), source.text(), &arena).map(str::to_owned)
        });
        if identifiers.iter().next().is_none() {
            let problem = Diagnostic::error(INVALID_CUSTOMER, "the customer has no `id`, `email` or `cio_id`");
            return Err(problem.at(source.at(0..0)).help("a request names its customer by one of these"));
        }
        let full_name = [string("first_name"), string("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let display_name = Some(full_name).filter(|name| !name.is_empty()).or_else(|| string("name")).map(Arc::from);
        let language = string("language");
        drop(arena);
        Ok(Self { source, person: Arc::new(Person { identifiers, display_name, language }) })
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The identifiers, which requests refer to.
    #[must_use]
    pub fn identifiers(&self) -> &Identifiers {
        &self.person.identifiers
    }

    /// The identifier of a kind.
    #[must_use]
    pub fn identifier(&self, kind: IdentifierKind) -> Option<&str> {
        self.person.identifiers.get(kind)
    }

    /// The first of `id`, `email` and `cio_id` that the customer has.
    #[must_use]
    pub fn main_identifier(&self) -> &str {
        IdentifierKind::ALL.into_iter().find_map(|kind| self.identifier(kind)).unwrap_or_default()
    }

    /// The first and last name, else the attribute `name`; `None` if there is neither.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.person.display_name.as_deref()
    }

    /// The same, for those who keep it: they share it.
    #[must_use]
    pub fn shared_display_name(&self) -> Option<Arc<str>> {
        self.person.display_name.clone()
    }

    /// The attribute `language`, which selects the variant of a template.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.person.language.as_deref()
    }

    /// The attributes, which templates read as `customer`, and the related objects, which they read as `objects`: the value
    /// of that key in the file, lists by the plural names of their types; empty if there is none.
    ///
    /// # Errors
    /// The file is not valid JSON.
    pub fn data<'a>(&'a self, numbers: Numbers, arena: &'a Arena) -> Result<(Value<'a>, Value<'a>), Diagnostic> {
        let file = json::read_as(self.source.text(), numbers, arena).map_err(|error| invalid(&self.source, &error))?;
        let (attributes, objects) = attributes_and_objects(file, arena).unzip();
        let attributes = attributes.map_or(Value::Null, Value::Object);
        Ok((attributes, objects.unwrap_or_else(|| no_fields(arena))))
    }
}

impl Customer {
    /// The keys that lead to the attributes in the file: none in one that has nothing around them.
    #[must_use]
    pub fn keys_around_attributes(&self) -> &'static [&'static str] {
        let arena = Arena::new();
        let Ok(Value::Object(file)) = json::read(self.source.text(), &arena) else { return &[] };
        match file.get("customer") {
            Some(Value::Object(answer)) if matches!(answer.get("attributes"), Some(Value::Object(_))) => {
                &["customer", "attributes"]
            }
            Some(Value::Object(_)) => &[],
            _ if is_listed(file) => &["attributes"],
            _ => &[],
        }
    }
}

fn invalid(source: &Source, error: &json::JsonError) -> Diagnostic {
    not_json(INVALID_CUSTOMER, Document::Customer, source, 0, error)
}

/// Whole numbers below this are not rounded.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The key of the related objects, next to the attributes.
const OBJECTS: &str = "objects";

/// The attributes of a customer in any of the forms of a file, and the related objects; `None` if it is not an object.
#[must_use]
pub fn attributes_and_objects<'a>(file: Value<'a>, arena: &'a Arena) -> Option<(&'a Object<'a>, Value<'a>)> {
    let Value::Object(fields) = file else { return None };
    let objects = fields.get(OBJECTS).filter(|objects| matches!(objects, Value::Object(_)));
    Some((attributes(file, arena)?, objects.unwrap_or_else(|| no_fields(arena))))
}

/// Whether an object is a customer in the App API's response for several customers, which is not in an object of its own: it
/// has other keys that only the App API writes, so that `attributes` is not an attribute.
fn is_listed(object: &Object<'_>) -> bool {
    matches!(object.get("attributes"), Some(Value::Object(_)))
        && (["identifiers", "timestamps", "unsubscribed", "devices"].iter().any(|key| object.get(key).is_some())
            || object.entries().len() == 2 && object.get("id").is_some())
}

/// The attributes of any form. In the responses of the App API, the identifiers are separate and are added.
fn attributes<'a>(value: Value<'a>, arena: &'a Arena) -> Option<&'a Object<'a>> {
    let Value::Object(object) = value else { return None };
    let answer = match object.get("customer") {
        Some(Value::Object(answer)) => answer,
        _ if is_listed(object) => object,
        _ => return Some(without_objects(object, arena)),
    };
    let Some(Value::Object(attributes)) = answer.get("attributes") else { return Some(object) };
    let mut entries = attributes.entries().to_vec();
    let identifiers = match answer.get("identifiers") {
        Some(Value::Object(identifiers)) => identifiers.entries(),
        _ => &[],
    };
    let id = answer.get("id").map(|id| ("id", id));
    for (name, value) in identifiers.iter().copied().chain(id) {
        if attributes.get(name).is_none() && !entries.iter().any(|(known, _)| *known == name) {
            entries.push((name, value));
        }
    }
    Some(Object::new(&entries, arena))
}

/// The attributes of a flat object: everything except the related objects.
fn without_objects<'a>(object: &'a Object<'a>, arena: &'a Arena) -> &'a Object<'a> {
    if !matches!(object.get(OBJECTS), Some(Value::Object(_))) {
        return object;
    }
    let entries: Vec<_> = object.entries().iter().filter(|(name, _)| *name != OBJECTS).copied().collect();
    Object::new(&entries, arena)
}

/// Where the identifiers of a customer are in any of the forms, also next to a request, in the order in which they count.
const PLACES: [&[&str]; 9] = [
    &["customer", "customer", "attributes"],
    &["customer", "customer", "identifiers"],
    &["customer", "customer"],
    &["customer", "attributes"],
    &["customer", "identifiers"],
    &["customer"],
    &["attributes"],
    &["identifiers"],
    &[],
];

/// An identifier of a customer with these attributes, who is in this JSON.
#[must_use]
pub fn identifier<'a>(attributes: &Object<'a>, name: &str, text: &'a str, arena: &'a Arena) -> Option<&'a str> {
    written_identifier(attributes.get(name)?, name, &PLACES, text, arena)
}

/// An identifier as it is written: a large number has more digits than JavaScript's numbers, which round it. It is the value
/// of `name` in an object at one of these places of the JSON.
#[must_use]
pub fn written_identifier<'a>(
    value: Value<'a>,
    name: &str,
    places: &[&[&str]],
    text: &'a str,
    arena: &'a Arena,
) -> Option<&'a str> {
    if !matches!(value, Value::String(_) | Value::Number(_)) {
        return None;
    }
    let rounded = coerce::to_liquid_string(value, arena).ok().filter(|text| !text.is_empty())?;
    let Value::Number(number) = value else { return Some(rounded) };
    if number.abs() < MAX_EXACT {
        return Some(rounded);
    }
    let written = places.iter().find_map(|place| {
        let path: Vec<&str> = place.iter().copied().chain([name]).collect();
        let written = json::locate(text, &path)?.of(text);
        let is_it = written.bytes().all(|byte| byte.is_ascii_digit()) && written.parse() == Ok(number);
        is_it.then_some(written)
    });
    Some(written.unwrap_or(rounded))
}

/// The identifier by which the body of a request names exactly one customer.
#[must_use]
pub fn named_customer<'a>(request: &Object<'a>, text: &'a str, arena: &'a Arena) -> Option<(IdentifierKind, &'a str)> {
    let Some(Value::Object(identifiers)) = request.get(IDENTIFIERS) else { return None };
    let mut named = IdentifierKind::ALL.into_iter().filter_map(|kind| {
        let (name, places) = (kind.as_str(), [&[IDENTIFIERS][..]]);
        Some((kind, written_identifier(identifiers.get(name)?, name, &places, text, arena)?))
    });
    match (named.next(), named.next()) {
        (named, None) => named,
        _ => None,
    }
}

fn string_of<'a>(attributes: &Object<'a>, name: &str, arena: &'a Arena) -> Option<String> {
    match attributes.get(name)? {
        value @ (Value::String(_) | Value::Number(_)) => {
            coerce::to_liquid_string(value, arena).ok().filter(|text| !text.is_empty()).map(str::to_owned)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_flat_objects_and_api_responses() {
        let flat = r#"{"id": 7, "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}"#;
        let answer = r#"{"customer": {"id": "7", "identifiers": {"id": "7", "email": "ada@example.com", "cio_id": "a1"},
            "attributes": {"first_name": "Ada", "last_name": "Lovelace"}, "devices": []}}"#;
        let listed = answer.strip_prefix("{\"customer\": ").and_then(|text| text.strip_suffix('}')).unwrap();
        for text in [flat, answer, listed] {
            let customer = Customer::read(Source::new("c.json", text)).unwrap();
            assert_eq!(customer.identifier(IdentifierKind::Id), Some("7"));
            assert_eq!(customer.identifier(IdentifierKind::Email), Some("ada@example.com"));
            assert_eq!(customer.display_name(), Some("Ada Lovelace"));
            let around = customer.keys_around_attributes();
            assert!(json::locate(text, &[around, &["last_name"]].concat()).is_some(), "{text}");
            let arena = Arena::new();
            let Ok((Value::Object(attributes), _)) = customer.data(Numbers::JavaScript, &arena) else {
                panic!("{text}")
            };
            assert!(matches!(attributes.get("first_name"), Some(Value::String("Ada"))));
        }
    }

    #[test]
    fn a_numeric_identifier_is_read_as_it_is_written() {
        for text in [
            r#"{"id": 1234567890123456789}"#,
            r#"{"customer": {"id": "x", "attributes": {"id": 1234567890123456789}}}"#,
            r#"{"id": 1, "identifiers": {"id": 1234567890123456789}, "attributes": {}}"#,
        ] {
            let customer = Customer::read(Source::new("c.json", text)).unwrap();
            assert_eq!(customer.identifier(IdentifierKind::Id), Some("1234567890123456789"), "{text}");
        }
        let customer = Customer::read(Source::new("c.json", r#"{"id": 1e30}"#)).unwrap();
        assert_eq!(customer.identifier(IdentifierKind::Id), Some("1e+30"));
    }

    #[test]
    fn rejects_files_without_an_identifier() {
        for (text, expected) in [
            ("[]", "the customer is not a JSON object"),
            ("{\"a\": 1", "the customer is not valid JSON: unexpected end of JSON input"),
            ("{\"name\": \"Ada\"}", "the customer has no `id`, `email` or `cio_id`"),
        ] {
            assert_eq!(Customer::read(Source::new("c.json", text)).unwrap_err().message, expected);
        }
    }
}
