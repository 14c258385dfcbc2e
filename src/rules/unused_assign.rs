//! `unused-assign`: a name is given a value that nothing reads.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::names_and_texts;
use crate::diagnostics::Severity;
use crate::liquid::Span;
use crate::liquid::syntax::part::{Part, Printed};
use crate::liquid::syntax::tree::Nodes;
use crate::liquid::syntax::visit::each_part;

pub(super) const RULE: Rule =
    Rule::new("unused-assign", Severity::Warning, include_str!("../../docs/rules/unused-assign.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        let nodes = text.liquid.nodes;
        let (names, texts) = names_and_texts(nodes);
        each_part(nodes, &mut |_, part| {
            let Part::Name { name, span, .. } = part else { return };
            // Filters take texts for expressions, and `render_liquid` renders them.
            let is_read = names.contains(name) || texts.iter().any(|text| text.contains(name)) || renders_texts(facts);
            if !is_read && !is_counter(nodes, span) {
                let message = format!("`{name}` is assigned and never read");
                findings.add(facts.location(at, *span), "never read", message, |finding| finding);
            }
        });
    }
}

/// Whether a text that is only known when rendering could read any name.
fn renders_texts(facts: &TemplateFacts<'_>) -> bool {
    let mut renders = false;
    for text in &facts.texts {
        each_part(text.liquid.nodes, &mut |_, part| renders |= matches!(part, Part::UnknownText));
    }
    renders
}

/// Whether the name belongs to a tag that prints what it counts.
fn is_counter(nodes: Nodes<'_>, name: &Span) -> bool {
    let mut is_counter = false;
    each_part(nodes, &mut |node, part| {
        let holds_name = node.span.start <= name.start && name.end <= node.span.end;
        is_counter |= holds_name && matches!(part, Part::Print(Printed::Number));
    });
    is_counter
}
