//! Output options: how problems are reported.

use std::io::{self, Write};

#[cfg(feature = "serve")]
use super::terminal;
use crate::diagnostics::{Diagnostic, Format, Prefix, Theme, Verdict};
use crate::rules::page;

/// The format of problems and the prefix of their paths.
#[derive(Clone, Debug)]
pub(super) struct OutputOptions {
    pub(super) format: Format,
    pub(super) prefix: Prefix,
    /// Whether to draw with ASCII characters only.
    #[cfg(feature = "serve")]
    pub(super) ascii: bool,
}

impl OutputOptions {
    /// The theme for this terminal; its width may change between calls.
    #[cfg(feature = "serve")]
    pub(super) fn theme(&self) -> Theme {
        terminal::theme(self.ascii)
    }

    /// Reports problems.
    pub(super) fn tell(&self, problems: &[Diagnostic], theme: Theme, out: &mut dyn Write) -> io::Result<()> {
        self.tell_with_verdicts(problems, &[], theme, out)
    }

    /// Reports problems, and the verdicts on files if the format has room for them.
    pub(super) fn tell_with_verdicts(
        &self,
        problems: &[Diagnostic],
        verdicts: &[Verdict],
        theme: Theme,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let renderer = self.format.renderer_with_pages(theme, page);
        if self.prefix == Prefix::default() {
            return renderer.render_with_verdicts(problems, verdicts, out);
        }
        let renamed = |verdict: &Verdict| Verdict { file: self.prefix.name(&verdict.file), ..verdict.clone() };
        let verdicts: Vec<_> = verdicts.iter().map(renamed).collect();
        renderer.render_with_verdicts(&self.prefix.before(problems), &verdicts, out)
    }
}
