//! `{% comment %} … {% endcomment %}`

use crate::engine::row::Example;
use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;

/// Prints nothing. Its body is split into tokens, but its tags are not parsed.
pub const COMMENT: TagDefinition = TagDefinition::new("comment", parse)
    .summary("Prints nothing; the tags inside are not parsed.")
    .syntax("{% comment %}…{% endcomment %}")
    .since("1.9.1")
    .examples(&[Example::new("a{% comment %}{% if %}{% endcomment %}b", "ab")]);

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    if parser.skip_until("endcomment").is_none() {
        parser.report_not_closed(&token);
    }
    Ok(&NoopTag)
}
