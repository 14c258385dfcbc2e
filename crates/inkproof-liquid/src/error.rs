//! Errors, with the name, message and position that LiquidJS reports.

use std::fmt;

use crate::span::{Position, Span};

/// The kind of an error, named by LiquidJS's `error.name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A limit was exceeded before any position was known.
    Assertion,
    /// Well-formed but invalid: an unknown tag or filter, a tag that is not closed.
    Parse,
    /// Rendering failed.
    Render,
    /// The template is not well-formed Liquid.
    Tokenization,
    /// A variable is missing.
    UndefinedVariable,
}

impl ErrorKind {
    /// The name LiquidJS gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assertion => "AssertionError",
            Self::Parse => "ParseError",
            Self::Render => "RenderError",
            Self::Tokenization => "TokenizationError",
            Self::UndefinedVariable => "UndefinedVariableError",
        }
    }
}

/// A failure to parse or to render.
///
/// A filter or operator creates an error without a position. The enclosing construct then gives it a kind and a
/// position; the innermost one wins.
///
/// ```
/// let error = inkproof_liquid::render("{{ x }}", "{}").unwrap_err();
/// assert_eq!(error.name(), "UndefinedVariableError");
/// assert_eq!(error.to_string(), "undefined variable: x, line:1, col:4");
/// ```
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    message: String,
    place: Option<(ErrorKind, Position)>,
    span: Option<Span>,
    subject: Option<Subject>,
}

/// What an error is about, for suggestions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A missing path, such as `trigger.order_number`.
    MissingVariable(String),
    /// A filter that does not exist.
    UnknownFilter(String),
    /// A tag that does not exist.
    UnknownTag(String),
    /// The nesting of tags.
    Nesting,
    /// A tag without an end tag.
    NotClosed(String),
    /// An output without its closing delimiter: its text up to where that is noticed.
    UnterminatedOutput(String),
    /// The same for a tag.
    UnterminatedTag(String),
    /// An operator that does not exist.
    UnknownOperator(String),
    /// An `else` with arguments.
    ElseArguments,
}

impl Error {
    /// An error without a position.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Inner { message: message.into(), place: None, span: None, subject: None }))
    }

    /// A read of the missing variable `path`.
    #[must_use]
    pub fn undefined_variable(path: &str) -> Self {
        Self::new(format!("undefined variable: {path}")).about(Subject::MissingVariable(path.to_owned()))
    }

    /// A use of the filter `name`, which does not exist.
    #[must_use]
    pub fn unknown_filter(name: &str) -> Self {
        Self::new(format!("undefined filter: {name}")).about(Subject::UnknownFilter(name.to_owned()))
    }

    /// A use of the tag `name`, which does not exist.
    #[must_use]
    pub fn unknown_tag(name: &str) -> Self {
        Self::new(format!("tag \"{name}\" not found")).about(Subject::UnknownTag(name.to_owned()))
    }

    /// Tags nested deeper than `levels`.
    #[must_use]
    pub fn nesting(levels: usize) -> Self {
        Self::new(format!("tags are nested deeper than {levels} levels")).about(Subject::Nesting)
    }

    pub(crate) fn about(mut self, subject: Subject) -> Self {
        self.0.subject = Some(subject);
        self
    }

    /// The same error with another message.
    #[must_use]
    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.0.message = message;
        self
    }

    /// An error of `kind` at `span` of `source`, which is part of the template itself.
    #[must_use]
    pub fn at(kind: ErrorKind, message: impl Into<String>, source: &str, span: Span) -> Self {
        Self::new(message).placed(kind, source, span)
    }

    /// The first of a template's errors: the one that LiquidJS reports.
    #[must_use]
    pub fn first_of(errors: Vec<Self>) -> Self {
        errors.into_iter().next().unwrap_or_else(|| Self::new("the template cannot be parsed"))
    }

    /// Sets the error's kind and position, unless it already has them.
    #[must_use]
    pub fn placed(mut self, kind: ErrorKind, source: &str, span: Span) -> Self {
        if self.0.place.is_none() {
            self.0.place = Some((kind, Position::at(source, span.start)));
            self.0.span.get_or_insert(span);
        }
        self
    }

    /// Removes the span (not the position), because it refers to a source other than the template, such as an
    /// expression that a filter received as a string.
    #[must_use]
    pub fn without_span(mut self) -> Self {
        self.0.span = None;
        self
    }

    /// Sets the span in the template, unless the error already has a narrower one.
    #[must_use]
    pub fn within(mut self, span: Span) -> Self {
        self.0.span.get_or_insert(span);
        self
    }

    /// Wraps the error as LiquidJS does if reading a path fails for any reason: its full text becomes the message of an
    /// `UndefinedVariableError` at the path.
    #[must_use]
    pub fn while_reading(self, source: &str, span: Span) -> Self {
        let mut error = Self::at(ErrorKind::UndefinedVariable, self.to_string(), source, span);
        error.0.subject = self.0.subject;
        error
    }

    /// Whether this is a missing variable without a position, which lenient contexts read as null.
    #[must_use]
    pub(crate) fn is_unplaced_undefined(&self) -> bool {
        matches!(self.0.subject, Some(Subject::MissingVariable(_))) && self.0.place.is_none()
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.place.map_or(ErrorKind::Assertion, |(kind, _)| kind)
    }

    /// LiquidJS's name for the kind, such as `RenderError`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// The message without its position.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What the error is about, if known.
    #[must_use]
    pub fn subject(&self) -> Option<&Subject> {
        self.0.subject.as_ref()
    }

    /// The position that LiquidJS reports. For an expression that a filter received as a string, the position within
    /// it.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.0.place.map(|(_, position)| position)
    }

    /// Its place in the template.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(Position { line, column }) = self.position() {
            write!(f, ", line:{line}, col:{column}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// The result of parsing or rendering.
pub type Result<T, E = Error> = std::result::Result<T, E>;
