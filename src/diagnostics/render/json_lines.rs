//! One JSON object per line, for programs that read a stream.

use std::io::{self, Write};

use super::{Render, json};
use crate::diagnostics::Diagnostic;

pub(super) struct JsonLines;

impl Render for JsonLines {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        for diagnostic in diagnostics {
            json::write_object(diagnostic, out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
