//! Upgrading: what becomes of a template written for the legacy Liquid once Customer.io renders it with the latest.
//!
//! [`uses()`] tells without rendering which expressions mean something else; [`compare()`] renders a request both ways, and tells
//! which properties come out otherwise, and which expressions did it.

mod compare;
mod readable;
mod uses;

pub use compare::{Comparison, Culprit, WHOLE_MESSAGE, compare};
pub use uses::{Use, uses};
