//! Dependency tracking: which messages and templates a change affects, from one reading of a project to the next.

use std::collections::HashMap;
use std::sync::Arc;

use smallvec::SmallVec;

use super::{Case, Config, Languages, Project, TemplateId};
use crate::diagnostics::{Location, Source};
use crate::message::Template;

/// The inputs of something: of a message its request and customer, of a template's check all its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Inputs {
    template: Source,
    /// The template's name: a variant is named after another file.
    called: String,
    /// The template in all languages, if there are several: they share settings, and one schema describes their data.
    languages: SmallVec<[Source; 1]>,
    snippets: Arc<[Source]>,
    /// The project's schema files, if a schema says something about the template's data. Messages do not depend on them.
    schemas: Arc<[Source]>,
    requests: SmallVec<[Source; 1]>,
    customers: SmallVec<[Source; 1]>,
}

/// The snippets that templates read, by file name.
type SnippetsByTemplate = HashMap<String, (Source, Arc<[Source]>)>;

/// The inputs of messages or templates at the last reading, by name.
///
/// ```
/// use inkproof::project::{DependencyTracker, Project};
///
/// let project = Project::open(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
/// let cases = project.cases();
/// let mut tracker = DependencyTracker::default();
/// let named = || cases.iter().map(|case| (case.request.name(), *case));
/// assert_eq!(tracker.follow(&project, named()).changed.len(), cases.len());
/// assert_eq!(tracker.follow(&project, named()).changed.len(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct DependencyTracker {
    config: Config,
    /// What is meant to be lost, with the locations that findings name.
    expected_losses: Vec<(String, Location)>,
    /// All customers of the project, for checks: they look for data that loses a message in what any customer has.
    customers: Vec<Source>,
    parts: HashMap<String, Inputs>,
    /// The project's snippets, and those that each template reads, by file name.
    snippets: Vec<Source>,
    of_templates: SnippetsByTemplate,
}

/// What changed since the last reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Those with changed inputs and new ones, in the order given.
    pub changed: Vec<String>,
    /// Those that no longer exist, by name.
    pub removed: Vec<Removed>,
}

/// Something that no longer exists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Removed {
    /// Its name.
    pub name: String,
    /// Its input files except snippets: the template first, then requests, then customers.
    pub files: Vec<String>,
}

impl Changes {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.removed.is_empty()
    }
}

impl DependencyTracker {
    /// Compares the inputs of messages with the last reading, each under a unique name.
    pub fn follow<'p, 'n>(
        &mut self,
        project: &Project,
        cases: impl IntoIterator<Item = (&'n str, Case<'p>)>,
    ) -> Changes {
        self.follow_all(project, Vec::new(), &[], cases.into_iter().map(|(name, case)| (name, case.template, [case])))
    }

