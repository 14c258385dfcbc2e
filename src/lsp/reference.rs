//! References: where the files of a project name the same thing.

use std::ops::Range;

use rayon::prelude::*;

use super::occurrence::{Meaning, Occurrence, SNIPPETS, occurrences};
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
        let mut found: Vec<_> = on_all_cores(|| {
            let files = self.files_that_share(meaning);
            files.into_par_iter().flat_map_iter(|file| matches_in(file, meaning, self.project)).collect()
        });
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
            match self.main_template() {
                Some(main) => {
                    let requests = requests_of(project, main).into_iter().map(FileKind::Request);
                    let snippets = project.snippets().iter().map(FileKind::Snippet);
                    main.with_variants().map(FileKind::Template).chain(snippets).chain(requests).collect()
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
