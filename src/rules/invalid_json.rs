//! `invalid-json`: the content is no JSON on some way that it may be rendered. Rendering says the same of those ways that
//! requests take.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{BranchCondition, BranchDecision, JsonBreak};
use crate::diagnostics::{Location, Severity};

pub(super) const RULE: Rule =
    Rule::new("invalid-json", Severity::Error, include_str!("../../docs/rules/invalid-json.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for broken in &facts.content.breaks {
        let location = facts.in_content(broken.place);
        if is_told(broken, &location, facts) {
            continue;
        }
        let path = path_text(&broken.path_condition);
        let trouble = format!("the content is no JSON: {}", broken.error);
        let message = if path.is_empty() { trouble } else { format!("where {path}, {trouble}") };
        findings.add(location, "does not belong here then", message, |mut finding| {
            if path.is_empty() {
                return finding;
            }
            // No request is known to take the way.
            finding.severity = Severity::Warning;
            for decision in &broken.path_condition {
                finding = finding.secondary(facts.in_content(decision.span), label(decision));
            }
            finding.help(
                "print whole JSON on every way: what one branch begins, separates or ends, the others must as well",
            )
        });
    }
}

/// Whether a request has shown it.
fn is_told(broken: &JsonBreak<'_>, location: &Location, facts: &TemplateFacts<'_>) -> bool {
    let renderings = facts.cases.iter().filter_map(|case| case.rendering.as_ref());
    let problems = renderings.flat_map(|rendering| rendering.problems.iter());
    let mut same = problems.filter(|problem| problem.code == RULE.code);
    same.any(|problem| broken.path_condition.is_empty() || problem.location() == Some(location))
}

/// The decisions of a way, in words.
fn path_text(decisions: &[BranchDecision<'_>]) -> String {
    let is_implied = |decision: &&BranchDecision<'_>| {
        let BranchCondition::HasAny(collection) = decision.question else { return false };
        decisions.iter().any(|other| other.question == BranchCondition::HasSeveral(collection))
    };
    let said = decisions.iter().filter(|decision| !is_implied(decision));
    said.map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// What is said beside a decision.
const fn label(decision: &BranchDecision<'_>) -> &'static str {
    match (decision.question, decision.answer) {
        (BranchCondition::Holds(_), true) => "where this is true",
        (BranchCondition::Holds(_), false) => "where this is false",
        (BranchCondition::IsOneOf(..), true) => "where it is this",
        (BranchCondition::IsOneOf(..), false) => "where it is not this",
        (BranchCondition::HasAny(_), true) => "where this is not empty",
        (BranchCondition::HasAny(_), false) => "where this is empty",
        (BranchCondition::HasSeveral(_), true) => "where this has more than one element",
        (BranchCondition::HasSeveral(_), false) => "where this has one element",
    }
}
