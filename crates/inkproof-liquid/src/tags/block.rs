//! `{% block name %} … {% endblock %}`

use crate::engine::output::Output;
use crate::engine::row::Example;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;
use crate::syntax::tree::Nodes;
use crate::value::Value;

/// A section that a child template may override. There are no layouts to look up, so it always renders its own body.
pub const BLOCK: TagDefinition = TagDefinition::new("block", parse)
    .summary("Marks a section of a layout that a template may override; without a layout it prints its own body.")
    .syntax("{% block name %}…{% endblock %}")
    .since("1.9.1")
    .examples(&[Example::new("{% block a %}x{{ block.super }}{% endblock %}", "x")]);

/// A parsed `block`.
#[derive(Debug)]
pub struct Block<'a> {
    /// The body to render.
    pub body: Nodes<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let (body, end) = parser.nodes_until(&["endblock"]);
    if end.is_none() {
        parser.report_not_closed(&token);
    }
    Ok(parser.arena().alloc(Block { body }))
}

impl Tag for Block<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        runtime.with_variables(&[("block", Value::Block)], |runtime| runtime.nodes(self.body, out))
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Body { body: self.body, name: Some("block") }]
    }
}
