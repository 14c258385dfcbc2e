//! `suspicious-comparison`: a comparison whose result is rarely the intended one.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::each_value;
use crate::diagnostics::Severity;
use crate::liquid::syntax::tree::{OperandKind, Segment, SegmentKey, Step};
use crate::liquid::value::operators::Operator;
use crate::liquid::{Span, Value};

pub(super) const RULE: Rule =
    Rule::new("suspicious-comparison", Severity::Warning, include_str!("../../docs/rules/suspicious-comparison.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, _| {
            for steps in value.expression.steps.windows(3) {
                let [Step::Operand(left), Step::Operand(right), Step::Operator(operator, _)] = steps else { continue };
                let ((OperandKind::Path { base: None, segments: path }, OperandKind::Literal(literal))
                | (OperandKind::Literal(literal), OperandKind::Path { base: None, segments: path })) =
                    (left.kind, right.kind)
                else {
                    continue;
                };
                if let Some((message, help)) = suspicion(path, *operator, literal) {
                    let span = Span::new(left.span.start.min(right.span.start), left.span.end.max(right.span.end));
                    findings.add(facts.location(at, span), "", message, |finding| finding.help(help));
                }
            }
        });
    }
}

/// What is suspicious about a comparison, and what to do.
fn suspicion(path: &[Segment<'_>], operator: Operator, literal: Value<'_>) -> Option<(&'static str, &'static str)> {
    let name = |segment: &Segment<'_>| match segment.key {
        SegmentKey::Name(name) => Some(name.to_owned()),
        SegmentKey::Computed(_) => None,
    };
    let (first, last) = (path.first().and_then(name)?, path.last().and_then(name)?);
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    match literal {
        Value::String("true" | "false") if is_equality && first != "customer" => Some((
            "this compares with a string: `true` and `\"true\"` are not equal",
            "write `true` or `false` without quotes",
        )),
        Value::Number(zero) if zero == 0.0 && is_equality && last == "size" => Some((
            "the size of a missing list is not 0",
            "compare the list with `blank`, which is true if it is missing or empty",
        )),
        Value::Number(_) if is_equality && first == "customer" && last != "size" => Some((
            "customer attributes are strings: `\"5\"` and `5` are not equal",
            "convert it to a number first: `{% assign n = customer.… | plus: 0 %}`, or compare with a string",
        )),
        _ => None,
    }
}
