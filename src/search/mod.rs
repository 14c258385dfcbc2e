//! Counterexamples: a search, by rendering, for data within a template's contract whose message is lost.

mod budget;
mod candidate;
mod change;
mod constants;
mod counterexample;
mod coverage;
mod finding;
mod mutation;
mod place;
mod proof;
#[expect(clippy::module_inception, reason = "the search itself, beside its parts")]
mod search;
mod seed;
mod shrinking;
mod template;
mod verdict;

pub use counterexample::{Change, Counterexample, Reason};
pub use search::{SearchOptions, SearchReport};
pub use template::{SearchInput, SeedCase, search_template};
pub use verdict::Verdict;

pub use crate::project::Effort;
