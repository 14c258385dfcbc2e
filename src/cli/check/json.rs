//! Findings, variable tables and coverage as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::analysis::Coverage;
use crate::diagnostics::sanitize;
use crate::rules::{Judgement, Table, TemplateVerdict};

/// Writes one object with the findings and one entry per template. `has_coverage` is false for `--data`, which checks a
/// payload instead of requests.
pub(super) fn write(judgement: &Judgement, has_coverage: bool, out: &mut dyn Write) -> io::Result<()> {
    let templates: Vec<_> = templates(judgement, has_coverage).collect();
    write_line(&json!({ "findings": judgement.findings.to_vec(), "templates": templates }), out)
}

/// Writes one object per line, one line per template.
pub(super) fn write_lines(judgement: &Judgement, has_coverage: bool, out: &mut dyn Write) -> io::Result<()> {
    templates(judgement, has_coverage).try_for_each(|template| write_line(&template, out))
}

fn write_line(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", sanitize::json(&value.to_string()))
}

/// One object per template; a judgement has a table and a coverage for each.
fn templates(judgement: &Judgement, has_coverage: bool) -> impl Iterator<Item = Value> {
    let both = judgement.tables.iter().zip(&judgement.coverage);
    both.map(move |(table, coverage)| {
        let verdict = judgement.verdicts.iter().find(|verdict| verdict.file == coverage.source.name());
        template(table, coverage, verdict, has_coverage)
    })
}

fn template(table: &Table, coverage: &Coverage, verdict: Option<&TemplateVerdict>, has_coverage: bool) -> Value {
    let numbers = json!({
        "covered": coverage.covered(),
        "branches": coverage.branches.len(),
        "percent": coverage.percent(),
    });
    json!({
        "template": table.template,
        "language": table.language,
        "file": coverage.source.name(),
        "requests": table.columns,
        "variables": table.rows,
        "coverage": has_coverage.then_some(numbers),
        "verdict": verdict.map(|verdict| verdict.verdict),
        "renders": verdict.map(|verdict| verdict.renders),
        "reached": verdict.map(|verdict| verdict.reached),
    })
}
