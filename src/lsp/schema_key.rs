//! Schema keys: where the JSON Schemas that templates and the configuration declare name the keys of the data.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde_json::Value as Json;

use crate::analysis::{Path, PathStep};
use crate::diagnostics::Source;
use crate::liquid::Arena;
use crate::liquid::value::json::{Event, Events, Read};
use crate::project::{Project, path_in_project, percent_decoded, without_mark};

/// How many keys within each other are followed, so that schemas that refer to themselves end.
const MAX_STEPS: usize = 12;
/// How many parts of schemas are looked at for each declaration.
const MAX_PARTS: usize = 20_000;

/// A place in a schema file that names a key of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SchemaKey<'a> {
    pub(super) path: Path<'a>,
    pub(super) source: Source,
    /// Without quotes.
    pub(super) range: Range<usize>,
    /// Whether it describes the key, as opposed to a mention such as in `required`.
    pub(super) is_description: bool,
}

/// The keys that a declared schema, such as `schemas/order.json#/$defs/order`, names of the data `root`.
pub(super) fn schema_keys<'a>(
    project: &Project,
    reference: &str,
    root: &'a str,
    arena: &'a Arena,
) -> Vec<SchemaKey<'a>> {
    let mut walk = Walk { project, arena, documents: HashMap::new(), seen: BTreeSet::new(), found: Vec::new() };
    walk.reference("", reference, &Path::new(root));
    walk.found
}

/// A schema file, with the ranges of its keys and strings without quotes, by JSON pointer.
struct Document {
    source: Source,
    value: Json,
    keys: HashMap<String, Range<usize>>,
    strings: HashMap<String, Range<usize>>,
}

struct Walk<'p, 'a> {
    project: &'p Project,
    arena: &'a Arena,
    documents: HashMap<String, Option<std::rc::Rc<Document>>>,
    /// What was walked: file, pointer and path.
    seen: BTreeSet<(String, String, Path<'a>)>,
    found: Vec<SchemaKey<'a>>,
}

impl<'a> Walk<'_, 'a> {
    /// Follows a reference in the file `from`.
    fn reference(&mut self, from: &str, reference: &str, path: &Path<'a>) {
        let fragment = reference.split_once('#').map_or("", |(_, fragment)| fragment);
        let file = if reference.starts_with('#') { Some(from.to_owned()) } else { path_in_project(from, reference) };
        let pointer = percent_decoded(fragment);
        if let Some(file) = file
            && (pointer.is_empty() || pointer.starts_with('/'))
        {
            self.schema(&file, &pointer, path);
        }
    }

    fn document(&mut self, file: &str) -> Option<std::rc::Rc<Document>> {
        if let Some(known) = self.documents.get(file) {
            return known.clone();
        }
        let source = self.project.schema_files().get(file).and_then(|source| source.as_ref().ok());
        let document = source.and_then(Document::read).map(std::rc::Rc::new);
        self.documents.insert(file.to_owned(), document.clone());
        document
    }

