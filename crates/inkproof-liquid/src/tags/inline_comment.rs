//! `{% # a remark %}`

use crate::engine::row::Example;
use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::{Error, Result};
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::value::utf16::is_space;

/// Prints nothing. In a comment of several lines, each must begin with `#`.
pub const INLINE_COMMENT: TagDefinition = TagDefinition::new("#", parse)
    .summary("Prints nothing; each of several lines must begin with `#`.")
    .syntax("{% # … %}")
    .since("9.38.0")
    .examples(&[Example::new("a{% # to be done %}b", "ab")]);

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let later_lines = parser.arguments_text(&token).split('\n').skip(1).map(|line| line.trim_start_matches(is_space));
    if later_lines.into_iter().any(|line| !line.is_empty() && !line.starts_with('#')) {
        return Err(Error::new("every line of an inline comment must start with a '#' character"));
    }
    Ok(&NoopTag)
}
