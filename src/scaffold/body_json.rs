//! `body_json`: the content and the settings of a message, as Customer.io's API has them.

use serde_json::{Map, Value};

/// The settings that it may have.
const SETTINGS: [&str; 3] = ["type", "topics", "expiration"];

/// The text of a template made of Customer.io's `body_json`, which may be within the object that has it, and a string instead of an
/// object. `None` if a text is something else.
///
/// ```
/// use inkproof::scaffold::content_of_body_json;
/// let body = r#"{"body_json": {"type": "order", "topics": ["a"], "properties": {"title": "{{ trigger.x }}"}}}"#;
/// let template = "---\ntype: order\ntopics: [\"a\"]\n---\n{\n  \"title\": \"{{ trigger.x }}\"\n}\n";
/// assert_eq!(content_of_body_json(body).as_deref(), Some(template));
/// assert_eq!(content_of_body_json(r#"{"title": "Hi"}"#), None);
/// ```
#[must_use]
pub fn content_of_body_json(text: &str) -> Option<String> {
    let body = body_of(unpacked(serde_json::from_str(text).ok()?))?;
    let mut settings = String::new();
    for name in SETTINGS {
        match body.get(name) {
            None | Some(Value::Null) => {}
            // JSON is YAML. Words need no quotes.
            Some(Value::String(word)) if is_plain(word) => settings.extend([name, ": ", word, "\n"]),
            Some(value) => settings.extend([name, ": ", &value.to_string(), "\n"]),
        }
    }
    let content = match body.get("properties")? {
        Value::String(content) => content.trim().to_owned(),
        properties => format!("{properties:#}"),
    };
    Some(if settings.is_empty() { format!("{content}\n") } else { format!("---\n{settings}---\n{content}\n") })
}

/// The object with the properties: the whole, or its `body_json`.
fn body_of(value: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut object) = value else { return None };
    if let Some(body) = object.remove("body_json") {
        return unpacked(body).as_object().cloned().filter(|body| body.contains_key("properties"));
    }
    let is_known = |name: &String| name == "properties" || SETTINGS.contains(&name.as_str());
    // A message may have a property that is called so.
    let is_body = object.contains_key("properties") && object.len() > 1 && object.keys().all(is_known);
    is_body.then_some(object)
}

/// A value, or what the string that it is contains.
fn unpacked(value: Value) -> Value {
    match &value {
        Value::String(text) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

fn is_plain(word: &str) -> bool {
    word.chars().all(|character| character.is_ascii_alphabetic() || character == '_')
        && !["true", "false", "null", "yes", "no", "on", "off", ""].contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_forms() {
        let plain = "{\n  \"title\": \"a\"\n}\n";
        for (text, expected) in [
            (r#"{"body_json": "{\"properties\": {\"title\": \"a\"}}"}"#, Some(plain.to_owned())),
            (r#""{\"type\": \"x\", \"properties\": {\"title\": \"a\"}}""#, Some(format!("---\ntype: x\n---\n{plain}"))),
            (
                r#"{"topics": [], "type": "on", "expiration": "3 days", "properties": {"title": "a"}}"#,
                Some(format!("---\ntype: \"on\"\ntopics: []\nexpiration: \"3 days\"\n---\n{plain}")),
            ),
            (
                r#"{"body_json": {"properties": "{\"title\": {{ trigger.x }}}"}}"#,
                Some("{\"title\": {{ trigger.x }}}\n".to_owned()),
            ),
            (r#"{"properties": {"title": "a"}}"#, None),
            (r#"{"title": "a", "properties": 1}"#, None),
            (r#"{"body_json": {"title": 1}}"#, None),
            ("{\"title\": {{ x }}}", None),
        ] {
            assert_eq!(content_of_body_json(text), expected, "{text}");
        }
    }
}
