//! Findings as the protocol's diagnostics.

use std::path::Path;

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic as LspDiagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DiagnosticTag, Uri,
};

use super::position::Lines;
use super::snapshot::Snapshot;
use crate::diagnostics::{Diagnostic, Location, Severity};
use crate::rules;

/// Where the pages of the rules are.
const RULE_PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules");
/// What is shown as the origin of a diagnostic.
const ORIGIN: &str = "inkproof";
/// The codes of findings about text that has no effect, which editors fade.
const UNNECESSARY: [&str; 3] = ["unused-assign", "unused-data", "unused-ignore"];
/// The codes of findings about what should no longer be used, which editors strike through.
const DEPRECATED: [&str; 1] = ["deprecated-filter"];

/// Findings about one file as diagnostics.
pub(super) fn of_file(findings: &[Diagnostic], snapshot: &Snapshot, root: &Path) -> Vec<LspDiagnostic> {
    let Some(source) = findings.iter().find_map(|finding| finding.location()).map(Location::source) else {
        return Vec::new();
    };
    let lines = snapshot.lines(source.text());
    findings.iter().map(|finding| convert(finding, &lines, snapshot, root)).collect()
}

/// A finding as a diagnostic. `lines` are those of its primary location's file.
pub(super) fn convert(finding: &Diagnostic, lines: &Lines<'_>, snapshot: &Snapshot, root: &Path) -> LspDiagnostic {
    let code = finding.code.as_str();
    let related = finding.secondary.iter().map(|label| DiagnosticRelatedInformation {
        location: snapshot.location(root, &label.location),
        message: if label.text.is_empty() { "see also".to_owned() } else { label.text.clone() },
    });
    let tags = [
        (UNNECESSARY.contains(&code), DiagnosticTag::Unnecessary),
        (DEPRECATED.contains(&code), DiagnosticTag::Deprecated),
    ];
    let tags: Vec<_> = tags.into_iter().filter_map(|(applies, tag)| applies.then_some(tag)).collect();
    LspDiagnostic {
        range: lines.range(finding.location().map_or(0..0, Location::range)),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Info => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(code.to_owned())),
        code_description: page(code).map(|href| CodeDescription { href }),
        source: Some(ORIGIN.to_owned()),
        message: message(finding).into(),
        tags: (!tags.is_empty()).then_some(tags),
        related_information: (!finding.secondary.is_empty()).then(|| related.collect()),
        data: None,
    }
}

/// The address of the page about a code: one of its own for a rule, else a section of the page about files.
fn page(code: &str) -> Option<Uri> {
    let page = if rules::rule(code).is_some() { format!("{code}.md") } else { format!("files.md#{code}") };
    rules::page(code).map(|_| Uri(format!("{RULE_PAGES}/{page}")))
}

/// The message with its label, counterexample, notes and suggestions, one per line.
fn message(finding: &Diagnostic) -> String {
    let label =
        finding.primary.iter().map(|label| label.text.as_str()).filter(|text| !text.is_empty()).map(str::to_owned);
    let counterexample = finding.counterexample.iter().map(|counterexample| &counterexample.words);
    let notes = counterexample.chain(&finding.notes).map(|note| format!("note: {note}"));
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    std::iter::once(finding.message.clone()).chain(label).chain(notes).chain(help).collect::<Vec<_>>().join("\n")
}
