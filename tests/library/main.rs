//! The library, used as other programs use it: whole projects, rule pages, and promises that random input tests.

mod analysis_soundness;
mod configuration;
mod features;
mod fixes;
mod json_proof;
mod oracle_precision;
mod rule_pages;
mod samples;
mod screenshots;
