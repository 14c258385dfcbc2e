//! The state of a report: counts and witnesses that merge exactly, in any order and grouping.

use serde::{Deserialize, Serialize};

use super::Reveal;
use super::distinct::Distinct;
use super::lengths::Lengths;
use super::tally::Tally;
use super::witness::Witness;
use crate::message::Losses;

/// How many values of the languages, types and topics are counted exactly.
const MAX_NAMES: usize = 1000;
/// How many titles are counted exactly.
const MAX_TITLES: usize = 5000;

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// How many records there were, including those that were not sampled.
    pub(super) records: u64,
    /// How many messages are sent.
    pub(super) sent: u64,
    /// How many of them have warnings.
    pub(super) with_warnings: u64,
    /// How many records ask for another template.
    pub(super) other_templates: u64,
    /// The lost messages.
    pub(super) losses: Losses<Witness>,
    /// The records that are not valid.
    pub(super) invalid: Losses<Witness>,
    pub(super) warnings: Losses<Witness>,
    pub(super) languages: Tally,
    pub(super) types: Tally,
    pub(super) topics: Tally,
    pub(super) titles: Tally,
    pub(super) distinct_titles: Distinct,
    /// Titles and bodies that look wrong.
    pub(super) suspicious: Losses<Witness>,
    pub(super) title_lengths: Lengths,
    pub(super) body_lengths: Lengths,
    /// For each variant of the template, how many messages reach each of its branches.
    pub(super) branches: Vec<Vec<u64>>,
    /// Why the input was not read to its end.
    pub(super) cut: Vec<String>,
}

impl State {
    /// Nothing, for variants with so many branches.
    pub(super) fn new(branches: &[usize]) -> Self {
        Self {
            records: 0,
            sent: 0,
            with_warnings: 0,
            other_templates: 0,
            losses: Losses::new(),
            invalid: Losses::new(),
            warnings: Losses::new(),
            languages: Tally::new(MAX_NAMES),
            types: Tally::new(MAX_NAMES),
            topics: Tally::new(MAX_NAMES),
            titles: Tally::new(MAX_TITLES),
            distinct_titles: Distinct::default(),
            suspicious: Losses::new(),
            title_lengths: Lengths::default(),
            body_lengths: Lengths::default(),
            branches: branches.iter().map(|count| vec![0; *count]).collect(),
            cut: Vec::new(),
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.sent += other.sent;
        self.with_warnings += other.with_warnings;
        self.other_templates += other.other_templates;
        self.losses.merge(other.losses);
        self.invalid.merge(other.invalid);
        self.warnings.merge(other.warnings);
        self.languages.merge(other.languages);
        self.types.merge(other.types);
        self.topics.merge(other.topics);
        self.titles.merge(other.titles);
        self.distinct_titles.merge(other.distinct_titles);
        self.suspicious.merge(other.suspicious);
        self.title_lengths.merge(other.title_lengths);
        self.body_lengths.merge(other.body_lengths);
        for (own, more) in self.branches.iter_mut().zip(other.branches) {
            own.iter_mut().zip(more).for_each(|(own, more)| *own += more);
        }
        self.cut.extend(other.cut);
        self.cut.sort();
    }

    /// How many messages there are, sent or lost.
    pub(super) fn messages(&self) -> u64 {
        self.sent + self.losses.count()
    }

    /// Hashes identifiers, unless the report reveals them.
    pub(super) fn conceal_ids(&mut self, reveal: Reveal) {
        self.for_each_witness(|witness| witness.conceal_id(reveal));
    }

    /// Removes records, unless the report reveals them.
    pub(super) fn conceal_records(&mut self, reveal: Reveal) {
        self.for_each_witness(|witness| witness.conceal_record(reveal));
    }

    fn for_each_witness(&mut self, mut change: impl FnMut(&mut Witness)) {
        for losses in [&mut self.losses, &mut self.invalid, &mut self.warnings, &mut self.suspicious] {
            losses.for_each_witness(&mut change);
        }
        for lengths in [&mut self.title_lengths, &mut self.body_lengths] {
            if let Some((_, witness)) = &mut lengths.longest {
                change(witness);
            }
        }
    }
}
