//! What is found, and what is known of each template, for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::analysis::Coverage;
use crate::diagnostics::sanitize;
use crate::rules::{Cell, Judgement, Row, Table};

/// Writes one object: the findings, and a template each.
pub(super) fn write(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let templates: Vec<_> = templates(judgement).collect();
    write_line(&json!({ "findings": judgement.findings.to_vec(), "templates": templates }), out)
}

/// Writes an object a line: a template each.
pub(super) fn write_lines(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    templates(judgement).try_for_each(|template| write_line(&template, out))
}

fn write_line(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", sanitize::json(&value.to_string()))
}

/// The templates of a judgement, which has a table and a coverage of each.
fn templates(judgement: &Judgement) -> impl Iterator<Item = Value> {
    judgement.tables.iter().zip(&judgement.coverage).map(|(table, coverage)| template(table, coverage))
}

fn template(table: &Table, coverage: &Coverage) -> Value {
    let variable = |row: &Row| {
        let cells: Vec<_> = row.cells.iter().copied().map(Cell::as_str).collect();
        json!({ "path": row.path, "kind": row.kind.as_str(), "cells": cells })
    };
    json!({
        "template": table.template,
        "language": table.language,
        "file": coverage.source.name(),
        "requests": table.columns,
        "variables": table.rows.iter().map(variable).collect::<Vec<_>>(),
        "coverage": {
            "covered": coverage.covered(),
            "branches": coverage.branches.len(),
            "percent": coverage.percent(),
        },
    })
}
