//! `unused-data`: a request sends data that its template never reads.

use super::{Findings, Rule, TemplateFacts};
use std::collections::BTreeMap;

use crate::diagnostics::Severity;

pub(super) const RULE: Rule =
    Rule::new("unused-data", Severity::Info, include_str!("../../docs/rules/unused-data.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let mut unused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in &facts.cases {
        for place in &case.unused {
            unused.entry(place).or_default().push(&case.name);
        }
    }
    for (place, cases) in unused {
        let cases: Vec<_> = cases.into_iter().map(|case| format!("`{case}`")).collect();
        let message = format!("the template never reads `{place}`, which is sent by {}", cases.join(", "));
        findings.add(facts.content_start(), "", message, |finding| {
            finding.help("remove it from the request, or use it in the template")
        });
    }
}
