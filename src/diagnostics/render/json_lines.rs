//! One JSON object per line, for programs that read a stream.

use std::io::{self, Write};

use super::{Render, json};
use crate::diagnostics::{Diagnostic, Verdict};

pub(super) struct JsonLines;

impl Render for JsonLines {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        for diagnostic in diagnostics {
            json::write_object(diagnostic, out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn render_with_verdicts(
        &self,
        diagnostics: &[Diagnostic],
        verdicts: &[Verdict],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.render(diagnostics, out)?;
        for verdict in verdicts {
            json::write_verdict(verdict, out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
