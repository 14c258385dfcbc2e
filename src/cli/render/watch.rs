//! `render --watch`: prints a JSON line for each message that a change affects.

use std::io::Write;

use super::{Line, settle};
use crate::cli::watch::{Job, MessageTracker};
use crate::cli::{Failure, Global};
use crate::diagnostics::{Diagnostic, Severity, Theme};
use crate::project::{LiveProject, Project, Removed};
use crate::watch::WatchEvent;

/// Prints a JSON line for each message that a change affects or removes.
pub(super) struct RenderJob<'a> {
    messages: MessageTracker<'a>,
    global: &'a Global,
    text: Vec<u8>,
}

impl<'a> RenderJob<'a> {
    pub(super) fn new(names: &'a [String], global: &'a Global) -> Self {
        Self { messages: MessageTracker::new(names), global, text: Vec::new() }
    }
}

impl Job for RenderJob<'_> {
    fn is_for_people(&self) -> bool {
        false
    }

    fn update(&mut self, live: &LiveProject, _: &WatchEvent) -> Result<bool, Failure> {
        let (project, text) = (live.project(), &mut self.text);
        text.clear();
        let affected = self.messages.affected(project)?;
        for removed in &affected.removed {
            Line::gone(&removed.name, &causes(project, removed)).write(&mut *text)?;
        }
        let options = self.global.render_options();
        project.render(&affected.cases, &options, |case, mut rendering| {
            let send_status = settle(case, &mut rendering, project, &options);
            Line::new(case, &rendering, send_status).write(&mut *text)
        })?;
        Ok(!text.is_empty())
    }

    fn print(&self, _: Theme, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(out.write_all(&self.text)?)
    }
}

/// The errors that explain why a message no longer exists; empty if its request was deleted.
fn causes(project: &Project, removed: &Removed) -> Vec<Diagnostic> {
    let is_cause = |problem: &&Diagnostic| {
        problem.severity == Severity::Error
            && problem
                .location()
                .is_some_and(|location| removed.files.iter().any(|file| file == location.source().name()))
    };
    project.problems().iter().filter(is_cause).cloned().collect()
}
