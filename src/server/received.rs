//! Received requests: headers and body as they arrived, without secrets.

use std::sync::Arc;

use axum::http::HeaderMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Headers whose values are not stored.
const SECRET: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// The field of a body with the key of a browser or phone.
const SECRET_FIELD: &str = "writeKey";

/// What is stored in the place of such a value.
const NOT_KEPT: &str = "(not kept)";

/// A request as it was received.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Received {
    /// Its headers. Secret values are redacted.
    pub headers: Headers,
    /// Its body.
    pub body: Arc<str>,
}

/// Headers, in order. Serializes to a list of pairs, each a name and a value.
///
/// They are lines of one text, because thousands of requests are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(String);

impl Received {
    /// A request with these headers and this body.
    pub(super) fn new(headers: &HeaderMap, body: &str) -> Self {
        let mut kept = Headers(String::with_capacity(headers.len() * 48));
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            kept.push(name.as_str(), if SECRET.contains(&name.as_str()) { NOT_KEPT } else { &text });
        }
        Self { headers: kept, body: body.into() }
    }

    /// The approximate memory use, in bytes.
    pub(super) fn weight(&self) -> usize {
        64 + self.headers.0.len() + self.body.len()
    }
}

impl Headers {
    /// The names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().filter_map(|line| line.split_once(':'))
    }

    /// Neither a name nor a value has a line break, and a name has no colon.
    fn push(&mut self, name: &str, value: &str) {
        self.0.extend([name, ":", value, "\n"]);
    }
}

impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(pairs: D) -> Result<Self, D::Error> {
        let mut headers = Self::default();
        for (name, value) in Vec::<(String, String)>::deserialize(pairs)? {
            headers.push(&name, &value);
        }
        Ok(headers)
    }
}

/// A body without the keys in it. It need not be valid JSON, nor complete.
pub(super) fn without_keys(body: &str) -> String {
    let mut kept = String::with_capacity(body.len());
    let mut rest = body;
    let field = format!("\"{SECRET_FIELD}\"");
    while let Some(at) = rest.find(&field) {
        let (before, after) = rest.split_at(at + field.len());
        kept.push_str(before);
        rest = after;
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        if let Some(value) = value.and_then(|value| value.strip_prefix('"')) {
            kept.push_str(&rest[..rest.len() - value.len()]);
            kept.push_str(NOT_KEPT);
            rest = &value[end_of_string(value)..];
        }
    }
    kept + rest
}

/// The place of the quote that ends a string, or the end of the text.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    let is_end = |(_, byte): &(usize, u8)| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    };
    text.bytes().enumerate().find(is_end).map_or(text.len(), |(at, _)| at)
}

/// Removes the keys in an event.
pub(super) fn remove_keys(event: &mut Value) {
    match event {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == SECRET_FIELD && value.is_string() {
                    *value = NOT_KEPT.into();
                } else {
                    remove_keys(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(remove_keys),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_stored_as_pairs_without_secrets() {
        let mut headers = HeaderMap::new();
        headers.append("authorization", "Bearer secret".parse().unwrap());
        headers.append("x-a", "one: two".parse().unwrap());
        headers.append("x-a", "".parse().unwrap());
        let json = r#"[["authorization","(not kept)"],["x-a","one: two"],["x-a",""]]"#;
        let received = Received::new(&headers, "");
        assert_eq!(serde_json::to_string(&received.headers).unwrap(), json);
        assert_eq!(serde_json::from_str::<Headers>(json).unwrap(), received.headers);
    }

    #[test]
    fn keys_in_bodies_are_not_kept() {
        for (body, kept) in [
            (r#"{"writeKey": "s", "a": 1}"#, r#"{"writeKey": "(not kept)", "a": 1}"#),
            (
                r#"{"batch":[{"writeKey" : "s\\\"t"}],"writeKey":"u"}"#,
                r#"{"batch":[{"writeKey" : "(not kept)"}],"writeKey":"(not kept)"}"#,
            ),
            (r#"{"writeKey": "cut o"#, r#"{"writeKey": "(not kept)"#),
            (r#"{"writeKey": null} "writeKey""#, r#"{"writeKey": null} "writeKey""#),
            ("", ""),
        ] {
            assert_eq!(without_keys(body), kept, "{body}");
        }
        let mut event = serde_json::json!({ "context": [{ "writeKey": "s" }], "writeKey": 1 });
        remove_keys(&mut event);
        assert_eq!(event, serde_json::json!({ "context": [{ "writeKey": "(not kept)" }], "writeKey": 1 }));
    }
}
