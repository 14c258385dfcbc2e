//! Samples: so many records, each with the same chance.

use std::collections::BinaryHeap;
use std::num::NonZeroUsize;

use twox_hash::XxHash3_64;

use crate::records::{Batch, Position};

/// The records with the smallest priorities so far. A priority is a hash of a seed, the record and its place.
#[derive(Debug)]
pub(super) struct Sample {
    size: NonZeroUsize,
    seed: u64,
    chosen: BinaryHeap<Chosen>,
    /// How many records there were.
    total: u64,
}

/// The number of the input, the number of bytes before the record in it, and whether it can be read: a record may begin where
/// an error is.
type Place = (usize, u64, bool);

/// A record of a sample.
#[derive(Debug)]
struct Chosen {
    priority: u64,
    place: Place,
    record: Batch,
}

impl Sample {
    pub(super) fn new(size: NonZeroUsize, seed: u64) -> Self {
        Self { size, seed, chosen: BinaryHeap::new(), total: 0 }
    }

    /// Chooses among the records of a batch as well.
    pub(super) fn offer(&mut self, batch: &Batch) {
        let input = batch.input_name();
        for (at, record) in batch.records().enumerate() {
            let position = record.position();
            let priority = self.priority(input, position, record.bytes());
            self.offer_one(priority, (batch.input(), position.offset, true), || batch.only_record(at));
        }
        for (at, error) in batch.errors().iter().enumerate() {
            let priority = self.priority(input, error.position, error.problem.code().as_bytes());
            self.offer_one(priority, (batch.input(), error.position.offset, false), || batch.only_error(at));
        }
    }

    fn priority(&self, input: &str, Position { line, column, .. }: Position, bytes: &[u8]) -> u64 {
        let seed = XxHash3_64::oneshot_with_seed(self.seed, input.as_bytes())
            ^ line.wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ (column - 1).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        XxHash3_64::oneshot_with_seed(seed, bytes)
    }

    fn offer_one(&mut self, priority: u64, place: Place, record: impl FnOnce() -> Batch) {
        self.total += 1;
        let is_full = self.chosen.len() == self.size.get();
        if is_full && self.chosen.peek().is_some_and(|last| (priority, place) >= (last.priority, last.place)) {
            return;
        }
        self.chosen.push(Chosen { priority, place, record: record() });
        if is_full {
            self.chosen.pop();
        }
    }

    /// The sample of all threads in the order of the input, and how many records there were.
    pub(super) fn merge(samples: Vec<Self>, size: NonZeroUsize, seed: u64) -> (Vec<Batch>, u64) {
        let mut all = Self::new(size, seed);
        for sample in samples {
            all.total += sample.total;
            for chosen in sample.chosen {
                all.chosen.push(chosen);
                if all.chosen.len() > size.get() {
                    all.chosen.pop();
                }
            }
        }
        let mut chosen = all.chosen.into_vec();
        chosen.sort_by_key(|chosen| chosen.place);
        (chosen.into_iter().map(|chosen| chosen.record).collect(), all.total)
    }
}

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Chosen {}

impl PartialOrd for Chosen {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Chosen {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.priority, self.place).cmp(&(other.priority, other.place))
    }
}
