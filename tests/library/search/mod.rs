//! The counterexample search, through the library.

mod declared;
mod foresight;
pub(crate) mod generator;
mod known;
pub(crate) mod subject;
