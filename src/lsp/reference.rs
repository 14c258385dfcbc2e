//! References: where the files of a project name the same thing.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::occurrence::{Meaning, Occurrence, SNIPPETS, occurrences};
use super::schema_key::{SchemaKey, schema_keys};
use super::snapshot::{FileKind, FileView};
use crate::analysis::{Path, PathStep};
use crate::diagnostics::Source;
use crate::liquid::Arena;
use crate::message::{SENT_NAMES, Template};
use crate::project::Project;
use crate::threads::on_all_cores;

/// A place in a file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) source: Source,
    pub(super) range: Range<usize>,
    /// Whether it defines the name: an assignment, a loop, or a key in a JSON file.
    pub(super) is_definition: bool,
}

impl FileView<'_> {
    /// Every reference to what an occurrence in this file means, itself included, by file and position.
    pub(super) fn references(&self, meaning: &Meaning<'_>) -> Vec<Reference> {
        let (arena, keys) = (Arena::new(), Vec::new());
        let declared = if let Meaning::Data(path) = meaning { self.keys_of(path, &arena) } else { keys };
        let mut found: Vec<_> = on_all_cores(|| {
            let files = self.files_that_share(meaning);
            files.into_par_iter().flat_map_iter(|file| matches_in(file, meaning, self.project)).collect()
        });
        for SchemaKey { source, range, is_description, .. } in declared {
            let key = Reference { source, range, is_definition: is_description };
            if !found.contains(&key) {
                found.push(key);
            }
        }
        found.sort_by(|one: &Reference, other| {
            (one.source.name(), one.range.start, one.range.end).cmp(&(
                other.source.name(),
                other.range.start,
                other.range.end,
            ))
        });
        found
    }

    /// The files in which a meaning can occur.
    fn files_that_share(&self, meaning: &Meaning<'_>) -> Vec<FileKind<'_>> {
        let Meaning::Data(path) = meaning else { return vec![self.kind] };
        let project = self.project;
        let everywhere = || {
            let templates = project.templates().iter().flat_map(Template::with_variants).map(FileKind::Template);
            templates.chain(project.snippets().iter().map(FileKind::Snippet))
        };
        let [trigger, customer, ..] = SENT_NAMES;
        let files: Vec<FileKind<'_>> = if path.root == trigger {
            match self.templates_that_share(path) {
                Some(templates) => {
                    let snippets = project.snippets().iter().map(FileKind::Snippet);
                    templates.into_iter().flat_map(|main| files_of(project, main)).chain(snippets).collect()
                }
                None => everywhere().chain(project.requests().iter().map(FileKind::Request)).collect(),
            }
        } else if path.root == customer {
            everywhere().chain(project.customers().iter().map(FileKind::Customer)).collect()
        } else {
            everywhere().collect()
        };
        files.into_iter().filter(|file| may_name(*file, path)).collect()
    }

    /// The templates that share a path of `trigger` with this file: its own, and those whose schema describes the path at the
    /// same place; of a schema, all that it describes. `None` if any template may.
    fn templates_that_share(&self, path: &Path<'_>) -> Option<Vec<&Template>> {
        let arena = Arena::new();
        let declared = self.declared_keys(&arena);
        let own = match self.kind {
            FileKind::Schema(source) => {
                let is_here = |key: &SchemaKey<'_>| key.path == *path && key.source == *source;
                let here = declared.iter().filter(|(_, keys)| keys.iter().any(is_here));
                let mut found = Vec::new();
                here.for_each(|(templates, _)| add_new(&mut found, templates));
                return Some(found);
            }
            _ => self.main_template()?,
        };
        let mut found = vec![own];
        let is_own = |template: &&Template| std::ptr::eq(*template, own);
        let of_own = declared.iter().filter(|(templates, _)| templates.iter().any(is_own));
        let own_keys: Vec<_> = of_own.flat_map(|(_, keys)| keys).filter(|key| key.path == *path).collect();
        for (templates, keys) in &declared {
            if keys.iter().any(|key| own_keys.contains(&key)) {
                add_new(&mut found, templates);
            }
        }
        Some(found)
    }

    /// The keys of `trigger` that each declared schema names, with the templates that declare it, and the keys of customers.
    pub(super) fn declared_keys<'a>(&self, arena: &'a Arena) -> Vec<(Vec<&Template>, Vec<SchemaKey<'a>>)> {
        let [trigger, customer, ..] = SENT_NAMES;
        let mut by_reference: BTreeMap<&str, Vec<&Template>> = BTreeMap::new();
        for template in self.project.templates() {
            for variant in template.with_variants() {
                if let Some(setting) = &variant.settings().message_data {
                    let known = by_reference.entry(&setting.value).or_default();
                    if !known.last().is_some_and(|last| std::ptr::eq(*last, template)) {
                        known.push(template);
                    }
                }
            }
        }
        let keys = |reference: &str, root| schema_keys(self.project, reference, root, arena);
        let of_templates = by_reference.into_iter().map(|(reference, templates)| (templates, keys(reference, trigger)));
        let customers = self.project.config().schemas.customers.as_deref();
        of_templates.chain(customers.map(|reference| (Vec::new(), keys(reference, customer)))).collect()
    }

    /// Where the schemas of the templates that share a path name it.
    fn keys_of<'a>(&self, path: &Path<'_>, arena: &'a Arena) -> Vec<SchemaKey<'a>> {
        let [trigger, ..] = SENT_NAMES;
        let templates = if path.root == trigger { self.templates_that_share(path) } else { None };
        let is_shared = |of: &[&Template]| {
            let is_one = |template: &&Template| of.iter().any(|other| std::ptr::eq(*other, *template));
            templates.as_ref().is_none_or(|templates| templates.iter().any(is_one))
        };
        let declared = self.declared_keys(arena).into_iter().filter(|(of, _)| is_shared(of));
        declared.flat_map(|(_, keys)| keys).filter(|key| key.path == *path).collect()
    }

    /// Another path of the data that one of these places in schemas describes as well.
    pub(super) fn other_path_at(&self, references: &[Reference], path: &Path<'_>) -> Option<String> {
        let arena = Arena::new();
        let is_there =
            |key: &SchemaKey<'_>| references.iter().any(|place| place.range == key.range && place.source == key.source);
        let all = self.declared_keys(&arena).into_iter().flat_map(|(_, keys)| keys);
        let mut others = all.filter(|key| key.path != *path && is_there(key));
        others.next().map(|key| key.path.to_string())
    }

    /// The template of this file, if it is a template, one of its variants, or a request for it.
    pub(super) fn main_template(&self) -> Option<&Template> {
        let project = self.project;
        match self.kind {
            FileKind::Template(template) => project
                .templates()
                .iter()
                .find(|main| main.with_variants().any(|variant| variant.source() == template.source())),
            FileKind::Request(request) => project.template_for(request),
            _ => None,
        }
    }
}

