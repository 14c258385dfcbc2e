//! `json-unsafe`: an expression that some value makes break the JSON.

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Hole, Position, Verdict};
use crate::diagnostics::{Fix, Severity};

pub(super) const RULE: Rule =
    Rule::new("json-unsafe", Severity::Info, include_str!("../../docs/rules/json-unsafe.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for hole in &facts.content.holes {
        let Verdict::Unsafe { variable, witness } = &hole.verdict else { continue };
        let place = match hole.position {
            Position::Key => "a key",
            Position::Text => "a text",
            _ => "a value",
        };
        let location = facts.in_content(hole.span);
        let message = format!("`{variable}` stands as {place} in the JSON, and `{witness}` would break it");
        findings.add(location, "printed as it is", message, |finding| {
            let finding = finding.help("the filter `json` quotes and escapes whatever it prints");
            match rewritten(facts, hole) {
                Some(fix) => finding.fix(fix),
                None => finding,
            }
        });
    }
}

/// The text that the expression stands in, made by `json`. It must be the only one there.
fn rewritten(facts: &TemplateFacts<'_>, hole: &Hole<'_>) -> Option<Fix> {
    let content = facts.template.content();
    let written = hole.span.of(content);
    let takes_blanks = written.starts_with("{{-") || written.ends_with("-}}");
    if hole.position != Position::Text || !written.starts_with("{{") || takes_blanks {
        return None;
    }
    let before = content[..hole.span.start].rsplit('"').next()?;
    let after = content[hole.span.end..].split('"').next()?;
    let is_plain = |text: &str| !text.contains(['\\', '{', '}', '%', '\n']);
    let start = hole.span.start.checked_sub(before.len() + 1)?;
    let end = hole.span.end + after.len() + 1;
    if !is_plain(before) || !is_plain(after) || end > content.len() {
        return None;
    }
    let expression = written.trim_start_matches('{').trim_end_matches('}').trim();
    let mut fixed = format!("{{{{ {expression}");
    if !before.is_empty() {
        fixed.extend([" | prepend: \"", before, "\""]);
    }
    if !after.is_empty() || before.is_empty() {
        fixed.extend([" | append: \"", after, "\""]);
    }
    fixed.push_str(" | json }}");
    let offset = facts.template.content_start();
    Some(Fix::new("let `json` write the text").replace(offset + start..offset + end, fixed))
}
