//! Dialects: the differences between kinds of Liquid that share this lexer, parser and tree.
//!
//! A dialect is data: each field is one difference, and [`Dialect::LIQUIDJS`] is LiquidJS's behavior. For a field that
//! holds a function, `None` means LiquidJS's built-in behavior, so that the common case only costs a check for `None`.

use crate::error::{Error, ErrorKind, Result};
use crate::value::number::Numbers;
use crate::value::operators::Operator;
use crate::value::{Arena, Value};

/// The points in which a kind of Liquid may differ.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// The kind of numbers.
    pub numbers: Numbers,
    /// How strict the grammar inside outputs and tags is.
    pub reading: Reading,
    /// The operators as written; a longer one before its prefix.
    pub operators: &'static [(&'static str, Operator)],
    /// What happens to a filter that does not exist.
    pub unknown_filters: UnknownFilters,
    /// Whether `assign` turns a missing variable into null; otherwise it fails.
    pub assigns_missing_as_null: bool,
    /// How comparison operators work.
    pub apply: Option<Apply>,
    /// How a value is printed.
    pub print: Option<Print>,
    /// How a property is read.
    pub property: Option<ReadProperty>,
    /// How errors are worded.
    pub wording: Option<Wording>,
}

/// Applies a comparison operator.
pub type Apply = for<'a> fn(Operator, Value<'a>, Value<'a>, &'a Arena) -> Result<bool>;
/// Appends a value as it is printed.
pub type Print = fn(Value<'_>, &Arena, &mut String) -> Result<()>;
/// Reads a property by its key, and whether the key is in brackets; undefined if there is none.
pub type ReadProperty = for<'a> fn(Value<'a>, Value<'a>, bool, &'a Arena) -> Result<Value<'a>>;

/// How a dialect words errors.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// Its name for a kind of error.
    pub name: fn(ErrorKind) -> &'static str,
    /// Its message for an error; `None` for LiquidJS's.
    pub message: fn(&Error, Surroundings<'_>) -> Option<String>,
}

/// The tags around an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'s> {
    /// The name of the tag with the error; empty if it is not in a tag.
    pub tag: &'s str,
    /// The name of the enclosing tag; empty at the top level.
    pub block: &'s str,
}

/// How strict the grammar inside outputs and tags is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// LiquidJS's grammar: every character must be valid. There are trim marks, and outputs and tags may span lines.
    Exact,
    /// The legacy grammar: invalid parts are skipped. Outputs and tags end with their line, and a hyphen is part of a name.
    Loose,
}

/// What happens to a filter that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFilters {
    /// Parsing the template fails.
    Fail,
    /// The value passes through it unchanged.
    PassThrough,
}

impl Dialect {
    /// The behavior of LiquidJS.
    pub const LIQUIDJS: Self = Self {
        numbers: Numbers::JavaScript,
        reading: Reading::Exact,
        operators: &Operator::ALL,
        unknown_filters: UnknownFilters::Fail,
        assigns_missing_as_null: true,
        apply: None,
        print: None,
        property: None,
        wording: None,
    };

    /// The dialect's name for a kind of error.
    #[must_use]
    pub fn error_name(&self, error: &Error) -> &'static str {
        self.wording.map_or_else(|| error.name(), |wording| (wording.name)(error.kind()))
    }

    /// The full text of an error: LiquidJS appends the position to the message.
    #[must_use]
    pub fn error_text(&self, error: &Error) -> String {
        if self.wording.is_some() { error.message().to_owned() } else { error.to_string() }
    }

    /// An error as the dialect words it.
    #[must_use]
    pub fn worded(&self, error: Error, surroundings: Surroundings<'_>) -> Error {
        match self.wording.and_then(|wording| (wording.message)(&error, surroundings)) {
            Some(message) => error.with_message(message),
            None => error,
        }
    }
}
