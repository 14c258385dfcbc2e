//! `wrong-filter-arguments`: a filter gets too few or too many arguments, one with a name that it does not have, or a colon
//! stands where a comma is meant.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::each_value;
use crate::diagnostics::{Fix, Severity, misspelling_of};
use crate::liquid::Span;
use crate::liquid::syntax::tree::{Argument, FilterCall};

pub(super) const RULE: Rule =
    Rule::new("wrong-filter-arguments", Severity::Warning, include_str!("../../docs/rules/wrong-filter-arguments.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        each_value(text.liquid.nodes, &mut |_, value, _| {
            for filter in value.filters {
                for argument in filter.arguments {
                    check_colon(facts, at, argument, findings);
                }
                for argument in filter.arguments {
                    check_name(facts, at, filter, argument, findings);
                }
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

/// Reports `timezone: "…"`, which no filter reads under this name.
fn check_name(
    facts: &TemplateFacts<'_>,
    at: usize,
    filter: &FilterCall<'_>,
    argument: &Argument<'_>,
    findings: &mut Findings,
) {
    let (Some(key), Some(row)) = (argument.key, filter.filter) else { return };
    let names = || row.arguments.iter().filter(|argument| argument.is_named).map(|argument| argument.name);
    if key.starts_with(['"', '\'']) || names().any(|name| name == key) {
        return;
    }
    let message = format!("`{}` has no argument with the name `{key}`", filter.name);
    findings.add(facts.location(at, filter.span), "", message, |finding| match misspelling_of(key, names()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(format!("write `{}`", row.signature())),
    });
}

/// Reports `"…": value`: a string before a colon is taken for the name of an argument, which no filter has.
fn check_colon(facts: &TemplateFacts<'_>, at: usize, argument: &Argument<'_>, findings: &mut Findings) {
    let (Some(key), Some(value)) = (argument.key, argument.value) else { return };
    if !key.starts_with(['"', '\'']) {
        return;
    }
    let source = facts.texts[at].liquid.source;
    let Some(colon) = source[..value.span.start].rfind(':') else { return };
    let location = facts.location(at, Span::new(colon, colon + 1));
    let message = format!("`{key}` is taken for the name of an argument, because a colon follows it");
    findings.add(location.clone(), "a comma is meant", message, |finding| {
        let finding = finding.help("a comma separates the arguments of a filter");
        if !facts.texts[at].is_content {
            return finding;
        }
        let is_spaced = source[colon + 1..].starts_with(char::is_whitespace);
        finding.fix(Fix::new("write a comma").replace(location.range(), if is_spaced { "," } else { ", " }))
    });
}
