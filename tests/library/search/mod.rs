//! The counterexample search, through the library.

mod declared;
mod foresight;
mod generator;
mod known;
mod subject;
