//! `not-liquid`: something in the syntax of another language, which Liquid ignores or prints as it is.

use super::{Findings, Rule, TemplateFacts, undefined_variable};
use crate::diagnostics::{Diagnostic, Diagnostics, Fix, Severity};
use crate::message::TextPlace;

pub(super) const RULE: Rule =
    Rule::new("not-liquid", Severity::Warning, include_str!("../../docs/rules/not-liquid.md"))
        .found_by(check)
        .latest_only();

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (text, mistake) in &facts.ignored {
        let location = facts.location(*text, mistake.span);
        findings.add(location, "", mistake.message.as_str(), |finding| {
            let finding = mistake
                .others
                .iter()
                .fold(finding, |finding, (span, label)| finding.secondary(facts.location(*text, *span), *label));
            // Within an escaped text, the place of an edit is unknown.
            let is_known = facts.texts.get(*text).is_some_and(|text| matches!(text.place, TextPlace::Verbatim(_)));
            if !mistake.is_fix || !is_known {
                return if mistake.help.is_empty() { finding } else { finding.help(mistake.help.as_str()) };
            }
            let edits = mistake.edits.iter().map(|(span, new)| (facts.location(*text, *span).range(), new));
            finding
                .fix(edits.fold(Fix::new(mistake.help.as_str()), |fix, (range, new)| fix.replace(range, new.as_str())))
        });
    }
}

/// Rules that report what is not Liquid as a variable, or what it prints.
const CONSEQUENCES: [&str; 4] = ["undefined-variable", "missing-data", "render-error", "printed-object"];

/// Removes the findings that are consequences of a finding of this rule, or of two names with a space between them.
pub(super) fn without_consequences(found: Diagnostics, facts: &TemplateFacts<'_>) -> Diagnostics {
    let found = without(found, |finding| finding.code == RULE.code, facts);
    without(found, has_two_names, facts)
}

/// Removes the consequences of some findings. If one of them is an error, its cause becomes one: the message fails because
/// of it.
fn without(found: Diagnostics, is_cause: fn(&Diagnostic) -> bool, facts: &TemplateFacts<'_>) -> Diagnostics {
    let (mut own, others): (Vec<Diagnostic>, Vec<Diagnostic>) = found.into_iter().partition(is_cause);
    let overlaps = |own: &Diagnostic, finding: &Diagnostic| {
        let Some(location) = finding.location() else { return false };
        let range = location.range();
        let labels = own.labels().map(|label| (label.location.source().name(), label.location.range()));
        let file = own.location().map_or("", |location| location.source().name());
        let root = location.text().split(['.', '[']).next().unwrap_or_default();
        let undefines = facts.ignored.iter().any(|(text, mistake)| {
            mistake.undefined.iter().any(|name| name == root)
                && own.location() == Some(&facts.location(*text, mistake.span))
        });
        if undefines {
            return true;
        }
        let edits = own.fix.iter().flat_map(|fix| &fix.edits).map(|edit| (file, edit.range.clone()));
        labels
            .chain(edits)
            .any(|(name, own)| name == location.source().name() && own.start < range.end && range.start < own.end)
    };
    let mut kept = Vec::with_capacity(others.len());
    for finding in others {
        let is_candidate = CONSEQUENCES.contains(&finding.code.as_str());
        match own.iter_mut().find(|own| is_candidate && overlaps(own, &finding)) {
            Some(cause) if finding.severity == Severity::Error => cause.severity = Severity::Error,
            Some(_) => {}
            None => kept.push(finding),
        }
    }
    kept.into_iter().chain(own).collect()
}

/// Whether a finding is about two names with a space between them, of which other rules report the first.
fn has_two_names(finding: &Diagnostic) -> bool {
    finding.code == undefined_variable::RULE.code && finding.location().is_some_and(|place| place.text().contains(' '))
}
