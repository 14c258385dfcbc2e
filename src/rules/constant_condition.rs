//! `constant-condition`: a condition that does not depend on data.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Purpose, each_value};
use crate::diagnostics::Severity;
use crate::liquid::syntax::tree::{OperandKind, Step};

pub(super) const RULE: Rule =
    Rule::new("constant-condition", Severity::Warning, include_str!("../../docs/rules/constant-condition.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, purpose| {
            let is_literal = |step: &Step<'_>| match step {
                Step::Operand(operand) => matches!(operand.kind, OperandKind::Literal(_)),
                Step::Operator(..) => true,
            };
            let steps = value.expression.steps;
            let is_constant = !steps.is_empty() && steps.iter().all(is_literal) && value.filters.is_empty();
            if purpose == Purpose::Condition && is_constant {
                let message = "the condition is the same for every message: it does not read any data";
                findings.add(facts.location(at, value.span), "always the same", message, |finding| finding);
            }
        });
    }
}
