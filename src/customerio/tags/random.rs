//! `{% random 100 %}`

use crate::customerio::random_integer;
use crate::liquid::engine::output::Output;
use crate::liquid::engine::row::{Absent, Argument, Example, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{Tag, TagDefinition};
use crate::liquid::error::{Error, Result};
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::{Part, Printed};
use crate::liquid::syntax::tree::Operand;
use crate::liquid::value::{Value, coerce};

/// Prints a random integer from 0 to the given number, both included (inferred: the documentation uses `{% random 3 %}`
/// to choose between the versions 0 to 3).
pub const RANDOM: TagDefinition = TagDefinition::new("random", parse)
    .summary("Prints a random integer from 0 to a number, that number included.")
    .syntax("{% random 100 %}")
    .arguments(&[Argument::required("most", Kind::Number)])
    .input("{% random input %}", Absent::Prints("0"), Absent::Undefined)
    .examples(&[Example::new("{% random 0 %}", "0")]);

/// A parsed `random`.
#[derive(Debug)]
pub struct Random<'a> {
    /// The largest number that it can print.
    pub most: Operand<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let Some(most) = markup.operand()? else {
        return Err(Error::new("`random` needs the largest number that it may print, such as `random 100`"));
    };
    markup.skip_blanks();
    if !markup.is_at_end() {
        return Err(Error::new(format!("`random` expected one number, not also {}", markup.snapshot())));
    }
    Ok(parser.arena().alloc(Random { most }))
}

impl Tag for Random<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let most = runtime.operand(&self.most, false)?;
        let most = coerce::to_number(most, runtime.arena())?;
        let number = random_integer::up_to(runtime, most)?;
        out.write_value(Value::Number(number), runtime.arena())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Arguments(vec![&self.most]), Part::Print(Printed::Number)]
    }
}
