//! Distinct values: how many there are, in bounded memory. Exact while there are few; then an estimate.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// How many hashes are kept. Beyond, the estimate is wrong by about 1.6 %.
const KEPT: usize = 4096;

/// The smallest hashes of the values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Distinct(BTreeSet<u64>);

impl Distinct {
    /// Adds the hash of a value.
    pub(super) fn add(&mut self, hash: u64) {
        if self.0.len() == KEPT && self.0.last().is_some_and(|last| hash >= *last) {
            return;
        }
        self.0.insert(hash);
        if self.0.len() > KEPT {
            self.0.pop_last();
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|hash| self.add(hash));
    }

    /// Whether the count is an estimate.
    pub(super) fn is_estimated(&self) -> bool {
        self.0.len() == KEPT
    }

    /// How many values there are.
    pub(super) fn count(&self) -> u64 {
        let kept = self.0.len() as u64;
        match self.0.last() {
            // Hashes are spread evenly: so many of them are below the last one.
            Some(last) if self.is_estimated() => {
                let estimate = u128::from(kept - 1) * (u128::from(u64::MAX) + 1) / u128::from(*last).max(1);
                u64::try_from(estimate).unwrap_or(u64::MAX)
            }
            _ => kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_exactly_or_estimates_in_any_order() {
        let hash = |value: u64| twox_hash::XxHash3_64::oneshot(&value.to_le_bytes());
        for (values, is_exact) in [(0, true), (1, true), (4095, true), (5000, false), (300_000, false)] {
            let mut whole = Distinct::default();
            let mut parts = [Distinct::default(), Distinct::default(), Distinct::default()];
            for value in 0..values {
                whole.add(hash(value));
                whole.add(hash(value / 2));
                parts[usize::try_from(value % 3).unwrap()].add(hash(value));
            }
            let [mut one, two, mut three] = parts;
            three.merge(two);
            one.merge(three);
            assert_eq!(one, whole);
            assert_eq!(whole.is_estimated(), !is_exact);
            let count = whole.count();
            assert!(if is_exact { count == values } else { count.abs_diff(values) < values / 15 }, "{count} {values}");
        }
    }
}
