//! `undefined-variable`: variables that no message can have.

use std::collections::HashSet;

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::MissingBehavior;
use crate::diagnostics::{Fix, Severity};
use crate::message::{NAMES, SENT_NAMES};

pub(super) const RULE: Rule =
    Rule::new("undefined-variable", Severity::Error, include_str!("../../docs/rules/undefined-variable.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let mut reported = HashSet::new();
    for read in &facts.needs.reads {
        let root = read.path.root;
        if NAMES.contains(&root) || read.snippet.is_some() || read.missing_behavior == MissingBehavior::Nothing {
            continue;
        }
        // A filter may read it again.
        if !reported.insert((read.text, read.node, root)) {
            continue;
        }
        let fails = read.missing_behavior >= MissingBehavior::MayFail;
        let label = if fails { "the message fails here" } else { "never has a value" };
        let location = facts.location(read.text, read.span);
        let meant = meant(root, facts);
        let message =
            format!("`{root}` is not a variable of messages: they can read `trigger.…`, `customer.…` and a few more");
        findings.add(location.clone(), label, message, |finding| match meant[..] {
            [] => finding.suggest(root, NAMES),
            [only] if only.strip_prefix("trigger.") == Some(root) => {
                let range = location.range();
                let prefix = only[..only.len() - root.len()].to_owned();
                let finding = finding.help(format!("did you mean `{only}`?"));
                // If nothing fails, messages are sent without the value. A fix would change them.
                if fails {
                    finding.fix(Fix::new(format!("read `{only}`")).insert(range.start, prefix))
                } else {
                    finding
                }
            }
            _ => {
                let list: Vec<_> = meant.iter().take(3).map(|place| format!("`{place}`")).collect();
                finding.help(format!("did you mean {}?", list.join(" or ")))
            }
        });
    }
}

/// The paths with this name that may have been meant, the likeliest first: those in data that is sent, otherwise those
/// that every message has.
fn meant<'f>(name: &str, facts: &'f TemplateFacts<'_>) -> Vec<&'f str> {
    let within = |root: &&str| {
        let mut places: Vec<_> = facts.cases.iter().flat_map(|case| case.named(name, root)).collect();
        // The outermost first.
        places.sort_by_key(|place| (place.matches(['.', '[']).count(), *place));
        places.dedup();
        places
    };
    let sent: Vec<_> = SENT_NAMES.iter().flat_map(within).collect();
    if sent.is_empty() { NAMES.iter().flat_map(within).collect() } else { sent }
}
