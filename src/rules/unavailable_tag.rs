//! `unavailable-tag`: tags that include files, which do not exist at Customer.io.

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
            let message = format!("the tag `{name}` needs a file, and Customer.io has no files: the message fails");
            findings.add(facts.location(at, node.span), "fails here", message, |finding| {
                finding.help("move shared content into a snippet: `{{snippets.name}}`")
            });
        }
    }
}

/// The tags for which LiquidJS reads files.
const FILE_TAGS: [&str; 3] = ["include", "layout", "render"];

/// Whether the tag is `layout none`, which needs no file.
fn is_without_file(written: &str) -> bool {
    let mut words = written.trim_start_matches(['{', '%', '-']).split_whitespace();
    words.next() == Some("layout") && words.next() == Some("none")
}
