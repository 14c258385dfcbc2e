//! `deprecated-filter`: filters that Customer.io has replaced.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::each_value;
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("deprecated-filter", Severity::Warning, include_str!("../../docs/rules/deprecated-filter.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, _| {
            for filter in value.filters {
                if let Some(instead) = filter.filter.and_then(|row| row.deprecated) {
                    let message = format!("the filter `{}` is deprecated", filter.name);
                    findings.add(facts.location(at, filter.span), "", message, |finding| {
                        finding.help(format!("use {instead}"))
                    });
                }
            }
        });
    }
}
