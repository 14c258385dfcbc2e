//! `{% layout "file" %}`
//!
//! Customer.io has no files that a template could name, so it fails when it comes to look one up.

use super::partial::{FilePath, not_found};
use crate::liquid::error::Result;
use crate::liquid::lexer::Token;
use crate::liquid::output::Output;
use crate::liquid::parser::{Parser, TagDefinition};
use crate::liquid::runtime::Runtime;
use crate::liquid::tree::{NamedArgument, Nodes, Part, Tag, When};

/// Would put the rest of the template into another. `none` renders it as it is; all else fails.
///
/// ```
/// assert_eq!(inkproof::liquid::render("{% layout none %}x", "{}").unwrap(), "x");
/// assert!(inkproof::liquid::render("{% layout 'page' %}x", "{}").is_err());
/// ```
pub const LAYOUT: TagDefinition = TagDefinition { name: "layout", parse };

/// A parsed `layout`.
#[derive(Debug)]
pub struct Layout<'a> {
    /// The file.
    pub path: FilePath<'a>,
    /// What is passed to it.
    pub arguments: &'a [NamedArgument<'a>],
    /// All that follows in the template.
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
        let operands = self.path.operand().into_iter().chain(arguments);
        operands
            .map(|operand| Part::Operand { operand, lenient: false })
            .chain([Part::nodes(self.body, When::Always)])
            .collect()
    }
}
