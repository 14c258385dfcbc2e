//! `{% unless condition %} … {% elsif condition %} … {% else %} … {% endunless %}`

use super::r#if::Branch;
use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;
use crate::syntax::tree::Nodes;

/// Renders its body if the condition is false. Otherwise `elsif` and `else` work as in `if`.
pub const UNLESS: TagDefinition = TagDefinition::new("unless", parse)
    .summary("Renders its body if the condition is false; `elsif` and `else` work as in `if`.")
    .syntax("{% unless condition %}…{% elsif condition %}…{% else %}…{% endunless %}")
    .input("{% unless input %}no{% else %}yes{% endunless %}", Absent::Prints("no"), Absent::Prints("no"))
    .since("1.9.1")
    .examples(&[Example::new("{% unless x %}no x{% else %}x{% endunless %}", "no x")]);

/// A parsed `unless`.
#[derive(Debug)]
pub struct Unless<'a> {
    /// The branches: the first is rendered if its condition is false, the others if theirs is true.
    pub branches: &'a [Branch<'a>],
    /// Rendered if no branch is.
    pub otherwise: Nodes<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut branches = bumpalo::collections::Vec::new_in(parser.arena());
    let mut otherwise: Nodes<'a> = &[];
    let mut elses = 0;
    let mut opener = token;
    let mut condition = Some(parser.condition(&mut parser.markup(&token), &token));
    loop {
        let (body, stop) = parser.nodes_until(&["elsif", "else", "endunless"]);
        match condition.take() {
            Some(condition) => branches.push(Branch { condition, body, span: opener.span }),
            // Only the first `else` counts, and only up to an `elsif`.
            None if elses == 1 && opener.tag_name() == "else" => otherwise = body,
            None => {}
        }
        let Some(tag) = stop else {
            parser.report_not_closed(&token);
            break;
        };
        opener = tag;
        match tag.tag_name() {
            "endunless" => break,
            "else" => elses += 1,
            _ if elses > 0 => {}
            _ => condition = Some(parser.condition(&mut parser.markup(&tag), &token)),
        }
    }
    Ok(parser.arena().alloc(Unless { branches: branches.into_bump_slice(), otherwise }))
}

impl Tag for Unless<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        for (at, branch) in self.branches.iter().enumerate() {
            let is_true = runtime.condition(&branch.condition)?;
            if is_true != (at == 0) {
                return runtime.nodes(branch.body, out);
            }
        }
        runtime.nodes(self.otherwise, out)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let branches = self.branches.iter().enumerate().map(|(at, branch)| branch.part(at > 0)).collect();
        vec![Part::Branches { branches, otherwise: self.otherwise }]
    }
}
