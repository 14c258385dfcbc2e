//! Properties: `title`, `body`, and whatever else the content of a message renders to.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json};

use crate::liquid::value::{Object, json, utf16};
use crate::liquid::{Arena, Value};

/// The properties of a message: a map of JSON values, in order.
///
/// They are kept as the text that the content rendered to, and read on first use, because nobody looks at most of the messages
/// that are sent to a server.
///
/// ```
/// use inkproof::message::Properties;
/// let properties: Properties = serde_json::from_str(r#"{"title": "Hi", "count": 2.0}"#).unwrap();
/// assert_eq!(properties["title"], "Hi");
/// assert_eq!(properties.len(), 2);
/// ```
#[derive(Clone, Default)]
pub struct Properties {
    /// What the content rendered to, if that is where they are from.
    content: String,
    read: OnceLock<Map<String, Json>>,
    weight: usize,
}

/// About how much memory a value takes, and a name in a map, in bytes, beside their characters.
const VALUE: usize = 32;
const NAME: usize = 96;

impl Properties {
    /// The properties of a content, with their [weight](weight_of_object).
    pub(super) fn of_content(content: String, weight: usize) -> Self {
        let weight = content.len() + weight;
        Self { content, read: OnceLock::new(), weight }
    }

    /// About how much memory they take once they were read, in bytes.
    #[must_use]
    pub const fn weight(&self) -> usize {
        self.weight
    }
}

/// About how much memory a map takes, in bytes.
#[must_use]
pub fn weight_of(map: &Map<String, Json>) -> usize {
    fn weight(value: &Json) -> usize {
        match value {
            Json::String(text) => VALUE + text.len(),
            Json::Array(items) => VALUE + items.iter().map(weight).sum::<usize>(),
            Json::Object(map) => weight_of(map),
            _ => VALUE,
        }
    }
    map.iter().map(|(name, value)| NAME + name.len() + weight(value)).sum()
}

/// The same, before it is converted.
pub(super) fn weight_of_object(object: &Object<'_>) -> usize {
    fn weight(value: Value<'_>) -> usize {
        match value {
            Value::String(text) => VALUE + text.len(),
            Value::Array(items) => VALUE + items.iter().map(|item| weight(*item)).sum::<usize>(),
            Value::Object(object) => weight_of_object(object),
            _ => VALUE,
        }
    }
    object.entries().iter().map(|(name, value)| NAME + name.len() + weight(*value)).sum()
}

impl Deref for Properties {
    type Target = Map<String, Json>;

    fn deref(&self) -> &Self::Target {
        self.read.get_or_init(|| read(&self.content))
    }
}

impl From<Map<String, Json>> for Properties {
    fn from(map: Map<String, Json>) -> Self {
        let weight = weight_of(&map);
        Self { content: String::new(), read: map.into(), weight }
    }
}

impl From<Properties> for Map<String, Json> {
    fn from(properties: Properties) -> Self {
        properties.read.into_inner().unwrap_or_else(|| read(&properties.content))
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl PartialEq for Properties {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        Map::deserialize(object).map(Self::from)
    }
}

fn read(content: &str) -> Map<String, Json> {
    let arena = Arena::temporary();
    match json::read_with_trailing_commas(content, &arena) {
        Ok((Value::Object(object), _)) => to_map(object),
        _ => Map::new(),
    }
}

fn to_map(object: &Object<'_>) -> Map<String, Json> {
    object.entries().iter().map(|(name, value)| ((*name).to_owned(), to_json(*value))).collect()
}

/// Converts a Liquid value that was parsed from JSON back to JSON.
fn to_json(value: Value<'_>) -> Json {
    match value {
        Value::Bool(flag) => Json::Bool(flag),
        Value::Number(number) => json_number(number),
        Value::String(text) => Json::String(utf16::to_utf8(text).into_owned()),
        Value::Array(items) => items.iter().map(|item| to_json(*item)).collect(),
        Value::Object(object) => Json::Object(to_map(object)),
        _ => Json::Null,
    }
}

/// Whole numbers are written without a decimal point, as in JavaScript.
fn json_number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Json::from(number as i64);
    }
    Json::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_content(content: &str) -> Properties {
        let arena = Arena::new();
        let Ok((Value::Object(parsed), _)) = json::read_with_trailing_commas(content, &arena) else {
            panic!("{content}")
        };
        Properties::of_content(content.to_owned(), weight_of_object(parsed))
    }

    #[test]
    fn a_content_is_read_as_a_client_reads_it() {
        let properties = of_content(r#"{"title": "H\u0069", "count": 2.0, "list": [1.5, null, {"a": true,},], }"#);
        let read = r#"{"title":"Hi","count":2,"list":[1.5,null,{"a":true}]}"#;
        assert_eq!(serde_json::to_string(&properties).unwrap(), read);
        assert_eq!(serde_json::from_str::<Properties>(read).unwrap(), properties);
    }

    #[test]
    fn they_weigh_as_much_before_and_after_they_are_read() {
        for content in [
            "{}".to_owned(),
            r#"{"title": "Hi, [you]", "body": "b", "n": 1, "o": {"a": [{}, {"b": null}]}}"#.to_owned(),
            format!("{{\"list\": [{}]}}", vec!["[]"; 1000].join(",")),
        ] {
            let properties = of_content(&content);
            let read = Properties::from((*properties).clone());
            assert_eq!(properties.weight(), content.len() + read.weight(), "{content}");
        }
        assert!(of_content("{\"list\": [[],[],[],[]]}").weight() > 4 * VALUE);
    }
}
