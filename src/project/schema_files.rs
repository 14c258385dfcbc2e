//! Schema files: the JSON Schemas that templates and the configuration name, and those that these refer to.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::Overlay;
use super::folder::Folder;
use crate::diagnostics::{Diagnostic, Source};

/// The most schema files that are read.
const MAX_FILES: usize = 1000;

/// The schema files of a project, by their paths relative to its root.
#[derive(Clone, Debug)]
pub(super) struct SchemaFiles {
    folder: Folder,
    files: BTreeMap<String, SchemaFile>,
}

/// A schema file as last read.
#[derive(Clone, Debug)]
struct SchemaFile {
    text: Result<Source, Diagnostic>,
    /// The paths of the files that it refers to.
    references: Vec<String>,
}

impl SchemaFiles {
    /// Reads the files that these references name, and those that they refer to.
    pub(super) fn new<'n>(root: &Path, overlay: &Overlay, named: impl Iterator<Item = &'n str>) -> Self {
        let folder = Folder::new(root, Path::new(""), &["json"]).with_overlay(overlay);
        let mut files = Self { folder, files: BTreeMap::new() };
        files.follow(named);
        files
    }

    /// Replaces the texts that replace those of files.
    pub(super) fn set_overlay(&mut self, overlay: &Overlay) {
        self.folder = self.folder.clone().with_overlay(overlay);
    }

    /// Forgets the files at or below an absolute path.
    pub(super) fn forget(&mut self, root: &Path, path: &Path) {
        self.files.retain(|file, _| !root.join(file).starts_with(path));
    }

    /// Reads what these references name and is not known yet, and forgets all other files.
    pub(super) fn follow<'n>(&mut self, named: impl Iterator<Item = &'n str>) {
        let mut known = std::mem::take(&mut self.files);
        let mut waiting: Vec<String> = named.filter_map(|reference| path_in_project("", reference)).collect();
        while let Some(path) = waiting.pop() {
            if self.files.contains_key(&path) || self.files.len() >= MAX_FILES {
                continue;
            }
            let file = known.remove(&path).unwrap_or_else(|| SchemaFile::read(&self.folder, &path));
            waiting.extend(file.references.iter().cloned());
            self.files.insert(path, file);
        }
    }

    /// Whether both have the same files with the same texts.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let same = |(path, file): (&String, &SchemaFile), (other, theirs): (&String, &SchemaFile)| {
            path == other && file.text == theirs.text
        };
        self.files.len() == other.files.len()
            && self.files.iter().zip(&other.files).all(|(file, other)| same(file, other))
    }

    /// The paths of all files, whether they can be read or not.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The texts by path, or why a file cannot be read.
    pub(super) fn texts(&self) -> BTreeMap<String, Result<Source, Diagnostic>> {
        self.files.iter().map(|(path, file)| (path.clone(), file.text.clone())).collect()
    }
}

impl SchemaFile {
    fn read(folder: &Folder, path: &str) -> Self {
        let text = folder.read(&folder.file(path));
        let json = text.as_ref().ok().and_then(|source| serde_json::from_str::<Json>(without_mark(source.text())).ok());
        let mut references = Vec::new();
        if let Some(json) = &json {
            add_references(json, &mut references);
        }
        let references = references.into_iter().filter_map(|reference| path_in_project(path, reference)).collect();
        Self { text, references }
    }
}

/// A JSON text without the byte order mark that some editors write.
#[must_use]
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Every `$ref` in a schema.
fn add_references<'d>(schema: &'d Json, found: &mut Vec<&'d str>) {
    match schema {
        Json::Object(object) => {
            found.extend(object.get("$ref").and_then(Json::as_str));
            object.values().for_each(|inner| add_references(inner, found));
        }
        Json::Array(items) => items.iter().for_each(|inner| add_references(inner, found)),
        _ => {}
    }
}

