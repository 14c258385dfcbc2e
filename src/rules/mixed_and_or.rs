//! `mixed-and-or`: a condition whose result depends on the order in which `and` and `or` are evaluated.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{MixedCondition, each_value};
use crate::diagnostics::Severity;
use crate::liquid::Span;

pub(super) const RULE: Rule =
    Rule::new("mixed-and-or", Severity::Warning, include_str!("../../docs/rules/mixed-and-or.md")).found_by(check);

/// How many terms a message shows.
const MAX_TERMS: usize = 6;

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, _| {
            let Some(mixed) = MixedCondition::from_steps(value.expression.steps) else { return };
            let case = facts.cases.iter().find(|case| case.trace.observations.is_regrouped(mixed.id));
            // Where no data makes a difference, it is no mistake.
            if case.is_none() && !facts.observed.is_regrouped(mixed.id) {
                return;
            }
            let written = |span: &Span| text.liquid.source[span.start..span.end].trim().to_owned();
            let terms: Vec<_> = mixed.terms.iter().map(written).collect();
            let is_short = terms.len() <= MAX_TERMS;
            let message = if is_short {
                format!("Liquid evaluates `and` and `or` from right to left: this is `{}`", from_right(&terms, &mixed))
            } else {
                "Liquid evaluates `and` and `or` from right to left".to_owned()
            };
            let groups: Vec<Vec<_>> =
                mixed.usual_groups().into_iter().map(|group| group.iter().map(written).collect()).collect();
            let span = Span::new(mixed.terms[0].start, mixed.terms[mixed.terms.len() - 1].end);
            findings.add(facts.location(at, span), "`and` does not come first", message, |finding| {
                let finding = match case {
                    Some(case) if is_short => {
                        finding.note(format!("the result of `{}` would be another in `{}`", usual(&groups), case.name))
                    }
                    Some(case) => finding.note(format!("it makes a difference in `{}`", case.name)),
                    None => finding,
                };
                match reordered(&groups).filter(|_| is_short) {
                    Some(reordered) => finding.help(format!(
                        "if `{}` is meant, write `{reordered}`; otherwise use an `if` within another",
                        usual(&groups)
                    )),
                    None => finding.help("use an `if` within another, or assign a part of the condition to a variable"),
                }
            });
        });
    }
}

/// The condition as Liquid evaluates it.
fn from_right(terms: &[String], mixed: &MixedCondition) -> String {
    let mut text = terms.last().cloned().unwrap_or_default();
    for (at, is_or) in mixed.is_or.iter().enumerate().rev() {
        let is_inner = at + 1 < mixed.is_or.len() && mixed.is_or[at + 1] != *is_or;
        let operator = if *is_or { "or" } else { "and" };
        let right = if is_inner { format!("({text})") } else { text };
        text = format!("{} {operator} {right}", terms[at]);
    }
    text
}

/// The condition by the usual precedence, in which `and` comes first.
fn usual(groups: &[Vec<String>]) -> String {
    let group = |group: &Vec<String>| match &group[..] {
        [only] => only.clone(),
        all => format!("({})", all.join(" and ")),
    };
    groups.iter().map(group).collect::<Vec<_>>().join(" or ")
}

/// The same in an order in which Liquid evaluates it so: what `and` combines comes last, if it is only one.
fn reordered(groups: &[Vec<String>]) -> Option<String> {
    let (single, combined): (Vec<_>, Vec<_>) = groups.iter().partition(|group| group.len() == 1);
    let [combined] = combined[..] else { return None };
    let single = single.into_iter().map(|group| group[0].clone());
    Some(single.chain([combined.join(" and ")]).collect::<Vec<_>>().join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_reordered_if_one_part_of_it_combines() {
        for (groups, meant, expected) in [
            (&["a b", "c"][..], "(a and b) or c", Some("c or a and b")),
            (&["a", "b c", "d"], "a or (b and c) or d", Some("a or d or b and c")),
            (&["a b", "c d"], "(a and b) or (c and d)", None),
        ] {
            let groups: Vec<Vec<_>> =
                groups.iter().map(|group| group.split(' ').map(str::to_owned).collect()).collect();
            assert_eq!(usual(&groups), meant);
            assert_eq!(reordered(&groups).as_deref(), expected);
        }
    }
}
