//! The manner in which problems are told.

use std::io::{self, Write};

use crate::diagnostics::{Diagnostic, Format, Look, Prefix};
use crate::rules::page;

/// The format of problems, and what stands before the names of files for whoever reads them.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) format: Format,
    pub(super) prefix: Prefix,
}

impl Manner {
    /// Tells problems.
    pub(super) fn tell(&self, problems: &[Diagnostic], look: Look, out: &mut dyn Write) -> io::Result<()> {
        let renderer = self.format.renderer_with_pages(look, page);
        if self.prefix == Prefix::default() {
            return renderer.render(problems, out);
        }
        renderer.render(&self.prefix.before(problems), out)
    }
}
