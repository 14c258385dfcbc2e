//! `{% liquid … %}`, with one tag per line

use crate::engine::output::Output;
use crate::engine::row::Example;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::span::Span;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;
use crate::syntax::tree::Nodes;

/// Renders the tags on its lines.
pub const LIQUID: TagDefinition = TagDefinition::new("liquid", parse)
    .summary("Renders one tag per line, without delimiters.")
    .syntax("{% liquid … %}")
    .since("9.31.0")
    .examples(&[Example::new("{% liquid\n assign x = 1\n echo x %}", "1")]);

/// A parsed `liquid`.
#[derive(Debug)]
pub struct Lines<'a> {
    /// The tags of its lines.
    pub body: Nodes<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let body = match token.kind {
        TokenKind::Tag { arguments, .. } => Span::new(arguments, token.content.end),
        _ => token.content,
    };
    let body = parser.lines(body);
    Ok(parser.arena().alloc(Lines { body }))
}

impl Tag for Lines<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        runtime.nodes(self.body, out)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Body { body: self.body, name: None }]
    }
}
