//! Findings about a project, and the formats that show them.
//!
//! A [`Diagnostic`] is one finding: a [`Code`], a [`Severity`], a message, the locations it is about, and what to do.
//! Other modules create them; this module sorts them ([`Diagnostics`]) and renders them ([`Format`]) for a terminal or a
//! program. It depends on no other module, and knows neither Liquid nor Customer.io.
//!
//! ```
//! use inkproof::diagnostics::{Code, Diagnostic, Diagnostics, Format, Theme, Render, Source};
//!
//! const UNDEFINED_VARIABLE: Code = Code::new("undefined-variable");
//!
//! let source = Source::new("templates/order.liquid", "Order {{ trigger.order_number }}");
//! let mut found = Diagnostics::new();
//! found.push(
//!     Diagnostic::error(UNDEFINED_VARIABLE, "`trigger.order_number` is not in the data")
//!         .at(source.at(9..29))
//!         .suggest("order_number", ["order_id", "tracking_url"]),
//! );
//! found.tidy();
//!
//! let mut out = Vec::new();
//! Format::Concise.renderer(Theme::default()).render(&found, &mut out)?;
//! assert_eq!(
//!     String::from_utf8_lossy(&out),
//!     "templates/order.liquid:1:10: error[undefined-variable]: `trigger.order_number` is not in the data\n",
//! );
//! # Ok::<(), std::io::Error>(())
//! ```

mod code;
mod collection;
mod count;
mod counterexample;
mod diagnostic;
mod excerpt;
mod fix;
pub(crate) mod junit;
mod location;
mod prefix;
mod render;
pub mod sanitize;
mod severity;
mod source;
mod suggestion;
mod verdict;

pub use code::Code;
pub use collection::{Counts, Diagnostics};
pub(crate) use count::{Count, Thousands};
pub use counterexample::{Counterexample, DataChange};
pub use diagnostic::{Diagnostic, Label};
pub use fix::{Edit, Fix};
pub use location::Location;
pub use prefix::Prefix;
pub use render::{Format, Page, Render, Theme, UnknownFormat};
pub use severity::Severity;
pub use source::{Position, Source};
pub use suggestion::{did_you_mean, misspelling_of};
pub use verdict::Verdict;
