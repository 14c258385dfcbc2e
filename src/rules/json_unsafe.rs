//! `json-unsafe`: an expression that some value makes break the JSON.

use std::collections::{BTreeSet, HashMap};

use super::json_text::JsonText;
use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{Interpolation, Position, Verdict, names_and_texts};
use crate::diagnostics::{Fix, Severity};
use crate::liquid::Span;
use crate::liquid::syntax::tree::Nodes;
use crate::liquid::syntax::visit::each_part;

pub(super) const RULE: Rule =
    Rule::new("json-unsafe", Severity::Info, include_str!("../../docs/rules/json-unsafe.md")).found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let mut names = FreeNames::new(facts.texts[0].liquid.nodes);
    for interpolation in &facts.content.interpolations {
        let Verdict::Unsafe { variable, witness } = &interpolation.verdict else { continue };
        let place = match interpolation.position {
            Position::Key => "a key",
            Position::Text => "a text",
            _ => "a value",
        };
        let location = facts.in_content(interpolation.span);
        let message = format!("`{variable}` stands as {place} in the JSON, and `{witness}` would break it");
        findings.add(location, "printed as it is", message, |finding| {
            let finding = finding.help("the filter `json` quotes and escapes whatever it prints");
            match rewritten(facts, interpolation, &mut names) {
                Some(fix) => finding.fix(fix),
                None => finding,
            }
        });
    }
}

/// The text that the expression stands in, made by `json`: in one expression where it is the only one there, else out of
/// what is captured.
fn rewritten<'f>(
    facts: &TemplateFacts<'f>,
    interpolation: &Interpolation<'_>,
    names: &mut FreeNames<'f>,
) -> Option<Fix> {
    if interpolation.position != Position::Text {
        return None;
    }
    let text = JsonText::around(interpolation.span, facts.texts[0].liquid.nodes, facts.template.content())?;
    let fix = Fix::new("let `json` write the text");
    let in_file = |span: Span| facts.in_content(span).range();
    if let Some(expression) = text.as_expression(interpolation) {
        return Some(fix.replace(in_file(text.span), expression));
    }
    let plain = text.unescaped()?;
    let name = names.of_text(text.span);
    let Span { start, end } = text.span;
    let fix = fix.replace(in_file(Span::new(start, start + 1)), format!("{{% capture {name} %}}"));
    let fix = plain.into_iter().fold(fix, |fix, (span, plain)| fix.replace(in_file(span), plain));
    Some(fix.replace(in_file(Span::new(end - 1, end)), format!("{{% endcapture %}}{{{{ {name} | json }}}}")))
}

/// Names that the content has no use for yet, one for each of its texts.
struct FreeNames<'f> {
    nodes: Nodes<'f>,
    /// Those that are in use; nothing before anybody asks.
    taken: Option<BTreeSet<&'f str>>,
    /// Names by where their texts begin.
    of_texts: HashMap<usize, String>,
    count: usize,
}

impl<'f> FreeNames<'f> {
    fn new(nodes: Nodes<'f>) -> Self {
        Self { nodes, taken: None, of_texts: HashMap::new(), count: 0 }
    }

    fn of_text(&mut self, text: Span) -> String {
        if let Some(name) = self.of_texts.get(&text.start) {
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
        self.of_texts.insert(text.start, name.clone());
        name
    }
}

fn names_in_use(nodes: Nodes<'_>) -> BTreeSet<&str> {
    let (mut taken, _) = names_and_texts(nodes);
    each_part(nodes, &mut |_, part| {
        taken.extend(part.target().map(|target| target.name));
        taken.extend(part.bodies().into_iter().flat_map(|body| body.names));
    });
    taken
}
