//! `render --watch`: prints a JSON line for each message that a change affects.

use std::io::Write;

use super::Line;
use crate::cli::watch::{Job, Messages};
use crate::cli::{Failure, Global};
use crate::diagnostics::{Diagnostic, Severity, Theme};
use crate::project::{LiveProject, Project, Removed};
use crate::watch::WatchEvent;

/// Prints lines of JSON about the messages that a change affects.
pub(super) struct Lines<'a> {
    messages: Messages<'a>,
    global: &'a Global,
    text: Vec<u8>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(names: &'a [String], global: &'a Global) -> Self {
        Self { messages: Messages::new(names), global, text: Vec::new() }
    }
}

impl Job for Lines<'_> {
    fn is_for_people(&self) -> bool {
        false
    }

    fn update(&mut self, live: &LiveProject, _: &WatchEvent) -> Result<bool, Failure> {
        let (project, text) = (live.project(), &mut self.text);
        text.clear();
        let affected = self.messages.affected(project)?;
        for gone in &affected.gone {
            Line::gone(&gone.name, &causes(project, gone)).write(&mut *text)?;
        }
        project.render(&affected.cases, &self.global.render_options(), |case, rendering| {
            Line::new(case, &rendering).write(&mut *text)
        })?;
        Ok(!text.is_empty())
    }

    fn print(&self, _: Theme, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(out.write_all(&self.text)?)
    }
}

/// Why there is a message no more, where it is not simply that its request is gone.
fn causes(project: &Project, gone: &Removed) -> Vec<Diagnostic> {
    let is_its = |problem: &&Diagnostic| {
        problem.severity == Severity::Error
            && problem.location().is_some_and(|location| gone.files.iter().any(|file| file == location.source().name()))
    };
    project.problems().iter().filter(is_its).cloned().collect()
}