/// Adds the templates that are not there yet.
fn add_new<'p>(found: &mut Vec<&'p Template>, templates: &[&'p Template]) {
    for template in templates {
        if !found.iter().any(|known| std::ptr::eq(*known, *template)) {
            found.push(template);
        }
    }
}

/// The files of a template and its requests.
fn files_of<'p>(project: &'p Project, main: &'p Template) -> Vec<FileKind<'p>> {
    let requests = requests_of(project, main).into_iter().map(FileKind::Request);
    main.with_variants().map(FileKind::Template).chain(requests).collect()
}

/// The requests for a template.
pub(super) fn requests_of<'p>(project: &'p Project, template: &Template) -> Vec<&'p crate::message::Request> {
    project.requests().iter().filter(|request| template.is_called(&request.template().text)).collect()
}

/// Whether a file may name a path, found by the text alone, since parsing every file takes long.
fn may_name(file: FileKind<'_>, path: &Path<'_>) -> bool {
    let Some(source) = file.source() else { return false };
    let is_named = match path.name() {
        // A key may be written with escapes.
        Some(name) => source.text().contains(name) || source.text().contains('\\'),
        None => true,
    };
    is_named || matches!(file, FileKind::Snippet(_)) && path.root == SNIPPETS
}

fn matches_in(file: FileKind<'_>, meaning: &Meaning<'_>, project: &Project) -> Vec<Reference> {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let found = occurrences(file, &workspace, &arena);
    let Some(source) = file.source() else { return Vec::new() };
    let matching = found.iter().filter(|occurrence| occurrence.meaning == *meaning);
    let mut references: Vec<_> = matching
        .map(|Occurrence { range, is_definition, .. }| Reference {
            source: source.clone(),
            range: range.clone(),
            is_definition: *is_definition,
        })
        .collect();
    if let FileKind::Snippet(snippet) = file {
        let path = Path::new(SNIPPETS).then(PathStep::Key(snippet.name()));
        if *meaning == Meaning::Data(path) {
            references.push(Reference { source: source.clone(), range: 0..0, is_definition: true });
        }
    }
    references
}