    /// Compares the inputs of templates with the last reading, each under its file name and with its own `cases`.
    pub fn follow_templates<'p>(
        &mut self,
        project: &Project,
        templates: &[&'p Template],
        cases: &[Case<'p>],
    ) -> Changes {
        let mut of_templates: HashMap<TemplateId, SmallVec<[Case<'p>; 1]>> = HashMap::new();
        for case in cases {
            if let Some(id) = project.template_id(case.template) {
                of_templates.entry(id).or_default().push(*case);
            }
        }
        let own = |template: &'p Template| {
            project.template_id(template).and_then(|id| of_templates.remove(&id)).unwrap_or_default()
        };
        let templates: Vec<_> = templates.iter().copied().zip(templates.iter().copied().map(own)).collect();
        self.follow_with_cases(project, templates.iter().map(|(template, own)| (*template, &own[..])))
    }

    /// Like [`follow_templates`](Self::follow_templates), for templates that are given with their own cases.
    pub fn follow_with_cases<'p, 'c>(
        &mut self,
        project: &Project,
        templates: impl Iterator<Item = (&'p Template, &'c [Case<'p>])>,
    ) -> Changes
    where
        'p: 'c,
    {
        let schemas: Vec<_> = project.schema_files().values().filter_map(|file| file.as_ref().ok().cloned()).collect();
        let customers = project.customers().iter().map(|customer| customer.source().clone()).collect();
        let templates = templates.map(|(template, own)| (template.source().name(), template, own));
        self.follow_all(project, customers, &schemas, templates)
    }

    fn follow_all<'p, 'n>(
        &mut self,
        project: &Project,
        customers: Vec<Source>,
        schemas: &[Source],
        things: impl Iterator<Item = (&'n str, &'p Template, impl AsRef<[Case<'p>]>)>,
    ) -> Changes {
        let mut before = std::mem::take(&mut self.parts);
        let affects_all = self.config != *project.config()
            || self.expected_losses != project.named_losses()
            || self.customers != customers;
        if affects_all {
            self.config = project.config().clone();
            self.expected_losses = project.named_losses().to_vec();
            self.customers = customers;
        }
        let snippets: Vec<_> = project.snippets().iter().map(|snippet| snippet.source().clone()).collect();
        let has_other_snippets = self.snippets != snippets;
        if has_other_snippets {
            self.snippets = snippets;
            self.of_templates.clear();
        }
        let languages = Languages::of(project);
        let mut changed = Vec::new();
        for (name, template, cases) in things {
            let (cases, known) = (cases.as_ref(), before.remove_entry(name));
            let schemas = if is_declared(project, template) { schemas } else { &[] };
            // Most are as they were.
            let known = match known {
                Some((name, parts)) if !has_other_snippets && parts.are_of(template, &languages, schemas, cases) => {
                    if affects_all {
                        changed.push(name.clone());
                    }
                    self.parts.insert(name, parts);
                    continue;
                }
                known => known,
            };
            let parts = Inputs {
                template: template.source().clone(),
                called: template.name().to_owned(),
                languages: sources_of(&languages, template).cloned().collect(),
                snippets: self.snippets_of(project, template),
                schemas: schemas.into(),
                requests: cases.iter().map(|case| case.request.source().clone()).collect(),
                customers: cases.iter().map(|case| case.customer.source().clone()).collect(),
            };
            if known.is_none_or(|(_, known)| affects_all || known != parts) {
                changed.push(name.to_owned());
            }
            self.parts.insert(name.to_owned(), parts);
        }
        if self.of_templates.len() > project.template_ids.len() {
            self.of_templates.retain(|file, _| project.template_ids.has(file));
        }
        let mut removed: Vec<_> =
            before.into_iter().map(|(name, parts)| Removed { name, files: parts.files() }).collect();
        removed.sort();
        Changes { changed, removed }
    }

    /// Forgets everything, so that everything counts as changed next time.
    pub fn forget(&mut self) {
        self.parts.clear();
    }

    fn snippets_of(&mut self, project: &Project, template: &Template) -> Arc<[Source]> {
        let source = template.source();
        if let Some((_, snippets)) = self.of_templates.get(source.name()).filter(|(of, _)| of == source) {
            return Arc::clone(snippets);
        }
        let read = project.workspace().snippets_of(template);
        let snippets: Arc<[Source]> = read.into_iter().map(|snippet| snippet.source().clone()).collect();
        self.of_templates.insert(source.name().to_owned(), (source.clone(), Arc::clone(&snippets)));
        snippets
    }
}

/// Whether a schema says something about a template's data.
fn is_declared(project: &Project, template: &Template) -> bool {
    template.settings().message_data.is_some() || project.config().schemas.customers.is_some()
}

/// The files of a template in all languages; none if there is only one.
fn sources_of<'p>(languages: &Languages<'p>, template: &'p Template) -> impl Iterator<Item = &'p Source> + use<'p> {
    let main = languages.main(template);
    let has_several = main.with_variants().nth(1).is_some();
    has_several.then(|| main.with_variants().map(Template::source)).into_iter().flatten()
}

impl Inputs {
    /// Whether these are the inputs of a template, as far as snippets are unchanged.
    fn are_of<'p>(
        &self,
        template: &'p Template,
        languages: &Languages<'p>,
        schemas: &[Source],
        cases: &[Case<'p>],
    ) -> bool {
        self.template == *template.source()
            && self.called == template.name()
            && self.requests.iter().eq(cases.iter().map(|case| case.request.source()))
            && self.customers.iter().eq(cases.iter().map(|case| case.customer.source()))
            && *self.schemas == *schemas
            && self.languages.iter().eq(sources_of(languages, template))
    }

    /// The names of the files, except snippets.
    fn files(&self) -> Vec<String> {
        let files = std::iter::once(&self.template).chain(&self.requests).chain(&self.customers);
        files.map(|source| source.name().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::Files;
    use super::*;

    /// A project on disk with its trackers.
    struct Followed {
        folder: tempfile::TempDir,
        files: Files,
        tracker: DependencyTracker,
    }

    const FILES: [(&str, &str); 10] = [
        ("templates/a.liquid", "---\n---\n{\"title\": \"{{ snippets.outer }}\"}"),
        ("templates/b.liquid", "---\n---\n{\"title\": \"b\"}"),
        ("snippets/outer.liquid", "<{{ snippets.inner }}>"),
        ("snippets/inner.liquid", "inner"),
        ("snippets/other.liquid", "other"),
        ("fixtures/customers/ada.json", "{\"id\": \"1\"}"),
        ("fixtures/customers/bob.json", "{\"id\": \"2\"}"),
        ("fixtures/requests/a/ada.json", "a 1"),
        ("fixtures/requests/a/bob.json", "a 2"),
        ("fixtures/requests/b/ada.json", "b 1"),
    ];

    /// Requests are given as template and customer.
    fn text_of(text: &str) -> String {
        match text.split_once(' ') {
            Some((template, id)) if template.len() == 1 => {
                format!("{{\"transactional_message_id\": \"{template}\", \"identifiers\": {{\"id\": \"{id}\"}}}}")
            }
            _ => text.to_owned(),
        }
    }

    impl Followed {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in FILES {
                write(folder.path(), path, text);
            }
            let files = Files::open(folder.path(), false).unwrap();
            let mut followed = Self { folder, files, tracker: DependencyTracker::default() };
            assert_eq!(followed.follow(), ("a/ada a/bob b/ada".to_owned(), String::new()));
            followed
        }

        fn follow(&mut self) -> (String, String) {
            let project = self.files.to_project();
            let fresh = Files::open(self.folder.path(), false).unwrap().to_project();
            assert_eq!(format!("{:?}", project.problems()), format!("{:?}", fresh.problems()));
            let names = |project: &Project| {
                let cases = project.cases();
                cases.iter().map(|case| format!("{case:?}")).collect::<Vec<_>>()
            };
            assert_eq!(names(&project), names(&fresh), "not as if read again");
            let cases = project.cases();
            let changed = self.tracker.follow(&project, cases.iter().map(|case| (case.request.name(), *case)));
            let removed: Vec<_> = changed.removed.iter().map(|removed| removed.name.as_str()).collect();
            (changed.changed.join(" "), removed.join(" "))
        }

        /// What a change of these files affects.
        fn after(&mut self, changes: &[(&str, Option<&str>)]) -> (String, String) {
            let root = self.files.root().to_owned();
            for (path, text) in changes {
                match text {
                    Some(text) => write(&root, path, text),
                    None if root.join(path).is_dir() => fs::remove_dir_all(root.join(path)).unwrap(),
                    None => fs::remove_file(root.join(path)).unwrap(),
                }
            }
            let paths: Vec<_> = changes.iter().map(|(path, _)| root.join(path)).collect();
            self.files.refresh(paths.iter().map(std::path::PathBuf::as_path)).unwrap();
            self.follow()
        }
    }

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text_of(text)).unwrap();
    }

    #[test]
    fn tracks_each_kind_of_file() {
        let template = "---\n---\n{\"title\": \"new\"}";
        for (changes, changed, removed) in [
            (vec![("templates/b.liquid", Some(template))], "b/ada", ""),
            (vec![("templates/a.liquid", Some(template))], "a/ada a/bob", ""),
            (vec![("fixtures/customers/ada.json", Some("{\"id\": \"1\", \"x\": 1}"))], "a/ada b/ada", ""),
            (vec![("snippets/inner.liquid", Some("new"))], "a/ada a/bob", ""),
            (vec![("snippets/other.liquid", Some("new"))], "", ""),
            // If a snippet is missing, all snippets are dependencies, because the message suggests one of them.
            (vec![("snippets/inner.liquid", None)], "a/ada a/bob", ""),
            (vec![("fixtures/requests/a/ada.json", Some("b 1"))], "a/ada", ""),
            (vec![("fixtures/requests/a/eve.json", Some("a 1"))], "a/eve", ""),
            (vec![("fixtures/requests/a", None)], "", "a/ada a/bob"),
            (vec![("templates/b.liquid", None)], "", "b/ada"),
            (vec![("templates/b.liquid", Some("---\nid: x\n---\n"))], "", "b/ada"),
            (vec![("fixtures/customers/ada.json", None)], "", "a/ada b/ada"),
            // If two share a name, the first is used.
            (vec![("templates/B/b.liquid", Some(template))], "b/ada", ""),
            (vec![("fixtures/customers/aaa.json", Some("{\"id\": \"2\"}"))], "a/bob", ""),
            (vec![("inkproof.toml", Some("[liquid]\n"))], "", ""),
            (vec![("inkproof.toml", Some("[test]\nseed = 1\n"))], "a/ada a/bob b/ada", ""),
            (vec![("templates/.b.liquid.swp", Some("x")), ("templates/4913", Some("x"))], "", ""),
            (vec![("templates/.hidden/c.liquid", Some(template))], "", ""),
            // A rename.
            (vec![("templates/b.liquid", None), ("templates/sub/b.liquid", Some(FILES[1].1))], "b/ada", ""),
        ] {
            let found = Followed::new().after(&changes);
            assert_eq!(found, (changed.to_owned(), removed.to_owned()), "{changes:?}");
        }
    }

    #[test]
    fn a_check_depends_on_every_customer() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in FILES {
            write(folder.path(), path, text);
        }
        let mut files = Files::open(folder.path(), false).unwrap();
        let mut tracker = DependencyTracker::default();
        let mut follow = |files: &Files| {
            let project = files.to_project();
            let templates = project.select_templates(&[]).unwrap();
            tracker.follow_templates(&project, &templates, &project.cases()).changed.len()
        };
        assert_eq!((follow(&files), follow(&files)), (2, 0));
        // Bob gets no message of template `b`.
        write(folder.path(), "fixtures/customers/bob.json", "{\"id\": \"2\", \"nme\": \"Bob\"}");
        let bob = files.root().join("fixtures/customers/bob.json");
        files.refresh([&*bob]).unwrap();
        assert_eq!((follow(&files), follow(&files)), (2, 0));
    }

    #[test]
    fn unchanged_files_affect_nothing() {
        let mut followed = Followed::new();
        let (path, text) = FILES[0];
        assert_eq!(followed.after(&[(path, Some(text))]), (String::new(), String::new()));
        assert_eq!(followed.after(&[("fixtures", None)]).1, "a/ada a/bob b/ada");
        let all: Vec<_> = FILES[5..].iter().map(|(path, text)| (*path, Some(*text))).collect();
        assert_eq!(followed.after(&all).0, "a/ada a/bob b/ada");
    }

    #[test]
    fn reads_broken_files_again() {
        let mut followed = Followed::new();
        assert_eq!(followed.after(&[("fixtures/requests/b/ada.json", Some("{"))]).1, "b/ada");
        assert_eq!(followed.after(&[("fixtures/requests/b/ada.json", Some("b 2"))]).0, "b/ada");
        assert_eq!(followed.after(&[("templates/b.liquid", None), ("templates/b.liquid/x", Some(""))]).1, "b/ada");
    }
}
