//! Paths: what a path on a command line means in a project.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::folder::slashes;
use super::{CONFIG_FILE, Case, Project};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::message::{Request, Template};

/// The templates, requests and customers at or below a path of a project.
#[derive(Clone, Debug)]
pub(super) struct ProjectPath {
    /// The path relative to the project, with forward slashes; empty for the project's folder.
    path: String,
    /// The files of the templates that it means.
    templates: HashSet<String>,
}

impl ProjectPath {
    /// What a path means, relative to the folder in which the project was opened. `None` if there is nothing at the path, or
    /// it is not inside the project.
    pub(super) fn new(text: &str, project: &Project) -> Option<Self> {
        let path = project.start.join(text);
        let real = path.canonicalize().ok()?;
        // A link in a folder of the project is a file of the project, wherever it leads.
        let beside = path.parent().and_then(|parent| Some(parent.canonicalize().ok()?.join(path.file_name()?)));
        let inside = |path: &PathBuf| path.strip_prefix(&project.root).ok().map(slashes);
        let candidates: Vec<_> = beside.iter().chain([&real]).filter_map(inside).collect();
        let known = candidates.iter().find(|path| project.has_at(path)).or(candidates.first())?;
        let mut found = Self { path: known.clone(), templates: HashSet::new() };
        found.add_templates(project);
        Some(found)
    }

    fn add_templates(&mut self, project: &Project) {
        let is_configuration = self.path == CONFIG_FILE;
        let is_schema = project.schema_files().contains_key(&self.path);
        let snippets: Vec<_> = project.snippets.iter().filter(|snippet| self.covers(snippet.source().name())).collect();
        for template in &project.templates {
            let is_meant = |variant: &Template| {
                self.covers(variant.source().name())
                    || is_configuration
                    || (is_schema && variant.settings().message_data.is_some())
                    || (!snippets.is_empty() && {
                        let used = project.workspace().snippets_of(variant);
                        used.iter().any(|used| snippets.iter().any(|snippet| std::ptr::eq(*snippet, *used)))
                    })
            };
            let meant: Vec<_> = if is_meant(template) {
                template.with_variants().collect()
            } else {
                template.with_variants().filter(|variant| is_meant(variant)).collect()
            };
            let meant: Vec<_> = meant.into_iter().map(|variant| variant.source().name().to_owned()).collect();
            self.templates.extend(meant);
        }
    }

    /// Whether a file of the project is at or below the path.
    pub(super) fn covers(&self, file: &str) -> bool {
        self.path.is_empty()
            || file.strip_prefix(&*self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(super) fn fits(&self, case: &Case<'_>) -> bool {
        self.fits_template(case.template)
            || self.fits_request(case.request)
            || self.covers(case.customer.source().name())
    }

    pub(super) fn fits_template(&self, template: &Template) -> bool {
        self.templates.contains(template.source().name())
    }

    pub(super) fn fits_request(&self, request: &Request) -> bool {
        self.covers(request.source().name())
    }

    /// The path relative to the project.
    pub(super) fn text(&self) -> &str {
        &self.path
    }
}

impl Project {
    /// Whether one of its files, valid or not, is at or below a relative path.
    fn has_at(&self, path: &str) -> bool {
        let covering = ProjectPath { path: path.to_owned(), templates: HashSet::new() };
        let templates = self.with_variants().map(|template| template.source().name());
        let requests = self.requests.iter().map(|request| request.source().name());
        let customers = self.customers.iter().map(|customer| customer.source().name());
        let snippets = self.snippets.iter().map(|snippet| snippet.source().name());
        let broken = self.broken_templates.iter().chain(&self.broken_requests).map(|(_, file)| file.as_str());
        let schemas = self.schema_files.keys().map(String::as_str);
        let all = templates.chain(requests).chain(customers).chain(snippets).chain(broken).chain(schemas);
        let all = all.chain(self.misnamed_files());
        path == CONFIG_FILE || all.into_iter().any(|file| covering.covers(file))
    }

    /// Whether a name on a command line is a path that covers a file of the project.
    fn is_path_of(&self, name: &str, file: &str) -> bool {
        ProjectPath::new(name, self).is_some_and(|path| path.covers(file))
    }

    /// Whether a name on a command line means something in the project: a name, a pattern, or the path of one of its files or
    /// folders.
    #[must_use]
    pub fn has_named(&self, name: &str) -> bool {
        self.is_name(name) || ProjectPath::new(name, self).is_some_and(|path| self.has_at(path.text()))
    }

    /// The path of a file named on a command line: relative paths start from the folder in which the project was opened.
    #[must_use]
    pub fn path_from_start(&self, path: &Path) -> PathBuf {
        self.start.join(path)
    }

    /// Those of some findings that are about what `names` mean: their templates, requests, customers, snippets and schemas,
    /// and the configuration. Without names, all.
    #[must_use]
    pub fn about(&self, names: &[String], findings: &[Diagnostic]) -> Diagnostics {
        if names.is_empty() {
            return findings.iter().cloned().collect();
        }
        let files = self.files_of(names);
        let is_about =
            |finding: &&Diagnostic| finding.location().is_none_or(|place| files.contains(place.source().name()));
        findings.iter().filter(is_about).cloned().collect()
    }

    /// The files that the findings about some names can be in.
    fn files_of(&self, names: &[String]) -> HashSet<String> {
        let templates = self.select_templates(names).unwrap_or_default();
        let cases = self.select(names).unwrap_or_default();
        let mut files: HashSet<String> = self.schema_files.keys().cloned().collect();
        files.insert(CONFIG_FILE.to_owned());
        for template in &templates {
            files.insert(template.source().name().to_owned());
            let snippets = self.workspace().snippets_of(template);
            files.extend(snippets.into_iter().map(|snippet| snippet.source().name().to_owned()));
        }
        for case in &cases {
            files.insert(case.request.source().name().to_owned());
            files.insert(case.customer.source().name().to_owned());
        }
        let is_selected = |template: &Template| {
            templates.iter().any(|selected| selected.name().eq_ignore_ascii_case(template.name()))
        };
        // A request whose customer does not exist is no case.
        let of_templates = self.requests.iter().filter(|request| self.template_for(request).is_some_and(is_selected));
        files.extend(of_templates.map(|request| request.source().name().to_owned()));
        let by_name =
            self.requests.iter().filter(|request| self.is_named(names, request.name(), request.source().name()));
        files.extend(by_name.map(|request| request.source().name().to_owned()));
        let broken = self.broken_templates.iter().chain(&self.broken_requests);
        let broken = broken.filter(|(name, file)| {
            let folder = name.rsplit_once('/').map(|(folder, _)| folder);
            let is_its_folder =
                |template: &&Template| folder.is_some_and(|folder| folder.eq_ignore_ascii_case(template.name()));
            templates.iter().any(is_its_folder) || self.is_named(names, name, file)
        });
        files.extend(broken.map(|(_, file)| file.clone()));
        let is_misnamed = |file: &&str| names.iter().any(|name| self.is_path_of(name, file));
        files.extend(self.misnamed_files().filter(is_misnamed).map(str::to_owned));
        files
    }
}
