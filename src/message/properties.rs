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
}

/// About how much memory a value takes in a map or a list, without its strings, in bytes.
const VALUE: usize = 128;

impl Properties {
    /// The properties of a content that is valid.
    pub(super) fn of_content(content: String) -> Self {
        Self { content, read: OnceLock::new() }
    }

    /// About how much memory they take once they were read, in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        if self.content.is_empty() {
            return self.values().map(|value| VALUE + weight_of(value)).sum();
        }
        // A value follows a comma, or the beginning of an object or list.
        let values = self.content.bytes().filter(|byte| matches!(byte, b',' | b'{' | b'[')).count();
        values * VALUE + 2 * self.content.len()
    }
}

fn weight_of(value: &Json) -> usize {
    serde_json::to_string(value).map_or(0, |text| 2 * text.len())
}

impl Deref for Properties {
    type Target = Map<String, Json>;

    fn deref(&self) -> &Self::Target {
        self.read.get_or_init(|| read(&self.content))
    }
}

impl From<Map<String, Json>> for Properties {
    fn from(map: Map<String, Json>) -> Self {
        Self { content: String::new(), read: map.into() }
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

    #[test]
    fn a_content_is_read_as_a_client_reads_it() {
        let content = r#"{"title": "H\u0069", "count": 2.0, "list": [1.5, null, {"a": true,},], }"#;
        let properties = Properties::of_content(content.to_owned());
        let read = r#"{"title":"Hi","count":2,"list":[1.5,null,{"a":true}]}"#;
        assert_eq!(serde_json::to_string(&properties).unwrap(), read);
        assert_eq!(serde_json::from_str::<Properties>(read).unwrap(), properties);
    }

    #[test]
    fn many_small_values_weigh_more_than_their_text() {
        let content = format!("{{\"list\": [{}]}}", vec!["[]"; 1000].join(","));
        let properties = Properties::of_content(content.clone());
        let as_map = Properties::from((*properties).clone());
        assert!(properties.weight() > 100 * 1000 && as_map.weight() > content.len());
    }
}
