//! Lengths of texts in characters: a histogram with fixed edges, and the longest.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::witness::Witness;

/// Up to here, each length has a bucket of its own.
const EXACT: u64 = 1024;
/// Beyond, so many buckets share the lengths up to the next power of two.
const PER_POWER: u64 = 64;

/// The lengths of some texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lengths {
    /// How many texts are in each bucket.
    buckets: Vec<u64>,
    /// The length of the longest text, and whose it is; the first of several.
    pub(super) longest: Option<(u64, Witness)>,
}

impl Lengths {
    /// Counts a text. `is_before` says whether its record comes before another.
    pub(super) fn add(
        &mut self,
        length: u64,
        is_before: impl FnOnce(&Witness) -> bool,
        witness: impl FnOnce() -> Witness,
    ) {
        let bucket = bucket(length);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        let is_longer = match &self.longest {
            Some((longest, own)) => length > *longest || length == *longest && is_before(own),
            None => true,
        };
        if is_longer {
            self.longest = Some((length, witness()));
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        self.buckets.iter_mut().zip(other.buckets).for_each(|(own, more)| *own += more);
        let is_longer = match (&other.longest, &self.longest) {
            (Some((length, witness)), Some((longest, own))) => (length, Reverse(witness)) > (longest, Reverse(own)),
            (other, _) => other.is_some(),
        };
        if is_longer {
            self.longest = other.longest;
        }
    }

    /// The length that so many percent of the texts do not exceed; `None` if there are no texts.
    pub(super) fn percentile(&self, percent: u64) -> Option<u64> {
        let count: u64 = self.buckets.iter().sum();
        let rank = (u128::from(count) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|count| {
            seen += u128::from(*count);
            seen >= rank
        })?;
        let (longest, _) = self.longest.as_ref()?;
        Some(last_of(bucket).min(*longest))
    }
}

fn bucket(length: u64) -> usize {
    let bucket = if length < EXACT {
        length
    } else {
        let power = length.ilog2() - EXACT.ilog2();
        EXACT + u64::from(power) * PER_POWER + (length >> (length.ilog2() - PER_POWER.ilog2())) - PER_POWER
    };
    usize::try_from(bucket).unwrap_or(usize::MAX)
}

/// The greatest length in a bucket.
fn last_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < EXACT {
        return bucket;
    }
    let (power, at) = ((bucket - EXACT) / PER_POWER, (bucket - EXACT) % PER_POWER);
    let shift = power + u64::from(EXACT.ilog2() - PER_POWER.ilog2());
    ((PER_POWER + at + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witness(line: u64) -> Witness {
        Witness { place: None, hash: line, id: None, record: None }
    }

    fn add(lengths: &mut Lengths, length: u64, line: u64) {
        lengths.add(length, |other| witness(line) < *other, || witness(line));
    }

    #[test]
    fn buckets_are_adjacent() {
        for length in (0..5000).chain([65_535, 65_536, 100_000_000]) {
            let bucket = bucket(length);
            assert!(last_of(bucket) >= length && (bucket == 0 || last_of(bucket - 1) < length), "{length}");
        }
    }

    #[test]
    fn percentiles_are_exact_up_to_a_thousand() {
        assert_eq!(Lengths::default().percentile(50), None);
        let mut lengths = Lengths::default();
        (1..=100).rev().for_each(|length| add(&mut lengths, length, length));
        assert_eq!(
            [1, 50, 99, 100].map(|percent| lengths.percentile(percent)),
            [Some(1), Some(50), Some(99), Some(100)]
        );
        let mut long = Lengths::default();
        add(&mut long, 5000, 9);
        add(&mut long, 5000, 3);
        lengths.merge(long);
        assert_eq!(lengths.longest, Some((5000, witness(3))));
        assert_eq!(lengths.percentile(100), Some(5000));
    }
}
