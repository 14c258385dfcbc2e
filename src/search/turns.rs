//! Turns: what is tried at several places, at each in turn, so that every place is tried before the budget is used up.

use std::collections::VecDeque;

/// The first of each, then the second of each, and so on, with whose it is.
pub(super) fn in_turn<K: Copy, T>(
    of_each: impl IntoIterator<Item = (K, impl Iterator<Item = T>)>,
) -> impl Iterator<Item = (K, T)> {
    let mut waiting: VecDeque<_> = of_each.into_iter().collect();
    std::iter::from_fn(move || {
        loop {
            let (key, mut items) = waiting.pop_front()?;
            if let Some(item) = items.next() {
                waiting.push_back((key, items));
                return Some((key, item));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_has_a_turn_while_something_is_left() {
        let of_each = [("a", vec![1, 2, 3]), ("b", vec![]), ("c", vec![4, 5])];
        let taken: Vec<_> = in_turn(of_each.map(|(key, items)| (key, items.into_iter()))).collect();
        assert_eq!(taken, [("a", 1), ("c", 4), ("a", 2), ("c", 5), ("a", 3)]);
    }
}
