//! Tags that only the legacy Liquid has, and those that do something else there.

use crate::liquid::engine::output::Output;
use crate::liquid::engine::row::{Absent, Differs, Example};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{Tag, TagDefinition};
use crate::liquid::error::{Error, Result};
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::Nodes;
use crate::liquid::tags::assign::ASSIGN;
use crate::liquid::value::Value;

/// All of them.
pub const ALL: &[TagDefinition] = &[IFCHANGED, INCLUDE];

/// Tags that do something else than the latest Liquid's.
pub const CHANGED: &[TagDefinition] = &[ASSIGN.differs(Differs::Sometimes("a missing variable fails")).input(
    "{% assign x = input %}[{{ x }}]",
    Absent::Prints("[]"),
    Absent::Undefined,
)];

/// Prints its body where that differs from what an `ifchanged` printed last.
pub const IFCHANGED: TagDefinition = TagDefinition::new("ifchanged", parse)
    .summary("Renders its body where that differs from what an `ifchanged` printed last.")
    .syntax("{% ifchanged %}…{% endifchanged %}")
    .examples(&[Example::with(
        r#"{"a": [1, 1, 2, 1]}"#,
        "{% for i in a %}{% ifchanged %}{{ i }}{% endifchanged %}{% endfor %}",
        "121",
    )]);

/// Fails: Customer.io has nothing that could be included.
pub const INCLUDE: TagDefinition = TagDefinition::new("include", |_, _| Ok(&Include))
    .summary("Fails: Customer.io has nothing that could be included.")
    .syntax("{% include 'file' %}")
    .differs(Differs::Sometimes("the message of the failure is another"))
    .since("1.9.1");

/// A parsed `ifchanged`.
#[derive(Debug)]
pub struct Ifchanged<'a> {
    /// What it prints.
    pub body: Nodes<'a>,
}

/// The name under which the text that was printed last is kept. No variable can be called so.
const LAST: &str = "ifchanged ";

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let (body, end) = parser.nodes_until(&["endifchanged"]);
    if end.is_none() {
        parser.report_not_closed(&token);
    }
    Ok(parser.arena().alloc(Ifchanged { body }))
}

impl Tag for Ifchanged<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let text = runtime.capture(self.body)?;
        if matches!(runtime.assigned(LAST), Some(Value::String(last)) if last == text) {
            return Ok(());
        }
        runtime.assign(LAST, Value::String(text));
        out.write_str(text)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Withheld(self.body)]
    }
}

/// A parsed `include`.
#[derive(Debug)]
struct Include;

impl Tag for Include {
    fn render<'a>(&'a self, _: &mut Runtime<'a>, _: &mut Output) -> Result<()> {
        Err(Error::new("This liquid context does not allow includes."))
    }

    fn parts(&self) -> Vec<Part<'_>> {
        Vec::new()
    }
}
