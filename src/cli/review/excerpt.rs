//! The lines of the template that wrote the first change.

use std::fmt;

use anstyle::Style;

use crate::cli::card::Paragraph;
use crate::diagnostics::{Source, sanitize};
use crate::snapshot::Outcome;

/// Lines shown before and after the line.
const CONTEXT: usize = 2;

/// The columns before a line: its number, with spaces.
const GUTTER: usize = 7;
/// The most rows of one line.
const MAX_ROWS: usize = 6;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// A few lines of a template, for `Display`.
pub(super) struct Excerpt<'a> {
    source: &'a Source,
    /// The highlighted line, counted from 1.
    line: usize,
    /// The columns of the screen.
    width: usize,
}

impl<'a> Excerpt<'a> {
    /// The lines that wrote the first changed field, or the first lines of the content.
    pub(super) fn new(outcome: &Outcome<'a>, width: usize) -> Self {
        let template = outcome.subject.case.template;
        let source = template.source();
        let line = outcome.line.unwrap_or_else(|| source.line_column(template.content_start()).line);
        Self { source, line, width }
    }
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {DIM}{}:{}{DIM:#}", sanitize::line(self.source.name()), self.line)?;
        let first = self.line.saturating_sub(CONTEXT).max(1);
        for line in first..=(self.line + CONTEXT).min(self.source.line_count()) {
            let Some(range) = self.source.line_range(line) else { break };
            let style = if line == self.line { BOLD } else { DIM };
            let mut text = Paragraph::default();
            text.push_line(style, &self.source.text()[range]);
            let rows = text.wrap(self.width.saturating_sub(GUTTER), MAX_ROWS).lines;
            writeln!(f, "  {DIM}{line:>4}{DIM:#} {}", rows.first().cloned().unwrap_or_default())?;
            for row in rows.iter().skip(1) {
                writeln!(f, "{:GUTTER$}{row}", "")?;
            }
        }
        Ok(())
    }
}
