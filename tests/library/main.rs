//! The library, used as other programs use it: whole projects, rule pages, and promises that random input tests.

mod analysis_soundness;
mod answers;
mod configuration;
mod features;
mod fixes;
mod json_proof;
mod mistakes;
mod reference;
mod rule_pages;
mod samples;
mod schema;
mod screenshots;
mod search;
