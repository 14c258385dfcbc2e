//! `fragile-collection`: a list may be empty, or its elements lack a key.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Choice, MissingBehavior};
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
        let is_asked = |choice: Choice| matches!(choice, Choice::Holds(_) | Choice::Equals);
        let is_asked_for = facts.needs.reads.iter().any(|other| {
            other.path == read.path
                && read.branches.iter().any(|(place, choice)| is_asked(*choice) && is_in(place, other.span))
        });
        if is_asked_for {
            continue;
        }
        let message = format!("an element of `{}` is taken, which fails where the list is empty", read.path);
        findings.add(facts.location(read.text, read.span), "fails for an empty list", message, |finding| {
            finding.help("put `| default: \"…\"` right after it, use the filter `first`, or ask for `.size > 0` before")
        });
    }
    for case in &facts.cases {
        for (read, presence) in facts.needs.reads.iter().zip(&case.presence) {
            let is_partly_missing = presence.missing > 0 && presence.present + presence.blank > 0;
            if is_partly_missing && read.missing_behavior >= MissingBehavior::MayFail && case.trace.has(read.node) {
                let message = format!("some elements lack `{}` in `{}`", read.path, case.name);
                findings.add(
                    facts.location(read.text, read.span),
                    "fails where it comes to one of them",
                    message,
                    |finding| {
                        finding.help(
                            "say what stands in for it with `default`, or leave such elements out with `where_exp`",
                        )
                    },
                );
            }
        }
    }
}
