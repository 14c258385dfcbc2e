//! What is found, and what is known of each template, for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::analysis::Coverage;
use crate::diagnostics::sanitize;
use crate::rules::{Judgement, Table};

/// Writes one object: the findings, and a template each. Its coverage is known only where it is judged by requests.
pub(super) fn write(judgement: &Judgement, is_by_requests: bool, out: &mut dyn Write) -> io::Result<()> {
    let templates: Vec<_> = templates(judgement, is_by_requests).collect();
    write_line(&json!({ "findings": judgement.findings.to_vec(), "templates": templates }), out)
}

/// Writes an object a line: a template each.
pub(super) fn write_lines(judgement: &Judgement, is_by_requests: bool, out: &mut dyn Write) -> io::Result<()> {
    templates(judgement, is_by_requests).try_for_each(|template| write_line(&template, out))
}

fn write_line(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", sanitize::json(&value.to_string()))
}

/// The templates of a judgement, which has a table and a coverage of each.
fn templates(judgement: &Judgement, is_by_requests: bool) -> impl Iterator<Item = Value> {
    let both = judgement.tables.iter().zip(&judgement.coverage);
    both.map(move |(table, coverage)| template(table, coverage, is_by_requests))
}

fn template(table: &Table, coverage: &Coverage, is_by_requests: bool) -> Value {
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
        "coverage": is_by_requests.then_some(numbers),
    })
}
