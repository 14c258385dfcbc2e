//! `printed-object`: an object, or a list of objects, is printed as `[object Object]`.

use std::collections::HashSet;

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("printed-object", Severity::Warning, include_str!("../../docs/rules/printed-object.md"))
        .found_by(check)
        .latest_only();

/// What JavaScript prints for an object.
const OBJECT: &str = "[object Object]";

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let mut reported = HashSet::new();
    for case in &facts.cases {
        // If the message is lost, that is reported.
        let Some(rendering) = case.rendering.as_ref().filter(|rendering| rendering.message.is_some()) else { continue };
        // A string of the data may contain it, too.
        if case.sends_object_text {
            continue;
        }
        for range in rendering.text.writers_of(OBJECT) {
            if !reported.insert((range.start, range.end)) {
                continue;
            }
            let message = format!("an object is printed as `{OBJECT}` in `{}`", case.name);
            findings.add(facts.template.source().at(range), "an object, or a list of objects", message, |finding| {
                finding.help("print one of its values, such as `….name`, or all of it as JSON with the filter `json`")
            });
        }
    }
}
