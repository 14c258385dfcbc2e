//! Comparisons of nested values: how far one has come.
//!
//! A template can build a value that contains the same array many times, at every level again: `x | push: x`, repeated.
//! Comparing two of them element by element takes exponential time. So a long comparison remembers which pairs of arrays
//! are equal, and compares each pair once.

use foldhash::HashSet;

use crate::error::Result;
use crate::value::coerce::Traversal;
use crate::value::{Arena, Value};

/// A comparison of two values.
#[derive(Debug)]
pub struct Comparison<'m> {
    arena: &'m Arena,
    traversal: Traversal<'m>,
    /// Pairs that were found equal, once there are many.
    equal: Option<HashSet<Pair>>,
}

/// Two arrays, or the entries of two objects, of the same length: where they are, and that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair(usize, usize, usize);

/// How many arrays are compared before pairs are remembered: most comparisons are shorter.
const REMEMBERED_FROM: usize = 256;
/// How many pairs are remembered.
const MAX_REMEMBERED: usize = 1 << 16;

impl<'m> Comparison<'m> {
    /// A comparison that counts its steps in this arena.
    #[must_use]
    pub const fn new(arena: &'m Arena) -> Self {
        Self { arena, traversal: Traversal::new(arena), equal: None }
    }

    /// Counts the comparison of two values, without what is inside them.
    ///
    /// # Errors
    /// The render has reached a limit.
    #[inline]
    pub fn compare(&self, left: Value<'_>, right: Value<'_>) -> Result<()> {
        self.arena.work(match (left, right) {
            (Value::String(left), Value::String(right)) if left.len() == right.len() => 1 + left.len() / 16,
            (Value::Loop(state), _) | (_, Value::Loop(state)) => 64 + state.name().len(),
            (Value::String(text), Value::Blank) | (Value::Blank, Value::String(text)) => 1 + text.len(),
            _ => 1,
        })
    }

    /// Descends into two slices of the same length: the elements of arrays, or the entries of objects. `None` if they are
    /// known to be equal.
    ///
    /// # Errors
    /// The values are nested too deeply, or the render has reached a limit.
    pub fn enter<T>(&mut self, left: &[T], right: &[T]) -> Result<Option<Pair>> {
        let pair = Pair(left.as_ptr().addr(), right.as_ptr().addr(), left.len());
        if self.equal.as_ref().is_some_and(|equal| equal.contains(&pair)) {
            return Ok(None);
        }
        self.traversal.enter()?;
        Ok(Some(pair))
    }

    /// Ascends from two slices that are equal.
    pub fn leave_equal(&mut self, pair: Pair) {
        self.traversal.leave();
        if self.traversal.steps() > REMEMBERED_FROM {
            let equal = self.equal.get_or_insert_default();
            if equal.len() < MAX_REMEMBERED {
                equal.insert(pair);
            }
        }
    }

    /// The current nesting.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.traversal.depth()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::operators::equals;

    #[test]
    fn compares_exponentially_repeated_values_in_few_steps() {
        let arena = Arena::new();
        let nested = |last: f64| {
            let mut value = Value::Array(arena.alloc_slice_copy(&[Value::Number(last)]));
            for _ in 0..60 {
                value = Value::Array(arena.alloc_slice_copy(&[value, value]));
            }
            value
        };
        let (left, right, other, nan) = (nested(1.0), nested(1.0), nested(2.0), nested(f64::NAN));
        assert!(equals(left, right, &arena).unwrap());
        assert!(!equals(left, other, &arena).unwrap());
        // NaN is not equal to itself, so an array may differ from itself.
        assert!(!equals(nan, nan, &arena).unwrap());
        assert!(arena.steps() < 2_000, "{}", arena.steps());
    }
}
