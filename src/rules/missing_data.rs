//! `missing-data`: a request lacks data without which its template fails.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{BranchReason, MissingBehavior, Path};
use crate::customerio::Version;
use crate::diagnostics::Severity;
use crate::message::NAMES;

pub(super) const RULE: Rule =
    Rule::new("missing-data", Severity::Error, include_str!("../../docs/rules/missing-data.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for case in &facts.cases {
        let mut reported = Vec::new();
        for (read, presence) in facts.needs.reads.iter().zip(&case.presence) {
            let is_fatal =
                read.missing_behavior == MissingBehavior::Fails && presence.is_missing() && case.trace.has(read.node);
            let is_known = NAMES.contains(&read.path.root);
            if !is_fatal || !is_known || reported.contains(&&read.path) {
                continue;
            }
            reported.push(&read.path);
            let message = format!("`{}` is missing in `{}`: the message fails", read.path, case.name);
            let location = facts.location(read.text, read.span);
            findings.add(location, "not in the data", message, |mut finding| {
                if let Some((place, reason)) = read.branches.last() {
                    finding = finding.secondary(facts.location(read.text, *place), branch(*reason));
                }
                match case.near(&read.path) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!("add it to the data, or {}", remedy(&read.path, facts))),
                }
            });
        }
    }
}

/// The label at what decides a branch.
const fn branch(reason: BranchReason) -> &'static str {
    match reason {
        BranchReason::Holds(true) | BranchReason::Otherwise(true) => "in the branch if this is true",
        BranchReason::Holds(false) | BranchReason::Otherwise(false) => "in the branch if this is false",
        BranchReason::Equals => "in the branch for this value",
        BranchReason::EqualsNone => "in the branch if this is none of the values",
        BranchReason::IsEmpty => "in the branch if this has no elements",
    }
}

/// How the template can handle a missing variable.
fn remedy(path: &Path<'_>, facts: &TemplateFacts<'_>) -> String {
    match facts.version() {
        // The legacy Liquid ignores `default`.
        Some(Version::Legacy) => format!("check it before: `{{% if {path} %}}…{{% endif %}}`"),
        _ => format!("give it a default: `{{{{ {path} | default: \"…\" }}}}`"),
    }
}
