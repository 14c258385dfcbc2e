//! A hash index over the keys of a large object.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::{Arena, Value, name};

/// An open-addressing hash table from keys to the positions of their entries.
#[derive(Clone, Debug)]
pub(super) struct HashIndex<'a> {
    slots: &'a [u32],
    hasher: RandomState,
}

impl<'a> HashIndex<'a> {
    const FREE: u32 = u32::MAX;

    /// Indexes `entries`, and removes repeated keys.
    pub(super) fn build(
        entries: &'a mut [(&'a str, Value<'a>)],
        arena: &'a Arena,
    ) -> (&'a [(&'a str, Value<'a>)], Self) {
        let hasher = RandomState::default();
        let slots = arena.alloc_slice_fill_copy((entries.len() * 2).next_power_of_two(), Self::FREE);
        let mut kept = 0;
        for at in 0..entries.len() {
            let (key, value) = entries[at];
            let slot = Self::probe(&hasher, slots, key, entries);
            if slots[slot] == Self::FREE {
                slots[slot] = u32::try_from(kept).unwrap_or(Self::FREE);
                entries[kept] = (key, value);
                kept += 1;
            } else {
                entries[slots[slot] as usize].1 = value;
            }
        }
        (&entries[..kept], Self { slots, hasher })
    }

    /// The slot that holds `key`, or the free slot for it.
    fn probe(hasher: &RandomState, slots: &[u32], key: &str, entries: &[(&str, Value<'_>)]) -> usize {
        let mask = slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "any part of a hash is a hash")]
        let mut slot = hasher.hash_one(key) as usize & mask;
        while slots[slot] != Self::FREE && !name::is_same(entries[slots[slot] as usize].0, key) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// The position of the entry with this key.
    pub(super) fn position(&self, key: &str, entries: &[(&str, Value<'_>)]) -> Option<usize> {
        let place = self.slots[Self::probe(&self.hasher, self.slots, key, entries)];
        (place != Self::FREE).then_some(place as usize)
    }
}
