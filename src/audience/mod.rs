//! Audiences: renders one message for every record of a stream, and reports who would not get it and why.
//!
//! A report is made from a state that merges exactly: a run over some records is a [`Part`], and parts merge
//! to the same report as one run over all records, in any order and grouping.

mod counterexample;
mod directory;
mod disguise;
mod distinct;
mod head;
mod lengths;
mod line;
mod part;
mod reader;
mod report;
mod run;
mod sample;
mod state;
mod suspicious;
mod tally;
mod vocabulary;
mod witness;
mod worker;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use counterexample::{Counterexample, counterexamples};
pub use directory::{Directory, DirectorySummary};
pub use head::hash_of;
pub use line::Lines;
pub use part::{MergeError, Part};
pub use report::{
    Branch, Counted, Group, Lengths, People, Report, SampleSize, Suspicious, TitleCount, Titles, WitnessReport,
};
pub use run::{Output, RunError, run};
pub use witness::hashed;

use crate::message::{RenderOptions, Template, Workspace};

/// Whether a template reads snippets in any language.
#[must_use]
pub fn reads_snippets(template: &Template, workspace: &Workspace<'_>) -> bool {
    template.with_variants().any(|variant| !workspace.snippets_of(variant).is_empty())
}

/// What a report shows of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reveal {
    /// Nothing: witnesses have lines and hashed identifiers, and titles have the expressions instead of what they print.
    #[default]
    Nothing,
    /// The identifiers of witnesses.
    Id,
    /// The records of witnesses and the titles as well.
    All,
}

/// A message and the people that it is rendered for.
#[expect(clippy::struct_excessive_bools, reason = "they are independent options")]
#[derive(Debug)]
pub struct Audience<'p> {
    /// What all templates share.
    pub workspace: Workspace<'p>,
    /// The template, with its variants.
    pub template: &'p Template,
    /// What the records are.
    pub lines: Lines<'p>,
    /// How the messages are rendered.
    pub options: RenderOptions,
    /// The language of all messages, instead of what requests and customers say.
    pub language: Option<&'p str>,
    /// What the report shows of people.
    pub reveal: Reveal,
    /// Whether the order of the records has a meaning, so that lines are reported.
    pub is_ordered: bool,
    /// Whether lost messages are written.
    pub writes_failures: bool,
    /// Whether sent messages are written.
    pub writes_messages: bool,
    /// Whether witnesses keep their records, to be revealed or to make counterexamples.
    pub keeps_records: bool,
    /// Whether the template reads snippets.
    pub reads_snippets: bool,
    /// The hash of what all records are combined with.
    pub combined_with: String,
}
