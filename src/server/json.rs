//! JSON that clients send, read as requests for the inbox are: a lone surrogate is replaced, as by their receivers, and a
//! number that is too large is null, as JavaScript writes it.

use serde_json::{Map, Number, Value};

use super::answer::Refusal;
use crate::liquid::value::json::{Event, Events, Read};
use crate::liquid::value::utf16;

/// Reads a JSON object. `what` it is, such as a body, is said in the error.
pub(super) fn object(text: &str, what: &str) -> Result<Map<String, Value>, Refusal> {
    match value(text, what)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Refusal::bad_request(format!("the {what} is not a JSON object"))),
    }
}

/// Reads a JSON value. `what` it is, such as a body, is said in the error.
pub(super) fn value(text: &str, what: &str) -> Result<Value, Refusal> {
    read(text).map_err(|error| {
        Refusal::bad_request(format!("the {what} is not valid JSON: {}, at byte {}", error.message, error.offset))
    })
}

/// Reads a JSON value.
pub(super) fn read(text: &str) -> Read<Value> {
    let mut events = Events::new(text);
    let first = events.next_event()?;
    let value = rest_of(first, &mut events, text)?;
    events.finish()?;
    Ok(value)
}

/// The value that begins with a token.
fn rest_of(first: Event<'_>, events: &mut Events<'_>, text: &str) -> Read<Value> {
    Ok(match first {
        Event::ObjectStart => {
            let mut fields = Map::new();
            while let Event::Key(key) = events.next_event()? {
                let first = events.next_event()?;
                fields.insert(utf16::to_utf8(&key.decode()).into_owned(), rest_of(first, events, text)?);
            }
            fields.into()
        }
        Event::ArrayStart => {
            let mut items = Vec::new();
            loop {
                match events.next_event()? {
                    Event::ArrayEnd => break,
                    first => items.push(rest_of(first, events, text)?),
                }
            }
            items.into()
        }
        Event::String(text) => utf16::to_utf8(&text.decode()).into(),
        Event::Number(number) => number_as_written(&text[events.span().range()], number),
        Event::Bool(flag) => flag.into(),
        _ => Value::Null,
    })
}

/// A large whole number is kept without rounding, because it may be an identifier.
fn number_as_written(written: &str, number: f64) -> Value {
    let whole = written.parse::<i64>().map(Number::from).or_else(|_| written.parse::<u64>().map(Number::from));
    whole.ok().or_else(|| Number::from_f64(number)).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_client_libraries_write() {
        for (text, expected) in [
            (r#"{"b": [1, -2.5, 1e3], "a": {"x": null}, "b": true}"#, r#"{"b":true,"a":{"x":null}}"#),
            ("18446744073709551615", "18446744073709551615"),
            ("[-9007199254740993, 1.0, 1e400]", "[-9007199254740993,1.0,null]"),
            (r#""cut \ud83d off \ud83d\ude00""#, "\"cut \u{fffd} off 😀\""),
        ] {
            assert_eq!(read(text).unwrap().to_string(), expected, "{text}");
        }
        let deep = "[".repeat(500) + &"]".repeat(500);
        assert_eq!(read(&deep).unwrap().to_string(), deep);
        assert_eq!(object("[]", "body").unwrap_err().to_string(), "the body is not a JSON object");
        let error = "the body is not valid JSON: invalid character 'x' looking for beginning of value, at byte 5";
        assert_eq!(object("{\"a\":x}", "body").unwrap_err().to_string(), error);
    }
}
