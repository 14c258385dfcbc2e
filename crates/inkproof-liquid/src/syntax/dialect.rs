//! Dialects: in what two kinds of Liquid differ that share lexer, parser and tree.
//!
//! A dialect is data: each field is one difference, and [`Dialect::LIQUIDJS`] says what LiquidJS does. Where a field is a
//! function, `None` stands for the language's own way, so that LiquidJS pays no more than a look at it.

use crate::error::{Error, ErrorKind, Result};
use crate::value::number::Numbers;
use crate::value::operators::Operator;
use crate::value::{Arena, Value};

/// What a kind of Liquid does in its own way.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// What numbers are.
    pub numbers: Numbers,
    /// How exactly markup must be written.
    pub reading: Reading,
    /// The operators as they are written; a longer one before its beginning.
    pub operators: &'static [(&'static str, Operator)],
    /// What becomes of a filter that does not exist.
    pub unknown_filters: UnknownFilters,
    /// Whether `assign` gives a variable null where what it is given is missing; otherwise that fails.
    pub assigns_what_is_missing: bool,
    /// How an operator that compares works.
    pub apply: Option<Apply>,
    /// How a value is printed.
    pub print: Option<Print>,
    /// How a property is read.
    pub property: Option<ReadProperty>,
    /// How mistakes are worded.
    pub wording: Option<Wording>,
}

/// Works out whether an operator holds.
pub type Apply = for<'a> fn(Operator, Value<'a>, Value<'a>, &'a Arena) -> Result<bool>;
/// Appends the text of a value.
pub type Print = fn(Value<'_>, &mut String) -> Result<()>;
/// Reads a property, by its key and whether that stands in brackets; undefined where there is none.
pub type ReadProperty = for<'a> fn(Value<'a>, Value<'a>, bool, &'a Arena) -> Result<Value<'a>>;

/// How a dialect words mistakes.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// What it calls a kind of error.
    pub name: fn(ErrorKind) -> &'static str,
    /// What it says of one; `None` where it says the same.
    pub message: fn(&Error, Surroundings<'_>) -> Option<String>,
}

/// Where in a template a mistake is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'s> {
    /// The name of the tag that is wrong; empty for what is no tag.
    pub tag: &'s str,
    /// The name of the tag whose body it stands in; empty outside of all tags.
    pub block: &'s str,
}

/// How exactly markup must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Every character must make sense. There are trim marks, and markup may span lines.
    Exact,
    /// What makes no sense is passed over. An expression ends where its line does, and a hyphen is part of a name.
    Loose,
}

/// What becomes of a filter that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFilters {
    /// The template cannot be parsed.
    Fail,
    /// The value passes through it unchanged.
    PassThrough,
}

impl Dialect {
    /// LiquidJS's.
    pub const LIQUIDJS: Self = Self {
        numbers: Numbers::JavaScript,
        reading: Reading::Exact,
        operators: &Operator::ALL,
        unknown_filters: UnknownFilters::Fail,
        assigns_what_is_missing: true,
        apply: None,
        print: None,
        property: None,
        wording: None,
    };

    /// What the dialect calls a kind of error.
    #[must_use]
    pub fn error_name(&self, error: &Error) -> &'static str {
        self.wording.map_or_else(|| error.name(), |wording| (wording.name)(error.kind()))
    }

    /// An error's whole text: LiquidJS adds the position to the message.
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
