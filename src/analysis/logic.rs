//! Logic: conditions that combine `and` and `or`, which Liquid evaluates from right to left.

use crate::liquid::syntax::tree::{Step, terms};
use crate::liquid::value::operators::Operator;
use crate::liquid::{PartId, Span};

/// A condition in which `and` comes before `or`, so that `a and b or c` means `a and (b or c)`.
#[derive(Clone, Debug)]
pub struct MixedCondition {
    /// What it is observed as.
    pub id: PartId,
    /// What `and` and `or` combine, in order.
    pub terms: Vec<Span>,
    /// For each operator in order, whether it is `or`.
    pub is_or: Vec<bool>,
}

impl MixedCondition {
    /// The condition of an expression; `None` if the order of evaluation makes no difference, as in `c or a and b`.
    #[must_use]
    pub fn from_steps(steps: &[Step<'_>]) -> Option<Self> {
        let is_or = operators(steps)?;
        let found: Vec<_> = terms(&steps[..steps.len() - is_or.len()]).into_iter().filter_map(span_of).collect();
        let id = PartId::of_step(steps.first()?);
        (found.len() == is_or.len() + 1).then_some(Self { id, terms: found, is_or })
    }

    /// The terms that `and` combines if it binds more tightly than `or`: ranges of the terms.
    #[must_use]
    pub fn usual_groups(&self) -> Vec<&[Span]> {
        let mut groups = Vec::new();
        let mut start = 0;
        for (at, is_or) in self.is_or.iter().enumerate() {
            if *is_or {
                groups.push(&self.terms[start..=at]);
                start = at + 1;
            }
        }
        groups.push(&self.terms[start..]);
        groups
    }
}

/// What the condition of an expression is observed as, if the order of `and` and `or` matters in it.
#[must_use]
pub fn mixed_condition(steps: &[Step<'_>]) -> Option<PartId> {
    operators(steps)?;
    steps.first().map(PartId::of_step)
}

/// The `and` and `or` of an expression in the order in which they are written, each whether it is `or`; `None` unless an
/// `and` comes before an `or`.
fn operators(steps: &[Step<'_>]) -> Option<Vec<bool>> {
    // In postfix order, all come last, the last one first.
    let last = steps.iter().rev().map_while(|step| match step {
        Step::Operator(Operator::And, _) => Some(false),
        Step::Operator(Operator::Or, _) => Some(true),
        _ => None,
    });
    let is_or: Vec<_> = last.collect();
    let first_and = is_or.iter().position(|is_or| !is_or)?;
    is_or[first_and..].contains(&true).then_some(is_or)
}

/// From the start of a term to its end.
fn span_of(term: &[Step<'_>]) -> Option<Span> {
    let spans = term.iter().map(|step| match step {
        Step::Operand(operand) => operand.span,
        Step::Operator(_, span) => *span,
    });
    spans.reduce(|one, other| Span::new(one.start.min(other.start), one.end.max(other.end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::each_value;
    use crate::customerio::CUSTOMERIO;
    use crate::liquid::{Arena, Template};

    #[test]
    fn only_and_before_or_depends_on_the_order() {
        for (condition, expected) in [
            ("a and b or c", Some("a, b | c")),
            ("a == 1 and not b or c and d", Some("a == 1, not b | c, d")),
            ("a or b and c or d", Some("a | b, c | d")),
            ("a or b and c", None),
            ("a and b and c", None),
            ("a", None),
            ("a == b", None),
        ] {
            let source = format!("{{% if {condition} %}}{{% endif %}}");
            let arena = Arena::new();
            let template = Template::parse(&source, &CUSTOMERIO, &arena).unwrap();
            each_value(template.nodes, &mut |_, value, _| {
                let found = MixedCondition::from_steps(value.expression.steps);
                let group = |group: &[Span]| {
                    group.iter().map(|span| &source[span.start..span.end]).collect::<Vec<_>>().join(", ")
                };
                let groups =
                    |mixed: MixedCondition| mixed.usual_groups().into_iter().map(group).collect::<Vec<_>>().join(" | ");
                assert_eq!(found.map(groups).as_deref(), expected, "{condition}");
            });
        }
    }
}
