//! Names: the keys of objects and the variables of templates, looked up for every path of every render.

use std::sync::atomic::{AtomicU32, Ordering};

/// Whether two names are equal. Most are short, and comparing those here is faster than calling `memcmp`.
#[inline]
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    left.len() == right.len()
        && match left.len() {
            0 => true,
            1 => left[0] == right[0],
            2..=3 => has_same_ends::<2>(left, right),
            4..=7 => has_same_ends::<4>(left, right),
            8..=16 => has_same_ends::<8>(left, right),
            // Names of equal length mostly differ at the end.
            _ => left.last_chunk::<8>() == right.last_chunk::<8>() && left == right,
        }
}

/// Whether the first and the last `N` bytes are equal: all bytes, if there are at most twice as many.
#[inline]
fn has_same_ends<const N: usize>(left: &[u8], right: &[u8]) -> bool {
    left.last_chunk::<N>() == right.last_chunk::<N>() && left.first_chunk::<N>() == right.first_chunk::<N>()
}

/// The position at which something of a template was found last. Mostly it is there again, as data of the same shape has its keys
/// at the same positions, so that it need not be searched.
#[derive(Debug, Default)]
pub(crate) struct Hint(AtomicU32);

impl Clone for Hint {
    fn clone(&self) -> Self {
        let copy = Self::default();
        copy.set(self.get());
        copy
    }
}

impl Hint {
    /// The position; any that was recorded, as several threads may render a template at once.
    #[inline]
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed) as usize
    }

    /// Records a position.
    #[inline]
    pub(crate) fn set(&self, position: usize) {
        self.0.store(u32::try_from(position).unwrap_or_default(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_if_all_their_bytes_are() {
        for length in 0..40 {
            let name = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP".get(..length).unwrap();
            let copy = name.to_owned();
            assert!(is_same(name, &copy), "{name}");
            assert!(!is_same(name, &format!("{name}x")), "{name}");
            for at in 0..length {
                let mut other = name.to_owned();
                other.replace_range(at..=at, "-");
                assert!(!is_same(name, &other), "{name} {other}");
            }
        }
    }
}
