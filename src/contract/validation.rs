//! Validation: where the data in a file does not keep to a schema.

use serde_json::Value as Json;

use super::schema::{MessageSchema, Violation};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};
use crate::liquid::Span;
use crate::liquid::value::json;

/// Data that does not keep to its schema.
const SCHEMA_VIOLATION: Code = Code::new("schema-violation");
/// How many violations of one file are reported.
const MAX_VIOLATIONS: usize = 50;

impl MessageSchema {
    /// Where the value at `path` of a JSON file does not keep to the schema; an empty path is the whole file. A value that
    /// is absent counts as an empty object, as `message_data` does.
    #[must_use]
    pub fn problems(&self, source: &Source, path: &[&str]) -> Diagnostics {
        // What is wrong with the file itself is reported where it is read.
        let Ok(file) = serde_json::from_str::<Json>(source.text()) else { return Diagnostics::new() };
        let value = path.iter().try_fold(&file, |value, key| value.get(key)).cloned();
        let value = value.unwrap_or_else(|| Json::Object(serde_json::Map::new()));
        let violations = self.violations(&value);
        violations.iter().take(MAX_VIOLATIONS).map(|violation| self.problem(violation, source, path)).collect()
    }

    fn problem(&self, violation: &Violation, source: &Source, path: &[&str]) -> Diagnostic {
        let inner: Vec<&str> = violation.path.iter().map(String::as_str).collect();
        let whole: Vec<&str> = path.iter().chain(&inner).copied().collect();
        // Of what is absent, the innermost value around it is pointed at.
        let place = (0..=whole.len()).rev().find_map(|count| json::locate(source.text(), &whole[..count]));
        Diagnostic::error(SCHEMA_VIOLATION, violation.message.clone())
            .primary(source.at(place.map_or(0..0, Span::range)), "")
            .help(format!("`{}` declares what may stand here", self.file()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_point_at_the_value() {
        let schema = r#"{"type":"object","required":["id"],"properties":{"items":{"items":{"properties":{"n":{"type":"integer"}}}}}}"#;
        let schema = MessageSchema::read(&Source::new("schemas/a.json", schema), &|_| None).unwrap();
        let file = r#"{"message_data": {"items": [{"n": 1}, {"n": "two"}]}}"#;
        let problems = schema.problems(&Source::new("r.json", file), &["message_data"]);
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (&file[problem.location().unwrap().range()], problem.message.as_str()))
            .collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|(place, message)| *place == "\"two\"" && message.contains("integer")), "{found:?}");
        assert!(
            found.iter().any(|(place, message)| place.starts_with("{\"items\"") && message.contains("id")),
            "{found:?}"
        );
    }
}
