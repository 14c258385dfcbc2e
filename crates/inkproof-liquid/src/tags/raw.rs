//! `{% raw %} … {% endraw %}`

use crate::engine::output::Output;
use crate::engine::runtime::Runtime;
use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{Part, Printed};

/// Prints what stands inside as it is.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{% raw %}{{ x }}{% endraw %}", "{}").unwrap(), "{{ x }}");
/// ```
pub const RAW: TagDefinition = TagDefinition { name: "raw", parse };

/// A parsed `raw`.
#[derive(Debug)]
pub struct Raw<'a> {
    /// What it prints.
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
