//! `wrong-filter-arguments`: a filter gets too few or too many arguments.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::each_value;
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("wrong-filter-arguments", Severity::Warning, include_str!("../../docs/rules/wrong-filter-arguments.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, _| {
            for filter in value.filters {
                let positional = filter.arguments.iter().filter(|argument| argument.key.is_none()).count();
                let Some((_, least, most)) = ARGUMENTS.iter().find(|(name, ..)| *name == filter.name) else { continue };
                if (*least..=*most).contains(&positional) {
                    continue;
                }
                let expected = match (least, most) {
                    (0, 0) => "no argument".to_owned(),
                    (1, 1) => "one argument".to_owned(),
                    (least, most) if least == most => format!("{least} arguments"),
                    (least, most) => format!("{least} to {most} arguments"),
                };
                let message = format!("`{}` takes {expected}, not {positional}", filter.name);
                findings.add(facts.location(at, filter.span), "", message, |finding| finding);
            }
        });
    }
}

/// Filters, and how many arguments they take at least and at most; those that this is certain of.
const ARGUMENTS: [(&str, usize, usize); 36] = [
    ("abs", 0, 0),
    ("append", 1, 1),
    ("at_least", 1, 1),
    ("at_most", 1, 1),
    ("capitalize", 0, 0),
    ("ceil", 0, 0),
    ("concat", 1, 1),
    ("currency", 0, 2),
    ("default", 1, 1),
    ("divided_by", 1, 2),
    ("downcase", 0, 0),
    ("escape", 0, 0),
    ("first", 0, 0),
    ("floor", 0, 0),
    ("join", 0, 1),
    ("json", 0, 1),
    ("last", 0, 0),
    ("limit", 1, 1),
    ("map", 1, 1),
    ("minus", 1, 1),
    ("modulo", 1, 1),
    ("plus", 1, 1),
    ("prepend", 1, 1),
    ("remove", 1, 1),
    ("replace", 2, 2),
    ("reverse", 0, 0),
    ("round", 0, 1),
    ("size", 0, 0),
    ("slice", 1, 2),
    ("split", 1, 1),
    ("strip", 0, 0),
    ("times", 1, 1),
    ("truncate", 0, 2),
    ("uniq", 0, 0),
    ("upcase", 0, 0),
    ("where", 1, 2),
];
