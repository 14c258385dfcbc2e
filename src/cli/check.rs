//! `inkproof check`: what is wrong or doubtful about templates and their requests.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Global, Outcome, terminal};
use crate::diagnostics::{Diagnostic, Format, Severity, sanitize};
use crate::liquid::{Arena, Value, json};
use crate::project::Project;
use crate::rules::{Cell, Judgement, Table, judge, judge_data, rule};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Templates, requests or patterns; all if none is given
    names: Vec<String>,
    /// Judge one template by this `message_data` instead of its requests; `-` is standard input
    #[arg(long, value_name = "FILE", requires = "names")]
    data: Option<PathBuf>,
    /// Show for each template what its requests have for each variable
    #[arg(long)]
    table: bool,
}

impl Check {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let project = Project::open(global.directory())?;
        let judgement = match &self.data {
            Some(data) => self.judge_data(&project, data, global)?,
            None => {
                let templates = project.select_templates(&self.names)?;
                judge(&project, &templates, &project.select(&self.names)?, &global.circumstances())
            }
        };
        let mut out = anstream::stdout().lock();
        global.format().renderer(terminal::look()).render(&judgement.findings, &mut out)?;
        if global.format() == Format::Full {
            for table in judgement.tables.iter().filter(|_| self.table || self.data.is_some()) {
                write_table(table, &mut out)?;
            }
            writeln!(out, "{}", judgement.findings.counts())?;
        }
        out.flush()?;
        let is_finding = |severity| matches!(severity, Severity::Error | Severity::Warning);
        let any = judgement.findings.iter().any(|finding| is_finding(finding.severity));
        // What no rule finds makes files unusable.
        let is_broken = |finding: &Diagnostic| finding.severity == Severity::Error && rule(finding.code.as_str()).is_none();
        if judgement.findings.iter().any(is_broken) {
            return Ok(Outcome::Broken);
        }
        Ok(if any { Outcome::Findings } else { Outcome::Fine })
    }

    fn judge_data(&self, project: &Project, path: &Path, global: &Global) -> Result<Judgement, Failure> {
        let templates = project.select_templates(&self.names)?;
        let [template] = templates[..] else {
            return Err(format!("`--data` judges one template, and {} are named", templates.len()).into());
        };
        let (name, bytes) = if path == Path::new("-") {
            let mut bytes = Vec::new();
            ("standard input".to_owned(), std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes))
        } else {
            (path.display().to_string(), fs::read(global.path(path)))
        };
        let bytes = bytes.map_err(|error| format!("cannot read `{name}`: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|error| format!("`{name}` is no UTF-8: {error}"))?;
        let arena = Arena::new();
        match json::read(&text, &arena) {
            Ok(Value::Object(_)) => {}
            Ok(_) => return Err(format!("`{name}` is no JSON object: expected a `message_data`").into()),
            Err(error) => return Err(format!("`{name}` is no JSON: {error}").into()),
        }
        Ok(judge_data(project, template, &text, &name, &global.circumstances()))
    }
}

/// Draws variables down and requests across.
fn write_table(table: &Table, out: &mut dyn Write) -> std::io::Result<()> {
    let shown = |text: &str| sanitize::line(text).into_owned();
    let paths: Vec<_> = table.rows.iter().map(|row| shown(&row.path)).collect();
    let columns: Vec<_> = table.columns.iter().map(|column| shown(column.rsplit('/').next().unwrap_or(column))).collect();
    let first = paths.iter().map(|path| path.chars().count()).chain([table.template.chars().count()]).max().unwrap_or(0);
    let least = [Cell::Present, Cell::Guarded, Cell::Blank, Cell::Fatal, Cell::Unread];
    let least = least.iter().map(|cell| cell.as_str().len()).max().unwrap_or(0);
    let widths: Vec<_> = columns.iter().map(|column| column.chars().count().max(least)).collect();
    write!(out, "{:first$}", shown(&table.template))?;
    for (column, width) in columns.iter().zip(&widths) {
        write!(out, "  {column:width$}")?;
    }
    writeln!(out)?;
    for (row, path) in table.rows.iter().zip(&paths) {
        write!(out, "{path:first$}")?;
        for (cell, width) in row.cells.iter().zip(&widths) {
            write!(out, "  {:width$}", cell.as_str())?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}