    fn schema(&mut self, file: &str, pointer: &str, path: &Path<'a>) {
        let is_new = self.seen.len() < MAX_PARTS
            && path.steps.len() <= MAX_STEPS
            && self.seen.insert((file.to_owned(), pointer.to_owned(), path.clone()));
        let Some(document) = self.document(file).filter(|_| is_new) else { return };
        let Some(Json::Object(schema)) = document.value.pointer(pointer) else { return };
        for (keyword, value) in schema {
            let at = format!("{pointer}/{}", escaped(keyword));
            match (keyword.as_str(), value) {
                ("$ref", Json::String(reference)) => self.reference(file, reference, path),
                ("properties", Json::Object(properties)) => {
                    for name in properties.keys() {
                        let (at, inner) = (format!("{at}/{}", escaped(name)), self.inner(path, name));
                        self.add(&document, document.keys.get(&at), &inner, true);
                        self.schema(file, &at, &inner);
                    }
                }
                ("required", Json::Array(names)) => self.mentions(&document, &at, names, path),
                ("dependentRequired", Json::Object(dependent)) => {
                    for (name, names) in dependent {
                        let (at, inner) = (format!("{at}/{}", escaped(name)), self.inner(path, name));
                        self.add(&document, document.keys.get(&at), &inner, false);
                        self.mentions(&document, &at, names.as_array().map_or(&[], Vec::as_slice), path);
                    }
                }
                ("items" | "contains", Json::Object(_)) => self.schema(file, &at, &path.then(PathStep::Element)),
                ("items" | "prefixItems", Json::Array(items)) => {
                    let inner = path.then(PathStep::Element);
                    (0..items.len()).for_each(|number| self.schema(file, &format!("{at}/{number}"), &inner));
                }
                ("allOf" | "anyOf" | "oneOf", Json::Array(parts)) => {
                    (0..parts.len()).for_each(|number| self.schema(file, &format!("{at}/{number}"), path));
                }
                ("if" | "then" | "else" | "not", Json::Object(_)) => self.schema(file, &at, path),
                _ => {}
            }
        }
    }

    fn inner(&self, path: &Path<'a>, name: &str) -> Path<'a> {
        path.then(PathStep::Key(self.arena.alloc_str(name)))
    }

    /// Adds the names in a list of names.
    fn mentions(&mut self, document: &Document, at: &str, names: &[Json], path: &Path<'a>) {
        for (number, name) in names.iter().enumerate().filter_map(|(number, name)| Some((number, name.as_str()?))) {
            let inner = self.inner(path, name);
            self.add(document, document.strings.get(&format!("{at}/{number}")), &inner, false);
        }
    }

    fn add(&mut self, document: &Document, range: Option<&Range<usize>>, path: &Path<'a>, is_description: bool) {
        if let Some(range) = range {
            let (path, range) = (path.clone(), range.clone());
            self.found.push(SchemaKey { path, source: document.source.clone(), range, is_description });
        }
    }
}

impl Document {
    fn read(source: &Source) -> Option<Self> {
        let text = without_mark(source.text());
        let skipped = source.text().len() - text.len();
        let value = serde_json::from_str(text).ok()?;
        let mut document = Self { source: source.clone(), value, keys: HashMap::new(), strings: HashMap::new() };
        document.locate(text, skipped).ok()?;
        Some(document)
    }

    /// Finds the ranges of keys and strings.
    fn locate(&mut self, text: &str, skipped: usize) -> Read<()> {
        let mut events = Events::new(text);
        // For each open bracket, its pointer, and for an array the number of the next element.
        let mut open: Vec<(String, Option<usize>)> = Vec::new();
        let mut pointer = String::new();
        loop {
            let event = events.next_event()?;
            let span = events.span();
            let inside = skipped + span.start + 1..skipped + span.end.max(span.start + 2) - 1;
            let is_value = !matches!(
                event,
                Event::Key(_) | Event::ObjectEnd | Event::ArrayEnd | Event::TrailingComma | Event::End
            );
            if is_value && let Some((array, Some(number))) = open.last_mut() {
                pointer = format!("{array}/{number}");
                *number += 1;
            }
            match event {
                Event::Key(key) => {
                    let object = open.last().map_or("", |(object, _)| object.as_str());
                    pointer = format!("{object}/{}", escaped(&key.decode()));
                    self.keys.insert(pointer.clone(), inside);
                }
                Event::String(_) => drop(self.strings.insert(pointer.clone(), inside)),
                Event::ObjectStart => open.push((pointer.clone(), None)),
                Event::ArrayStart => open.push((pointer.clone(), Some(0))),
                Event::ObjectEnd | Event::ArrayEnd => drop(open.pop()),
                Event::End => return Ok(()),
                Event::Number(_) | Event::Bool(_) | Event::Null | Event::TrailingComma => {}
            }
        }
    }
}

/// A name as a part of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
