//! Documents: the files that a schema consists of, and where its references lead. Nothing but files of the project is ever
//! read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jsonschema::{Retrieve, Uri};
use serde_json::Value as Json;

use super::{json_pointer, wording};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source, did_you_mean};
use crate::liquid::Span;
use crate::liquid::value::json;
use crate::project::{path_in_project, percent_decoded, without_mark};

pub(super) const INVALID_SCHEMA: Code = Code::new("invalid-schema");

/// The start of the address of each file, so that relative references work. Nothing is fetched from there.
pub(super) const BASE: &str = "inkproof:///";
/// How many files a schema may refer to.
const MAX_FILES: usize = 200;
/// How many schemas one value may be compared with.
const MAX_EFFORT: usize = 10_000;
/// How many references may lead from one to the next.
const MAX_CHAIN: usize = 250;
/// The addresses of the drafts' own schemas, which the validator has built in.
const DRAFTS: [&str; 2] = ["https://json-schema.org/", "http://json-schema.org/"];
/// The drafts in which nothing beside `$ref` counts.
const OLD_DRAFTS: [&str; 3] = ["/draft-04/", "/draft-06/", "/draft-07/"];
/// Keys whose values are data rather than schemas.
const DATA_KEYS: [&str; 5] = ["const", "enum", "default", "examples", "example"];

/// The files of a schema: its own, and those that it refers to, by their paths in the project.
#[derive(Clone, Debug, Default)]
pub struct SchemaDocuments {
    by_path: BTreeMap<String, Json>,
    /// The paths of the files whose `$id` is this.
    by_id: BTreeMap<String, String>,
}

impl SchemaDocuments {
    /// The document at a path.
    pub(super) fn get(&self, path: &str) -> Option<&Json> {
        self.by_path.get(path)
    }

    /// The schema that a reference in a file leads to, and the file that it is in.
    pub(super) fn resolve(&self, reference: &str, file: &str) -> Option<(&str, &Json)> {
        let (path, document) = match self.target(reference, file) {
            Target::File(path) => self.by_path.get_key_value(&path)?,
            _ => return None,
        };
        let fragment = reference.split_once('#').map_or("", |(_, fragment)| fragment);
        Some((path, at_fragment(document, fragment)?))
    }

    /// Whether keywords beside a reference count for nothing in a file: up to draft 7, they do.
    pub(super) fn is_reference_alone(&self, file: &str) -> bool {
        let draft = self.get(file).and_then(|document| document.get("$schema")).and_then(Json::as_str);
        draft.is_some_and(|draft| OLD_DRAFTS.iter().any(|old| draft.contains(old)))
    }

    /// The document that a reference leads to.
    fn target(&self, reference: &str, file: &str) -> Target {
        let address = reference.split('#').next().unwrap_or_default();
        if address.is_empty() {
            return Target::File(file.to_owned());
        }
        if let Some(path) = self.by_id.get(address) {
            return Target::File(path.clone());
        }
        if DRAFTS.iter().any(|draft| address.starts_with(draft)) {
            return Target::Draft;
        }
        path_in_project(file, address).map_or(Target::Elsewhere, Target::File)
    }

    /// Adds a document. Its `$id` is kept apart, so that references start from its path.
    fn add(&mut self, path: &str, mut document: Json) {
        if let Json::Object(object) = &mut document {
            if let Some(Json::String(id)) = object.remove("$id") {
                self.by_id.insert(id.trim_end_matches('#').to_owned(), path.to_owned());
            }
            let is_unknown =
                |draft: &Json| draft.as_str().is_some_and(|draft| !DRAFTS.iter().any(|known| draft.starts_with(known)));
            // A dialect, such as OpenAPI's, adds keywords; the others mean what they always do.
            if object.get("$schema").is_some_and(is_unknown) {
                object.remove("$schema");
            }
        }
        without_nullable(&mut document);
        self.by_path.insert(path.to_owned(), document);
    }
}

/// Where a reference leads.
enum Target {
    /// To the file at this path.
    File(String),
    /// To one of the drafts' own schemas.
    Draft,
    /// Out of the project.
    Elsewhere,
}

