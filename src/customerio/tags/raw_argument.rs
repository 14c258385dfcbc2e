//! Arguments in the syntax of Customer.io's tags: `url:https://example.com track:true`, which are not Liquid values.

use crate::liquid::error::{Error, Result};
use crate::liquid::span::Span;
use crate::liquid::syntax::character::is_blank;
use crate::liquid::syntax::expression_parser::ExpressionParser;
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;

/// An argument as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawArgument<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value, without quotes.
    pub value: &'a str,
    /// The span of the value.
    pub span: Span,
}

impl RawArgument<'_> {
    /// The value as a boolean.
    ///
    /// # Errors
    /// The value is neither `true` nor `false`.
    pub(super) fn flag(&self) -> Result<bool> {
        match self.value {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.unexpected("`true` or `false`")),
        }
    }

    /// The error for a value other than `expected`.
    pub(super) fn unexpected(&self, expected: &str) -> Error {
        let Self { name, value, .. } = self;
        Error::new(format!("`{name}` expected {expected}, not `{value}`")).within(self.span)
    }
}

/// Parses the arguments of a tag: a name, the `separator`, and a value that is quoted or ends at whitespace. Whitespace
/// and quotes inside `{{ … }}` do not end a value.
///
/// # Errors
/// An argument is malformed, repeated, or has a name that is not in `known`.
pub(super) fn arguments<'a>(
    parser: &Parser<'a>,
    token: &Token<'a>,
    separator: char,
    known: &[&str],
) -> Result<Vec<RawArgument<'a>>> {
    let mut markup = parser.markup(token);
    let mut arguments: Vec<RawArgument<'a>> = Vec::new();
    loop {
        let name_span = markup.identifier();
        let name = markup.text(name_span);
        if name.is_empty() && markup.is_at_end() {
            return Ok(arguments);
        }
        if !known.contains(&name) {
            let (found, names) = (markup.snapshot(), known.join("`, `"));
            let found = if name.is_empty() { found } else { format!("`{name}`") };
            let message = format!("`{}` does not take {found}: expected `{names}`", token.tag_name());
            return Err(Error::new(message).within(name_span));
        }
        if arguments.iter().any(|earlier| earlier.name == name) {
            return Err(Error::new(format!("`{name}` is there twice: leave one out")).within(name_span));
        }
        markup.skip_blanks();
        if !markup.take(separator) {
            return Err(Error::new(format!("`{name}` expected a value: `{name}{separator}…`")).within(name_span));
        }
        let span = value(&mut markup)?;
        arguments.push(RawArgument { name, value: markup.text(span), span });
    }
}

/// Parses a value. Its span excludes the quotes.
fn value(markup: &mut ExpressionParser<'_>) -> Result<Span> {
    markup.skip_blanks();
    let quote = markup.peek().filter(|first| matches!(first, '"' | '\''));
    if let Some(quote) = quote {
        markup.take(quote);
    }
    let start = markup.position();
    while let Some(next) = markup.peek() {
        if Some(next) == quote || (quote.is_none() && is_blank(next)) {
            break;
        }
        markup.take(next);
        if next == '{' && markup.take('{') {
            markup.skip_past("}}");
        }
    }
    let span = Span::new(start, markup.position());
    match quote {
        Some(quote) if !markup.take(quote) => {
            Err(Error::new(format!("a quote is not closed: expected `{quote}`")).within(span))
        }
        _ => Ok(span),
    }
}
