//! `differs-after-upgrade`: something in a legacy template that the latest Liquid treats differently.

use super::{Findings, Rule, TemplateFacts};
use crate::customerio::{Version, version_of};
use crate::diagnostics::{Fix, Severity};
use crate::upgrade::uses;

pub(super) const RULE: Rule =
    Rule::new("differs-after-upgrade", Severity::Info, include_str!("../../docs/rules/differs-after-upgrade.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        if version_of(text.liquid.language) != Some(Version::Legacy) {
            continue;
        }
        for found in uses(&text.liquid) {
            // In a setting, offsets in the string are not offsets in the file.
            let fix = found.fix.filter(|_| text.is_content).map(|fix| {
                let start = text.place.range(None).start;
                fix.edits.iter().fold(Fix::new(fix.title.clone()), |moved, edit| {
                    moved.replace(start + edit.range.start..start + edit.range.end, edit.text.as_str())
                })
            });
            findings.add(facts.location(at, found.span), "", found.message, |finding| match fix {
                Some(fix) => finding.fix(fix),
                None => finding,
            });
        }
    }
}
