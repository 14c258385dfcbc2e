//! `{% increment name %}` and `{% decrement name %}`

use crate::engine::output::Output;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Target};
use crate::value::Value;

/// Prints a number and then adds 1 to it. It starts at 0, or at the number that the data has under the name.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{% increment n %}{% increment n %}{{ n }}", "{}").unwrap(), "012");
/// ```
pub const INCREMENT: TagDefinition = TagDefinition { name: "increment", parse: parse_increment };

/// Subtracts 1 from a number and then prints it. The number is the one that `increment` has under the name.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{% decrement n %}{% decrement n %}", "{}").unwrap(), "-1-2");
/// ```
pub const DECREMENT: TagDefinition = TagDefinition { name: "decrement", parse: parse_decrement };

/// A parsed `increment` or `decrement`.
#[derive(Debug)]
pub struct Counter<'a> {
    /// The number's name.
    pub name: &'a str,
    /// Where the name stands.
    pub name_span: Span,
    /// Whether it counts up.
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
        out.write_value(Value::Number(printed))
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Count(Target { name: self.name, span: self.name_span })]
    }
}
