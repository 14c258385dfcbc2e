//! Field changes: which fields differ between two versions of a message.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The path of the field, such as `properties.posts[0].title`.
    pub field: String,
    /// The value before; `None` if the field did not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// The value after; `None` if the field no longer exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

impl FieldChange {
    /// The fields that differ between two values: first those of `before` in its order, then those that only `after` has.
    ///
    /// ```
    /// use inkproof::message::FieldChange;
    /// use serde_json::json;
    ///
    /// let changes = FieldChange::between(&json!({"a": {"b": [1, 2]}}), &json!({"a": {"b": [1, 3]}}));
    /// assert_eq!(changes[0].to_string(), "a.b[1]: 2 → 3");
    /// ```
    #[must_use]
    pub fn between(before: &Value, after: &Value) -> Vec<Self> {
        let mut changes = Vec::new();
        compare(String::new(), Some(before), Some(after), &mut changes);
        changes
    }
}

impl FieldChange {
    /// The keys and indexes that lead to the field.
    #[must_use]
    pub fn steps(&self) -> Vec<String> {
        let (mut steps, mut rest) = (Vec::new(), self.field.as_str());
        while !rest.is_empty() {
            if let Some(bracketed) = rest.strip_prefix('[') {
                let mut values = serde_json::Deserializer::from_str(bracketed).into_iter::<Value>();
                let Some(Ok(step)) = values.next() else { break };
                rest = bracketed.get(values.byte_offset() + 1..).unwrap_or_default();
                steps.push(step.as_str().map_or_else(|| step.to_string(), str::to_owned));
            } else {
                let name = rest.strip_prefix('.').unwrap_or(rest);
                let end = name.find(['.', '[']).unwrap_or(name.len());
                steps.push(name[..end].to_owned());
                rest = &name[end..];
            }
        }
        steps
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, "{}: {from} → {to}", self.field),
            (None, Some(to)) => write!(f, "{}: added {to}", self.field),
            (Some(from), None) => write!(f, "{}: removed {from}", self.field),
            (None, None) => write!(f, "{}", self.field),
        }
    }
}

fn compare(field: String, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<FieldChange>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                compare(path_of(&field, name), before.get(name), after.get(name), changes);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for index in 0..before.len().max(after.len()) {
                compare(format!("{field}[{index}]"), before.get(index), after.get(index), changes);
            }
        }
        _ if before == after => {}
        _ => changes.push(FieldChange { field, from: before.cloned(), to: after.cloned() }),
    }
}

/// The path of a property. A name that could be read as several names is quoted.
fn path_of(field: &str, name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@'));
    match (is_plain, field) {
        (true, "") => name.to_owned(),
        (true, _) => format!("{field}.{name}"),
        (false, _) => format!("{field}[{}]", Value::from(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_the_fields_that_differ() {
        for (before, after, expected) in [
            (r#"{"a":1}"#, r#"{"a":1}"#, vec![]),
            (r#"{"a":1,"b":2}"#, r#"{"b":3,"c":[]}"#, vec!["a: removed 1", "b: 2 → 3", "c: added []"]),
            (r#"{"a":{"b":["x"]}}"#, r#"{"a":{"b":["y","z"]}}"#, vec![r#"a.b[0]: "x" → "y""#, r#"a.b[1]: added "z""#]),
            (r#"{"a":{"b.c":1}}"#, r#"{"a":{"b.c":null}}"#, vec![r#"a["b.c"]: 1 → null"#]),
            (r#"{"a":{"b":1}}"#, r#"{"a":[1]}"#, vec![r#"a: {"b":1} → [1]"#]),
        ] {
            let value = |text| serde_json::from_str::<Value>(text).unwrap();
            let changes = FieldChange::between(&value(before), &value(after));
            let found: Vec<_> = changes.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{before} {after}");
        }
    }

    #[test]
    fn splits_a_field_into_its_steps() {
        for (field, expected) in [
            ("type", &["type"][..]),
            ("properties.posts[0].title", &["properties", "posts", "0", "title"]),
            (r#"properties["b.c"][1]["x]\""]"#, &["properties", "b.c", "1", "x]\""]),
            (r#"a[""].b"#, &["a", "", "b"]),
        ] {
            let change = FieldChange { field: field.to_owned(), from: None, to: None };
            assert_eq!(change.steps(), expected, "{field}");
        }
    }

    #[test]
    fn a_missing_value_is_not_null_in_json() {
        let change = |from, to| FieldChange { field: "a".to_owned(), from, to };
        for (change, expected) in [
            (change(None, Some(Value::Null)), r#"{"field":"a","to":null}"#),
            (change(Some(Value::Null), None), r#"{"field":"a","from":null}"#),
        ] {
            assert_eq!(serde_json::to_string(&change).unwrap(), expected);
        }
    }
}
