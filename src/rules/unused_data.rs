//! `unused-data`: a request sends data that its template never reads.

use std::collections::BTreeMap;

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::{Location, Severity};

pub(super) const RULE: Rule =
    Rule::new("unused-data", Severity::Info, include_str!("../../docs/rules/unused-data.md")).found_by(check);

/// The requests that send a path, and its key in the first of them.
#[derive(Default)]
struct Senders<'f> {
    names: Vec<&'f str>,
    key: Option<&'f Location>,
}

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let mut unused: BTreeMap<&str, Senders<'_>> = BTreeMap::new();
    for case in &facts.cases {
        // What is probably meant by a misspelled name is reported there.
        let is_meant = |path: &str| facts.misspellings.iter().any(|misspelling| misspelling.meant == path);
        for found in case.unused_in_every_language.iter().filter(|found| !is_meant(&found.path)) {
            let senders = unused.entry(&found.path).or_default();
            senders.names.push(&case.name);
            senders.key = senders.key.or(found.key.as_ref());
        }
    }
    for (path, Senders { names, key }) in unused {
        let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
        let message = format!("the template never reads `{path}`, which is sent by {}", names.join(", "));
        let location = key.cloned().unwrap_or_else(|| facts.content_start());
        findings.add(location, "", message, |finding| {
            finding.help(format!("remove it from the request, or use it in `{}`", facts.template.source().name()))
        });
    }
}
