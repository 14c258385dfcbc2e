//! SARIF 2.1.0, which code hosts show beside the code.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Page, Render, address};
use crate::diagnostics::{Diagnostic, Fix, Label, Location, Severity, Verdict, sanitize};

pub(super) struct Sarif {
    /// The page about a code, to be included in the report.
    pub(super) page: Page,
}

impl Render for Sarif {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        self.render_with_verdicts(diagnostics, &[], out)
    }

    fn render_with_verdicts(
        &self,
        diagnostics: &[Diagnostic],
        verdicts: &[Verdict],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let rules: BTreeSet<_> = diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        let mut log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "inkproof",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules.iter().map(|code| rule(code, (self.page)(code))).collect::<Vec<_>>(),
                } },
                "columnKind": "unicodeCodePoints",
                "results": diagnostics.iter().map(result).collect::<Vec<_>>(),
            }],
        });
        // A result would be an alert on code hosts.
        if !verdicts.is_empty() {
            log["runs"][0]["properties"] = json!({ "verdicts": verdicts.iter().map(verdict).collect::<Vec<_>>() });
        }
        writeln!(out, "{}", sanitize::json(&serde_json::to_string(&log)?))
    }
}

fn verdict(verdict: &Verdict) -> Value {
    json!({ "uri": address(&verdict.file), "message": verdict.message, "verdict": verdict.details })
}

/// A rule, with the first paragraph of its page and all of it.
fn rule(code: &str, page: Option<&str>) -> Value {
    let mut rule = json!({ "id": code });
    if let Some(page) = page {
        let summary = page.split("\n\n").nth(1).unwrap_or_default();
        rule["shortDescription"] = json!({ "text": summary });
        rule["help"] = json!({ "text": page, "markdown": page });
    }
    rule
}

fn result(diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let advice = diagnostic.explanations().map(|text| format!("\n{text}"));
    let text = std::iter::once(diagnostic.message.clone()).chain(advice).collect::<String>();
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level,
        "message": { "text": text },
        "locations": diagnostic.primary.iter().map(location).collect::<Vec<_>>(),
    });
    if !diagnostic.secondary.is_empty() {
        result["relatedLocations"] = diagnostic.secondary.iter().map(location).collect();
    }
    if let Some(counterexample) = &diagnostic.counterexample {
        result["properties"] = json!({ "counterexample": **counterexample });
    }
    if let (Some(fix), Some(place)) = (&diagnostic.fix, diagnostic.location()) {
        result["fixes"] = json!([fix_object(fix, place)]);
    }
    result
}

fn location(label: &Label) -> Value {
    let place = &label.location;
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": address(place.source().name()) },
            "region": region(place),
        },
    });
    if !label.text.is_empty() {
        location["message"] = json!({ "text": label.text });
    }
    location
}

fn region(place: &Location) -> Value {
    let (start, end) = (place.start(), place.end());
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

fn fix_object(fix: &Fix, place: &Location) -> Value {
    let replacement = |edit: &crate::diagnostics::Edit| {
        let deleted = region(&place.source().at(edit.range.clone()));
        json!({ "deletedRegion": deleted, "insertedContent": { "text": edit.text } })
    };
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{
            "artifactLocation": { "uri": address(place.source().name()) },
            "replacements": fix.edits.iter().map(replacement).collect::<Vec<_>>(),
        }],
    })
}
