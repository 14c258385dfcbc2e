//! Upgrading: what changes when Customer.io renders a template for the legacy Liquid with the latest Liquid.
//!
//! [`uses()`] finds expressions with another meaning without rendering; [`compare()`] renders a request with both versions and
//! reports which properties differ, and which expressions cause that.

mod compare;
mod readable;
mod uses;

pub use compare::{Comparison, Culprit, WHOLE_MESSAGE, compare};
pub use uses::{Use, uses};
