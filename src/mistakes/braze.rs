//! Braze's variables, which are written with `${…}`: `{{${first_name}}}`, `{{event_properties.${x}}}`.

use super::{Mistake, Site};
use crate::liquid::Span;

/// Braze's objects, and the names that read the same here.
const OBJECTS: [(&str, &str); 6] = [
    ("", "customer."),
    ("custom_attribute", "customer."),
    ("event_properties", "trigger."),
    ("api_trigger_properties", "trigger."),
    ("canvas_entry_properties", "trigger."),
    ("content_blocks", "snippets."),
];

pub(super) fn variable(site: Site<'_>) -> Option<Mistake> {
    let first = site.tokens().iter().position(|token| site.is(Some(token), "${"))?;
    let mut edits = Vec::new();
    let text = site.text;
    let mut at = site.construct.inner.start;
    let end = site.construct.span.end;
    let mut meant = String::new();
    while let Some(found) = text[at..end].find("${") {
        let dollar = at + found;
        let close = dollar + text[dollar..end].find('}')?;
        let before = &text[..dollar];
        let object_start =
            before.trim_end_matches(|next: char| next.is_ascii_alphanumeric() || next == '_' || next == '.');
        let object = before[object_start.len()..].trim_end_matches('.');
        let (_, prefix) = OBJECTS.iter().find(|(braze, _)| *braze == object).unwrap_or(&("", "trigger."));
        let name = text[dollar + 2..close].trim();
        let mut span = Span::new(object_start.len(), close + 1);
        // In tags, Braze needs braces around it.
        let is_inner = span.start > site.construct.span.start + 2;
        if is_inner && text[..span.start].trim_end().ends_with("{{") && text[span.end..].trim_start().starts_with("}}")
        {
            span.start = text[..span.start].trim_end().len() - 2;
            span.end = text.len() - text[span.end..].trim_start().len() + 2;
        }
        let written = format!("{prefix}{name}");
        if meant.is_empty() {
            meant.clone_from(&written);
        }
        edits.push((span, written));
        at = span.end.max(close + 1);
        if at > end {
            break;
        }
    }
    let span = site.tokens()[first].span;
    let written = edits.first().map_or("", |(span, _)| span.of(text));
    let message = format!("`{written}` is Braze's syntax: Liquid has no `${{…}}`");
    Some(Mistake::new(span, message).help(format!("write `{meant}`")).fix(edits))
}
