//! `{% layout "file" %}`
//!
//! The engine is given no other templates to refer to, so looking one up always fails.

use super::partial::{FilePath, not_found};
use crate::engine::output::Output;
use crate::engine::row::Example;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;
use crate::syntax::tree::{NamedArgument, Nodes};

/// Renders the rest of the template inside another one. `none` renders it without one; everything else fails.
pub const LAYOUT: TagDefinition = TagDefinition::new("layout", parse)
    .summary("Renders the rest of the template inside a layout file; as there are no files, only `none` works.")
    .syntax("{% layout none %}")
    .since("1.9.1")
    .examples(&[Example::new("{% layout none %}x", "x")]);

/// A parsed `layout`.
#[derive(Debug)]
pub struct Layout<'a> {
    /// The path of the file.
    pub path: FilePath<'a>,
    /// The arguments for the file.
    pub arguments: &'a [NamedArgument<'a>],
    /// The rest of the template.
    pub body: Nodes<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let path = FilePath::parse(parser, &mut markup)?;
    let arguments = markup.named_arguments()?;
    let body = parser.nodes_to_the_end();
    Ok(parser.arena().alloc(Layout { path, arguments, body }))
}

impl Tag for Layout<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        if matches!(self.path, FilePath::None) {
            return runtime.nodes(self.body, out);
        }
        Err(not_found(self.path.render(runtime)?))
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let arguments = self.arguments.iter().filter_map(|argument| argument.value.as_ref());
        let operands = self.path.operand().into_iter().chain(arguments).collect();
        vec![Part::Arguments(operands), Part::Body { body: self.body, name: None }]
    }
}
