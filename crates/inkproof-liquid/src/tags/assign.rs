//! `{% assign name = value %}`

use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Target};
use crate::syntax::tree::FilteredValue;

/// Sets a variable for the rest of the template. A missing value becomes null.
pub const ASSIGN: TagDefinition = TagDefinition::new("assign", parse)
    .summary("Assigns a value to a variable, for the rest of the template.")
    .syntax("{% assign name = value %}")
    .input("{% assign x = input %}[{{ x }}]", Absent::Prints("[]"), Absent::Prints("[]"))
    .since("1.9.1")
    .examples(&[Example::new("{% assign x = 2 | plus: 1 %}{{ x }}", "3")]);

/// A parsed `assign`.
#[derive(Debug)]
pub struct Assign<'a> {
    /// The variable's name.
    pub name: &'a str,
    /// The span of the name.
    pub name_span: Span,
    /// The assigned value.
    pub value: FilteredValue<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let name_span = markup.identifier();
    if name_span.start == name_span.end {
        return Err(markup.error("expected variable name"));
    }
    markup.skip_blanks();
    if !markup.take('=') {
        return Err(markup.error("expected \"=\""));
    }
    let value = parser.value(&mut markup, &token);
    Ok(parser.arena().alloc(Assign { name: markup.text(name_span), name_span, value }))
}

impl Tag for Assign<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, _: &mut Output) -> Result<()> {
        let lenient = runtime.language().dialect().assigns_missing_as_null;
        let value = runtime.value(&self.value, lenient)?;
        runtime.assign(self.name, value);
        Ok(())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Assign { target: Target { name: self.name, span: self.name_span }, value: &self.value }]
    }
}
