//! Inbox messages: what a recipient receives.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::liquid::Value;
use crate::liquid::value::{Object, utf16};

/// What a recipient's inbox receives. Serializes to the object that Customer.io's client library hands out.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// The type; empty if the template has none.
    #[serde(rename = "type")]
    pub kind: String,
    /// The topics; none means the implicit topic `default`.
    pub topics: Vec<String>,
    /// When it was sent, in whole seconds.
    #[serde(rename = "sentAt")]
    pub sent_at: Timestamp,
    /// When it expires.
    pub expiry: Timestamp,
    /// `title`, `body`, and whatever else the content renders to.
    pub properties: Map<String, Json>,
}

/// The properties of a content that was parsed as JSON.
pub(super) fn properties(content: &Object<'_>) -> Map<String, Json> {
    content.entries().iter().map(|(name, value)| ((*name).to_owned(), to_json(*value))).collect()
}

/// Converts a Liquid value that was parsed from JSON back to JSON.
fn to_json(value: Value<'_>) -> Json {
    match value {
        Value::Bool(flag) => Json::Bool(flag),
        Value::Number(number) => json_number(number),
        Value::String(text) => Json::String(utf16::to_utf8(text).into_owned()),
        Value::Array(items) => items.iter().map(|item| to_json(*item)).collect(),
        Value::Object(object) => Json::Object(properties(object)),
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
