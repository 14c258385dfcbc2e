//! `{% render_liquid journey.body %}`

use crate::liquid::engine::output::Output;
use crate::liquid::engine::row::{Absent, Argument, Example, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{Tag, TagDefinition};
use crate::liquid::error::{Error, Result};
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::{Operand, OperandKind};
use crate::liquid::value::coerce;

/// Renders the string in a variable as Liquid. Without this tag, Liquid in data is printed unchanged.
///
/// The string is rendered with the variables in scope at the tag. A string that renders itself fails.
pub const RENDER_LIQUID: TagDefinition = TagDefinition::new("render_liquid", parse)
    .summary("Renders the string in a variable as Liquid. Without this tag, Liquid in data is printed unchanged.")
    .syntax("{% render_liquid journey.body %}")
    .arguments(&[Argument::required("variable", Kind::String)])
    .input("[{% render_liquid input %}]", Absent::Prints("[]"), Absent::Undefined)
    .examples(&[Example::with(
        r#"{"customer": {"first_name": "Ada"}, "journey": {"body": "Hello {{ customer.first_name }}!"}}"#,
        "{% render_liquid journey.body %}",
        "Hello Ada!",
    )]);

/// A parsed `render_liquid`.
#[derive(Debug)]
pub struct RenderLiquid<'a> {
    /// The variable that holds the string.
    pub variable: Operand<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let variable = markup.operand()?.filter(|operand| matches!(operand.kind, OperandKind::Path { base: None, .. }));
    markup.skip_blanks();
    match variable {
        Some(variable) if markup.is_at_end() => Ok(parser.arena().alloc(RenderLiquid { variable })),
        _ => Err(Error::new(
            "`render_liquid` expected a variable and nothing else, such as `render_liquid journey.body`",
        )),
    }
}

impl Tag for RenderLiquid<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let value = runtime.operand(&self.variable, false)?;
        let text = coerce::to_liquid_string(value, runtime.arena())?;
        let rendered = runtime.render_string(text)?;
        out.write_str(rendered)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Template(&self.variable)]
    }
}
