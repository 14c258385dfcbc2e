//! The library, used as other programs use it: whole projects, rule pages, and promises that random input tests.

mod analysis_soundness;
mod answers;
mod audience;
mod complexity;
mod configuration;
mod deployment;
mod features;
mod fixes;
mod formatter;
mod json_proof;
mod limits;
mod losses;
mod mistakes;
mod reference;
mod requests;
mod rule_pages;
mod samples;
mod schema;
mod screenshots;
mod search;
