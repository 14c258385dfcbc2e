//! A payload for `check --data`: a `message_data` from a file that is not one of the project's requests.

use std::path::Path;

use crate::cli::{Failure, Global, written};
use crate::diagnostics::Source;
use crate::liquid::value::{Object, json};
use crate::liquid::{Arena, Value};

const MESSAGE_DATA: &str = "message_data";
/// Other fields of a request. An object with `message_data` and one of these is a whole request, not a payload.
const REQUEST_FIELDS: [&str; 2] = ["transactional_message_id", "identifiers"];

/// The data that a template is checked against instead of its requests.
#[derive(Debug)]
pub(super) struct Payload {
    /// The file, as messages name it.
    pub(super) name: String,
    /// The payload, a JSON object.
    pub(super) json: String,
    /// Whether the file is a whole request, of which the payload is the `message_data`.
    pub(super) is_whole_request: bool,
}

impl Payload {
    /// Reads a file named on the command line: a `message_data`, or a whole request.
    pub(super) fn read(path: &Path, global: &Global) -> Result<Self, Failure> {
        Self::parse(&Source::new(written::shown(path), written::read(path, global)?)).map_err(Failure::from)
    }

    fn parse(source: &Source) -> Result<Self, String> {
        let text = source.text();
        let arena = Arena::new();
        let fields = match json::read(text, &arena) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => {
                return Err(format!(
                    "{}: this is not a JSON object: expected a `message_data` object",
                    source.at(0..0)
                ));
            }
            Err(error) => {
                return Err(format!("{}: this is not valid JSON: {error}", source.at(error.offset..error.offset)));
            }
        };
        let is_whole_request = is_request(fields);
        let json = match fields.get(MESSAGE_DATA).filter(|_| is_whole_request) {
            Some(Value::Object(_)) => message_data(text).to_owned(),
            Some(Value::Null) | None if is_whole_request => "{}".to_owned(),
            Some(_) => {
                let range = json::locate(text, &[MESSAGE_DATA]).map_or(0..0, crate::liquid::Span::range);
                return Err(format!("{}: expected an object under `{MESSAGE_DATA}`", source.at(range)));
            }
            None => text.to_owned(),
        };
        Ok(Self { name: source.name().to_owned(), json, is_whole_request })
    }
}

/// Whether an object is the whole body of a request.
fn is_request(fields: &Object<'_>) -> bool {
    let has = |name: &str| fields.get(name).is_some();
    let count = REQUEST_FIELDS.into_iter().filter(|name| has(name)).count();
    count == REQUEST_FIELDS.len() || count > 0 && has(MESSAGE_DATA)
}

/// The source text of a request's `message_data`.
fn message_data(text: &str) -> &str {
    json::locate(text, &[MESSAGE_DATA]).map_or("{}", |span| span.of(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_payload_or_the_message_data_of_a_request() {
        for (text, expected) in [
            (r#"{"a": 1}"#, Ok((r#"{"a": 1}"#, false))),
            (r#"{"message_data": {"a": 1}}"#, Ok((r#"{"message_data": {"a": 1}}"#, false))),
            (r#"{"identifiers": 1, "b": 2}"#, Ok((r#"{"identifiers": 1, "b": 2}"#, false))),
            (r#"{"identifiers": {"id": "1"}, "message_data": {"a": 1.0}}"#, Ok((r#"{"a": 1.0}"#, true))),
            (r#"{"transactional_message_id": "t", "message_data": {}}"#, Ok(("{}", true))),
            (r#"{"transactional_message_id": "t", "identifiers": {"id": "1"}}"#, Ok(("{}", true))),
            (r#"{"transactional_message_id": "t", "message_data": null}"#, Ok(("{}", true))),
            (
                "{\"identifiers\": {},\n \"message_data\": [1]}",
                Err("p.json:2:18: expected an object under `message_data`"),
            ),
            ("[]", Err("p.json:1:1: this is not a JSON object: expected a `message_data` object")),
            (
                "{\n \"a\": }",
                Err("p.json:2:7: this is not valid JSON: invalid character '}' looking for beginning of value"),
            ),
            ("{", Err("p.json:1:2: this is not valid JSON: unexpected end of JSON input")),
        ] {
            let payload = Payload::parse(&Source::new("p.json", text));
            let found = payload.as_ref().map(|payload| (payload.json.as_str(), payload.is_whole_request));
            assert_eq!(found.map_err(String::as_str), expected, "{text}");
        }
    }
}
