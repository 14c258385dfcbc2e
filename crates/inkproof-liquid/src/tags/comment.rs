//! `{% comment %} … {% endcomment %}`

use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;

/// Prints nothing. What stands inside is read as tokens, but not as tags.
///
/// ```
/// assert_eq!(inkproof_liquid::render("a{% comment %}{% if %}{% endcomment %}b", "{}").unwrap(), "ab");
/// ```
pub const COMMENT: TagDefinition = TagDefinition { name: "comment", parse };

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    if parser.skip_until("endcomment").is_none() {
        parser.report_not_closed(&token);
    }
    Ok(&NoopTag)
}
