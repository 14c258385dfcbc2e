//! Validation: where the data in a file does not match a schema.

use serde_json::Value as Json;

use super::declarations::as_json;
use super::schema::MessageSchema;
use super::wording::Violation;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Span};
use crate::message::{Customer, Request};

/// Data that does not match its schema.
const SCHEMA_VIOLATION: Code = Code::new("schema-violation");
/// How many violations of one file are reported.
const MAX_VIOLATIONS: usize = 50;

/// The places of a customer's attributes in the two forms of its file, the most specific first.
const ATTRIBUTES: [&[&str]; 4] = [&["customer", "attributes"], &["customer", "identifiers"], &["customer"], &[]];

impl MessageSchema {
    /// Where the value at `path` of a JSON file does not match the schema; an empty path is the whole file. A value that is
    /// absent or null counts as an empty object, as `message_data` does.
    #[must_use]
    pub fn problems(&self, source: &Source, path: &[&str]) -> Diagnostics {
        let span = if path.is_empty() { None } else { json::locate(source.text(), path) };
        let text = match span {
            Some(span) => span.of(source.text()),
            None if path.is_empty() => source.text(),
            None => "{}",
        };
        let value = match serde_json::from_str(text) {
            Ok(Json::Null) => Json::Object(serde_json::Map::new()),
            Ok(value) => value,
            Err(error) => return not_compared(&error, source, span),
        };
        if self.allows(&value) {
            return Diagnostics::new();
        }
        let violations = self.violations(&value, path);
        violations.iter().take(MAX_VIOLATIONS).map(|violation| self.problem(violation, source, &[path])).collect()
    }

    /// Where the `message_data` of a request does not match the schema.
    #[must_use]
    pub fn problems_of_request(&self, request: &Request) -> Diagnostics {
        self.problems(request.source(), &["message_data"])
    }

    /// Where the attributes of a customer do not match the schema.
    #[must_use]
    pub fn problems_of_customer(&self, customer: &Customer) -> Diagnostics {
        let arena = Arena::new();
        let attributes =
            customer.data(Numbers::JavaScript, &arena).ok().and_then(|(attributes, _)| as_json(attributes));
        // What is wrong with the file itself is reported where it is read.
        let Some(value) = attributes else { return Diagnostics::new() };
        if self.allows(&value) {
            return Diagnostics::new();
        }
        let violations = self.violations(&value, &["customer"]);
        violations
            .iter()
            .take(MAX_VIOLATIONS)
            .map(|violation| self.problem(violation, customer.source(), &ATTRIBUTES))
            .collect()
    }

    /// A violation as it is reported, in a file that has the data below one of these paths.
    fn problem(&self, violation: &Violation, source: &Source, roots: &[&[&str]]) -> Diagnostic {
        let inner: Vec<&str> = violation.path.iter().map(String::as_str).collect();
        // Of what is absent, the innermost value around it is marked.
        let place = (0..=inner.len()).rev().find_map(|count| {
            roots.iter().find_map(|root| json::locate(source.text(), &[root, &inner[..count]].concat()))
        });
        let place = place.or_else(|| json::locate(source.text(), &[]));
        let problem = Diagnostic::error(SCHEMA_VIOLATION, violation.message.clone())
            .primary(source.at(place.map_or(0..0, Span::range)), "");
        let problem = violation.help.iter().cloned().fold(problem, Diagnostic::help);
        problem.note(format!("`{}` declares what is allowed", self.file()))
    }
}

/// What is wrong with a file itself is reported where it is read, except what is only wrong here.
fn not_compared(error: &serde_json::Error, source: &Source, span: Option<Span>) -> Diagnostics {
    if !error.to_string().starts_with("recursion limit exceeded") {
        return Diagnostics::new();
    }
    let message = "the data is nested too deeply to be compared with its schema";
    let place = span.map_or(0..0, Span::range);
    Diagnostic::error(SCHEMA_VIOLATION, message).at(source.at(place)).into()
}

#[cfg(test)]
#[path = "validation_tests.rs"]
mod tests;
