//! GitLab's code quality report.

use std::collections::HashMap;
use std::io::{self, Write};

use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::Render;
use crate::diagnostics::{Diagnostic, Severity, sanitize};

pub(super) struct Gitlab;

impl Render for Gitlab {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        let mut seen = HashMap::new();
        let report: Vec<_> = diagnostics.iter().map(|diagnostic| issue(diagnostic, &mut seen)).collect();
        writeln!(out, "{}", sanitize::json(&serde_json::to_string(&report)?))
    }
}

/// A finding. Equal findings in the same file are distinguished by their order, so that a finding keeps its identity when it
/// moves to another line.
fn issue(diagnostic: &Diagnostic, seen: &mut HashMap<String, usize>) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    };
    let path = diagnostic.location().map_or("inkproof.toml", |location| location.source().name());
    let line = diagnostic.location().map_or(1, |location| location.start().line);
    let identity = format!("{}\n{path}\n{}", diagnostic.code, diagnostic.message);
    let count = seen.entry(identity.clone()).or_default();
    let digest = Md5::digest(format!("{identity}\n{count}"));
    *count += 1;
    json!({
        "description": diagnostic.whole_message(),
        "check_name": diagnostic.code,
        "fingerprint": format!("{:032x}", u128::from_be_bytes(digest.into())),
        "severity": severity,
        "location": { "path": path, "lines": { "begin": line } },
    })
}
