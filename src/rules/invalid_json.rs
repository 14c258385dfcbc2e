//! `invalid-json`: the content is no JSON on some way that it may be rendered. Rendering says the same of those ways that
//! requests take.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Break, Decision, Question};
use crate::diagnostics::{Location, Severity};

pub(super) const RULE: Rule =
    Rule::new("invalid-json", Severity::Error, include_str!("../../docs/rules/invalid-json.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for broken in &facts.content.breaks {
        let location = facts.in_content(broken.place);
        if is_told(broken, &location, facts) {
            continue;
        }
        let way = way(&broken.way);
        let trouble = format!("the content is no JSON: {}", broken.error);
        let message = if way.is_empty() { trouble } else { format!("where {way}, {trouble}") };
        findings.add(location, "does not belong here then", message, |mut finding| {
            if way.is_empty() {
                return finding;
            }
            // No request is known to take the way.
            finding.severity = Severity::Warning;
            for decision in &broken.way {
                finding = finding.secondary(facts.in_content(decision.span), label(decision));
            }
            finding.help(
                "print whole JSON on every way: what one branch begins, separates or ends, the others must as well",
            )
        });
    }
}

/// Whether a request has shown it.
fn is_told(broken: &Break<'_>, location: &Location, facts: &TemplateFacts<'_>) -> bool {
    let renderings = facts.cases.iter().filter_map(|case| case.rendering.as_ref());
    let problems = renderings.flat_map(|rendering| rendering.problems.iter());
    let mut same = problems.filter(|problem| problem.code == RULE.code);
    same.any(|problem| broken.way.is_empty() || problem.location() == Some(location))
}

/// The decisions of a way, in words.
fn way(decisions: &[Decision<'_>]) -> String {
    let is_implied = |decision: &&Decision<'_>| {
        let Question::HasAny(collection) = decision.question else { return false };
        decisions.iter().any(|other| other.question == Question::HasSeveral(collection))
    };
    let said = decisions.iter().filter(|decision| !is_implied(decision));
    said.map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// What is said beside a decision.
const fn label(decision: &Decision<'_>) -> &'static str {
    match (decision.question, decision.answer) {
        (Question::Holds(_), true) => "where this is true",
        (Question::Holds(_), false) => "where this is false",
        (Question::IsOneOf(..), true) => "where it is this",
        (Question::IsOneOf(..), false) => "where it is not this",
        (Question::HasAny(_), true) => "where this is not empty",
        (Question::HasAny(_), false) => "where this is empty",
        (Question::HasSeveral(_), true) => "where this has more than one element",
        (Question::HasSeveral(_), false) => "where this has one element",
    }
}
