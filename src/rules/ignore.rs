//! Ignores: findings that a template says are not to be minded, in its settings or in a comment.

use std::ops::Range;

use super::rule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::message::Template;

const UNUSED_IGNORE: Code = Code::new("unused-ignore");
const UNKNOWN_RULE: Code = Code::new("unknown-rule");

/// What begins an ignore in a comment: `{% comment %}inkproof-ignore: rule, rule{% endcomment %}`.
const MARK: &str = "inkproof-ignore:";

/// A rule that a template does not mind.
#[derive(Clone, Debug)]
struct Ignore {
    code: String,
    /// Where that stands in the file.
    span: Range<usize>,
}

/// All that a template does not mind.
fn ignores(template: &Template) -> Vec<Ignore> {
    let settings = template.settings().ignore.iter();
    let mut ignores: Vec<_> =
        settings.map(|setting| Ignore { code: setting.value.clone(), span: setting.span.clone() }).collect();
    let start = template.content_start();
    for (at, _) in template.content().match_indices(MARK) {
        let rest = &template.content()[at + MARK.len()..];
        let end = [rest.find("{%"), rest.find("%}"), rest.find('\n')].into_iter().flatten().min().unwrap_or(rest.len());
        let mut offset = start + at + MARK.len();
        for word in rest[..end].split_inclusive([',', ' ']) {
            let code = word.trim_matches([',', ' ', '-']);
            if !code.is_empty() {
                let from = offset + word.find(code).unwrap_or(0);
                ignores.push(Ignore { code: code.to_owned(), span: from..from + code.len() });
            }
            offset += word.len();
        }
    }
    ignores
}

/// Takes out what the template does not mind, and adds what is wrong with saying so.
pub(super) fn apply(template: &Template, findings: Diagnostics) -> Diagnostics {
    let ignores = ignores(template);
    let name = template.source().name();
    let is_ignored = |finding: &Diagnostic| {
        let here = finding.location().is_none_or(|location| location.source().name() == name);
        here && ignores.iter().any(|ignore| ignore.code == finding.code.as_str())
    };
    let (hidden, kept): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_ignored);
    let mut kept: Diagnostics = kept.into_iter().collect();
    for ignore in &ignores {
        let location = template.source().at(ignore.span.clone());
        if rule(&ignore.code).is_none() {
            let message = format!("there is no rule `{}`", ignore.code);
            let finding = Diagnostic::error(UNKNOWN_RULE, message).at(location);
            kept.push(finding.suggest(&ignore.code, super::RULES.iter().map(|rule| rule.code.as_str())));
        } else if !hidden.iter().any(|finding| finding.code.as_str() == ignore.code) {
            let message = format!("nothing here is found by `{}`", ignore.code);
            kept.push(
                Diagnostic::warning(UNUSED_IGNORE, message).primary(location, "ignores nothing").help("remove it"),
            );
        }
    }
    kept
}
