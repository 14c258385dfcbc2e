//! `invalid-json`: on some path, the content is not valid JSON. Rendering reports the same for paths that requests
//! take.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{BranchCondition, BranchDecision, JsonBreak};
use crate::diagnostics::{Location, Severity};

pub(super) const RULE: Rule =
    Rule::new("invalid-json", Severity::Error, include_str!("../../docs/rules/invalid-json.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for broken in &facts.content.breaks {
        let location = facts.in_content(broken.span);
        if is_reported(broken, &location, facts) {
            continue;
        }
        let path = path_in_words(&broken.decisions);
        let trouble = format!("the content is not valid JSON: {}", broken.error);
        let message = if path.is_empty() { trouble } else { format!("if {path}, {trouble}") };
        findings.add(location, "not allowed here", message, |mut finding| {
            if path.is_empty() {
                return finding;
            }
            // No request is known to take the path.
            finding.severity = Severity::Warning;
            for decision in &broken.decisions {
                finding = finding.secondary(facts.in_content(decision.span), label(decision));
            }
            finding.help(
                "print complete JSON on every path: what one branch opens, separates or closes, the others must too",
            )
        });
    }
}

/// Whether rendering a request has reported it.
fn is_reported(broken: &JsonBreak<'_>, location: &Location, facts: &TemplateFacts<'_>) -> bool {
    let renderings = facts.cases.iter().filter_map(|case| case.rendering.as_ref());
    let problems = renderings.flat_map(|rendering| rendering.problems.iter());
    let mut same = problems.filter(|problem| problem.code == RULE.code);
    same.any(|problem| broken.decisions.is_empty() || problem.location() == Some(location))
}

/// The decisions of a path in words. That a list is not empty goes without saying if it has several elements.
fn path_in_words(decisions: &[BranchDecision<'_>]) -> String {
    let is_implied = |decision: &&BranchDecision<'_>| {
        let BranchCondition::HasAny(collection) = decision.condition else { return false };
        decisions.iter().any(|other| other.condition == BranchCondition::HasSeveral(collection))
    };
    let said = decisions.iter().filter(|decision| !is_implied(decision));
    said.map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// The label at a decision.
const fn label(decision: &BranchDecision<'_>) -> &'static str {
    match (decision.condition, decision.answer) {
        (BranchCondition::Holds(_), true) => "if this is true",
        (BranchCondition::Holds(_), false) => "if this is false",
        (BranchCondition::IsOneOf(..), true) => "if it is this",
        (BranchCondition::IsOneOf(..), false) => "if it is not this",
        (BranchCondition::HasAny(_), true) => "if this is not empty",
        (BranchCondition::HasAny(_), false) => "if this is empty",
        (BranchCondition::HasSeveral(_), true) => "if this has more than one element",
        (BranchCondition::HasSeveral(_), false) => "if this has one element",
    }
}