impl Retrieve for SchemaDocuments {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        let address = uri.as_str();
        let path = address.strip_prefix(BASE).map(percent_decoded);
        let path = path.as_ref().or_else(|| self.by_id.get(address));
        let document = path.and_then(|path| self.by_path.get(path));
        document
            .cloned()
            .ok_or_else(|| format!("there is no file for `{address}`: references lead to files of the project").into())
    }
}

/// The schema at a fragment of a document: a JSON pointer or an anchor.
pub(super) fn at_fragment<'d>(document: &'d Json, fragment: &str) -> Option<&'d Json> {
    if fragment.is_empty() || fragment.starts_with('/') {
        document.pointer(&percent_decoded(fragment))
    } else {
        anchored(document, fragment)
    }
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

/// A `$ref` in a schema: its text, and the JSON pointer of the object that has it.
struct Reference {
    text: String,
    pointer: String,
}

/// The references in a schema, and the `$id`s of the schemas in it.
fn find_references(schema: &Json, pointer: &mut String, found: &mut Vec<Reference>, ids: &mut BTreeSet<String>) {
    let mut within = |key: &str, inner: &Json, found: &mut Vec<Reference>| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
        find_references(inner, pointer, found, ids);
        pointer.truncate(length);
    };
    match schema {
        Json::Object(object) => {
            for (key, inner) in object.iter().filter(|(key, _)| !DATA_KEYS.contains(&key.as_str())) {
                within(key, inner, found);
            }
            if let Some(Json::String(text)) = object.get("$ref") {
                found.push(Reference { text: text.clone(), pointer: pointer.clone() });
            }
            ids.extend(object.get("$id").and_then(Json::as_str).map(str::to_owned));
        }
        Json::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                within(&at.to_string(), inner, found);
            }
        }
        _ => {}
    }
}

/// How many schemas one value is compared with, by schema.
struct Effort<'d> {
    documents: &'d SchemaDocuments,
    known: HashMap<*const Json, usize>,
}

impl<'d> Effort<'d> {
    /// The most that any schema within a value takes.
    fn most_within(&mut self, schema: &'d Json, path: &str) -> usize {
        let own = self.of(schema, path, 0);
        let within = match schema {
            Json::Object(object) => object.values().map(|inner| self.most_within(inner, path)).max(),
            Json::Array(items) => items.iter().map(|inner| self.most_within(inner, path)).max(),
            _ => None,
        };
        own.max(within.unwrap_or_default())
    }

    fn of(&mut self, schema: &'d Json, path: &str, depth: usize) -> usize {
        let Json::Object(object) = schema else { return 1 };
        if depth > MAX_CHAIN {
            return usize::MAX;
        }
        if let Some(known) = self.known.get(&std::ptr::from_ref(schema)) {
            return *known;
        }
        // The validator ends references into themselves.
        self.known.insert(schema, 1);
        let mut sum = 1_usize;
        for (key, inner) in object {
            let effort = match (key.as_str(), inner) {
                ("$ref" | "$dynamicRef", Json::String(reference)) => match self.documents.resolve(reference, path) {
                    Some((path, schema)) => self.of(schema, path, depth + 1),
                    None => 0,
                },
                ("allOf" | "anyOf" | "oneOf", Json::Array(items)) => {
                    items.iter().fold(0, |sum: usize, item| sum.saturating_add(self.of(item, path, depth + 1)))
                }
                ("dependentSchemas", Json::Object(schemas)) => {
                    schemas.values().fold(0, |sum: usize, item| sum.saturating_add(self.of(item, path, depth + 1)))
                }
                ("not" | "if" | "then" | "else", inner) => self.of(inner, path, depth + 1),
                _ => 0,
            };
            sum = sum.saturating_add(effort);
        }
        self.known.insert(schema, sum);
        sum
    }
}

/// The reading of a schema with all files that it refers to.
pub(super) struct DocumentReader<'r> {
    pub(super) documents: SchemaDocuments,
    sources: BTreeMap<String, Source>,
    file: &'r dyn Fn(&str) -> Option<Source>,
    pub(super) problems: Diagnostics,
}

