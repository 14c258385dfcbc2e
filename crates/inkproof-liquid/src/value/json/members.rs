//! Members: some keys of an object, for reading only those.

use crate::value::name;

/// Some keys of an object. To find that a key is none of them takes less time than to read its value.
///
/// ```
/// use inkproof_liquid::json::Members;
/// let members = Members::new(["id".to_owned(), "city".to_owned()]);
/// assert!(members.contains("city"));
/// assert!(!members.contains("country"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Members {
    names: Vec<String>,
    /// A bit for the length and the last byte of each name.
    signatures: [u64; 4],
}

impl Members {
    /// These keys.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let mut members = Self::default();
        for name in names {
            let (word, bit) = signature(&name);
            members.signatures[word] |= bit;
            members.names.push(name);
        }
        members
    }

    /// Whether a key is one of them.
    #[must_use]
    #[inline]
    pub fn contains(&self, key: &str) -> bool {
        let (word, bit) = signature(key);
        self.signatures[word] & bit != 0 && self.names.iter().any(|name| name::is_same(name, key))
    }
}

/// The word and the bit of a name.
#[inline]
fn signature(name: &str) -> (usize, u64) {
    let last = name.as_bytes().last().copied().unwrap_or_default();
    let hash = name.len().wrapping_mul(37) ^ usize::from(last);
    (hash / 64 % 4, 1 << (hash % 64))
}
