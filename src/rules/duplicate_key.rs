//! `duplicate-key`: an object has a key twice.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::SyntaxIssue;
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("duplicate-key", Severity::Warning, include_str!("../../docs/rules/duplicate-key.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for slip in &facts.content.issues {
        if let SyntaxIssue::DuplicateKey(key, span) = slip {
            let message = format!("the key `{key}` is there already: the last one counts");
            findings.add(facts.in_content(*span), "again", message, |finding| finding);
        }
    }
}