impl<'r> DocumentReader<'r> {
    pub(super) fn new(file: &'r dyn Fn(&str) -> Option<Source>) -> Self {
        let (documents, sources) = (SchemaDocuments::default(), BTreeMap::new());
        Self { documents, sources, file, problems: Diagnostics::new() }
    }

    /// Reads the schema at a fragment of a file, and everything that it refers to. Each schema is compared with the rules of
    /// its draft.
    pub(super) fn read(&mut self, source: &Source, fragment: &str) {
        if !self.add(source) {
            return;
        }
        let mut seen = BTreeSet::new();
        let mut waiting = vec![(source.name().to_owned(), fragment.to_owned())];
        while let Some((path, fragment)) = waiting.pop() {
            // A schema within one that was read already is known.
            if seen.contains(&(path.clone(), String::new())) || !seen.insert((path.clone(), fragment.clone())) {
                continue;
            }
            let schema = self.documents.get(&path).and_then(|document| at_fragment(document, &fragment)).cloned();
            let Some(mut schema) = schema else { continue };
            self.add_draft(&mut schema, &path);
            self.check(&schema, &path, &fragment);
            let mut pointer = if fragment.starts_with('/') { percent_decoded(&fragment) } else { String::new() };
            let (mut references, mut ids) = (Vec::new(), BTreeSet::new());
            find_references(&schema, &mut pointer, &mut references, &mut ids);
            for reference in references {
                let address = reference.text.split('#').next().unwrap_or_default();
                // A schema within the file that has an address of its own.
                if ids.iter().any(|id| id == address || id.ends_with(&format!("/{address}"))) {
                    continue;
                }
                waiting.extend(self.follow(&reference, &path));
            }
        }
        self.check_effort(source, fragment);
    }

    /// Reports a schema that compares one value with very many schemas, which would take forever.
    fn check_effort(&mut self, source: &Source, fragment: &str) {
        let mut effort = Effort { documents: &self.documents, known: HashMap::new() };
        let paths = self.sources.keys();
        let most = paths.filter_map(|path| Some((path, self.documents.get(path)?)));
        let most = most.map(|(path, document)| effort.most_within(document, path)).max().unwrap_or_default();
        if most > MAX_EFFORT {
            let message = format!("the schema compares one value with more than {MAX_EFFORT} schemas");
            let problem = Diagnostic::error(INVALID_SCHEMA, message).at(self.place(source.name(), fragment));
            self.problems.push(problem.help("simplify its alternatives (`anyOf`, `oneOf`, `allOf`) and references"));
        }
    }

    /// The file and fragment that a reference leads to; a problem if there is none.
    fn follow(&mut self, reference: &Reference, path: &str) -> Option<(String, String)> {
        let target = match self.documents.target(&reference.text, path) {
            Target::File(target) => target,
            Target::Draft => return None,
            Target::Elsewhere => {
                let message = format!("the schema refers to `{}`, which is not inside the project", reference.text);
                self.report(
                    reference,
                    path,
                    message,
                    "nothing is fetched: put that schema into the project, and refer to it by its path",
                );
                return None;
            }
        };
        if self.documents.get(&target).is_none() {
            if self.documents.by_path.len() >= MAX_FILES {
                let message = format!("the schema refers to more than {MAX_FILES} files");
                self.report(reference, path, message, "put schemas that belong together into one file, under `$defs`");
                return None;
            }
            let Some(source) = (self.file)(&target) else {
                let message = format!("the schema refers to `{target}`, which is not there");
                self.report(reference, path, message, "references are relative to the file that contains them");
                return None;
            };
            if !self.add(&source) {
                return None;
            }
        }
        let fragment = reference.text.split_once('#').map_or("", |(_, fragment)| fragment);
        let document = self.documents.get(&target)?;
        if at_fragment(document, fragment).is_none() {
            let near = near(document, fragment).map(|near| format!("did you mean `#{near}`?"));
            let message = format!("the schema refers to `{}`, which is not there", reference.text);
            let help = near.unwrap_or_else(|| format!("`{target}` has nothing at `#{fragment}`"));
            self.report(reference, path, message, &help);
            return None;
        }
        Some((target, fragment.to_owned()))
    }

