//! `missing-data`: a request lacks data without which its template fails.

use super::{CaseFacts, Findings, Rule, TemplateFacts};
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
            if !is_fatal || !is_known || reported.contains(&&read.path) || is_broken_snippet(&read.path, case) {
                continue;
            }
            reported.push(&read.path);
            let message = format!("`{}` is missing in `{}`: the message fails", read.path, case.name);
            let location = facts.location(read.text, read.span);
            findings.add(location, "not in the data", message, |mut finding| {
                if let Some((place, reason)) = read.branches.last() {
                    finding = finding.secondary(facts.location(read.text, *place), branch(*reason));
                }
                if let Some(snippet) = missing_snippet(&read.path) {
                    return finding.help(snippet);
                }
                match case.near(&read.path) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!("add it to the data, or {}", remedy(&read.path, facts))),
                }
            });
        }
    }
}

/// Whether a path is a snippet that exists and cannot be rendered, which is reported in its file.
fn is_broken_snippet(path: &Path<'_>, case: &CaseFacts) -> bool {
    let path = path.to_string();
    let Some(name) = path.strip_prefix("snippets.") else { return false };
    let is_its_file = |file: &str| file.rsplit('/').next().and_then(|file| file.split('.').next()) == Some(name);
    let problems = case.rendering.iter().flat_map(|rendering| rendering.problems.iter());
    let mut files = problems.filter_map(|problem| Some(problem.location()?.source().name()));
    files.any(|file| file.contains("snippets/") && is_its_file(file))
}

/// What to do about a snippet that does not exist.
fn missing_snippet(path: &Path<'_>) -> Option<String> {
    let path = path.to_string();
    let name = path.strip_prefix("snippets.")?.split(['.', '[']).next()?;
    Some(format!("create the snippet as `snippets/{name}.liquid`"))
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
