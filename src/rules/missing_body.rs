//! `missing-body`: a message without a body.

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("missing-body", Severity::Warning, include_str!("../../docs/rules/missing-body.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    super::property::check("body", facts, findings);
}
