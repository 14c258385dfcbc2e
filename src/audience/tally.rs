//! Tallies: how many messages have each of many values, in bounded memory, and exactly mergeable.
//!
//! As long as there are at most `limit` values, all are counted. When there are more, only a half of the records is counted,
//! then a quarter, and so on: those whose hash begins with so many zero bits. Which records these are depends on nothing but
//! the records, so that parts merge to the same tally in any order and grouping. A value that many messages have stays, and
//! its count is estimated well.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many messages have each value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    limit: usize,
    /// Only records whose hash begins with so many zero bits are counted.
    level: u32,
    values: BTreeMap<String, Counts>,
}

/// The counts of a value: of the records whose hash begins with 0, 1, 2, … zero bits, those that are sent and lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counts(Vec<[u64; 2]>);

/// A value of a tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tallied<'t> {
    pub(super) value: &'t str,
    /// How many messages are sent, exactly or as an estimate.
    pub(super) sent: u64,
    /// How many messages are lost.
    pub(super) lost: u64,
}

impl Tally {
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit, level: 0, values: BTreeMap::new() }
    }

    /// Whether the counts are estimates.
    pub(super) const fn is_estimated(&self) -> bool {
        self.level > 0
    }

    /// Counts a message of the record with this hash.
    pub(super) fn add(&mut self, value: &str, hash: u64, is_lost: bool) {
        let zeros = hash.leading_zeros();
        if zeros < self.level {
            return;
        }
        let counts = match self.values.get_mut(value) {
            Some(counts) => counts,
            None => self.values.entry(value.to_owned()).or_default(),
        };
        counts.at(zeros)[usize::from(is_lost)] += 1;
        self.shrink();
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.limit = self.limit.min(other.limit);
        self.raise(other.level.max(self.level));
        for (value, counts) in other.values {
            let own = self.values.entry(value).or_default();
            for (zeros, more) in (0..).zip(counts.0) {
                if zeros >= self.level && more != [0, 0] {
                    let count = own.at(zeros);
                    *count = [count[0] + more[0], count[1] + more[1]];
                }
            }
        }
        self.raise(self.level);
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.values.len() > self.limit && self.level < u64::BITS {
            self.raise(self.level + 1);
        }
    }

    /// Forgets the records whose hash begins with fewer zero bits.
    fn raise(&mut self, level: u32) {
        self.level = level;
        self.values.retain(|_, counts| {
            counts.0.iter_mut().take(level as usize).for_each(|count| *count = [0, 0]);
            counts.0.iter().any(|count| *count != [0, 0])
        });
    }

    /// The values, the most common first; equally common ones in alphabetical order.
    pub(super) fn values(&self) -> Vec<Tallied<'_>> {
        let scale = |count: u64| count.saturating_mul(1_u64.checked_shl(self.level).unwrap_or(u64::MAX));
        let mut values: Vec<_> = self
            .values
            .iter()
            .map(|(value, counts)| {
                let sum = |at: usize| scale(counts.0.iter().map(|count| count[at]).sum());
                Tallied { value, sent: sum(0), lost: sum(1) }
            })
            .collect();
        values.sort_by_key(|tallied| Reverse(tallied.sent + tallied.lost));
        values
    }
}

impl Counts {
    fn at(&mut self, zeros: u32) -> &mut [u64; 2] {
        let at = zeros as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, [0, 0]);
        }
        &mut self.0[at]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_merge_to_the_same_tally(
            records in prop::collection::vec((0_u8..40, any::<u64>(), any::<bool>()), 0..200),
            cuts in prop::collection::vec(0_usize..4, 200),
        ) {
            let mut whole = Tally::new(8);
            let mut parts = vec![Tally::new(8); 4];
            for ((value, hash, is_lost), part) in records.iter().zip(cuts) {
                whole.add(&value.to_string(), *hash, *is_lost);
                parts[part].add(&value.to_string(), *hash, *is_lost);
            }
            prop_assert!(whole.values().len() <= 8);
            let (mut left, mut right) = (parts[3].clone(), parts[0].clone());
            left.merge(parts[1].clone());
            right.merge(parts[2].clone());
            right.merge(left);
            prop_assert_eq!(right, whole);
        }
    }

    #[test]
    fn common_values_stay_and_are_estimated() {
        let mut tally = Tally::new(100);
        for record in 0..100_000_u64 {
            let hash = twox_hash::XxHash3_64::oneshot(&record.to_le_bytes());
            tally.add("common", hash, false);
            tally.add(&record.to_string(), hash, false);
        }
        assert!(tally.is_estimated());
        let first = tally.values()[0];
        assert_eq!(first.value, "common");
        assert!((50_000..200_000).contains(&first.sent), "{first:?}");
        let mut small = Tally::new(100);
        small.add("a", 7, true);
        small.add("a", 9, false);
        assert_eq!(small.values(), [Tallied { value: "a", sent: 1, lost: 1 }]);
        assert!(!small.is_estimated());
    }
}
