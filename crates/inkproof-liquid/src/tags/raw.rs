//! `{% raw %} … {% endraw %}`

use crate::engine::output::Output;
use crate::engine::row::Example;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Printed};

/// Prints its body unchanged.
pub const RAW: TagDefinition = TagDefinition::new("raw", parse)
    .summary("Prints its body unchanged, without rendering it.")
    .syntax("{% raw %}…{% endraw %}")
    .since("1.9.1")
    .examples(&[Example::new("{% raw %}{{ x }}{% endraw %}", "{{ x }}")]);

/// A parsed `raw`.
#[derive(Debug)]
pub struct Raw<'a> {
    /// The body, printed unchanged.
    pub text: &'a str,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let Some(text) = parser.skip_until("endraw") else {
        parser.report_not_closed(&token);
        return Ok(&NoopTag);
    };
    Ok(parser.arena().alloc(Raw { text }))
}

impl Tag for Raw<'_> {
    fn render<'a>(&'a self, _: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        out.write_str(self.text)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Print(Printed::Text(self.text))]
    }
}
