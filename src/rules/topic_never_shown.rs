//! `topic-never-shown`: a topic that hides a message from every inbox.

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("topic-never-shown", Severity::Warning, include_str!("../../docs/rules/topic-never-shown.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let messages = facts.cases.iter().filter_map(|case| case.rendering.as_ref()?.message.as_ref());
    let mut hidden: Vec<&String> =
        messages.flat_map(|message| &message.topics).filter(|topic| topic.starts_with(HIDDEN)).collect();
    hidden.sort();
    hidden.dedup();
    for topic in hidden {
        let settings = facts.template.settings();
        let span = settings.topics.first().map_or(0..0, |topic| topic.span.clone());
        let message = format!("no inbox shows messages with the topic `{topic}`");
        findings.add(facts.template.source().at(span), "", message, |finding| {
            finding.help(format!("Customer.io's client library hides topics that start with `{HIDDEN}`"))
        });
    }
}

/// The prefix of topics whose messages Customer.io's client library hides.
const HIDDEN: &str = "_cio";
