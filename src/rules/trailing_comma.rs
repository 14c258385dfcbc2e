//! `trailing-comma`: on some path, a comma comes directly before a closing bracket.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::SyntaxIssue;
use crate::diagnostics::{Fix, Severity};

pub(super) const RULE: Rule =
    Rule::new("trailing-comma", Severity::Warning, include_str!("../../docs/rules/trailing-comma.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for issue in &facts.content.issues {
        if let SyntaxIssue::TrailingComma(span) = issue {
            let location = facts.in_content(*span);
            // Rendering reports the same trailing commas in the same words, so they are not shown twice.
            findings.add(location.clone(), "no comma belongs here", "nothing comes after this comma", |finding| {
                let finding =
                    finding.help("JSON allows no comma before a closing bracket; Customer.io's own example has one");
                if location.text() == "," && facts.is_always_trailing(*span) {
                    finding.fix(Fix::new("remove the comma").delete(location.range()))
                } else {
                    finding.help("in a loop: `{% unless forloop.last %},{% endunless %}`")
                }
            });
        }
    }
}
