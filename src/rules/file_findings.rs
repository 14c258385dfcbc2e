//! The findings about each file of a project, brought up to date template by template. What an edit does not concern is kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Judgement;
use super::judge::{of_project, with_configured_severity};
use crate::contract::Schemas;
use crate::diagnostics::Diagnostics;
use crate::project::Project;

/// The findings about each file of a project: those of [`Judgement::from_parts`] that have a location, by its file.
#[derive(Debug, Default)]
pub struct FileFindings {
    /// The findings about the project as a whole.
    of_project: Parts,
    /// By the file of the template that was judged.
    of_templates: BTreeMap<String, Parts>,
    /// The files of the templates with findings about each file.
    templates: HashMap<Arc<str>, BTreeSet<String>>,
    /// All findings about each file that has some.
    merged: BTreeMap<Arc<str>, Arc<Diagnostics>>,
}

/// What judging one thing found about each file.
type Parts = BTreeMap<Arc<str>, Part>;

/// What judging one thing found about one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Part {
    /// In reading order, with their configured severity.
    findings: Arc<Diagnostics>,
    expected_losses: Diagnostics,
}

impl FileFindings {
    /// All findings, by file.
    #[must_use]
    pub const fn by_file(&self) -> &BTreeMap<Arc<str>, Arc<Diagnostics>> {
        &self.merged
    }

    /// Brings the findings about the project as a whole up to date.
    pub fn set_project(&mut self, project: &Project, schemas: &Schemas) {
        let parts = parts(project, of_project(project, schemas), Diagnostics::new());
        let before = std::mem::replace(&mut self.of_project, parts);
        let mut files: BTreeSet<_> = before.keys().chain(self.of_project.keys()).cloned().collect();
        files.retain(|file| before.get(file) != self.of_project.get(file));
        for file in &files {
            self.merge(file);
        }
    }

    /// Replaces the findings of a template by those of its latest judgement.
    pub fn set_template(&mut self, project: &Project, template: &str, judgement: Judgement) {
        let parts = parts(project, judgement.findings, judgement.expected_losses);
        let before = self.take_template(template);
        for file in parts.keys() {
            self.templates.entry(file.clone()).or_default().insert(template.to_owned());
        }
        let files: BTreeSet<_> = before.keys().chain(parts.keys()).cloned().collect();
        self.of_templates.insert(template.to_owned(), parts);
        for file in files {
            self.merge(&file);
        }
    }

    /// Forgets the findings of a template.
    pub fn remove_template(&mut self, template: &str) {
        for file in self.take_template(template).keys() {
            self.merge(file);
        }
    }

    fn take_template(&mut self, template: &str) -> Parts {
        let parts = self.of_templates.remove(template).unwrap_or_default();
        for file in parts.keys() {
            if let Some(templates) = self.templates.get_mut(file) {
                templates.remove(template);
                if templates.is_empty() {
                    self.templates.remove(file);
                }
            }
        }
        parts
    }

    /// Combines all that was found about a file.
    fn merge(&mut self, file: &Arc<str>) {
        let templates = self.templates.get(file).into_iter().flatten();
        let of_templates = templates.filter_map(|template| self.of_templates.get(template)?.get(file));
        let parts: Vec<&Part> = self.of_project.get(file).into_iter().chain(of_templates).collect();
        let merged = match parts[..] {
            [] => None,
            [only] if only.expected_losses.is_empty() => Some(only.findings.clone()),
            _ => {
                let part = |part: &&Part| Judgement {
                    findings: Diagnostics::clone(&part.findings),
                    expected_losses: part.expected_losses.clone(),
                    ..Judgement::default()
                };
                let all: Judgement = parts.iter().map(part).collect();
                // The severities are those of the configuration already.
                Some(Arc::new(all.without_known_losses().findings))
            }
        };
        match merged.filter(|findings| !findings.is_empty()) {
            Some(findings) => drop(self.merged.insert(file.clone(), findings)),
            None => drop(self.merged.remove(file)),
        }
    }
}

/// Findings by file. Those without a location are about no file.
fn parts(project: &Project, findings: Diagnostics, expected_losses: Diagnostics) -> Parts {
    let findings = with_configured_severity(findings, &project.config().rules);
    let mut parts = BTreeMap::new();
    for (file, mut findings) in by_file(findings) {
        findings.tidy();
        parts.insert(file, Part { findings: Arc::new(findings), expected_losses: Diagnostics::new() });
    }
    for (file, losses) in by_file(expected_losses) {
        parts.entry(file).or_default().expected_losses = losses;
    }
    parts
}

