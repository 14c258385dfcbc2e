//! `ambiguous-escape`: nobody knows for certain what `escape` does at Customer.io.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::each_value;
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("ambiguous-escape", Severity::Warning, include_str!("../../docs/rules/ambiguous-escape.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, _| {
            for filter in value.filters {
                if filter.name == "escape" {
                    let message = "Customer.io's documentation and its deliveries differ on what `escape` does";
                    findings.add(facts.location(at, filter.span), "HTML entities, or percent signs", message, |finding| {
                        finding.help("for a URL use `url_encode`, for HTML `xml_escape`; an inbox message mostly needs neither")
                    });
                }
            }
        });
    }
}
