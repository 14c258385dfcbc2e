//! Commands that GitHub's runners turn into annotations.

use std::io::{self, Write};

use super::Render;
use crate::diagnostics::{Diagnostic, Severity, Verdict, sanitize};

pub(super) struct Github;

impl Render for Github {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        for diagnostic in diagnostics {
            let command = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "notice",
            };
            write!(out, "::{command} title={}", diagnostic.code)?;
            if let Some(location) = diagnostic.location() {
                let (start, end) = (location.start(), location.end());
                let file = property(location.source().name());
                write!(out, ",file={file},line={},endLine={}", start.line, end.line)?;
                // Columns are only taken within one line.
                if start.line == end.line {
                    write!(out, ",col={},endColumn={}", start.column, end.column)?;
                }
            }
            let advice = diagnostic.explanations().map(|text| format!("\n{text}"));
            let text = std::iter::once(diagnostic.message.clone()).chain(advice).collect::<String>();
            writeln!(out, "::{}", data(&text))?;
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
        // One annotation for all: runners show only the first few of a step.
        if !verdicts.is_empty() {
            let lines: Vec<_> =
                verdicts.iter().map(|verdict| format!("{}: {}", verdict.file, verdict.message)).collect();
            writeln!(out, "::notice title=verdicts::{}", data(&lines.join("\n")))?;
        }
        Ok(())
    }
}

fn data(text: &str) -> String {
    let text = sanitize::text(text);
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
