//! Schemas: JSON Schemas in files of a project, what they allow, and where data does not keep to them.

use std::collections::BTreeMap;

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::Value as Json;

use super::declared::SchemaReader;
use super::shape::Shape;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};
use crate::liquid::Span;
use crate::liquid::value::json;

const INVALID_SCHEMA: Code = Code::new("invalid-schema");

/// Where relative references start from. Nothing is ever fetched from there.
const BASE: &str = "inkproof:///";
/// How many files a schema may refer to.
const MAX_FILES: usize = 200;

/// The files of a schema: its own, and those that it refers to, by their paths in the project.
#[derive(Clone, Debug, Default)]
pub struct SchemaDocuments(BTreeMap<String, Json>);

impl SchemaDocuments {
    /// The schema that a reference in a file leads to, and the file that it is in.
    pub(super) fn resolve(&self, reference: &str, file: &str) -> Option<(&str, &Json)> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let (file, document) = if path.is_empty() {
            self.0.get_key_value(file)?
        } else {
            let joined = joined(file, path);
            let by_id = |(_, document): &(&String, &Json)| document.get("$id").and_then(Json::as_str) == Some(path);
            joined.and_then(|path| self.0.get_key_value(&path)).or_else(|| self.0.iter().find(by_id))?
        };
        let schema = if fragment.is_empty() || fragment.starts_with('/') {
            document.pointer(&decoded(fragment))?
        } else {
            anchored(document, fragment)?
        };
        Some((file, schema))
    }
}

/// A path in the project relative to the folder of a file; none if it leads out of the project, or is an address.
fn joined(file: &str, path: &str) -> Option<String> {
    if path.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { file.split('/').collect() };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A fragment of an address without percent signs.
fn decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The schema within a document that has this `$anchor`.
fn anchored<'d>(schema: &'d Json, anchor: &str) -> Option<&'d Json> {
    match schema {
        Json::Object(object) => {
            let is_it = |name: &str| object.get(name).and_then(Json::as_str) == Some(anchor);
            if is_it("$anchor") || is_it("$dynamicAnchor") {
                return Some(schema);
            }
            object.values().find_map(|inner| anchored(inner, anchor))
        }
        Json::Array(items) => items.iter().find_map(|inner| anchored(inner, anchor)),
        _ => None,
    }
}

/// Writes `nullable: true`, which `OpenAPI` 3.0 has, as JSON Schema does: by the type `null`.
fn without_nullable(schema: &mut Json) {
    match schema {
        Json::Object(object) => {
            object.values_mut().for_each(without_nullable);
            if object.get("nullable") != Some(&Json::Bool(true)) {
                return;
            }
            match object.get_mut("type") {
                Some(Json::Array(kinds)) => kinds.push(Json::from("null")),
                Some(kind @ Json::String(_)) => *kind = Json::Array(vec![kind.take(), Json::from("null")]),
                // Without a type, null is allowed already, or it is up to a schema that is referred to.
                _ => return,
            }
            if let Some(Json::Array(values)) = object.get_mut("enum") {
                values.push(Json::Null);
            }
            object.remove("nullable");
        }
        Json::Array(items) => items.iter_mut().for_each(without_nullable),
        _ => {}
    }
}

/// Every `$ref` in a schema.
fn references<'d>(schema: &'d Json, found: &mut Vec<&'d str>) {
    match schema {
        Json::Object(object) => {
            found.extend(object.get("$ref").and_then(Json::as_str));
            object.values().for_each(|inner| references(inner, found));
        }
        Json::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

impl Retrieve for SchemaDocuments {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        let address = uri.as_str();
        let document = address.strip_prefix(BASE).and_then(|path| self.0.get(&decoded(path)));
        document
            .cloned()
            .ok_or_else(|| format!("there is no file for `{address}`: references lead to files of the project").into())
    }
}

/// A JSON Schema in a file of the project.
#[derive(Debug)]
pub struct MessageSchema {
    file: String,
    shape: Shape,
    validator: Validator,
}

