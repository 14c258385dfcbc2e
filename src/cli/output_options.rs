//! The manner in which problems are told.

use std::io::{self, Write};

#[cfg(feature = "serve")]
use super::terminal;
use crate::diagnostics::{Diagnostic, Format, Prefix, Theme};
use crate::rules::page;

/// The format of problems, and what stands before the names of files for whoever reads them.
#[derive(Clone, Debug)]
pub(super) struct OutputOptions {
    pub(super) format: Format,
    pub(super) prefix: Prefix,
    /// Whether to draw with ASCII characters only.
    #[cfg(feature = "serve")]
    pub(super) ascii: bool,
}

impl OutputOptions {
    /// The theme of this terminal, whose width may change while a server runs.
    #[cfg(feature = "serve")]
    pub(super) fn theme(&self) -> Theme {
        terminal::theme(self.ascii)
    }

    /// Tells problems.
    pub(super) fn tell(&self, problems: &[Diagnostic], theme: Theme, out: &mut dyn Write) -> io::Result<()> {
        let renderer = self.format.renderer_with_pages(theme, page);
        if self.prefix == Prefix::default() {
            return renderer.render(problems, out);
        }
        renderer.render(&self.prefix.before(problems), out)
    }
}
