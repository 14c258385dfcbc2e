//! `{% echo value %}`

use crate::liquid::error::Result;
use crate::liquid::lexer::Token;
use crate::liquid::output::Output;
use crate::liquid::parser::{Nothing, Parser, TagDefinition};
use crate::liquid::runtime::Runtime;
use crate::liquid::tree::{FilteredValue, Part, Printed, Tag};

/// Prints a value, as `{{ value }}` does; nothing where there is none. For use inside `{% liquid %}`.
///
/// ```
/// assert_eq!(inkproof::liquid::render("{% echo 'a' | upcase %}", "{}").unwrap(), "A");
/// ```
pub const ECHO: TagDefinition = TagDefinition { name: "echo", parse };

/// A parsed `echo`.
#[derive(Debug)]
pub struct Echo<'a> {
    /// What it prints.
    pub value: FilteredValue<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    markup.skip_blanks();
    if markup.is_at_end() {
        return Ok(&Nothing);
    }
    let value = parser.value(&mut markup, &token);
    Ok(parser.arena().alloc(Echo { value }))
}

impl Tag for Echo<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let value = runtime.value(&self.value, false)?;
        out.write_value(value)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Print(Printed::Value(&self.value))]
    }
}
