//! A payload: a `message_data` that stands in no fixture.

use std::path::Path;

use crate::cli::{Failure, Global, written};
use crate::diagnostics::Source;
use crate::liquid::value::{Object, json};
use crate::liquid::{Arena, Value};

const MESSAGE_DATA: &str = "message_data";
/// What else requests have. A field `message_data` beside one of these is no template's own.
const OF_REQUESTS: [&str; 2] = ["transactional_message_id", "identifiers"];

/// What a template is judged by instead of its requests.
#[derive(Debug)]
pub(super) struct Payload {
    /// What people call it.
    pub(super) name: String,
    /// A JSON object.
    pub(super) text: String,
    /// Whether it was taken out of a whole request.
    pub(super) is_of_request: bool,
}

impl Payload {
    /// Reads a file that was named on the command line: a `message_data`, or a whole request that has one.
    pub(super) fn read(path: &Path, global: &Global) -> Result<Self, Failure> {
        Self::of(&Source::new(written::shown(path), written::read(path, global)?)).map_err(Failure::from)
    }

    fn of(source: &Source) -> Result<Self, String> {
        let text = source.text();
        let arena = Arena::new();
        let fields = match json::read(text, &arena) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(format!("{}: this is no JSON object: expected a `message_data`", source.at(0..0))),
            Err(error) => {
                return Err(format!("{}: this is no JSON: {error}", source.at(error.offset..error.offset)));
            }
        };
        let is_of_request = is_request(fields);
        let text = match fields.get(MESSAGE_DATA).filter(|_| is_of_request) {
            Some(Value::Object(_)) => part(text).to_owned(),
            Some(Value::Null) | None if is_of_request => "{}".to_owned(),
            Some(_) => {
                let place = json::locate(text, &[MESSAGE_DATA]).map_or(0..0, crate::liquid::Span::range);
                return Err(format!("{}: expected an object under `{MESSAGE_DATA}`", source.at(place)));
            }
            None => text.to_owned(),
        };
        Ok(Self { name: source.name().to_owned(), text, is_of_request })
    }
}

/// Whether an object is the whole body of a request.
fn is_request(fields: &Object<'_>) -> bool {
    let has = |name: &str| fields.get(name).is_some();
    let count = OF_REQUESTS.into_iter().filter(|name| has(name)).count();
    count == OF_REQUESTS.len() || count > 0 && has(MESSAGE_DATA)
}

/// The `message_data` of a request's text.
fn part(text: &str) -> &str {
    json::locate(text, &[MESSAGE_DATA]).map_or("{}", |span| span.of(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_a_message_data_or_what_a_request_has_of_it() {
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
            ("[]", Err("p.json:1:1: this is no JSON object: expected a `message_data`")),
            ("{\n \"a\": }", Err("p.json:2:7: this is no JSON: invalid character '}' looking for beginning of value")),
            ("{", Err("p.json:1:2: this is no JSON: unexpected end of JSON input")),
        ] {
            let payload = Payload::of(&Source::new("p.json", text));
            let found = payload.as_ref().map(|payload| (payload.text.as_str(), payload.is_of_request));
            assert_eq!(found.map_err(String::as_str), expected, "{text}");
        }
    }
}
