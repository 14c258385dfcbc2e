//! Uses of features that are documented to differ between the two versions of Liquid, found without rendering.

use crate::analysis::each_value;
use crate::customerio::legacy;
use crate::diagnostics::Fix;
use crate::liquid::row::Differs;
use crate::liquid::syntax::tree::{FilterCall, FilteredValue, NodeKind, OperandKind, Step};
use crate::liquid::syntax::visit::all_nodes;
use crate::liquid::{Span, Template, Value};

/// An expression in a legacy template that means something else in the latest Liquid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its span in the text.
    pub span: Span,
    /// What changes.
    pub message: String,
    /// A rewrite with which both versions print what the legacy version prints now. Its offsets are relative to the text.
    pub fix: Option<Fix>,
}

/// All such uses in a template, in text order.
///
/// ```
/// use inkproof::{customerio::LEGACY, liquid::{Arena, Template}, upgrade::uses};
/// let arena = Arena::new();
/// let template = Template::parse("{{ 7 | divided_by: 2 }}{{ 1 | plus: 2 }}", &LEGACY, &arena).unwrap();
/// let found: Vec<_> = uses(&template).iter().map(|found| found.span.of(template.source)).collect();
/// assert_eq!(found, ["divided_by: 2"]);
/// ```
#[must_use]
pub fn uses(template: &Template<'_>) -> Vec<Use> {
    let mut found = Vec::new();
    each_value(template.nodes, &mut |_, value, _| {
        for at in 0..value.filters.len() {
            found.extend(use_of_filter(value, at));
        }
    });
    for node in all_nodes(template.nodes) {
        if let NodeKind::Tag { name, .. } = node.kind
            && legacy::tags::ALL.iter().any(|tag| tag.name == name)
        {
            let message = format!("the latest Liquid has no tag `{name}`: the template would be rejected");
            let end = node.span.of(template.source).find("%}").map_or(node.span.end, |at| node.span.start + at + 2);
            found.push(Use { span: Span::new(node.span.start, end), message, fix: None });
        }
    }
    found.sort_by_key(|found| found.span.start);
    found
}

fn use_of_filter(value: &FilteredValue<'_>, at: usize) -> Option<Use> {
    let filter = &value.filters[at];
    let found = |message: &str, fix| Some(Use { span: filter.span, message: message.to_owned(), fix });
    if legacy::LATEST_FILTERS.contains(&filter.name) {
        return found(&format!("the legacy Liquid ignores `{0}`; the latest applies it", filter.name), None);
    }
    if let Some(Differs::Always(message)) = filter.filter.map(|row| row.differs) {
        return found(message, None);
    }
    match filter.name {
        name if filter.filter.is_none() => {
            let before = at.checked_sub(1).map_or_else(
                || value.expression.steps.first().map(|step| end_of(*step)),
                |before| Some(value.filters[before].span.end),
            )?;
            let message = format!("there is no filter `{name}`: the legacy Liquid ignores it, the latest rejects it");
            let fix = Fix::new(format!("remove `{name}`")).delete(before..filter.span.end);
            found(&message, Some(fix))
        }
        "divided_by" if !is_fraction(filter) => {
            let message = "the legacy Liquid rounds integer division down; the latest keeps the fraction";
            let fix = is_integer(filter).then(|| Fix::new("round down").insert(filter.span.end, " | floor"));
            let is_rounded = value.filters.get(at + 1).is_some_and(|next| next.name == "floor");
            if is_rounded { None } else { found(message, fix) }
        }
        "times" | "divided_by" | "plus" | "minus" if has_float(filter) => {
            found("the legacy Liquid prints `.0`; the latest omits it", None)
        }
        "timezone" => found(
            "`timezone` is replaced by the second argument of `date`, where a number counts minutes and not hours",
            None,
        ),
        "date"
            if literal_string(filter, 0)
                .is_some_and(|format| ["%F", "%T", "%D", "%R"].iter().any(|d| format.contains(d))) =>
        {
            found("the latest Liquid prints `%F`, `%T`, `%D` and `%R` as they are written", None)
        }
        _ => None,
    }
}

const fn end_of(step: Step<'_>) -> usize {
    match step {
        Step::Operand(operand) => operand.span.end,
        Step::Operator(_, span) => span.end,
    }
}

/// The string literal at the argument `index`.
fn literal_string<'a>(filter: &FilterCall<'a>, index: usize) -> Option<&'a str> {
    match filter.arguments.get(index)?.value?.kind {
        OperandKind::Literal(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn number(filter: &FilterCall<'_>) -> Option<Value<'static>> {
    match filter.arguments.first()?.value?.kind {
        OperandKind::Literal(Value::Number(number)) => Some(Value::Number(number)),
        OperandKind::Literal(Value::Float(number)) => Some(Value::Float(number)),
        _ => None,
    }
}

/// Whether the argument is a number literal with a fraction, for which both versions divide in the same way.
fn is_fraction(filter: &FilterCall<'_>) -> bool {
    match number(filter) {
        Some(Value::Number(number)) => number.fract() != 0.0,
        Some(_) => true,
        None => false,
    }
}

fn is_integer(filter: &FilterCall<'_>) -> bool {
    matches!(number(filter), Some(Value::Number(number)) if number.fract() == 0.0)
}

fn has_float(filter: &FilterCall<'_>) -> bool {
    matches!(number(filter), Some(Value::Float(_)))
}
