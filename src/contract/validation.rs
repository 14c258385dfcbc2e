//! Validation: where the data in a file does not match a schema.

use std::ops::Range;

use serde_json::Value as Json;

use super::declarations::as_json;
use super::schema::MessageSchema;
use super::wording::Violation;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Source};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Span};
use crate::message::{Customer, Request};

/// Data that does not match its schema.
const SCHEMA_VIOLATION: Code = Code::new("schema-violation");
/// How many violations of one file are reported.
const MAX_VIOLATIONS: usize = 50;

/// The places of a customer's attributes in the forms of its file: those of the App API's answer for one customer, of a file with
/// nothing around them, and of the App API's answer for several.
const ATTRIBUTES: [&[&str]; 6] =
    [&["customer", "attributes"], &["customer", "identifiers"], &["customer"], &[], &["attributes"], &["identifiers"]];

impl MessageSchema {
    /// Where the value at `path` of a JSON file does not match the schema; an empty path is the whole file. A value that is
    /// absent or null counts as an empty object, as `message_data` does.
    #[must_use]
    pub fn problems(&self, source: &Source, path: &[&str]) -> Diagnostics {
        self.problems_at(source, json::locate(source.text(), path).map(Span::range), path)
    }

    /// Where the `message_data` of a request does not match the schema.
    #[must_use]
    pub fn problems_of_request(&self, request: &Request) -> Diagnostics {
        self.problems_at(request.source(), request.message_data_range(), &["message_data"])
    }

    /// Where the value at a range of a file does not match the schema. Messages call the value by `name`.
    fn problems_at(&self, source: &Source, range: Option<Range<usize>>, name: &[&str]) -> Diagnostics {
        let text = range.clone().map_or("{}", |range| &source.text()[range]);
        let value = match serde_json::from_str(text) {
            Ok(Json::Null) => Json::Object(serde_json::Map::new()),
            Ok(value) => value,
            Err(error) => return not_compared(&error, source, range),
        };
        if self.allows(&value) {
            return Diagnostics::new();
        }
        let problem = |violation: &Violation| {
            let path: Vec<&str> = violation.path.iter().map(String::as_str).collect();
            // Of what is absent, the innermost value around it is marked.
            let place = range.as_ref().and_then(|range| {
                let place = (0..=path.len()).rev().find_map(|count| json::locate(text, &path[..count]))?;
                Some(range.start + place.start..range.start + place.end)
            });
            let whole = || json::locate(source.text(), &[]).map_or(0..0, Span::range);
            self.problem(violation, source.at(place.unwrap_or_else(whole)))
        };
        self.violations(&value, name).iter().take(MAX_VIOLATIONS).map(problem).collect()
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
        let source = customer.source();
        let problem = |violation: &Violation| {
            let path: Vec<&str> = violation.path.iter().map(String::as_str).collect();
            let at =
                |keys: &[&str]| ATTRIBUTES.iter().find_map(|root| json::locate(source.text(), &[root, keys].concat()));
            let place = (0..=path.len()).rev().find_map(|count| at(&path[..count]));
            self.problem(violation, source.at(place.map_or(0..0, Span::range)))
        };
        self.violations(&value, &["customer"]).iter().take(MAX_VIOLATIONS).map(problem).collect()
    }

    /// A violation as it is reported.
    fn problem(&self, violation: &Violation, place: Location) -> Diagnostic {
        let problem = Diagnostic::error(SCHEMA_VIOLATION, violation.message.clone()).at(place);
        let problem = violation.help.iter().cloned().fold(problem, Diagnostic::help);
        problem.note(format!("`{}#{}` declares what is allowed", self.file(), violation.keyword))
    }
}

/// What is wrong with a file itself is reported where it is read, except what is only wrong here.
fn not_compared(error: &serde_json::Error, source: &Source, range: Option<Range<usize>>) -> Diagnostics {
    if !error.to_string().starts_with("recursion limit exceeded") {
        return Diagnostics::new();
    }
    let message = "the data is nested too deeply to be compared with its schema";
    Diagnostic::error(SCHEMA_VIOLATION, message).at(source.at(range.unwrap_or_default())).into()
}

#[cfg(test)]
#[path = "validation_tests.rs"]
mod tests;
