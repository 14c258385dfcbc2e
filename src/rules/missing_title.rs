//! `missing-title`: a message without a title.

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("missing-title", Severity::Warning, include_str!("../../docs/rules/missing-title.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    super::property::check("title", facts, findings);
}
