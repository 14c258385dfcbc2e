//! `{% echo value %}`

use crate::engine::output::Output;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Printed};
use crate::syntax::tree::FilteredValue;

/// Prints a value, as `{{ value }}` does; nothing where there is none. For use inside `{% liquid %}`.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{% echo 'a' | upcase %}", "{}").unwrap(), "A");
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
        return Ok(&NoopTag);
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
