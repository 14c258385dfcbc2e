//! `preview --watch` without a full-screen display: prints the cards of the messages that a change affects.

use std::io::Write;

use super::{Sheet, Shown, View};
use crate::cli::watch::{Job, MessageTracker};
use crate::cli::{Failure, Global};
use crate::diagnostics::Theme;
use crate::project::LiveProject;
use crate::watch::WatchEvent;

/// Prints the cards of the messages that a change affects.
pub(super) struct PlainJob<'a> {
    messages: MessageTracker<'a>,
    global: &'a Global,
    view: View,
    text: Vec<u8>,
}

impl<'a> PlainJob<'a> {
    pub(super) fn new(names: &'a [String], view: View, global: &'a Global) -> Self {
        Self { messages: MessageTracker::new(names), global, view, text: Vec::new() }
    }
}

impl Job for PlainJob<'_> {
    fn is_for_people(&self) -> bool {
        // The full-screen display belongs to `ScreenJob`.
        false
    }

    fn update(&mut self, live: &LiveProject, _: &WatchEvent) -> Result<bool, Failure> {
        let text = &mut self.text;
        text.clear();
        let mut sheet = Sheet::new(self.view, self.global.capabilities(), self.global.output_options());
        let affected = self.messages.affected(live.project())?;
        let (project, options) = (live.project(), self.global.preview_options());
        project.render(&affected.cases, &options, |case, rendering| {
            sheet.add(&Shown::new(case, rendering, project, &options), text)
        })?;
        sheet.finish(text)?;
        Ok(!text.is_empty())
    }

    fn print(&self, _: Theme, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(out.write_all(&self.text)?)
    }
}
