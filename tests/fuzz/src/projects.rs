//! Projects with one mutated file: a request, a template with its front matter, a snippet, the configuration or a
//! snapshot. Everything that reads it is run.

use std::fs;

use inkproof::liquid::Limits;
use inkproof::project::Project;
use inkproof::rules::{JudgeOptions, judge};
use inkproof::snapshot::{Difference, Run, Status, Subject, Update, render_options};
use tempfile::TempDir;

use super::Target;
use super::corpus::Corpus;

/// The files of the project.
const FILES: [(&str, &str); 6] = [
    ("inkproof.toml", ""),
    ("templates/t.liquid", "---\nid: 1\n---\n{\"title\": \"{{ trigger.a }}\", \"body\": {{ snippets.a | json }}}\n"),
    ("snippets/a.liquid", "Hi {{ customer.name }}"),
    ("fixtures/customers/one.json", "{\"id\": \"user_1\", \"name\": \"Ada\"}"),
    (
        "fixtures/requests/t/a.json",
        "{\"transactional_message_id\": \"t\", \"identifiers\": {\"id\": \"user_1\"}, \"message_data\": {\"a\": 1}}",
    ),
    ("tests/snapshots/t/a.snap", "---\nexpression: x\n---\n{}\n"),
];

/// A project in which one file is the input.
pub(crate) struct InProject {
    folder: TempDir,
    file: &'static str,
}

impl InProject {
    pub(crate) fn new(file: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("a folder for the project: {error}"));
        let project = Self { folder, file };
        for (name, text) in FILES {
            project.write(name, text);
        }
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    }
}

impl Target for InProject {
    fn input(&mut self, random: &mut fastrand::Rng, corpus: &Corpus) -> String {
        corpus.mutated(random)
    }

    fn run(&mut self, input: &str) -> Result<(), String> {
        self.write(self.file, input);
        let Ok(project) = Project::open_for_tests(self.folder.path()) else { return Ok(()) };
        project.problems().iter().for_each(|problem| drop(problem.message.clone()));
        let mut options = render_options(&project);
        options.limits = Limits { render_time: Limits::default().render_time / 20, ..Limits::default() };
        let Ok(templates) = project.select_templates(&[]) else { return Ok(()) };
        drop(judge(&project, &templates, &project.cases(), &JudgeOptions::new(&project, options)));
        let subjects = Subject::all(&project, &project.cases());
        let run = Run {
            project: &project,
            render_options: options,
            update: Update::None,
            fail_fast: false,
            is_complete: true,
            allows_empty: true,
        };
        for outcome in run.test(subjects).outcomes {
            if let Status::Different { expected } = &outcome.status {
                drop(Difference::between(expected, &outcome.contents));
            }
        }
        Ok(())
    }
}
