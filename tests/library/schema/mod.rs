//! Derived schemas, through the library.

pub(crate) mod payload;
mod soundness;
