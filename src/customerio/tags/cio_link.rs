//! `{% cio_link url:https://example.com track:true url_params:true %}`

use super::raw_argument::{self, RawArgument};
use crate::liquid::engine::output::Output;
use crate::liquid::engine::row::{Absent, Argument, Example, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{Tag, TagDefinition};
use crate::liquid::error::{Error, Result};
use crate::liquid::span::Span;
use crate::liquid::syntax::character::is_blank;
use crate::liquid::syntax::lexer::{Token, TokenKind};
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::{Node, NodeKind, Nodes};

/// Prints its URL, which may contain `{{ … }}`. Customer.io prints a URL that goes through its click tracking (unless
/// `track` is false) and has the workspace's URL parameters (unless `url_params` is false).
///
/// According to the documentation it is not meant for deep links, push and in-app messages.
pub const CIO_LINK: TagDefinition = TagDefinition::new("cio_link", parse)
    .summary("Prints a URL; Customer.io adds click tracking and the workspace's URL parameters to it.")
    .syntax("{% cio_link url:https://example.com track:true url_params:true %}")
    .arguments(&[
        Argument::named("url", Kind::String).and_required(),
        Argument::named("track", Kind::Boolean).or("true"),
        Argument::named("url_params", Kind::Boolean).or("true"),
    ])
    .input(
        "{% cio_link url:https://example.com/{{ input }} %}",
        Absent::Prints("https://example.com/"),
        Absent::Undefined,
    )
    .examples(&[Example::with(
        r#"{"customer": {"id": 5}}"#,
        "{% cio_link url:https://example.com/{{ customer.id }} track:false %}",
        "https://example.com/5",
    )]);

/// A parsed `cio_link`.
#[derive(Debug)]
pub struct CioLink<'a> {
    /// The URL: literal text and outputs.
    pub url: Nodes<'a>,
    /// Whether clicks are tracked.
    pub is_tracked: bool,
    /// Whether the workspace's URL parameters are added.
    pub has_url_params: bool,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let arguments = raw_argument::arguments(parser, &token, ':', &["url", "track", "url_params"])?;
    let argument = |name| arguments.iter().find(|argument| argument.name == name);
    let flag = |name| argument(name).map_or(Ok(true), RawArgument::flag);
    let (is_tracked, has_url_params) = (flag("track")?, flag("url_params")?);
    let Some(url) = argument("url").filter(|url| !url.value.is_empty()) else {
        return Err(Error::new("`cio_link` needs a URL, such as `url:https://example.com`"));
    };
    let url = pieces(parser, url)?;
    Ok(parser.arena().alloc(CioLink { url, is_tracked, has_url_params }))
}

/// Splits a URL into literal text and outputs. It cannot contain tags: the first `%}` ends the tag itself.
fn pieces<'a>(parser: &Parser<'a>, url: &RawArgument<'a>) -> Result<Nodes<'a>> {
    let mut pieces = bumpalo::collections::Vec::new_in(parser.arena());
    let mut at = url.span.start;
    while at < url.span.end {
        let rest = parser.text(Span::new(at, url.span.end));
        let length = rest.find("{{").unwrap_or(rest.len());
        if length > 0 {
            let span = Span::new(at, at + length);
            pieces.push(Node::new(NodeKind::Text(parser.text(span)), span));
            at = span.end;
            continue;
        }
        let Some(end) = rest.find("}}") else {
            return Err(Error::new("`{{` is not closed in the URL: expected `}}`").within(Span::new(at, at + 2)));
        };
        let span = Span::new(at, at + end + 2);
        let kind = output(parser, span).map_err(|error| error.within(span))?;
        pieces.push(Node::new(kind, span));
        at = span.end;
    }
    Ok(pieces.into_bump_slice())
}

/// Parses `{{ … }}`.
fn output<'a>(parser: &Parser<'a>, span: Span) -> Result<NodeKind<'a>> {
    let inside = parser.text(Span::new(span.start + 2, span.end - 2));
    // Trim marks have no effect here.
    let inside = inside.strip_suffix('-').unwrap_or(inside);
    let from_start = inside.strip_prefix('-').unwrap_or(inside).trim_start_matches(is_blank);
    let start = span.start + 2 + inside.len() - from_start.len();
    let content = Span::new(start, start + from_start.trim_end_matches(is_blank).len());
    parser.markup(&Token { kind: TokenKind::Output, span, content }).value().map(NodeKind::Output)
}

impl Tag for CioLink<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        runtime.nodes(self.url, out)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Body { body: self.url, name: None }]
    }
}
