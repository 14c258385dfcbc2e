//! `wrong-namespace`: variables that are always empty in a transactional message.

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::{Fix, Severity};
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
            let location = facts.location(at, variable.span);
            let rest = location.text().strip_prefix(name).unwrap_or_default();
            let meant = format!("trigger{rest}");
            let is_sent = facts.cases.iter().any(|case| case.has(&meant));
            findings.add(location.clone(), "prints nothing", message, |finding| {
                let start = location.range().start;
                if is_sent {
                    return finding
                        .fix(Fix::new(format!("read `{meant}`")).replace(start..start + name.len(), "trigger"));
                }
                finding.help("read the request's `message_data` with `trigger`")
            });
        }
    }
}
