//! `missing-data`: a request lacks what its template cannot do without.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Choice, MissingBehavior, Path};
use crate::customerio::Version;
use crate::diagnostics::Severity;
use crate::message::NAMES;

pub(super) const RULE: Rule =
    Rule::new("missing-data", Severity::Error, include_str!("../../docs/rules/missing-data.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for case in &facts.cases {
        let mut told = Vec::new();
        for (read, presence) in facts.needs.reads.iter().zip(&case.presence) {
            let is_fatal =
                read.missing_behavior == MissingBehavior::Fails && presence.is_missing() && case.trace.has(read.node);
            let is_known = NAMES.contains(&read.path.root);
            if !is_fatal || !is_known || told.contains(&&read.path) || !case.can_judge(&read.path) {
                continue;
            }
            told.push(&read.path);
            let message = format!("`{}` is missing in `{}`: the message fails", read.path, case.name);
            let location = facts.location(read.text, read.span);
            findings.add(location, "not in the data", message, |mut finding| {
                if let Some((place, choice)) = read.branches.last() {
                    finding = finding.secondary(facts.location(read.text, *place), branch(*choice));
                }
                match case.near(&read.path) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!("put it into the data, or {}", stand_in(&read.path, facts))),
                }
            });
        }
    }
}

/// What people are told of a branch at what decides for it.
const fn branch(choice: Choice) -> &'static str {
    match choice {
        Choice::Holds(true) | Choice::Otherwise(true) => "in the branch where this is true",
        Choice::Holds(false) | Choice::Otherwise(false) => "in the branch where this is false",
        Choice::Equals => "in the branch for this value",
        Choice::EqualsNone => "in the branch where this is none of the values",
        Choice::IsEmpty => "in the branch where this has no elements",
    }
}

/// What else can be done about a variable that may be missing.
fn stand_in(path: &Path<'_>, facts: &TemplateFacts<'_>) -> String {
    match facts.version() {
        // It passes over `default`.
        Some(Version::Legacy) => format!("ask for it before: `{{% if {path} %}}…{{% endif %}}`"),
        _ => format!("say what stands in for it: `{{{{ {path} | default: \"…\" }}}}`"),
    }
}
