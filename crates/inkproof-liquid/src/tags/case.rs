//! `{% case value %} {% when a, b %} … {% else %} … {% endcase %}`

use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Arm, Part};
use crate::syntax::tree::{FilteredValue, Nodes, Operand};

/// Renders every branch with a value that equals the case value, or `else` if there is none.
pub const CASE: TagDefinition = TagDefinition::new("case", parse)
    .summary("Renders every branch with a value that equals the first value, or `else` if there is none.")
    .syntax("{% case value %}{% when value, value %}…{% else %}…{% endcase %}")
    .input(
        "{% case input %}{% when nil %}nil{% else %}other{% endcase %}",
        Absent::Prints("nil"),
        Absent::Prints("nil"),
    )
    .since("1.9.1")
    .examples(&[Example::new("{% case 2 %}{% when 1 or 3 %}odd{% when 2, 4 %}even{% else %}?{% endcase %}", "even")]);

/// A parsed `case`.
#[derive(Debug)]
pub struct Case<'a> {
    /// The value that the branches are compared with.
    pub head: FilteredValue<'a>,
    /// The branches, in order.
    pub branches: &'a [Branch<'a>],
    /// Rendered if no branch matches.
    pub otherwise: Nodes<'a>,
}

/// A branch of a `case`.
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    /// The branch matches if one of these equals the case value.
    pub values: &'a [Operand<'a>],
    /// The body to render.
    pub body: Nodes<'a>,
    /// The span of the `when` tag.
    pub span: Span,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let head = parser.condition(&mut markup, &token);
    let mut branches = bumpalo::collections::Vec::new_in(parser.arena());
    let mut otherwise = bumpalo::collections::Vec::new_in(parser.arena());
    let mut elses = 0;
    // Nodes before the first branch are parsed and dropped.
    let (_, mut stop) = parser.nodes_until(&["when", "else", "endcase"]);
    while let Some(tag) = stop {
        let values = match tag.tag_name() {
            "endcase" => break,
            "else" => {
                parser.expect_bare_else(&tag, &token);
                elses += 1;
                None
            }
            // A `when` after an `else` is part of the `else`.
            _ if elses > 0 => None,
            _ => {
                let values = when_values(parser, &tag);
                Some(parser.or_report(values, &token))
            }
        };
        let (body, next) = parser.nodes_until(&["when", "else", "endcase"]);
        match values {
            Some(values) => branches.push(Branch { values, body, span: tag.span }),
            None if elses == 1 => otherwise.extend_from_slice(body),
            None => {}
        }
        stop = next;
    }
    if stop.is_none() {
        parser.report_not_closed(&token);
    }
    let (branches, otherwise) = (branches.into_bump_slice(), otherwise.into_bump_slice());
    Ok(parser.arena().alloc(Case { head, branches, otherwise }))
}

/// Parses values separated by commas or `or`. Anything else between them is skipped.
fn when_values<'a>(parser: &Parser<'a>, tag: &Token<'a>) -> Result<&'a [Operand<'a>]> {
    let mut markup = parser.markup(tag);
    let mut values = bumpalo::collections::Vec::new_in(parser.arena());
    while !markup.is_at_end() {
        values.push(markup.expect_operand()?);
        markup.skip_blanks();
        let separator = if markup.peek() == Some(',') { "," } else { "or" };
        markup.skip_past(separator);
    }
    Ok(values.into_bump_slice())
}

impl Tag for Case<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let head = runtime.lenient_value(&self.head)?.plain(runtime.arena());
        let mut has_matched = false;
        for branch in self.branches {
            for value in branch.values {
                if runtime.matches(head, value)? {
                    runtime.nodes(branch.body, out)?;
                    has_matched = true;
                    break;
                }
            }
        }
        if has_matched { Ok(()) } else { runtime.nodes(self.otherwise, out) }
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let arms = self.branches.iter().map(|branch| Arm { values: branch.values, body: branch.body });
        vec![Part::Case { head: &self.head, arms: arms.collect(), otherwise: self.otherwise }]
    }
}
