//! Counterexamples: a search, by rendering, for data within a template's contract whose message is lost; and for data whose
//! message is sent.

mod alternatives;
mod budget;
mod candidate;
mod change;
mod constants;
mod corpus;
mod counterexample;
mod coverage;
mod enumeration;
mod finding;
mod group;
mod mutation;
mod place;
mod proof;
#[expect(clippy::module_inception, reason = "the search itself, beside its parts")]
mod search;
mod seed;
mod sending;
mod shrinking;
mod sweep;
mod template;
mod tester;
mod turns;
mod verdict;

pub use counterexample::{Change, Counterexample, Reason};
pub use search::{SearchOptions, SearchReport};
pub use sending::{BranchCover, Sending, payload};
pub use template::{SearchInput, SeedCase, search_template};
pub use verdict::Verdict;

pub use crate::project::Effort;
