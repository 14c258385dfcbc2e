//! JSON objects with their keys in JavaScript's order.

use super::hash_index::HashIndex;
use super::name::{self, Hint};
use super::{Arena, Value, array_index};

/// A JSON object with its keys in JavaScript's order: array indices ascending, then the other keys as written.
#[derive(Debug)]
pub struct Object<'a> {
    entries: &'a [(&'a str, Value<'a>)],
    index: Option<HashIndex<'a>>,
}

/// The number of keys from which building a hash index pays off. The names that every message can read are fewer.
const INDEXED_FROM: usize = 13;

impl<'a> Object<'a> {
    /// An object of these entries. A repeated key keeps its first position and its last value.
    pub fn new(entries: &[(&'a str, Value<'a>)], arena: &'a Arena) -> &'a Self {
        arena.alloc(Self::build(entries, arena))
    }

    fn build(entries: &[(&'a str, Value<'a>)], arena: &'a Arena) -> Self {
        let has_indices = entries.iter().any(|(key, _)| array_index(key).is_some());
        let entries = arena.alloc_slice_copy(entries);
        if has_indices {
            entries.sort_by_key(|(key, _)| array_index(key).map_or((1, 0), |index| (0, index)));
        }
        if entries.len() < INDEXED_FROM {
            let mut kept: usize = 0;
            for at in 0..entries.len() {
                let (key, value) = entries[at];
                if let Some(earlier) = entries[..kept].iter_mut().find(|(earlier, _)| *earlier == key) {
                    earlier.1 = value;
                } else {
                    entries[kept] = (key, value);
                    kept += 1;
                }
            }
            return Self { entries: &entries[..kept], index: None };
        }
        let (entries, index) = HashIndex::build(entries, arena);
        Self { entries, index: Some(index) }
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.find(key).copied()
    }

    /// A reference to the value of `key`.
    #[must_use]
    #[inline]
    pub fn find(&self, key: &str) -> Option<&'a Value<'a>> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    /// Like [`find`](Self::find), for a name of a template, which remembers where it was found last.
    pub(crate) fn find_with(&self, key: &str, hint: &Hint) -> Option<&'a Value<'a>> {
        match self.entries.get(hint.get()) {
            Some((name, value)) if name::is_same(name, key) => Some(value),
            _ => {
                let at = self.position(key)?;
                hint.set(at);
                Some(&self.entries[at].1)
            }
        }
    }

    /// Like [`find_with`](Self::find_with), if the name is short and is where it was found last.
    #[inline]
    pub(crate) fn find_again(&self, key: &str, hint: &Hint) -> Option<&'a Value<'a>> {
        let (name, value) = self.entries.get(hint.get())?;
        name::is_same_short(name, key).then_some(value)
    }

    #[inline]
    fn position(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.position(key, self.entries),
            None => self.entries.iter().position(|(name, _)| name::is_same(name, key)),
        }
    }

    /// The object with other values for the keys at these positions of its [entries](Self::entries). The keys need not be
    /// indexed again.
    ///
    /// # Panics
    /// If there is no entry at a position.
    #[must_use]
    pub fn with_values_at(&self, values: &[(usize, Value<'a>)], arena: &'a Arena) -> &'a Self {
        let entries = arena.alloc_slice_copy(self.entries);
        for (at, value) in values {
            entries[*at].1 = *value;
        }
        arena.alloc(Self { entries, index: self.index.clone() })
    }

    /// All keys and values in JavaScript's order.
    #[must_use]
    pub const fn entries(&self) -> &'a [(&'a str, Value<'a>)] {
        self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_values_leave_the_other_keys_as_they_are() {
        let arena = Arena::new();
        for count in [1, INDEXED_FROM + 1] {
            let keys: Vec<_> = (0..count).map(|at| format!("key{at}")).collect();
            let entries: Vec<_> = keys.iter().map(|key| (key.as_str(), Value::Bool(false))).collect();
            let object = Object::new(&entries, &arena);
            let other = object.with_values_at(&[(0, Value::Bool(true))], &arena);
            for (at, key) in keys.iter().enumerate() {
                assert!(matches!(object.get(key), Some(Value::Bool(false))), "{key}");
                assert!(matches!(other.get(key), Some(Value::Bool(is_true)) if is_true == (at == 0)), "{key}");
            }
            assert!(other.get("key").is_none());
        }
    }

    #[test]
    fn keys_are_in_javascript_order() {
        let arena = Arena::new();
        let entries =
            [("b", Value::Null), ("10", Value::Null), ("a", Value::Null), ("9", Value::Null), ("01", Value::Null)];
        let object = Object::new(&entries, &arena);
        let keys: Vec<_> = object.entries().iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, ["9", "10", "b", "a", "01"]);
    }

    #[test]
    fn a_repeated_key_keeps_its_place_and_its_last_value() {
        let arena = Arena::new();
        for size in [3, 40] {
            let names: Vec<String> = (0..size).map(|at| format!("key{at}")).collect();
            let mut entries: Vec<_> = names.iter().map(|name| (name.as_str(), Value::Bool(false))).collect();
            entries.push(("key1", Value::Bool(true)));
            let object = Object::new(&entries, &arena);
            assert_eq!(object.entries().len(), size);
            assert!(matches!(object.get("key1"), Some(Value::Bool(true))));
            assert_eq!(object.entries()[1].0, "key1");
            assert!(object.get("nothing").is_none());
        }
    }
}
