//! Rendering: the contracts of filters, tags and languages, a parsed [template], and the [runtime] that walks it.

pub mod filter;
pub mod language;
pub mod limits;
pub mod observations;
pub mod output;
pub mod row;
pub mod runtime;
pub mod scope;
pub mod tag;
pub mod template;
pub mod trace;
