//! The parser: builds the tree from tokens. It continues after errors, in LiquidJS's order, so that its first error is
//! the one that LiquidJS reports.

use std::cell::OnceCell;
use std::collections::VecDeque;

use foldhash::HashSet;

use crate::engine::language::Language;
use crate::engine::tag::{NoopTag, Tag};
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::span::Span;
use crate::syntax::dialect::{Reading, Surroundings, UnknownFilters};
use crate::syntax::expression_parser::ExpressionParser;
use crate::syntax::lexer::{self, MAX_ERRORS, Token, TokenKind};
use crate::syntax::tree::{Expression, FilteredValue, Node, NodeKind, Nodes};
use crate::value::{Arena, json, utf16};

/// Deepest nesting of tags. LiquidJS exhausts its stack some thousand levels later.
pub const MAX_DEPTH: usize = 200;

/// Parses a template into its nodes. The template and the templates in its tags may have `limit` UTF-16 code units
/// together.
///
/// # Errors
/// Every error in the template; the first is the one that LiquidJS reports.
pub(crate) fn parse<'a>(
    source: &'a str,
    language: &'a Language,
    arena: &'a Arena,
    limit: usize,
) -> Result<Nodes<'a>, Vec<Error>> {
    let mut parser = Parser::new(source, language, arena, limit)?;
    let nodes = parser.nodes_to_the_end();
    if parser.errors.is_empty() { Ok(nodes) } else { Err(parser.errors) }
}

/// Works through the tokens of a template. Tags use it to read what belongs to them.
#[derive(Debug)]
pub struct Parser<'a> {
    source: &'a str,
    arena: &'a Arena,
    language: &'a Language,
    tokens: VecDeque<Token<'a>>,
    errors: Vec<Error>,
    depth: usize,
    /// Set once tags are nested too deeply: later errors would only be consequences.
    has_given_up: bool,
    /// Unknown tags that were reported, so that their end tags are not reported as well.
    unknown_tags: Option<HashSet<&'a str>>,
    /// The names of the tags that are being parsed, innermost last.
    blocks: Vec<&'a str>,
    /// The most UTF-16 code units that this template and those in its tags may have.
    limit: usize,
    /// How many of these the templates in its tags have.
    inner_length: usize,
    /// How many of these the template itself has, once that is needed.
    length: OnceCell<usize>,
}

impl<'a> Parser<'a> {
    fn new(source: &'a str, language: &'a Language, arena: &'a Arena, limit: usize) -> Result<Self, Vec<Error>> {
        if source.len() > limit && utf16::length(source) > limit {
            return Err(vec![Error::new("parse length limit exceeded")]);
        }
        let dialect = language.dialect();
        let (tokens, errors) = lexer::tokenize(source, dialect.reading, arena);
        let errors = errors.into_iter().map(|error| dialect.worded(error, Surroundings::default())).collect();
        Ok(Self {
            source,
            arena,
            language,
            tokens: tokens.into(),
            errors,
            depth: 0,
            has_given_up: false,
            unknown_tags: None,
            blocks: Vec::new(),
            limit,
            inner_length: 0,
            length: OnceCell::new(),
        })
    }

    /// Parses a template that is written in a tag, such as the name of a file. It counts towards the length of this
    /// one.
    ///
    /// # Errors
    /// As for [`Template::parse_limited`](crate::engine::template::Template::parse_limited).
    pub(crate) fn inner_template(&mut self, text: &'a str) -> Result<Nodes<'a>, Vec<Error>> {
        let used = self.length() + self.inner_length;
        let mut inner = Self::new(text, self.language, self.arena, self.limit.saturating_sub(used))?;
        let nodes = inner.nodes_to_the_end();
        self.inner_length += inner.length() + inner.inner_length;
        if inner.errors.is_empty() { Ok(nodes) } else { Err(inner.errors) }
    }

    fn length(&self) -> usize {
        *self.length.get_or_init(|| {
            self.arena.count(self.source.len() / 16);
            utf16::length(self.source)
        })
    }

    /// The arena that the tree is made in.
    #[must_use]
    pub const fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// The language.
    #[must_use]
    pub const fn language(&self) -> &'a Language {
        self.language
    }

