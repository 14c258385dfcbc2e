//! `{% comment %} … {% endcomment %}`

use crate::liquid::error::Result;
use crate::liquid::lexer::Token;
use crate::liquid::parser::{Nothing, Parser, TagDefinition};
use crate::liquid::tree::Tag;

/// Prints nothing. What stands inside is read as tokens, but not as tags.
///
/// ```
/// assert_eq!(inkproof::liquid::render("a{% comment %}{% if %}{% endcomment %}b", "{}").unwrap(), "ab");
/// ```
pub const COMMENT: TagDefinition = TagDefinition { name: "comment", parse };

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    if parser.skip_until("endcomment").is_none() {
        parser.report_not_closed(&token);
    }
    Ok(&Nothing)
}
