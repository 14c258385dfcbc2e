//! The contract of a tag: how it is parsed, and what a parsed one does.

use std::fmt::Debug;

use crate::engine::output::Output;
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;

/// Parses a tag from its token, and takes its body and end tag from the parser.
pub type ParseTag = for<'a> fn(&mut Parser<'a>, Token<'a>) -> Result<&'a dyn Tag>;

/// A tag that templates can use: a row of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct TagDefinition {
    /// Its name.
    pub name: &'static str,
    /// How it is parsed.
    pub parse: ParseTag,
}

/// A tag that has been parsed.
pub trait Tag: Debug + Send + Sync {
    /// Renders the tag.
    ///
    /// # Errors
    /// Any failure inside; an error without a position gets this tag's.
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()>;

    /// What the tag does, for code that reads templates without rendering them: everything that [`Tag::render`] evaluates,
    /// renders, prints and sets, in the order of execution.
    ///
    /// There is no default: a tag that evaluates, renders, prints and sets nothing says so with an empty list.
    fn parts(&self) -> Vec<Part<'_>>;
}

/// A tag that prints nothing.
#[derive(Debug)]
pub struct NoopTag;

impl Tag for NoopTag {
    fn render<'a>(&'a self, _: &mut Runtime<'a>, _: &mut Output) -> Result<()> {
        Ok(())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        Vec::new()
    }
}
