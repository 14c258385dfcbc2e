//! Values: what the requests and customers of a project have at a path of the data.

use crate::analysis::{Path, PathStep};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Value};
use crate::message::{Customer, Request, SENT_NAMES};

/// The longest value that is shown, in characters.
const MAX_SHOWN: usize = 60;

/// The `message_data` of a request; nothing if it is not valid.
pub(super) fn trigger<'a>(request: &'a Request, arena: &'a Arena) -> Value<'a> {
    request.message_data(Numbers::JavaScript, arena).unwrap_or(Value::Undefined)
}

/// The attributes of a customer; nothing if they are not valid.
pub(super) fn attributes<'a>(customer: &'a Customer, arena: &'a Arena) -> Value<'a> {
    customer.data(Numbers::JavaScript, arena).map_or(Value::Undefined, |(attributes, _)| attributes)
}

/// The value that a message has under the root of a path; nothing for what is not sent.
pub(super) fn of_message<'a>(root: &str, request: &'a Request, customer: &'a Customer, arena: &'a Arena) -> Value<'a> {
    let [trigger_name, customer_name, _] = SENT_NAMES;
    match root {
        root if root == trigger_name => trigger(request, arena),
        root if root == customer_name => attributes(customer, arena),
        _ => Value::Undefined,
    }
}

/// The values at the end of a path, one for each element of the lists on the way.
pub(super) fn at_path<'a>(value: Value<'a>, steps: &[PathStep<'_>]) -> Vec<Value<'a>> {
    let Some((step, rest)) = steps.split_first() else { return vec![value] };
    match (value, step) {
        (Value::Object(object), PathStep::Key(key)) => {
            object.get(key).map(|inner| at_path(inner, rest)).unwrap_or_default()
        }
        (Value::Array(items), PathStep::Element) => items.iter().flat_map(|item| at_path(*item, rest)).collect(),
        _ => Vec::new(),
    }
}

/// The values at a path as one short line of JSON; `None` if there are none.
pub(super) fn shown(root: Value<'_>, path: &Path<'_>) -> Option<String> {
    if matches!(root, Value::Undefined) {
        return None;
    }
    let values = at_path(root, &path.steps);
    if values.is_empty() {
        return None;
    }
    Some(shorten(&values.into_iter().map(as_json).collect::<Vec<_>>().join(", ")))
}

/// A value as JSON.
pub(super) fn as_json(value: Value<'_>) -> String {
    let mut text = String::new();
    // What JSON does not have prints as nothing.
    let _ = json::write(value, None, &mut text);
    text
}

/// The start of a text, on one line.
pub(super) fn shorten(text: &str) -> String {
    let line: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    match line.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What people call the kind of a value.
pub(super) const fn kind(value: Value<'_>) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Null => "null",
        _ => "",
    }
}
