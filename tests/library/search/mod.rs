//! The counterexample search, through the library.

mod declared;
mod foresight;
pub(crate) mod generator;
mod known;
mod proofs;
pub(crate) mod subject;
