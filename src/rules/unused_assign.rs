//! `unused-assign`: a name is assigned and never read.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::names_and_strings;
use crate::diagnostics::Severity;
use crate::liquid::syntax::part::{Part, Target};
use crate::liquid::syntax::visit::each_part;

pub(super) const RULE: Rule =
    Rule::new("unused-assign", Severity::Warning, include_str!("../../docs/rules/unused-assign.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for (at, text) in facts.texts.iter().enumerate() {
        let nodes = text.liquid.nodes;
        let (names, strings) = names_and_strings(nodes);
        each_part(nodes, &mut |_, part| {
            let Some(Target { name, span }) = part.target() else { return };
            // A counter is printed by its own tag. Filters may evaluate strings as expressions, and `render_liquid`
            // renders them.
            let is_read = matches!(part, Part::Count(_))
                || names.contains(name)
                || strings.iter().any(|string| string.contains(name))
                || renders_strings(facts);
            if !is_read {
                let message = format!("`{name}` is assigned and never read");
                findings.add(facts.location(at, span), "never read", message, |finding| finding);
            }
        });
    }
}

/// Whether a string that is only known at run time is rendered, which could read any name.
fn renders_strings(facts: &TemplateFacts<'_>) -> bool {
    let mut renders = false;
    for text in &facts.texts {
        each_part(text.liquid.nodes, &mut |_, part| renders |= matches!(part, Part::Template(_)));
    }
    renders
}
