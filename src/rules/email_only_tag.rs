//! `email-only-tag`: tags that only make sense in an email.

use super::{Findings, Rule, TemplateFacts};
use crate::customerio::tags::PLATFORM;
use crate::customerio::tags::cio_link::CIO_LINK;
use crate::diagnostics::Severity;
use crate::liquid::syntax::tree::NodeKind;
use crate::liquid::syntax::visit::all_nodes;

pub(super) const RULE: Rule =
    Rule::new("email-only-tag", Severity::Warning, include_str!("../../docs/rules/email-only-tag.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        for node in all_nodes(text.liquid.nodes) {
            let NodeKind::Tag { name, .. } = node.kind else { continue };
            if !is_email_only(name) {
                continue;
            }
            let message = format!("the tag `{name}` only works in emails");
            findings.add(facts.location(at, node.span), "a placeholder is printed here", message, |finding| {
                finding.help("write the URL itself, or send it in `message_data`")
            });
        }
    }
}

fn is_email_only(name: &str) -> bool {
    name == CIO_LINK.name || PLATFORM.iter().any(|tag| tag.definition.name == name && tag.is_email_only)
}
