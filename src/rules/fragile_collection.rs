//! `fragile-collection`: a list may be empty, or some of its elements may lack a key.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{BranchReason, MissingBehavior};
use crate::diagnostics::Severity;
use crate::liquid::Span;

pub(super) const RULE: Rule =
    Rule::new("fragile-collection", Severity::Warning, include_str!("../../docs/rules/fragile-collection.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for read in
        facts.needs.reads.iter().filter(|read| read.takes_element && read.missing_behavior >= MissingBehavior::MayFail)
    {
        let is_in = |span: &Span, other: Span| span.start <= other.start && other.end <= span.end;
        let is_condition = |reason: BranchReason| matches!(reason, BranchReason::Holds(_) | BranchReason::Equals);
        let is_checked = facts.needs.reads.iter().any(|other| {
            other.path == read.path
                && read.branches.iter().any(|(place, reason)| is_condition(*reason) && is_in(place, other.span))
        });
        if is_checked {
            continue;
        }
        let message = format!("reading an element of `{}` fails if the list is empty", read.path);
        let location = facts.location(read.text, read.span);
        let written = location.text();
        let is_path = !written.is_empty() && !written.contains([' ', '\n', '{', '|']);
        let rescued = if is_path {
            format!("write `{{{{ {written} | default: \"…\" }}}}`")
        } else {
            "put `| default: \"…\"` right after it".to_owned()
        };
        findings.add(location.clone(), "fails for an empty list", message, |finding| {
            finding.help(format!("{rescued}, use the filter `first`, or check `.size > 0` before"))
        });
    }
    for case in &facts.cases {
        for (read, presence) in facts.needs.reads.iter().zip(&case.presence) {
            let is_partly_missing = presence.missing > 0 && presence.present + presence.blank > 0;
            if is_partly_missing && read.missing_behavior >= MissingBehavior::MayFail && case.trace.has(read.node) {
                let message = format!("some elements lack `{}` in `{}`", read.path, case.name);
                findings.add(facts.location(read.text, read.span), "fails at the first of them", message, |finding| {
                    finding.help("add a `default`, or filter such elements out with `where_exp`")
                });
            }
        }
    }
}
