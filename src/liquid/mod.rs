//! The language: Liquid as LiquidJS 10.30.1 speaks it, byte for byte. Knows no files and no Customer.io.
//!
//! A template's text goes through the [lexer] and the [parser] (which reads what stands inside tags through [markup]) into a
//! [tree]; the [runtime] walks it with data that [json] has read into [values](value), and writes into an [output].
//! Tags and filters are found through a [language].

pub mod character;
pub mod coerce;
pub mod date;
pub mod dialect;
pub mod error;
pub mod filters;
pub mod json;
pub mod language;
pub mod lexer;
pub mod limits;
pub mod markup;
pub mod number;
pub mod operators;
pub mod output;
pub mod parser;
pub mod runtime;
pub mod scope;
pub mod span;
pub mod tags;
pub mod trace;
pub mod tree;
pub mod utf16;
pub mod value;
pub mod variables;
pub mod visit;

use std::sync::LazyLock;

pub use dialect::Dialect;
pub use error::{Error, ErrorKind, Result, Subject};
pub use language::Language;
pub use limits::Limits;
pub use output::{Mark, Output, Writer};
pub use parser::Template;
pub use runtime::{Mode, Options};
pub use span::{Position, Span};
pub use trace::{NodeId, Trace};
pub use value::{Arena, Value};

/// LiquidJS as it comes, made once.
pub static LIQUIDJS: LazyLock<Language> = LazyLock::new(Language::liquidjs);

/// Renders a template once, in live mode, with the variables of a JSON object. To render more than once, parse a
/// [`Template`].
///
/// ```
/// assert_eq!(inkproof::liquid::render("{{ 7 | divided_by: 2 }}", "{}").unwrap(), "3.5");
/// ```
///
/// # Errors
/// `data` is no JSON, or whatever is wrong with the template first.
pub fn render(template: &str, data: &str) -> Result<String> {
    LIQUIDJS.render(template, data, &Options::default())
}
