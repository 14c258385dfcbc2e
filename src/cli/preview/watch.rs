//! `preview --watch` without a screen: prints the cards of the messages that a change affects.

use std::io::Write;

use super::{Sheet, View};
use crate::cli::watch::{Job, Messages};
use crate::cli::{Failure, Global};
use crate::diagnostics::Theme;
use crate::project::LiveProject;
use crate::watch::WatchEvent;

/// Prints cards of the messages that a change affects.
pub(super) struct Previews<'a> {
    messages: Messages<'a>,
    global: &'a Global,
    view: View,
    text: Vec<u8>,
}

impl<'a> Previews<'a> {
    pub(super) fn new(names: &'a [String], view: View, global: &'a Global) -> Self {
        Self { messages: Messages::new(names), global, view, text: Vec::new() }
    }
}

impl Job for Previews<'_> {
    fn is_for_people(&self) -> bool {
        // Where people see a screen, it is another job's.
        false
    }

    fn update(&mut self, live: &LiveProject, _: &WatchEvent) -> Result<bool, Failure> {
        let text = &mut self.text;
        text.clear();
        let mut sheet = Sheet::new(self.view, self.global.capabilities(), self.global.output_options());
        let affected = self.messages.affected(live.project())?;
        live.project().render(&affected.cases, &self.global.preview_options(), |case, rendering| {
            sheet.add(case, &rendering, text)
        })?;
        sheet.finish(text)?;
        Ok(!text.is_empty())
    }

    fn print(&self, _: Theme, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(out.write_all(&self.text)?)
    }
}
