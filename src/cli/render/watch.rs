//! `render --watch`: prints each message that a change affects, as a JSON line or in an array for each change.

use std::io::Write;

use super::{Line, Lines, RenderFormat, settle};
use crate::cli::watch::{Job, MessageTracker};
use crate::cli::{Failure, Global};
use crate::diagnostics::{Diagnostic, Severity, Theme};
use crate::project::{LiveProject, Project, Removed};
use crate::watch::WatchEvent;

/// Prints each message that a change affects or removes.
pub(super) struct RenderJob<'a> {
    messages: MessageTracker<'a>,
    format: RenderFormat,
    global: &'a Global,
    text: Vec<u8>,
}

impl<'a> RenderJob<'a> {
    pub(super) fn new(names: &'a [String], format: RenderFormat, global: &'a Global) -> Self {
        Self { messages: MessageTracker::new(names), format, global, text: Vec::new() }
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
        if affected.removed.is_empty() && affected.cases.is_empty() {
            return Ok(false);
        }
        let mut lines = Lines::new(self.format, text);
        for removed in &affected.removed {
            lines.add(&Line::gone(&removed.name, &causes(project, removed)))?;
        }
        let options = self.global.render_options();
        project.render(&affected.cases, &options, |case, mut rendering| {
            let send_status = settle(case, &mut rendering, project, &options);
            lines.add(&Line::new(case, &rendering, send_status))
        })?;
        lines.finish()?;
        Ok(true)
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
