//! Schemas: JSON Schemas in files of a project, and what they allow.

use jsonschema::{PatternOptions, ValidationOptions, Validator};
use serde_json::{Value as Json, json};

use super::declared::SchemaReader;
use super::documents::{BASE, DocumentReader, INVALID_SCHEMA, at_fragment, near};
use super::json_pointer;
use super::shape::Shape;
use super::wording::{self, Violation};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Source};
use crate::liquid::Span;
use crate::liquid::value::json::locate;

/// How often a regular expression may go back while it is compared with one string.
const MAX_BACKTRACKING: usize = 100_000;
/// The largest compiled regular expression, in bytes.
const MAX_PATTERN_BYTES: usize = 4 << 20;

/// A JSON Schema in a file of the project.
#[derive(Debug)]
pub struct MessageSchema {
    file: String,
    shape: Shape,
    validator: Validator,
}

impl MessageSchema {
    /// Reads a schema and the files that it refers to. `file` gives the file at a path in the project.
    ///
    /// # Errors
    /// A file is missing, is not valid JSON, or is not a JSON Schema; all problems.
    pub fn read(source: &Source, file: &dyn Fn(&str) -> Option<Source>) -> Result<Self, Diagnostics> {
        Self::read_fragment(source, "", file)
    }

    /// Like [`read`](Self::read), for the schema at a fragment of the file, such as `/$defs/Order`.
    ///
    /// # Errors
    /// As for [`read`](Self::read), or there is nothing at the fragment.
    pub fn read_fragment(
        source: &Source,
        fragment: &str,
        file: &dyn Fn(&str) -> Option<Source>,
    ) -> Result<Self, Diagnostics> {
        let path = source.name();
        let mut reader = DocumentReader::new(file);
        reader.read(source, fragment);
        let DocumentReader { documents, mut problems, .. } = reader;
        let document = documents.get(path).filter(|_| problems.is_empty());
        let Some(document) = document else {
            problems.tidy();
            return Err(problems);
        };
        let Some(schema) = at_fragment(document, fragment) else {
            let message = format!("`{path}` has nothing at `#{fragment}`");
            let problem = Diagnostic::error(INVALID_SCHEMA, message).at(source.at(0..0));
            return Err(match near(document, fragment) {
                Some(near) => problem.help(format!("did you mean `#{near}`?")),
                None => problem,
            }
            .into());
        };
        let shape = SchemaReader::new(&documents).shape(schema, path);
        let options = options().with_retriever(documents.clone());
        let address = format!("{BASE}{}", encoded(path));
        let built = if fragment.is_empty() {
            options.with_base_uri(address).build(document)
        } else {
            options.build(&json!({"$ref": format!("{address}#{fragment}")}))
        };
        let validator = built.map_err(|error| {
            let message = format!("`{path}` is not a valid JSON Schema: {error}");
            let problem = Diagnostic::error(INVALID_SCHEMA, message);
            Diagnostics::from(problem.at(place(source, error.instance_path().as_str())))
        })?;
        Ok(Self { file: path.to_owned(), shape, validator })
    }

    /// The path of its file in the project.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What it allows, roughly: some that it does not allow may have the shape as well.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Whether it allows a value.
    #[must_use]
    pub fn allows(&self, value: &Json) -> bool {
        self.validator.is_valid(value)
    }

    /// Where a value does not match it. `root` are the keys above the value in its file.
    #[must_use]
    pub fn violations(&self, value: &Json, root: &[&str]) -> Vec<Violation> {
        self.validator.iter_errors(value).flat_map(|error| wording::violations(&error, root)).collect()
    }
}

/// How schemas are read: formats count, and no pattern takes long.
pub(super) fn options<'i>() -> ValidationOptions<'i> {
    jsonschema::options().should_validate_formats(true).with_pattern_options(
        PatternOptions::fancy_regex().backtrack_limit(MAX_BACKTRACKING).size_limit(MAX_PATTERN_BYTES),
    )
}

/// The location of the innermost value of a file at or around a JSON pointer.
fn place(source: &Source, pointer: &str) -> Location {
    let keys = json_pointer::keys(pointer);
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let place = (0..=keys.len()).rev().find_map(|count| locate(source.text(), &keys[..count]));
    source.at(place.map_or(0..0, Span::range))
}

/// A path as a part of an address.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
