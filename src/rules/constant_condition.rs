//! `constant-condition`: a condition that is the same for every message, because it reads no data, or a string that is
//! always true.

use std::collections::HashSet;

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Purpose, each_value};
use crate::customerio::Version;
use crate::diagnostics::Severity;
use crate::liquid::syntax::tree::{FilteredValue, Operand, OperandKind, Step};
use crate::liquid::{PartId, Sorts, Value};

pub(super) const RULE: Rule =
    Rule::new("constant-condition", Severity::Warning, include_str!("../../docs/rules/constant-condition.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let compared = compared_with_strings(facts);
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, purpose| {
            if purpose == Purpose::Condition && is_constant(value) {
                let message = "the condition is the same for every message: it does not read any data";
                findings.add(facts.location(at, value.span), "always the same", message, |finding| finding);
            }
            for step in value.expression.steps {
                let Step::Operand(operand) = step else { continue };
                let written = &text.liquid.source[operand.span.start..operand.span.end];
                let Some(message) = false_string(facts, step, operand, written) else { continue };
                // A condition that also compares it knows that it is a string.
                if compared.contains(written) {
                    continue;
                }
                findings.add(facts.location(at, operand.span), "true, as every string", message, |finding| {
                    finding.help(format!("compare it: `{written} == \"true\"`, or send `false` without quotes"))
                });
            }
        });
    }
}

fn is_constant(value: &FilteredValue<'_>) -> bool {
    let is_literal = |step: &Step<'_>| match step {
        Step::Operand(operand) => matches!(operand.kind, OperandKind::Literal(_)),
        Step::Operator(..) => true,
    };
    let steps = value.expression.steps;
    !steps.is_empty() && steps.iter().all(is_literal) && value.filters.is_empty()
}

/// That an operand which decides is the string `false`, which is true.
fn false_string(facts: &TemplateFacts<'_>, step: &Step<'_>, operand: &Operand<'_>, written: &str) -> Option<String> {
    if matches!(operand.kind, OperandKind::Literal(_)) || facts.version() == Some(Version::Legacy) {
        return None;
    }
    let id = PartId::of_step(step);
    let flags = Sorts::TRUE.or(Sorts::FALSE);
    let in_cases = facts.cases.iter().filter_map(|case| case.trace.observations.deciding(id));
    let all = in_cases.fold(Sorts::default(), Sorts::or);
    let is_false = |sorts: Sorts| sorts.has_any(Sorts::FALSE);
    let case = facts.cases.iter().find(|case| case.trace.observations.deciding(id).is_some_and(is_false));
    if let Some(case) = case {
        let may_be = flags.or(Sorts::BOOLEAN).or(Sorts::NOTHING);
        let message = format!("`{written}` is the string `\"false\"` in `{}`, which counts as true", case.name);
        return all.are_within(may_be).then_some(message);
    }
    // A schema may allow nothing else.
    let is_flag = facts.observed.deciding(id).is_some_and(|sorts| is_false(sorts) && sorts.are_within(flags));
    is_flag.then(|| format!("`{written}` may be the string `\"false\"`, which counts as true"))
}

/// The operands that are compared with `"true"` or `"false"` somewhere, as they are written.
fn compared_with_strings<'f>(facts: &TemplateFacts<'f>) -> HashSet<&'f str> {
    let mut found = HashSet::new();
    for text in &facts.texts {
        let source = text.liquid.source;
        each_value(text.liquid.nodes, &mut |_, value, _| {
            for steps in value.expression.steps.windows(3) {
                let [Step::Operand(one), Step::Operand(other), Step::Operator(..)] = steps else { continue };
                for (flag, operand) in [(one, other), (other, one)] {
                    if matches!(flag.kind, OperandKind::Literal(Value::String("true" | "false"))) {
                        found.insert(&source[operand.span.start..operand.span.end]);
                    }
                }
            }
        });
    }
    found
}
