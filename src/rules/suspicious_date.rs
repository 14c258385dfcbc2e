//! `suspicious-date`: a date that is printed otherwise than it is meant: milliseconds are taken for seconds, or the format
//! has directives that do not exist.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{each_value, prints};
use crate::customerio::CUSTOMERIO;
use crate::diagnostics::Severity;
use crate::liquid::date::{FormatPart, format_parts};
use crate::liquid::row::Kind;
use crate::liquid::syntax::tree::{FilterCall, Operand, OperandKind};
use crate::liquid::{PartId, Value};

pub(super) const RULE: Rule =
    Rule::new("suspicious-date", Severity::Warning, include_str!("../../docs/rules/suspicious-date.md"))
        .found_by(check)
        .latest_only();

/// What directives of other languages print, with those of Liquid.
const DIRECTIVES: [(&str, &str); 9] = [
    ("%F", "%Y-%m-%d"),
    ("%D", "%m/%d/%y"),
    ("%T", "%H:%M:%S"),
    ("%R", "%H:%M"),
    ("%r", "%I:%M:%S %p"),
    ("%v", "%e-%b-%Y"),
    ("%i", "%M"),
    ("%G", "%Y"),
    ("%f", "%L"),
];

/// The letters of formats in other languages, the longest first, each with the directive that is meant.
const LETTERS: [(&str, &str); 18] = [
    ("YYYY", "%Y"),
    ("yyyy", "%Y"),
    ("MMMM", "%B"),
    ("dddd", "%A"),
    ("EEEE", "%A"),
    ("MMM", "%b"),
    ("ddd", "%a"),
    ("EEE", "%a"),
    ("SSS", "%L"),
    ("YY", "%y"),
    ("yy", "%y"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("dd", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("mm", "%M"),
    ("ss", "%S"),
];

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        let source = text.liquid.source;
        each_value(text.liquid.nodes, &mut |_, value, _| {
            for (index, call) in value.filters.iter().enumerate() {
                if call.filter.is_none_or(|filter| filter.input != Kind::Date) {
                    continue;
                }
                if let Some((case, number)) = milliseconds(facts, call) {
                    let input = match index {
                        0 => source[value.span.start..call.span.start].trim().trim_end_matches('|').trim(),
                        _ => "…",
                    };
                    let year = prints(&CUSTOMERIO, "date | date: '%Y'", &["date"], Some(&number.to_string()));
                    let message = format!(
                        "`{}` takes {number} for seconds in `{case}`: a date in the year {}",
                        call.name,
                        year.unwrap_or_default()
                    );
                    findings.add(facts.location(at, call.span), "these are milliseconds", message, |finding| {
                        finding.help(format!("divide by 1000 first: `{input} | divided_by: 1000 | {} …`", call.name))
                    });
                }
                if let Some((operand, format)) = format_of(call)
                    && let Some(problem) = Problem::of(format)
                {
                    let location = facts.location(at, operand.span);
                    findings.add(location, problem.label, problem.message, |finding| finding.help(problem.help));
                }
            }
        });
    }
}

/// The first request in which a filter takes milliseconds for seconds, and their number.
fn milliseconds<'f>(facts: &'f TemplateFacts<'_>, call: &FilterCall<'_>) -> Option<(&'f str, f64)> {
    facts
        .cases
        .iter()
        .find_map(|case| Some((case.name.as_str(), case.trace.observations.milliseconds(PartId::of_filter(call))?)))
}

/// The format of a filter, if it takes one, and it is written there.
fn format_of<'a>(call: &FilterCall<'a>) -> Option<(Operand<'a>, &'a str)> {
    let takes_format = call.filter?.arguments.first().is_some_and(|argument| argument.name == "format");
    let argument = call.arguments.first().filter(|argument| takes_format && argument.key.is_none())?;
    match argument.value? {
        operand @ Operand { kind: OperandKind::Literal(Value::String(format)), .. } => Some((operand, format)),
        _ => None,
    }
}

/// What is wrong with a format.
struct Problem {
    message: String,
    label: &'static str,
    help: String,
}

impl Problem {
    fn of(format: &str) -> Option<Self> {
        let parts = format_parts(format);
        let unknown = parts.iter().find_map(|part| match part {
            FormatPart::Directive(directive, false) => Some(*directive),
            _ => None,
        });
        if let Some(unknown) = unknown {
            let meant = DIRECTIVES.iter().find(|(directive, _)| *directive == unknown);
            return Some(Self {
                message: format!("`date` has no directive `{unknown}`: it is printed as it is"),
                label: "unknown directive",
                help: match meant {
                    Some((_, meant)) => format!("write `{meant}`"),
                    None => "`inkproof explain date` shows examples of formats".to_owned(),
                },
            });
        }
        let translated = translated(&parts);
        let has_directive = parts.iter().any(|part| matches!(part, FormatPart::Directive(..)));
        if has_directive && translated.is_none() || format.trim().is_empty() {
            return None;
        }
        let what = if has_directive { "parts of this format have no `%`" } else { "this format has no directive" };
        Some(Self {
            message: format!("{what}: `{format}` is printed as it is, for every date"),
            label: "directives begin with `%`",
            help: match translated {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "a format has directives, such as `%Y-%m-%d`".to_owned(),
            },
        })
    }
}

/// The format with the letters of other languages as directives; `None` if it has none of them.
fn translated(parts: &[FormatPart<'_>]) -> Option<String> {
    let mut meant = String::new();
    let mut is_changed = false;
    for part in parts {
        let text = match part {
            FormatPart::Directive(directive, _) => {
                meant.push_str(directive);
                continue;
            }
            FormatPart::Text(text) => *text,
        };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_letter = |character: char| character.is_alphabetic() == first.is_alphabetic();
            let run = &rest[..rest.find(|character| !is_letter(character)).unwrap_or(rest.len())];
            let directive = directive_for(run);
            is_changed |= directive.is_some();
            meant.push_str(directive.as_deref().unwrap_or(run));
            rest = &rest[run.len()..];
        }
    }
    is_changed.then_some(meant)
}

/// The directives for a run of letters of other languages' formats, such as `YYYYMMDD`.
fn directive_for(run: &str) -> Option<String> {
    let (mut rest, mut meant) = (run, String::new());
    while !rest.is_empty() {
        // Between a date and a time.
        if let (false, Some(after)) = (meant.is_empty(), rest.strip_prefix('T')) {
            meant.push('T');
            rest = after;
            continue;
        }
        let (known, directive) = LETTERS.iter().find(|(known, _)| rest.starts_with(known))?;
        meant.push_str(directive);
        rest = &rest[known.len()..];
    }
    Some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_other_languages_are_translated() {
        for (format, expected) in [
            ("YYYY-MM-DD", Some("did you mean `%Y-%m-%d`?")),
            ("YYYY-MM-DDTHH:mm:ss", Some("did you mean `%Y-%m-%dT%H:%M:%S`?")),
            ("dd MMM yyyy", Some("did you mean `%d %b %Y`?")),
            ("%Y-MM-%d", Some("did you mean `%Y-%m-%d`?")),
            ("long", Some("a format has directives, such as `%Y-%m-%d`")),
            ("%F", Some("write `%Y-%m-%d`")),
            ("%Q", Some("`inkproof explain date` shows examples of formats")),
            ("%Y-%m-%d", None),
            ("%-d. %B um %H Uhr", None),
            ("%d of %B at %l:%M %p, 100%", None),
            ("", None),
            ("%%", None),
        ] {
            assert_eq!(Problem::of(format).map(|problem| problem.help).as_deref(), expected, "{format}");
        }
    }
}
