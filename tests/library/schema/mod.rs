//! Derived schemas, through the library.

mod payload;
mod soundness;