fn by_file(findings: Diagnostics) -> BTreeMap<Arc<str>, Diagnostics> {
    let mut files: BTreeMap<Arc<str>, Diagnostics> = BTreeMap::new();
    for finding in findings {
        let Some(file) = finding.location().map(|location| location.source().name()) else { continue };
        match files.get_mut(file) {
            Some(known) => known.push(finding),
            None => drop(files.insert(file.into(), Diagnostics::from(finding))),
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::project::Files;
    use crate::rules::{JudgeOptions, judge_each};

    const CUSTOMER: &str = r#"{"id": "1", "nme": "Ada"}"#;
    const FILES: [(&str, &str); 9] = [
        ("inkproof.toml", "[expect]\nlost = [\"b/lost\"]\n"),
        ("templates/a.liquid", "{\"title\": \"{{ snippets.s }}{{ trigger.x }}\", \"body\": \"b\",}"),
        ("templates/b.liquid", "{\"title\": \"{{ snippets.s }}\", \"body\": \"{{ trigger.y }}\"}"),
        ("templates/lonely.liquid", "{\"title\": \"t\", \"body\": \"b\"}"),
        ("snippets/s.liquid", "{{ customer.name | upcse }}"),
        ("fixtures/customers/1.json", CUSTOMER),
        ("fixtures/requests/a/one.json", "a"),
        ("fixtures/requests/b/lost.json", "b"),
        ("fixtures/requests/b/unknown.json", "nothing"),
    ];

    fn text_of(text: &str) -> String {
        if text.contains(['{', '[']) {
            return text.to_owned();
        }
        format!(r#"{{"transactional_message_id": "{text}", "identifiers": {{"id": "1"}}, "message_data": {{"z": 1}}}}"#)
    }

    /// What [`Judgement::from_parts`] has with a location, by file.
    fn expected(project: &Project, judgements: Vec<Judgement>) -> BTreeMap<Arc<str>, Diagnostics> {
        by_file(Judgement::from_parts(project, &Schemas::of(project), judgements).findings)
    }

    #[test]
    fn the_findings_by_file_are_those_of_all_together() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (name, text) in FILES {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text_of(text)).unwrap();
        }
        let mut files = Files::open(&root, false).unwrap();
        let mut findings = FileFindings::default();
        let mut before: BTreeSet<String> = BTreeSet::new();
        let mut counts = Vec::new();
        for (name, text) in [
            ("templates/a.liquid", None),
            ("templates/b.liquid", Some("{\"title\": \"t\", \"body\": \"b\"}")),
            ("snippets/s.liquid", Some("fine")),
            ("templates/a.liquid", Some("{\"title\": \"t\", \"body\": \"{{ trigger.z }}\"}")),
            ("snippets/s.liquid", Some("{{ customer.name }}")),
            ("templates/b.liquid", Some("{\"title\": \"{{ snippets.s }}\", \"body\": \"{{ trigger.y }}\"}")),
            ("inkproof.toml", Some("[rules]\nmissing-data = \"info\"\nno-such = \"off\"\n")),
            ("fixtures/requests/b/unknown.json", Some("{")),
            ("templates/lonely.liquid", Some("")),
        ] {
            if let Some(text) = text {
                files.edit(&root.join(name), Some(&text_of(text))).unwrap();
            }
            let project = files.to_project();
            let templates = project.select_templates(&[]).unwrap();
            let cases = project.in_every_language(&project.cases());
            let options = JudgeOptions::new(&project, crate::snapshot::render_options(&project));
            let schemas = Schemas::of(&project);
            let judgements = judge_each(&project, &schemas, &templates, &cases, &options, &|| ());
            let names: BTreeSet<_> = templates.iter().map(|template| template.source().name().to_owned()).collect();
            for removed in before.difference(&names) {
                findings.remove_template(removed);
            }
            findings.set_project(&project, &schemas);
            for (template, judgement) in templates.iter().zip(judgements.clone()) {
                findings.set_template(&project, template.source().name(), judgement);
            }
            before = names;
            let expected = expected(&project, judgements);
            let found: BTreeMap<_, _> =
                findings.by_file().iter().map(|(file, found)| (file.clone(), Diagnostics::clone(found))).collect();
            assert_eq!(found, expected, "{name}");
            counts.push(expected.values().map(|findings| findings.len()).sum::<usize>());
        }
        assert!(counts[0] > 5 && counts.iter().any(|count| *count != counts[0]), "{counts:?}");
        // Nothing remains of what is no longer there.
        for name in &before {
            findings.remove_template(name);
        }
        assert!(findings.templates.is_empty() && findings.of_templates.is_empty());
    }
}
