//! `{% capture name %} … {% endcapture %}`

use crate::engine::output::Output;
use crate::engine::row::Example;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Target};
use crate::syntax::tree::Nodes;
use crate::value::Value;

/// Sets a variable to the output of its body. The name may be quoted.
pub const CAPTURE: TagDefinition = TagDefinition::new("capture", parse)
    .summary("Assigns what its body prints to a variable, for the rest of the template.")
    .syntax("{% capture name %}…{% endcapture %}")
    .since("1.9.1")
    .examples(&[Example::with(
        r#"{"name": "Ada"}"#,
        "{% capture greeting %}Hi {{ name }}{% endcapture %}{{ greeting | upcase }}",
        "HI ADA",
    )]);

/// A parsed `capture`.
#[derive(Debug)]
pub struct Capture<'a> {
    /// The variable's name.
    pub name: &'a str,
    /// The span of the name.
    pub name_span: Span,
    /// The body whose output is captured.
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
        vec![Part::Capture { target: Target { name: self.name, span: self.name_span }, body: self.body }]
    }
}
