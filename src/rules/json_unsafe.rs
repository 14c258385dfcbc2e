//! `json-unsafe`: an expression for which some value breaks the JSON. The [search](crate::search) finds it.

use std::collections::{BTreeSet, HashMap};

use super::json_string::JsonString;
use super::{Rule, TemplateFacts};
use crate::analysis::{JsonPosition, names_and_strings};
use crate::diagnostics::{Fix, Location, Severity};
use crate::liquid::Span;
use crate::liquid::syntax::tree::Nodes;
use crate::liquid::syntax::visit::each_part;

pub(super) const RULE: Rule =
    Rule::new("json-unsafe", Severity::Warning, include_str!("../../docs/rules/json-unsafe.md"));

/// A fix that lets `json` write the string around the expression: as one expression if it is the only one in the
/// string, otherwise with `capture`.
pub(super) fn fix<'f>(facts: &TemplateFacts<'f>, location: &Location, names: &mut FreeNames<'f>) -> Option<Fix> {
    let start = location.range().start.checked_sub(facts.template.content_start())?;
    let span = Span::new(start, start + location.range().len());
    let all = &facts.content.interpolations;
    let interpolation = &all[all.binary_search_by_key(&span.start, |interpolation| interpolation.span.start).ok()?];
    if interpolation.span != span {
        return None;
    }
    if interpolation.position != JsonPosition::String {
        return None;
    }
    let string = JsonString::around(interpolation.span, facts.texts[0].liquid.nodes, facts.template.content())?;
    let fix = Fix::new("let `json` write the string");
    let in_file = |span: Span| facts.in_content(span).range();
    if let Some(expression) = string.as_expression(interpolation) {
        return Some(fix.replace(in_file(string.span), expression));
    }
    let plain = string.unescaped()?;
    let name = names.for_string(string.span);
    let Span { start, end } = string.span;
    let fix = fix.replace(in_file(Span::new(start, start + 1)), format!("{{% capture {name} %}}"));
    let fix = plain.into_iter().fold(fix, |fix, (span, plain)| fix.replace(in_file(span), plain));
    Some(fix.replace(in_file(Span::new(end - 1, end)), format!("{{% endcapture %}}{{{{ {name} | json }}}}")))
}

/// Names that the content does not use yet, one for each string.
pub(super) struct FreeNames<'f> {
    nodes: Nodes<'f>,
    /// The names in use. `None` until the first name is needed.
    taken: Option<BTreeSet<&'f str>>,
    /// The names that have been given, by the start of their string.
    by_string: HashMap<usize, String>,
    count: usize,
}

impl<'f> FreeNames<'f> {
    pub(super) fn new(nodes: Nodes<'f>) -> Self {
        Self { nodes, taken: None, by_string: HashMap::new(), count: 0 }
    }

    fn for_string(&mut self, string: Span) -> String {
        if let Some(name) = self.by_string.get(&string.start) {
            return name.clone();
        }
        let taken = self.taken.get_or_insert_with(|| names_in_use(self.nodes));
        let name = loop {
            self.count += 1;
            let name = if self.count == 1 { "text".to_owned() } else { format!("text_{}", self.count) };
            if !taken.contains(name.as_str()) {
                break name;
            }
        };
        self.by_string.insert(string.start, name.clone());
        name
    }
}

fn names_in_use(nodes: Nodes<'_>) -> BTreeSet<&str> {
    let (mut taken, _) = names_and_strings(nodes);
    each_part(nodes, &mut |_, part| {
        taken.extend(part.target().map(|target| target.name));
        taken.extend(part.bodies().into_iter().flat_map(|body| body.names));
    });
    taken
}