    /// The text of a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &'a str {
        span.of(self.source)
    }

    /// The source text of a tag's arguments.
    #[must_use]
    pub fn arguments_text(&self, tag: &Token<'a>) -> &'a str {
        tag.arguments(self.source)
    }

    /// An expression parser over a tag's arguments or an output's content.
    #[must_use]
    pub fn markup(&self, token: &Token<'a>) -> ExpressionParser<'a> {
        let start = match token.kind {
            TokenKind::Tag { arguments, .. } => arguments,
            _ => token.content.start,
        };
        ExpressionParser::new(self.source, Span::new(start, token.content.end), self.arena, self.language)
    }

    /// Records an error, at `token` unless it has a position, and lets parsing continue.
    pub fn report(&mut self, error: Error, token: &Token<'a>) {
        if !self.has_given_up && self.errors.len() < MAX_ERRORS {
            let surroundings =
                Surroundings { tag: token.tag_name(), block: self.blocks.last().copied().unwrap_or_default() };
            let error = self.language.dialect().worded(error, surroundings);
            self.errors.push(error.placed(ErrorKind::Parse, self.source, token.span));
        }
    }

    /// Returns a parsed part of a tag. If parsing it failed, reports the error and returns a default, so that the rest
    /// of the tag can be parsed.
    pub fn or_report<T: Default>(&mut self, part: Result<T>, token: &Token<'a>) -> T {
        part.unwrap_or_else(|error| {
            self.report(error, token);
            T::default()
        })
    }

    /// Parses an expression with filters. Errors are reported, and an empty expression is returned.
    pub fn value(&mut self, markup: &mut ExpressionParser<'a>, token: &Token<'a>) -> FilteredValue<'a> {
        match markup.filtered_value() {
            Ok(value) => {
                if self.language.dialect().unknown_filters == UnknownFilters::Fail {
                    for unknown in value.filters.iter().filter(|filter| filter.filter.is_none()) {
                        self.report(Error::unknown_filter(unknown.name).within(unknown.span), token);
                    }
                }
                value
            }
            Err(error) => {
                self.report(error, token);
                FilteredValue { expression: Expression { steps: &[] }, filters: &[], span: token.span }
            }
        }
    }

    /// Parses a condition or the head of a `case`. In the loose grammar it is required and has no filters.
    pub fn condition(&mut self, markup: &mut ExpressionParser<'a>, token: &Token<'a>) -> FilteredValue<'a> {
        if self.language.dialect().reading == Reading::Exact {
            return self.value(markup, token);
        }
        markup.loose_condition().unwrap_or_else(|error| {
            self.report(error, token);
            FilteredValue { expression: Expression { steps: &[] }, filters: &[], span: token.span }
        })
    }

    /// Reports arguments of `else`, which the loose grammar allows except in `case`.
    pub fn expect_bare_else(&mut self, tag: &Token<'a>, opener: &Token<'a>) {
        if self.language.dialect().reading == Reading::Loose && !self.arguments_text(tag).is_empty() {
            self.report(Error::new("unexpected arguments of `else`").about(Subject::ElseArguments), opener);
        }
    }

    /// Reports arguments of a tag that takes none, at `opener`.
    pub fn expect_no_arguments(&mut self, tag: &Token<'a>, opener: &Token<'a>) {
        let arguments = self.arguments_text(tag);
        if !arguments.is_empty() && self.language.dialect().reading == Reading::Exact {
            let mut message = "unexpected ".to_owned();
            json::write_string(arguments, &mut message);
            self.report(Error::new(message), opener);
        }
    }

    /// Reports that `opener` has no end tag.
    pub fn report_not_closed(&mut self, opener: &Token<'a>) {
        let text = opener.span.of(self.source);
        let error = Error::new(format!("tag {text} not closed"));
        self.report(error.about(Subject::NotClosed(opener.tag_name().to_owned())), opener);
    }

    /// Parses nodes up to a tag with one of these names, and returns that tag; `None` at the end of the template.
    pub fn nodes_until(&mut self, stops: &[&str]) -> (Nodes<'a>, Option<Token<'a>>) {
        let mut nodes = bumpalo::collections::Vec::new_in(self.arena);
        while let Some(token) = self.tokens.pop_front() {
            if matches!(token.kind, TokenKind::Tag { name, .. } if stops.contains(&name)) {
                return (nodes.into_bump_slice(), Some(token));
            }
            nodes.extend(self.node(token));
        }
        (nodes.into_bump_slice(), None)
    }

    /// Parses nodes up to the end of the template.
    pub fn nodes_to_the_end(&mut self) -> Nodes<'a> {
        self.nodes_until(&[]).0
    }

    /// Skips tokens up to the tag `end`, and returns their source text; `None` without such a tag.
    pub fn skip_until(&mut self, end: &str) -> Option<&'a str> {
        let length = self.tokens.iter().position(|token| token.tag_name() == end);
        self.arena.count(length.unwrap_or(self.tokens.len()));
        let passed: Vec<_> = self.tokens.drain(..length.unwrap_or(self.tokens.len())).collect();
        length?;
        self.tokens.pop_front();
        Some(match passed[..] {
            [] => "",
            [only] => only.span.of(self.source),
            // The text between the lines of a `{% liquid %}` tag belongs to no token.
            _ => {
                let source: String = passed.iter().map(|token| token.span.of(self.source)).collect();
                self.arena.alloc_str(&source)
            }
        })
    }

    /// Parses the lines of a `{% liquid %}` tag as tags.
    pub fn lines(&mut self, body: Span) -> Nodes<'a> {
        self.arena.count(body.end.saturating_sub(body.start));
        let (tokens, errors) = lexer::tokenize_lines(self.source, body);
        if !self.has_given_up {
            self.errors.extend(errors);
        }
        let outer = std::mem::replace(&mut self.tokens, tokens.into());
        let nodes = self.nodes_to_the_end();
        self.tokens = outer;
        nodes
    }

    fn node(&mut self, token: Token<'a>) -> Option<Node<'a>> {
        let kind = match token.kind {
            TokenKind::Text => Ok(NodeKind::Text(token.content.of(self.source))),
            TokenKind::Output => Ok(NodeKind::Output(self.value(&mut self.markup(&token), &token))),
            TokenKind::Tag { name, .. } => self.tag(name, token).map(|tag| NodeKind::Tag { name, tag }),
        };
        match kind {
            // The whitespace that a trim mark removed is not part of the node.
            Ok(kind @ NodeKind::Text(_)) => return Some(Node::new(kind, token.content)),
            Ok(kind) => return Some(Node::new(kind, token.span)),
            Err(error) => self.report(error, &token),
        }
        None
    }

    fn tag(&mut self, name: &'a str, token: Token<'a>) -> Result<&'a dyn Tag> {
        let Some(definition) = self.language.tag(name) else {
            if name
                .strip_prefix("end")
                .is_some_and(|opener| self.unknown_tags.as_ref().is_some_and(|tags| tags.contains(opener)))
            {
                return Ok(&NoopTag);
            }
            self.unknown_tags.get_or_insert_default().insert(name);
            return Err(Error::unknown_tag(name));
        };
        if self.depth == MAX_DEPTH {
            self.report(Error::nesting(MAX_DEPTH), &token);
            self.has_given_up = true;
            self.tokens.clear();
        }
        self.depth += 1;
        self.blocks.push(name);
        let tag = (definition.parse)(self, token);
        self.blocks.pop();
        self.depth -= 1;
        tag
    }
}
