//! `{% echo value %}`

use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Printed};
use crate::syntax::tree::FilteredValue;

/// Prints a value, like `{{ value }}`, or nothing without one. For use inside `{% liquid %}`.
pub const ECHO: TagDefinition = TagDefinition::new("echo", parse)
    .summary("Prints a value, like `{{ value }}`. Useful inside `{% liquid %}`.")
    .syntax("{% echo value %}")
    .input("[{% echo input %}]", Absent::Prints("[]"), Absent::Undefined)
    .since("9.31.0")
    .examples(&[Example::new("{% echo 'a' | upcase %}", "A")]);

/// A parsed `echo`.
#[derive(Debug)]
pub struct Echo<'a> {
    /// The value to print.
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
        out.write_value(value, runtime.arena())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Print(Printed::Value(&self.value))]
    }
}
