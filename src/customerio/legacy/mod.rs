//! Customer.io's legacy Liquid: Ruby Liquid 2.5 with Customer.io's patches. Accounts from before 28 November 2023
//! render each message with it until that message is upgraded.
//!
//! It shares the lexer, parser and tree with the latest Liquid. This is the complete list of differences: the fields of
//! [`DIALECT`], the filters and tags that it lacks ([`LATEST_FILTERS`], [`LATEST_TAGS`]), and those of its own
//! ([`filters`], [`tags`]).

pub mod filters;
pub mod operators;
pub mod ruby_string;
pub mod tags;
pub mod wording;

use crate::liquid::syntax::dialect::{Reading, UnknownFilters};
use crate::liquid::value::number::Numbers;
use crate::liquid::{Dialect, Language};

/// How the legacy Liquid differs in numbers, grammar, operators, values and messages.
pub const DIALECT: Dialect = Dialect {
    // `7 | divided_by: 2` is 3, and `5.0` stays `5.0`.
    numbers: Numbers::Ruby,
    // No trim marks, no outputs or tags over several lines; invalid parts are skipped.
    reading: Reading::Loose,
    // It has `<>`, but not `not`.
    operators: &operators::ALL,
    unknown_filters: UnknownFilters::PassThrough,
    // A missing variable also fails in `assign`; only conditions accept it.
    assigns_missing_as_null: false,
    // `"5" == 5`, `"10" > "9"`, `true == "true"`.
    apply: Some(operators::apply),
    // Floats, objects and arrays are printed as in Ruby.
    print: Some(ruby_string::print),
    // Past the end of an array, elements are null.
    property: Some(operators::property),
    wording: Some(wording::WORDING),
};

/// Filters that only the latest Liquid has.
pub const LATEST_FILTERS: [&str; 2] = ["default", "json_array_uniq"];

/// Tags that only the latest Liquid has.
pub const LATEST_TAGS: [&str; 8] = ["#", "block", "break", "continue", "echo", "layout", "liquid", "render"];

/// The legacy Liquid, derived from the latest.
#[must_use]
pub(super) fn from_latest(latest: Language) -> Language {
    latest
        .named("legacy")
        .with_dialect(DIALECT)
        .without(&LATEST_FILTERS, &LATEST_TAGS)
        .with_filters(filters::FILTERS)
        .with_tags(tags::ALL)
        .with_tags(tags::CHANGED)
}

#[cfg(test)]
mod tests;
