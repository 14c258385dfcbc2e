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
                let Some(row) = filter.filter else { continue };
                let (least, most) = row.positional();
                if (least..=most).contains(&positional) {
                    continue;
                }
                let expected = match (least, most) {
                    (0, 0) => "no argument".to_owned(),
                    (0, 1) => "at most one argument".to_owned(),
                    (1, 1) => "one argument".to_owned(),
                    (0, most) => format!("at most {most} arguments"),
                    (least, most) if least == most => format!("{least} arguments"),
                    (least, most) => format!("{least} to {most} arguments"),
                };
                let message = format!("`{}` takes {expected}, not {positional}", filter.name);
                findings.add(facts.location(at, filter.span), "", message, |finding| {
                    finding.help(format!("write `{}`", row.signature()))
                });
            }
        });
    }
}