/// The path, relative to the project's root, of the file that a reference in the file `from` leads to; an empty `from` is a
/// file in the root. `None` if it leads out of the project, to an address, or nowhere else than into the file itself.
///
/// ```
/// use inkproof::project::path_in_project;
/// assert_eq!(path_in_project("schemas/order.json", "common/money.json#/$defs/Euro").unwrap(), "schemas/common/money.json");
/// assert_eq!(path_in_project("schemas/order.json", "../shared/a%20b.json").unwrap(), "shared/a b.json");
/// assert_eq!(path_in_project("schemas/order.json", "../../a.json"), None);
/// assert_eq!(path_in_project("schemas/order.json", "https://example.com/a.json"), None);
/// assert_eq!(path_in_project("schemas/order.json", "#/$defs/Euro"), None);
/// ```
#[must_use]
pub fn path_in_project(from: &str, reference: &str) -> Option<String> {
    let path = reference.split('#').next().unwrap_or_default();
    if path.is_empty() || path.starts_with('/') || path.contains([':', '\\', '?']) {
        return None;
    }
    let mut parts: Vec<String> = from.split('/').map(str::to_owned).collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(percent_decoded(part)),
        }
    }
    let is_inside = |part: &String| !matches!(part.as_str(), "" | "." | "..") && !part.contains(['/', '\\', '\0']);
    (!parts.is_empty() && parts.iter().all(is_inside)).then(|| parts.join("/"))
}

/// A part of an address without percent signs.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded_bytes(text)).into_owned()
}

/// Decodes the percent-encoding of a part of a URI, which need not be UTF-8.
#[must_use]
pub fn percent_decoded_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|code| code.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|code| std::str::from_utf8(code).ok());
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
    bytes
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{DependencyTracker, Files};

    const TEMPLATE: &str = "---\nmessage_data: schemas/a.json#/$defs/x\n---\n{\"title\": \"a\", \"body\": \"b\"}";

    #[test]
    fn schema_files_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("templates/t.liquid", TEMPLATE);
        write("templates/other.liquid", &TEMPLATE.replace("message_data: schemas/a.json#/$defs/x", ""));
        write("schemas/unused.json", "{}");
        let mut files = Files::open(&root, false).unwrap();
        let mut tracker = DependencyTracker::default();
        let mut after = |changed: &str| {
            let is_different = files.refresh([root.join(changed).as_path()]).unwrap();
            let project = files.to_project();
            let templates = project.select_templates(&[]).unwrap();
            let follow = tracker.follow_templates(&project, &templates, &[]).changed;
            let readable = project.schema_files().iter().filter(|(_, file)| file.is_ok());
            let readable: Vec<_> = readable.map(|(path, _)| path.clone()).collect();
            (is_different, readable.join(" "), follow.join(" "))
        };
        let found =
            |is_different, readable: &str, followed: &str| (is_different, readable.to_owned(), followed.to_owned());
        assert_eq!(after("templates/t.liquid"), found(false, "", "templates/other.liquid templates/t.liquid"));
        write("schemas/a.json", r#"{"$defs": {"x": {"$ref": "deep/b.json"}}}"#);
        assert_eq!(after("schemas/a.json"), found(true, "schemas/a.json", "templates/t.liquid"));
        write("schemas/deep/b.json", r#"{"$ref": "../a.json"}"#);
        assert_eq!(after("schemas/deep"), found(true, "schemas/a.json schemas/deep/b.json", "templates/t.liquid"));
        assert_eq!(after("schemas/deep/b.json"), found(false, "schemas/a.json schemas/deep/b.json", ""));
        write("schemas/unused.json", "[]");
        assert_eq!(after("schemas/unused.json"), found(false, "schemas/a.json schemas/deep/b.json", ""));
        write("schemas/a.json", "{}");
        assert_eq!(after("schemas/a.json"), found(true, "schemas/a.json", "templates/t.liquid"));
        fs::remove_dir_all(root.join("schemas")).unwrap();
        assert_eq!(after("schemas"), found(true, "", "templates/t.liquid"));
        write("templates/t.liquid", "---\n---\n{}");
        assert_eq!(after("templates/t.liquid"), found(true, "", "templates/t.liquid"));
    }
}
