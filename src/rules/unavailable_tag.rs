//! `unavailable-tag`: tags that look for a file, of which Customer.io has none.

use super::{Findings, Rule, TemplateFacts};
use crate::diagnostics::Severity;
use crate::liquid::syntax::tree::NodeKind;
use crate::liquid::syntax::visit::all_nodes;

pub(super) const RULE: Rule =
    Rule::new("unavailable-tag", Severity::Error, include_str!("../../docs/rules/unavailable-tag.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        for node in all_nodes(text.liquid.nodes) {
            let NodeKind::Tag { name, .. } = node.kind else { continue };
            let written = node.span.of(text.liquid.source);
            if !FILE_TAGS.contains(&name) || is_without_file(written) {
                continue;
            }
            let message = format!("the tag `{name}` looks for a file, and Customer.io has none: the message fails");
            findings.add(facts.location(at, node.span), "fails here", message, |finding| {
                finding.help("put shared content into a snippet: `{{snippets.name}}`")
            });
        }
    }
}

/// The tags that LiquidJS reads files for.
const FILE_TAGS: [&str; 3] = ["include", "layout", "render"];

/// Whether the tag is `layout none`, which needs no file.
fn is_without_file(written: &str) -> bool {
    let mut words = written.trim_start_matches(['{', '%', '-']).split_whitespace();
    words.next() == Some("layout") && words.next() == Some("none")
}
