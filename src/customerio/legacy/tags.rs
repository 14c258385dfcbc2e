//! Tags that only the legacy Liquid has, and those that behave differently in it.

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

/// The tags that only the legacy Liquid has, or replaces.
pub const ALL: &[TagDefinition] = &[IFCHANGED, INCLUDE];

/// Tags of the latest Liquid that behave differently.
pub const CHANGED: &[TagDefinition] = &[ASSIGN.differs(Differs::Sometimes("a missing variable fails")).input(
    "{% assign x = input %}[{{ x }}]",
    Absent::Prints("[]"),
    Absent::Undefined,
)];

/// Renders its body, and prints the result if it differs from the last output of an `ifchanged`.
pub const IFCHANGED: TagDefinition = TagDefinition::new("ifchanged", parse)
    .summary("Renders its body, and prints the result if it differs from the last output of an `ifchanged`.")
    .syntax("{% ifchanged %}…{% endifchanged %}")
    .examples(&[Example::with(
        r#"{"a": [1, 1, 2, 1]}"#,
        "{% for i in a %}{% ifchanged %}{{ i }}{% endifchanged %}{% endfor %}",
        "121",
    )]);

/// Fails: Customer.io has nothing to include.
pub const INCLUDE: TagDefinition = TagDefinition::new("include", |_, _| Ok(&Include))
    .summary("Fails: Customer.io has nothing that could be included.")
    .syntax("{% include 'file' %}")
    .differs(Differs::Sometimes("the error message differs"))
    .since("1.9.1");

/// A parsed `ifchanged`.
#[derive(Debug)]
pub struct Ifchanged<'a> {
    /// The body to render.
    pub body: Nodes<'a>,
}

/// The variable that holds the last output. No template can have a variable with this name.
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
