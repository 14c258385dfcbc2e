//! Liquid as LiquidJS 10.30.1 renders it, byte for byte.
//!
//! This crate is only the language: it reads no files and is not tied to a product. More tags, filters and dialects can
//! be added from outside, through a [`Language`].
//!
//! # Render once
//!
//! ```
//! assert_eq!(inkproof_liquid::render("{{ 7 | divided_by: 2 }}", "{}").unwrap(), "3.5");
//! ```
//!
//! # Parse once, render often
//!
//! ```
//! use inkproof_liquid::{Arena, LIQUIDJS, Options, Output, Template, json};
//!
//! let arena = Arena::new();
//! let template = Template::parse("Hi {{ name | upcase }}!", &LIQUIDJS, &arena).unwrap();
//! let mut out = Output::new();
//! for (data, expected) in [(r#"{"name": "Ada"}"#, "Hi ADA!"), (r#"{"name": "Alan"}"#, "Hi ALAN!")] {
//!     let data = json::read(data, &arena).unwrap();
//!     out.clear();
//!     template.render(data, &Options::default(), &arena, &mut out).unwrap();
//!     assert_eq!(out.text(), expected);
//! }
//! ```
//!
//! # Analyse a template without rendering it
//!
//! Parsing reports all errors at once, and the tree has a span for everything:
//!
//! ```
//! use inkproof_liquid::{Arena, LIQUIDJS, Template, variables};
//!
//! let arena = Arena::new();
//! let source = "{{ customer.name }}{% if trigger.vip %}!{% endif %}";
//! let template = Template::parse(source, &LIQUIDJS, &arena).unwrap();
//! let read: Vec<_> = variables::read_by(template.nodes).iter().map(|variable| variable.span.of(source)).collect();
//! assert_eq!(read, ["customer.name", "trigger.vip"]);
//! ```
//!
//! # Modules
//!
//! | module | holds |
//! |---|---|
//! | [`value`] | JavaScript's values: data, properties, coercions, operators, numbers, UTF-16, JSON |
//! | [`syntax`] | lexer, parser, expression parser, the tree, and what a [dialect](syntax::dialect) may change |
//! | [`engine`] | the runtime, output, trace and limits; the contracts of filters, tags and languages |
//! [`filters`], [`tags`] | LiquidJS's filters and tags. Only this page refers to them |
//! | [`date`] | dates as V8 parses and LiquidJS formats them |
//! | [`error`], [`span`] | errors with LiquidJS's wording, and their places |

pub mod date;
pub mod engine;
pub mod error;
pub mod filters;
pub mod span;
pub mod syntax;
pub mod tags;
pub mod value;

use std::sync::LazyLock;

pub use engine::filter::Filter;
pub use engine::language::Language;
pub use engine::limits::Limits;
pub use engine::observations::{Compared, Observations, PartId, Sorts};
pub use engine::output::{Mark, Output, Writer};
pub use engine::row;
pub use engine::runtime::{Mode, Options};
pub use engine::tag::{Tag, TagDefinition};
pub use engine::template::Template;
pub use engine::trace::{NodeId, Trace};
pub use error::{Error, ErrorKind, Result, Subject};
pub use span::{Position, Span};
pub use syntax::dialect::Dialect;
pub use syntax::variables;
pub use value::{Arena, Value, json};

/// LiquidJS's own tags and filters, built once.
pub static LIQUIDJS: LazyLock<Language> = LazyLock::new(Language::liquidjs);

/// Renders a template once, in live mode, with the variables of a JSON object. To render more than once, parse a
/// [`Template`].
///
/// # Errors
/// `data` is not valid JSON, or the first error of the template.
pub fn render(template: &str, data: &str) -> Result<String> {
    LIQUIDJS.render(template, data, &Options::default())
}

impl Language {
    /// LiquidJS 10.30.1 without changes.
    #[must_use]
    pub fn liquidjs() -> Self {
        let language = Self::new("liquidjs", Dialect::LIQUIDJS).with_tags(tags::ALL);
        filters::FAMILIES.iter().fold(language, |language, family| language.with_filters(family))
    }

    /// Renders a template once, with the variables of a JSON object. To render more than once, parse a [`Template`].
    ///
    /// # Errors
    /// `data` is not valid JSON, or the first error of the template.
    pub fn render(&self, template: &str, data: &str, options: &Options) -> Result<String> {
        let arena = Arena::new();
        let data = json::read_as(data, self.dialect().numbers, &arena)
            .map_err(|error| Error::new(format!("the data is not valid JSON: {error}")))?;
        let template = Template::parse(template, self, &arena).map_err(Error::first_of)?;
        let mut out = Output::new();
        template.render(data, options, &arena, &mut out)?;
        Ok(value::utf16::to_utf8(out.text()).into_owned())
    }
}
