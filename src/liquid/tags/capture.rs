//! `{% capture name %} … {% endcapture %}`

use crate::liquid::error::Result;
use crate::liquid::lexer::Token;
use crate::liquid::output::Output;
use crate::liquid::parser::{Parser, TagDefinition};
use crate::liquid::runtime::Runtime;
use crate::liquid::span::Span;
use crate::liquid::tree::{Nodes, Part, Tag, When};
use crate::liquid::value::Value;

/// Gives a variable what its body prints. The name may be quoted.
///
/// ```
/// let template = "{% capture greeting %}Hi {{ name }}{% endcapture %}{{ greeting | upcase }}";
/// assert_eq!(inkproof::liquid::render(template, r#"{"name": "Ada"}"#).unwrap(), "HI ADA");
/// ```
pub const CAPTURE: TagDefinition = TagDefinition { name: "capture", parse };

/// A parsed `capture`.
#[derive(Debug)]
pub struct Capture<'a> {
    /// The variable's name.
    pub name: &'a str,
    /// Where the name stands.
    pub name_span: Span,
    /// What is rendered for it.
    pub body: Nodes<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let mut name_span = markup.identifier();
    let mut name = markup.text(name_span);
    if name.is_empty() {
        match markup.quoted() {
            Some(quoted) => name = quoted,
            None => parser.report(markup.error("invalid capture name"), &token),
        }
        name_span.end = markup.position();
    }
    let (body, end) = parser.nodes_until(&["endcapture"]);
    if end.is_none() {
        parser.report_not_closed(&token);
    }
    Ok(parser.arena().alloc(Capture { name, name_span, body }))
}

impl Tag for Capture<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, _: &mut Output) -> Result<()> {
        let text = runtime.capture(self.body)?;
        runtime.assign(self.name, Value::String(text));
        Ok(())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::nodes(self.body, When::Captured), Part::Name { name: self.name, span: self.name_span, value: None }]
    }
}
