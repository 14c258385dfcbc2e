//! `{% if condition %} … {% elsif condition %} … {% else %} … {% endif %}`

use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::{Error, Result};
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{self, Part};
use crate::syntax::tree::{FilteredValue, Nodes};

/// Renders the first branch whose condition is true, or `else` if there is none. Missing variables are null in a
/// condition.
pub const IF: TagDefinition = TagDefinition::new("if", parse)
    .summary("Renders the first branch whose condition is true, or `else` if there is none.")
    .syntax("{% if condition %}…{% elsif condition %}…{% else %}…{% endif %}")
    .input("{% if input %}yes{% else %}no{% endif %}", Absent::Prints("no"), Absent::Prints("no"))
    .since("1.9.1")
    .examples(&[
        Example::with(r#"{"n": 3}"#, "{% if n > 9 %}many{% elsif n %}few{% else %}none{% endif %}", "few"),
        Example::new("{% if n > 9 %}many{% elsif n %}few{% else %}none{% endif %}", "none"),
    ]);

/// A parsed `if`.
#[derive(Debug)]
pub struct If<'a> {
    /// The branches with a condition, in order.
    pub branches: &'a [Branch<'a>],
    /// Rendered if no condition is true.
    pub otherwise: Option<Nodes<'a>>,
}

/// A branch with a condition.
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    /// Its condition.
    pub condition: FilteredValue<'a>,
    /// The body to render.
    pub body: Nodes<'a>,
    /// The span of its tag.
    pub span: Span,
}

impl<'a> Branch<'a> {
    /// The branch as a part that is rendered if its condition is `expected`.
    pub(super) const fn part(&'a self, expected: bool) -> part::Branch<'a> {
        part::Branch { condition: &self.condition, expected, body: self.body }
    }
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    const STOPS: [&str; 3] = ["elsif", "else", "endif"];
    let mut branches = bumpalo::collections::Vec::new_in(parser.arena());
    let mut otherwise = None;
    let mut condition = parser.condition(&mut parser.markup(&token), &token);
    let mut opener = token;
    loop {
        let (body, stop) = parser.nodes_until(&STOPS);
        if otherwise.is_none() {
            branches.push(Branch { condition, body, span: opener.span });
        }
        let Some(tag) = stop else {
            parser.report_not_closed(&token);
            break;
        };
        match tag.tag_name() {
            "endif" => {
                parser.expect_no_arguments(&tag, &token);
                break;
            }
            "else" => {
                parser.expect_no_arguments(&tag, &token);
                let (body, stop) = parser.nodes_until(&STOPS);
                otherwise = Some(body);
                finish(parser, stop, &token);
                break;
            }
            _ => {
                condition = parser.condition(&mut parser.markup(&tag), &token);
                opener = tag;
            }
        }
    }
    Ok(parser.arena().alloc(If { branches: branches.into_bump_slice(), otherwise }))
}

/// Parses what comes after `else`: the end tag, or further branches, which are errors.
fn finish<'a>(parser: &mut Parser<'a>, mut stop: Option<Token<'a>>, opener: &Token<'a>) {
    while let Some(tag) = stop {
        match tag.tag_name() {
            "endif" => return parser.expect_no_arguments(&tag, opener),
            "else" => {
                parser.expect_no_arguments(&tag, opener);
                parser.report(Error::new("duplicated else").within(tag.span), opener);
            }
            _ => parser.report(Error::new("unexpected elsif after else").within(tag.span), opener),
        }
        stop = parser.nodes_until(&["elsif", "else", "endif"]).1;
    }
    parser.report_not_closed(opener);
}

impl Tag for If<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        for branch in self.branches {
            if runtime.condition(&branch.condition)? {
                return runtime.nodes(branch.body, out);
            }
        }
        runtime.nodes(self.otherwise.unwrap_or_default(), out)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let branches = self.branches.iter().map(|branch| branch.part(true)).collect();
        vec![Part::Branches { branches, otherwise: self.otherwise.unwrap_or_default() }]
    }
}
