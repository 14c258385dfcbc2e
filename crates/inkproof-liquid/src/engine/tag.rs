//! The contract of a tag: how it is parsed, and what a parsed one does.

use std::fmt::Debug;

use crate::engine::output::Output;
use crate::engine::row::{Absent, Argument, Differs, Example};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;

/// Parses a tag from its token, and takes its body and end tag from the parser.
pub type ParseTag = for<'a> fn(&mut Parser<'a>, Token<'a>) -> Result<&'a dyn Tag>;

/// A tag that templates can use: the function that parses it, and the row that says everything else about it. `explain`
/// and the reference page read that row; tests compare its claims with what the tag does.
#[derive(Clone, Copy, Debug)]
pub struct TagDefinition {
    /// Its name.
    pub name: &'static str,
    /// How it is parsed.
    pub parse: ParseTag,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// Its arguments, where they have names or are of a fixed kind.
    pub arguments: &'static [Argument],
    /// What it makes of an input that is null or missing; none where it has no input.
    pub input: Option<TagInput>,
    /// The first LiquidJS release that has it; none where LiquidJS does not have it.
    pub since: Option<&'static str>,
    /// How it differs from the row of the same name that it replaces, in a dialect.
    pub differs: Differs,
    /// Templates that use it, and what they print.
    pub examples: &'static [Example],
}

/// What a tag makes of an input that is null or missing.
#[derive(Clone, Copy, Debug)]
pub struct TagInput {
    /// A template that uses the tag, with the variable `input` as its input.
    pub template: &'static str,
    /// What that template makes of null.
    pub null: Absent,
    /// What it makes of a missing variable in live mode.
    pub missing: Absent,
}

impl TagDefinition {
    /// A row about which nothing but its name and how it is parsed is known yet.
    #[must_use]
    pub const fn new(name: &'static str, parse: ParseTag) -> Self {
        Self {
            name,
            parse,
            summary: "",
            syntax: "",
            arguments: &[],
            input: None,
            since: None,
            differs: Differs::Not,
            examples: &[],
        }
    }

    /// Sets the summary.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Sets how it is written.
    #[must_use]
    pub const fn syntax(mut self, syntax: &'static str) -> Self {
        self.syntax = syntax;
        self
    }

    /// Sets the arguments.
    #[must_use]
    pub const fn arguments(mut self, arguments: &'static [Argument]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Sets what `template` makes of a variable `input` that is null, and of one that is missing in live mode.
    #[must_use]
    pub const fn input(mut self, template: &'static str, null: Absent, missing: Absent) -> Self {
        self.input = Some(TagInput { template, null, missing });
        self
    }

    /// Sets the first LiquidJS release that has it.
    #[must_use]
    pub const fn since(mut self, release: &'static str) -> Self {
        self.since = Some(release);
        self
    }

    /// Sets how it differs from the row it replaces.
    #[must_use]
    pub const fn differs(mut self, differs: Differs) -> Self {
        self.differs = differs;
        self
    }

    /// Sets the examples.
    #[must_use]
    pub const fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }
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