/// A place at which data does not keep to a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The place, keys and indexes within each other.
    pub path: Vec<String>,
    /// What is wrong there.
    pub message: String,
}

impl MessageSchema {
    /// Reads a schema and the files that it refers to. `file` gives the file at a path in the project.
    ///
    /// # Errors
    /// A file is missing, is not valid JSON, or is not a JSON Schema.
    pub fn read(source: &Source, file: &dyn Fn(&str) -> Option<Source>) -> Result<Self, Diagnostics> {
        let mut documents = SchemaDocuments::default();
        let mut problems = Diagnostics::new();
        let mut waiting = vec![source.clone()];
        while let Some(next) = waiting.pop() {
            let mut json: Json = match serde_json::from_str(next.text()) {
                Ok(json) => json,
                Err(error) => {
                    problems.push(not_json(&next, &error));
                    continue;
                }
            };
            let mut found = Vec::new();
            references(&json, &mut found);
            for reference in found {
                let path = reference.split('#').next().unwrap_or_default();
                let Some(path) = Some(path).filter(|path| !path.is_empty()).and_then(|path| joined(next.name(), path))
                else {
                    continue;
                };
                let is_known = documents.0.contains_key(&path) || waiting.iter().any(|source| source.name() == path);
                if is_known || path == next.name() || documents.0.len() + waiting.len() >= MAX_FILES {
                    continue;
                }
                match file(&path) {
                    Some(source) => waiting.push(source),
                    None => problems.push(missing_file(&next, reference, &path)),
                }
            }
            without_nullable(&mut json);
            documents.0.insert(next.name().to_owned(), json);
        }
        let Some(schema) = documents.0.get(source.name()).filter(|_| problems.is_empty()) else { return Err(problems) };
        let shape = SchemaReader { documents: &documents }.shape(schema, source.name());
        let options = jsonschema::options()
            .with_base_uri(format!("{BASE}{}", source.name()))
            .should_validate_formats(true)
            .with_retriever(documents.clone());
        let validator = options.build(schema).map_err(|error| {
            let place = located(source, &error.instance_path().to_string());
            let problem =
                Diagnostic::error(INVALID_SCHEMA, format!("`{}` is not a valid JSON Schema: {error}", source.name()));
            Diagnostics::from(problem.primary(source.at(place), ""))
        })?;
        Ok(Self { file: source.name().to_owned(), shape, validator })
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

    /// Where a value does not keep to it.
    #[must_use]
    pub fn violations(&self, value: &Json) -> Vec<Violation> {
        let violation = |error: jsonschema::ValidationError<'_>| Violation {
            path: pointer_keys(&error.instance_path().to_string()),
            message: error.to_string(),
        };
        self.validator.iter_errors(value).map(violation).collect()
    }
}

/// The keys and indexes of a JSON pointer.
fn pointer_keys(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect()
}

/// The location of the value at a JSON pointer in a file.
fn located(source: &Source, pointer: &str) -> std::ops::Range<usize> {
    let keys = pointer_keys(pointer);
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    json::locate(source.text(), &keys).map_or(0..0, Span::range)
}

fn not_json(source: &Source, error: &serde_json::Error) -> Diagnostic {
    let lines = source.text().split_inclusive('\n').take(error.line().saturating_sub(1));
    let start = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let start = start.min(source.text().len());
    let message = format!("the schema is not valid JSON: {error}");
    Diagnostic::error(INVALID_SCHEMA, message).primary(source.at(start..start), "")
}

fn missing_file(source: &Source, reference: &str, path: &str) -> Diagnostic {
    let place =
        source.text().find(&format!("\"{reference}\"")).map_or(0..0, |start| start..start + reference.len() + 2);
    Diagnostic::error(INVALID_SCHEMA, format!("the schema refers to `{path}`, which is not there"))
        .primary(source.at(place), "")
        .help("references lead to files of the project, relative to the file that contains them")
}
