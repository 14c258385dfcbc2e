//! The definition of a tag: how it is parsed, and how a parsed one renders.

use std::fmt::Debug;

use crate::engine::output::Output;
use crate::engine::row::{Absent, Argument, Differs, Example};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;

/// Parses a tag from its token, and consumes its body and end tag from the parser.
pub type ParseTag = for<'a> fn(&mut Parser<'a>, Token<'a>) -> Result<&'a dyn Tag>;

/// A tag that templates can use: the function that parses it, and the row that describes it. `explain` and the
/// reference page read that row. Tests compare its claims with the behavior of the tag.
#[derive(Clone, Copy, Debug)]
pub struct TagDefinition {
    /// Name in templates.
    pub name: &'static str,
    /// The function that parses it.
    pub parse: ParseTag,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Its syntax, as a template that shows every part.
    pub syntax: &'static str,
    /// Its arguments, if they have names or a fixed kind.
    pub arguments: &'static [Argument],
    /// What it does with an input that is null or missing; `None` if it has no input.
    pub input: Option<TagInput>,
    /// The first LiquidJS release that has it; `None` if LiquidJS does not have it.
    pub since: Option<&'static str>,
    /// How it differs from the row with the same name that it replaces, in a dialect.
    pub differs: Differs,
    /// Templates that use it, with their output.
    pub examples: &'static [Example],
}

/// What a tag does with an input that is null or missing.
#[derive(Clone, Copy, Debug)]
pub struct TagInput {
    /// A template that uses the tag with the variable `input` as its input.
    pub template: &'static str,
    /// The result of that template if `input` is null.
    pub null: Absent,
    /// The result of that template if `input` is missing, in live mode.
    pub missing: Absent,
}

impl TagDefinition {
    /// A row with only the name and the parse function.
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

    /// Sets the one-sentence summary.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Sets the syntax, as a template that shows every part.
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

    /// Sets the results of `template` if its variable `input` is null, and if it is missing in live mode.
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

    /// Sets how it differs from the row that it replaces.
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

    /// What the tag does, for code that reads templates without rendering them: everything that [`Tag::render`]
    /// evaluates, renders, prints and sets, in the order of execution.
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
