//! Customer.io's legacy Liquid: Ruby Liquid 2.5 as Customer.io patched it. Accounts from before 28 November 2023 render each
//! message with it until that message is upgraded.
//!
//! It shares lexer, parser and tree with the latest Liquid. All that it does otherwise is in this list: the fields of
//! [`DIALECT`], the filters and tags that it has not ([`LATEST_FILTERS`], [`LATEST_TAGS`]), and those of its own
//! ([`filters`], [`tags`]).

pub mod filters;
pub mod operators;
pub mod tags;
pub mod text;
pub mod wording;

use crate::liquid::syntax::dialect::{Reading, UnknownFilters};
use crate::liquid::value::number::Numbers;
use crate::liquid::{Dialect, Language};

/// What the legacy Liquid does in its own way.
pub const DIALECT: Dialect = Dialect {
    // `7 | divided_by: 2` is 3, and `5.0` stays `5.0`.
    numbers: Numbers::Ruby,
    // No trim marks, no markup over several lines; what makes no sense is passed over.
    reading: Reading::Loose,
    // There is `<>`, and no `not`.
    operators: &operators::ALL,
    unknown_filters: UnknownFilters::PassThrough,
    // A missing variable fails in `assign` too; only conditions swallow it.
    assigns_what_is_missing: false,
    // `"5" == 5`, `"10" > "9"`, `true == "true"`.
    apply: Some(operators::apply),
    // Floats, objects and lists are printed as Ruby prints them.
    print: Some(text::print),
    // A list has null beyond its end.
    property: Some(operators::property),
    wording: Some(wording::WORDING),
};

/// Filters that only the latest Liquid has.
pub const LATEST_FILTERS: [&str; 2] = ["default", "json_array_uniq"];

/// Tags that only the latest Liquid has.
pub const LATEST_TAGS: [&str; 8] = ["#", "block", "break", "continue", "echo", "layout", "liquid", "render"];

/// The legacy Liquid, made from the latest.
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
