//! `default-too-late`: `default` after another filter rescues nothing.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Outcome, Purpose, Read, each_value};
use crate::diagnostics::{Fix, Severity};
use crate::liquid::tree::Step;

pub(super) const RULE: Rule =
    Rule::new("default-too-late", Severity::Error, include_str!("../../docs/rules/default-too-late.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, purpose| {
            let [Step::Operand(operand)] = value.expression.steps else { return };
            let Some(default) = value.filters.iter().skip(1).find(|filter| filter.name == "default") else { return };
            let fails =
                |read: &Read<'_>| read.text == at && read.span == operand.span && read.outcome >= Outcome::MayFail;
            if purpose != Purpose::Printed || value.has_default_first() || !facts.needs.reads.iter().any(fails) {
                return;
            }
            let first = value.filters[0];
            let message = format!("`default` comes after `{}`, too late: what is missing fails before", first.name);
            let operand = facts.location(at, operand.span);
            findings.add(
                facts.location(at, default.span),
                "never reached where the variable is missing",
                message,
                |finding| {
                    let finding =
                        finding.secondary(operand.clone(), "fails where it is missing").help("put `default` first");
                    // Filters that make texts of everything make nothing of nothing.
                    if text.is_content && value.filters.iter().all(|filter| TEXT_FILTERS.contains(&filter.name)) {
                        let fix = Fix::new("let nothing stand in for it until `default` comes");
                        return finding.fix(fix.insert(operand.range().end, " | default: \"\", allow_false: true"));
                    }
                    finding
                },
            );
        });
    }
}

/// Filters that make a text of what they get, the empty one of nothing.
const TEXT_FILTERS: [&str; 6] = ["upcase", "downcase", "capitalize", "strip", "escape", "default"];
