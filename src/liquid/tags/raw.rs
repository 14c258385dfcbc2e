//! `{% raw %} … {% endraw %}`

use crate::liquid::error::Result;
use crate::liquid::lexer::Token;
use crate::liquid::output::Output;
use crate::liquid::parser::{Nothing, Parser, TagDefinition};
use crate::liquid::runtime::Runtime;
use crate::liquid::tree::{Part, Printed, Tag};

/// Prints what stands inside as it is.
///
/// ```
/// assert_eq!(inkproof::liquid::render("{% raw %}{{ x }}{% endraw %}", "{}").unwrap(), "{{ x }}");
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
        return Ok(&Nothing);
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
