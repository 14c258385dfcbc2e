//! `trailing-comma`: a comma with nothing after it, on some way that the content may be rendered.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::SyntaxIssue;
use crate::diagnostics::{Fix, Severity};

pub(super) const RULE: Rule =
    Rule::new("trailing-comma", Severity::Warning, include_str!("../../docs/rules/trailing-comma.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for slip in &facts.content.issues {
        if let SyntaxIssue::TrailingComma(span) = slip {
            let location = facts.in_content(*span);
            // Rendering says the same of those that it comes to.
            findings.add(location.clone(), "no comma belongs here", "nothing comes after this comma", |finding| {
                let finding =
                    finding.help("JSON allows no comma before a closing bracket; Customer.io's own example has one");
                if location.text() == "," && facts.is_last_on_every_way(*span) {
                    finding.fix(Fix::new("remove the comma").delete(location.range()))
                } else {
                    finding.help("in a loop: `{% unless forloop.last %},{% endunless %}`")
                }
            });
        }
    }
}
