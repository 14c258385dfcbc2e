//! `ambiguous-escape`: it is not certain what `escape` does at Customer.io.

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
                    findings.add(
                        facts.location(at, filter.span),
                        "HTML entities or percent-encoding",
                        message,
                        |finding| {
                            finding.help(
                                "use `url_encode` for URLs and `xml_escape` for HTML; most inbox messages need neither",
                            )
                        },
                    );
                }
            }
        });
    }
}
