//! `{% increment name %}` and `{% decrement name %}`

use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Target};
use crate::value::Value;

/// Prints a counter and then adds 1 to it. It starts at the number that the data has under this name, or at 0.
pub const INCREMENT: TagDefinition = TagDefinition::new("increment", parse_increment)
    .summary("Prints a counter, then adds 1 to it. It starts at the number with this name in the data, or at 0.")
    .syntax("{% increment name %}")
    .input("{% increment input %}", Absent::Prints("0"), Absent::Prints("0"))
    .since("1.9.1")
    .examples(&[Example::new("{% increment n %}{% increment n %}{{ n }}", "012")]);

/// Subtracts 1 from a counter and then prints it. It shares the counter of `increment` with the same name.
pub const DECREMENT: TagDefinition = TagDefinition::new("decrement", parse_decrement)
    .summary("Subtracts 1 from a counter, then prints it. It shares the counter of `increment` with the same name.")
    .syntax("{% decrement name %}")
    .input("{% decrement input %}", Absent::Prints("-1"), Absent::Prints("-1"))
    .since("1.9.1")
    .examples(&[Example::new("{% decrement n %}{% decrement n %}", "-1-2")]);

/// A parsed `increment` or `decrement`.
#[derive(Debug)]
pub struct Counter<'a> {
    /// The name of the counter.
    pub name: &'a str,
    /// The span of the name.
    pub name_span: Span,
    /// Whether it increments rather than decrements.
    pub is_increment: bool,
}

fn parse_increment<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    Ok(parse(parser, token, true))
}

fn parse_decrement<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    Ok(parse(parser, token, false))
}

fn parse<'a>(parser: &Parser<'a>, token: Token<'a>, is_increment: bool) -> &'a dyn Tag {
    let mut markup = parser.markup(&token);
    let name = markup.identifier();
    parser.arena().alloc(Counter { name: markup.text(name), name_span: name, is_increment })
}

impl Tag for Counter<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let number = runtime.counter(self.name);
        let (printed, next) = if self.is_increment { (number, number + 1.0) } else { (number - 1.0, number - 1.0) };
        runtime.set_counter(self.name, next);
        out.write_value(Value::Number(printed), runtime.arena())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Count(Target { name: self.name, span: self.name_span })]
    }
}
