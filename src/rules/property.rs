//! The check of `missing-title` and `missing-body`: properties that every inbox shows.

use serde_json::Value;

use super::{Findings, TemplateFacts};

/// Finds messages without the property, or with a blank one.
pub(super) fn check(name: &str, facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for case in &facts.cases {
        let Some(message) = case.rendering.as_ref().and_then(|rendering| rendering.message.as_ref()) else { continue };
        let trouble = match message.properties.get(name) {
            None => "has no",
            Some(Value::Null) => "has null as its",
            Some(Value::String(text)) if text.trim().is_empty() => "has an empty",
            Some(_) => continue,
        };
        let message = format!("the message of `{}` {trouble} `{name}`", case.name);
        findings.add(facts.content_start(), "", message, |finding| {
            finding.help("inboxes show `title` and `body`, unless your own inbox reads other properties")
        });
    }
}
