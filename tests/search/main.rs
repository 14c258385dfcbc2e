//! The counterexample search, through the library.

mod foresight;
mod generator;
mod known;
mod subject;
