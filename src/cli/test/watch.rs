//! `test --watch`: tests the messages that a change affects again.

use std::io::Write;
use std::path::PathBuf;

use super::{TestFormat, run_of, summary, write_problems, write_report};
use crate::cli::watch::Job;
use crate::cli::{Failure, Global};
use crate::diagnostics::Theme;
use crate::project::{DependencyTracker, LiveProject, Project};
use crate::snapshot::{Counts, Known, Obsolete, Report, Stage, Store, Subject, Update};
use crate::watch::WatchEvent;

/// Keeps the results of all messages, and tests those that a change affects.
pub(super) struct TestJob<'a> {
    names: &'a [String],
    update: Update,
    format: TestFormat,
    global: &'a Global,
    tracker: DependencyTracker,
    known: Known,
    obsolete: Vec<Obsolete>,
    /// The formatted report.
    text: Vec<u8>,
    /// Files that could not be read or written.
    problems: Vec<String>,
    counts: Counts,
}

impl<'a> TestJob<'a> {
    pub(super) fn new(names: &'a [String], update: Update, format: TestFormat, global: &'a Global) -> Self {
        let (tracker, known) = (DependencyTracker::default(), Known::default());
        Self {
            names,
            update,
            format,
            global,
            tracker,
            known,
            obsolete: Vec::new(),
            text: Vec::new(),
            problems: Vec::new(),
            counts: Counts::default(),
        }
    }

    fn test<'p>(&mut self, project: &'p Project, changed: &WatchEvent) -> Result<(Report<'p>, bool), Failure> {
        let subjects = Subject::select(project, self.names)?;
        let cases = subjects.iter().map(|subject| (subject.name.as_str(), subject.case));
        let found = self.tracker.follow(project, cases);
        for name in found.changed.iter().chain(found.removed.iter().map(|removed| &removed.name)) {
            self.known.forget(name);
        }
        let before = self.known.clone();
        match changed {
            WatchEvent::Paths(paths) => {
                // Pending snapshots do not affect results, only accepted ones do.
                let store = Store::new(project.root(), &project.config().test.snapshots);
                self.known.forget_those(|name| {
                    let path = store.path(name, Stage::Accepted);
                    path.ancestors().any(|path| paths.contains(path))
                });
            }
            _ => self.known = Known::default(),
        }
        let run = run_of(project, self.names, self.global, self.update);
        let report = run.test_unknown(subjects, &self.known, &|| ());
        self.known = report.known();
        let has_news = !found.is_empty() || before != self.known || report.obsolete != self.obsolete;
        self.obsolete.clone_from(&report.obsolete);
        Ok((report, has_news))
    }
}

impl Job for TestJob<'_> {
    fn is_for_people(&self) -> bool {
        self.format.is_for_people()
    }

    fn status(&self) -> String {
        summary(self.counts)
    }

    fn includes_test_requests(&self) -> bool {
        true
    }

    fn extra_directories(&self, project: &Project) -> Vec<PathBuf> {
        vec![project.root().join(&project.config().test.snapshots)]
    }

    fn update(&mut self, live: &LiveProject, changed: &WatchEvent) -> Result<bool, Failure> {
        let project = live.project();
        let (report, has_news) = self.test(project, changed)?;
        if has_news {
            let mut text = Vec::new();
            write_report(&report, project, self.format, self.global.theme(), &mut text)?;
            self.text = text;
            self.counts = report.counts();
            self.problems = report.problems;
        }
        Ok(has_news)
    }

    fn print(&self, _: Theme, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
        write_problems(&self.problems, err)?;
        Ok(out.write_all(&self.text)?)
    }
}
