//! Names: the keys of objects and the variables of templates, looked up for every path of every render.

use std::sync::atomic::{AtomicU32, Ordering};

/// The longest name that [`is_same_short`] compares.
const SHORT: usize = 16;

/// Whether two names are equal. Most are short, and comparing those here is faster than calling `memcmp`.
#[inline]
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    if left.len() <= SHORT {
        return is_same_short(left, right);
    }
    // Names of equal length mostly differ at the end.
    left.len() == right.len()
        && left.as_bytes().last_chunk::<8>() == right.as_bytes().last_chunk::<8>()
        && left == right
}

/// Whether two names are equal and short. It calls nothing, so that who calls it can keep everything in registers.
#[inline]
pub(crate) fn is_same_short(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    left.len() == right.len()
        && match left.len() {
            // The most frequent lengths come first.
            4..=8 => has_same_ends::<4>(left, right),
            9..=SHORT => has_same_ends::<8>(left, right),
            2 | 3 => has_same_ends::<2>(left, right),
            0 | 1 => left.first() == right.first(),
            _ => false,
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

/// Which names a set of variables may have: one bit for each name, which others share. Most lookups of a name that is not
/// among them end here, without comparing it with each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameMask(u64);

impl NameMask {
    /// The mask of one name.
    pub(crate) fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let end = |end: Option<&u8>| u64::from(end.copied().unwrap_or_default());
        let mixed = (bytes.len() as u64) << 16 | end(bytes.first()) << 8 | end(bytes.last());
        // Fibonacci hashing: the upper bits of the product depend on all bits.
        Self(1 << (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58))
    }

    /// The names of both.
    #[inline]
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a name with this mask may be among them.
    #[inline]
    pub(crate) const fn may_have(self, name: Self) -> bool {
        self.0 & name.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_has_the_names_that_were_added_and_few_others() {
        let names = ["customer", "product", "forloop", "greeting", "x", ""];
        let mask = names.iter().fold(NameMask::default(), |mask, name| mask.with(NameMask::of(name)));
        assert!(names.iter().all(|name| mask.may_have(NameMask::of(name))));
        let others = ["trigger", "order", "event", "shop", "item", "tag", "i", "departments", "language", "first_name"];
        let passed = others.iter().filter(|name| mask.may_have(NameMask::of(name))).count();
        assert!(passed <= 2, "{passed} of {}", others.len());
        assert!(!NameMask::default().may_have(NameMask::of("")));
    }

    #[test]
    fn names_are_the_same_if_all_their_bytes_are() {
        for length in 0..40 {
            let name = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP".get(..length).unwrap();
            let copy = name.to_owned();
            assert!(is_same(name, &copy), "{name}");
            assert_eq!(is_same_short(name, &copy), length <= SHORT, "{name}");
            assert!(!is_same(name, &format!("{name}x")), "{name}");
            for at in 0..length {
                let mut other = name.to_owned();
                other.replace_range(at..=at, "-");
                assert!(!is_same(name, &other) && !is_same_short(name, &other), "{name} {other}");
            }
        }
    }
}
