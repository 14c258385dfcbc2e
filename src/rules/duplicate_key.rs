//! `duplicate-key`: an object has a key twice.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::SyntaxIssue;
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("duplicate-key", Severity::Warning, include_str!("../../docs/rules/duplicate-key.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for issue in &facts.content.issues {
        if let SyntaxIssue::DuplicateKey(key, span) = issue {
            let message = format!("duplicate key `{key}`: JSON parsers keep the last one");
            findings.add(facts.in_content(*span), "second time", message, |finding| finding);
        }
    }
}
