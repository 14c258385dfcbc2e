//! The lines of the template that wrote the first change.

use std::fmt;

use anstyle::Style;

use crate::diagnostics::{Source, sanitize};
use crate::message::{FieldChange, Template};
use crate::snapshot::{Outcome, Status, changed_fields};

/// Lines shown before and after the line.
const CONTEXT: usize = 2;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// A few lines of a template, for `Display`.
pub(super) struct Excerpt<'a> {
    source: &'a Source,
    /// The highlighted line, counted from 1.
    line: usize,
}

impl<'a> Excerpt<'a> {
    /// The lines that wrote the first changed field, or the first lines of the content.
    pub(super) fn new(outcome: &Outcome<'a>) -> Self {
        let template = outcome.subject.case.template;
        let fields = match &outcome.status {
            Status::Different { expected } => changed_fields(expected, &outcome.contents),
            _ => Vec::new(),
        };
        let offset = fields.iter().find_map(|change| find_field(template, change)).unwrap_or(template.content_start());
        let source = template.source();
        Self { source, line: source.line_column(offset).line }
    }
}

/// The byte offset of a field's name in the content, or of its setting in the front matter.
fn find_field(template: &Template, change: &FieldChange) -> Option<usize> {
    let text = template.source().text();
    let (content, start) = (template.content(), template.content_start());
    if let Some(field) = change.field.strip_prefix("properties.") {
        let names = field.split(['.', '[']).filter(|name| !name.ends_with(']'));
        return names.rev().find_map(|name| content.find(&format!("\"{name}\""))).map(|at| start + at);
    }
    let name = change.field.split('[').next().unwrap_or_default();
    let setting = if name == "expiry" { "expiration" } else { name };
    text[..start].find(&format!("\n{setting}:")).map(|at| at + 1)
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {DIM}{}:{}{DIM:#}", sanitize::line(self.source.name()), self.line)?;
        let first = self.line.saturating_sub(CONTEXT).max(1);
        for line in first..=(self.line + CONTEXT).min(self.source.line_count()) {
            let Some(range) = self.source.line_range(line) else { break };
            let style = if line == self.line { BOLD } else { DIM };
            let text = sanitize::line(&self.source.text()[range]).into_owned();
            writeln!(f, "  {DIM}{line:>4}{DIM:#} {style}{text}{style:#}")?;
        }
        Ok(())
    }
}
