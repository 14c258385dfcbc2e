//! Fields: checks the body of a request against the fields of its channel. All problems are reported at once.

use serde_json::{Map, Value};

use crate::diagnostics::did_you_mean;

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string.
    Text,
    /// A name, or a whole number.
    NameOrNumber,
    /// `true` or `false`.
    Flag,
    /// Whole seconds since 1970.
    Seconds,
    /// An object.
    Object,
    /// An array.
    List,
    /// Any value: client libraries differ.
    Any,
}

impl Kind {
    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::NameOrNumber => value.as_str().is_some_and(|name| !is_blank(name)) || is_whole(value),
            Self::Flag => value.is_boolean(),
            Self::Seconds => is_whole(value),
            Self::Object => value.is_object(),
            Self::List => value.is_array(),
            Self::Any => true,
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::NameOrNumber => "a name or whole number",
            Self::Flag => "`true` or `false`",
            Self::Seconds => "whole seconds since 1970",
            Self::Object => "an object",
            Self::List => "an array",
            Self::Any => "a value",
        }
    }
}

/// Whether a value is a whole number, as JSON Schema's `integer`: `7.0` is one.
fn is_whole(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Whether a name contains nothing but what the pattern `\S` of some language takes for white space: JavaScript counts
/// the byte order mark, Python some control characters.
fn is_blank(name: &str) -> bool {
    name.chars().all(|c| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

/// The value of a field; `None` if it is missing or null.
pub(super) fn given<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

/// Whether a field has a value that is not empty.
pub(super) fn is_given(body: &Map<String, Value>, name: &str) -> bool {
    given(body, name).is_some_and(|value| value.as_str() != Some(""))
}

/// The problems of fields whose values have the wrong type.
pub(super) fn wrong_types(body: &Map<String, Value>, known: &[(&'static str, Kind)]) -> Vec<String> {
    let wrong = known.iter().filter(|(name, kind)| given(body, name).is_some_and(|value| !kind.accepts(value)));
    wrong.map(|(name, kind)| format!("expected {} under `{name}`", kind.expected())).collect()
}

/// The problems of fields that Customer.io does not know.
pub(super) fn unknown(body: &Map<String, Value>, known: &[(&'static str, Kind)]) -> Vec<String> {
    let names = || known.iter().map(|(name, _)| *name);
    let unknown = body.keys().filter(|name| names().all(|known| known != *name));
    unknown
        .map(|name| {
            let near = did_you_mean(name, names()).map_or(String::new(), |near| format!(": did you mean `{near}`?"));
            format!("Customer.io has no request field `{name}`{near}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_not_blank_and_a_number_is_whole() {
        for value in [json!("a"), json!(" a\u{feff}"), json!(7), json!(-7), json!(7.0), json!(1e300)] {
            assert!(Kind::NameOrNumber.accepts(&value), "{value}");
        }
        for value in
            [json!(""), json!(" \u{85}\u{1c}"), json!("\u{feff}"), json!(7.5), json!(2.3e-308), json!([]), json!(true)]
        {
            assert!(!Kind::NameOrNumber.accepts(&value), "{value}");
        }
    }
}
