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

/// Prints what the text of a variable renders to. Without it, Liquid in data is printed as it is.
///
/// The text is rendered with the variables there are where the tag stands. A text that renders itself fails.
pub const RENDER_LIQUID: TagDefinition = TagDefinition::new("render_liquid", parse)
    .summary("Renders the string that a variable holds as Liquid. Without it, Liquid in data is printed as it is.")
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
    /// The variable with the text.
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
        let text = coerce::text(value, runtime.arena())?;
        let rendered = runtime.render_text(text)?;
        out.write_str(rendered)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Template(&self.variable)]
    }
}
