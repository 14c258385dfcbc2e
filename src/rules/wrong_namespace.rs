//! `wrong-namespace`: variables that are always empty in a transactional message.

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::Severity;
use crate::liquid::syntax::variables::read_by;
use crate::message::NULL_NAMESPACES;

pub(super) const RULE: Rule =
    Rule::new("wrong-namespace", Severity::Warning, include_str!("../../docs/rules/wrong-namespace.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        for variable in read_by(text.liquid.nodes) {
            let Some(name) = variable.name.filter(|name| NULL_NAMESPACES.contains(name)) else { continue };
            let message = format!("`{name}` is empty in a transactional message");
            findings.add(facts.location(at, variable.span), "prints nothing", message, |finding| {
                finding.help("read the request's `message_data` with `trigger`")
            });
        }
    }
}