    /// Adds a file; false if it is not valid JSON.
    fn add(&mut self, source: &Source) -> bool {
        let text = without_mark(source.text());
        let source = if text.len() == source.text().len() { source.clone() } else { Source::new(source.name(), text) };
        match serde_json::from_str(source.text()) {
            Ok(document) => {
                self.documents.add(source.name(), document);
                self.sources.insert(source.name().to_owned(), source);
                true
            }
            Err(error) => {
                self.problems.push(not_json(&source, &error));
                false
            }
        }
    }

    /// A schema within a document is written in the document's draft.
    fn add_draft(&self, schema: &mut Json, path: &str) {
        let draft = self.documents.get(path).and_then(|document| document.get("$schema"));
        if let (Json::Object(object), Some(draft)) = (schema, draft) {
            object.entry("$schema").or_insert_with(|| draft.clone());
        }
    }

    /// Compares a schema with the rules of its draft.
    fn check(&mut self, schema: &Json, path: &str, fragment: &str) {
        if !schema.is_object() && !schema.is_boolean() {
            let problem =
                Diagnostic::error(INVALID_SCHEMA, format!("`{path}` is not a JSON Schema: expected an object"));
            self.problems.push(problem.at(self.place(path, fragment)));
            return;
        }
        let validator = match jsonschema::meta::validator_for(schema) {
            Ok(validator) => validator,
            Err(error) => {
                let message = format!("`{path}` is not a valid JSON Schema: {error}");
                let place = self.place(path, "/$schema");
                self.problems.push(Diagnostic::error(INVALID_SCHEMA, message).at(place));
                return;
            }
        };
        for error in validator.iter_errors(schema) {
            for violation in wording::violations(&error, &[]) {
                let inner = violation.path.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1")));
                let pointer = inner.fold(percent_decoded(fragment), |pointer, key| pointer + &key);
                let message = format!("`{path}` is not a valid JSON Schema: {}", violation.message);
                let problem = Diagnostic::error(INVALID_SCHEMA, message).at(self.place(path, &pointer));
                self.problems.push(violation.help.into_iter().fold(problem, Diagnostic::help));
            }
        }
    }

    fn report(&mut self, reference: &Reference, path: &str, message: String, help: &str) {
        let place = self.place(path, &format!("{}/$ref", reference.pointer));
        self.problems.push(Diagnostic::error(INVALID_SCHEMA, message).primary(place, "").help(help));
    }

    /// The location of the value at a JSON pointer, or of the innermost value around it.
    fn place(&self, path: &str, pointer: &str) -> crate::diagnostics::Location {
        let Some(source) = self.sources.get(path) else { return Source::new(path, "").at(0..0) };
        let keys = json_pointer::keys(pointer);
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        let place = (0..=keys.len()).rev().find_map(|count| json::locate(source.text(), &keys[..count]));
        source.at(place.map_or(0..0, Span::range))
    }
}

/// A pointer that differs from one that leads nowhere in its last key only.
pub(super) fn near(document: &Json, fragment: &str) -> Option<String> {
    let (parent, name) = fragment.rsplit_once('/')?;
    let Json::Object(siblings) = document.pointer(&percent_decoded(parent))? else { return None };
    let near = did_you_mean(name, siblings.keys().map(String::as_str))?;
    Some(format!("{parent}/{near}"))
}

fn not_json(source: &Source, error: &serde_json::Error) -> Diagnostic {
    let lines = source.text().split_inclusive('\n').take(error.line().saturating_sub(1));
    let start = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let start = start.min(source.text().len());
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    let problem = Diagnostic::error(INVALID_SCHEMA, format!("the schema is not valid JSON: {reason}"));
    let problem = problem.primary(source.at(start..start), "");
    let is_json = std::path::Path::new(source.name()).extension().is_some_and(|ending| ending == "json");
    if is_json { problem } else { problem.help("a schema is a JSON file, `*.json`") }
}
