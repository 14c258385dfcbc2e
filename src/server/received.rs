//! Received requests: headers and body as they arrived, without secrets.

use axum::http::HeaderMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Headers whose values are not stored.
const SECRET: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// What is stored in the place of such a value.
const NOT_KEPT: &str = "(not kept)";

/// A request as it was received.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Received {
    /// Its headers. Secret values are redacted.
    pub headers: Headers,
    /// Its body.
    pub body: String,
}

/// Headers, in order. Serializes to a list of pairs, each a name and a value.
///
/// They are lines of one text, because thousands of requests are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(String);

impl Received {
    /// A request with these headers and this body.
    pub(super) fn new(headers: &HeaderMap, body: String) -> Self {
        let mut kept = Headers(String::with_capacity(headers.len() * 48));
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            kept.push(name.as_str(), if SECRET.contains(&name.as_str()) { NOT_KEPT } else { &text });
        }
        Self { headers: kept, body }
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
        let received = Received::new(&headers, String::new());
        assert_eq!(serde_json::to_string(&received.headers).unwrap(), json);
        assert_eq!(serde_json::from_str::<Headers>(json).unwrap(), received.headers);
    }
}
