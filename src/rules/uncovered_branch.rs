//! `uncovered-branch`: a branch that no request renders.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::BranchKind;
use crate::diagnostics::Severity;
use crate::liquid::Span;

pub(super) const RULE: Rule =
    Rule::new("uncovered-branch", Severity::Info, include_str!("../../docs/rules/uncovered-branch.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    // A payload is not a request.
    if facts.is_payload || facts.cases.is_empty() {
        return;
    }
    // A condition on a misspelled name is reported as such.
    let is_misspelled = |span: Span| {
        let names = facts.misspellings.iter().filter(|name| name.text == 0);
        names.into_iter().any(|name| span.start <= name.span.start && name.span.end <= span.end)
    };
    for branch in facts.coverage().branches.iter().filter(|branch| branch.hits == 0 && !is_misspelled(branch.span)) {
        let (what, label) = match branch.kind {
            BranchKind::Condition => ("branch", "never the case"),
            BranchKind::Loop => ("loop's body", "always empty"),
            BranchKind::Else => ("`else`", "never rendered"),
        };
        let message = format!("no request renders this {what}");
        findings.add(facts.in_content(branch.span), label, message, |finding| {
            finding.help("add a request with data for it")
        });
    }
}
