//! `Array.prototype.sort` as in V8: Tim Peters's merge sort, with the same sequence of comparisons.
//!
//! For a consistent order, any stable sort would do. But JavaScript's `<` is not a consistent order for a mix of
//! strings and numbers, and the result then depends on which elements are compared. Rust's own sort may also panic for
//! such an order; this one always terminates with a permutation of the elements.

use std::cell::OnceCell;
use std::convert::Infallible;
use std::ops::Range;

/// Number of consecutive wins of one side after which a merge starts to gallop.
const GALLOP_FROM: usize = 7;
/// Length from which an array is split into runs.
const MERGED_FROM: usize = 64;

/// Sorts `items`. `is_before` decides whether its first argument comes before its second, or fails: no further elements are
/// compared then, and their order is not that of a sorted array.
///
/// # Errors
/// The first failure of `is_before`.
///
/// ```
/// use inkproof_liquid::filters::array::timsort;
/// let mut items = [2.5, 1.0, 2.0];
/// timsort::sort(&mut items, |left, right| Ok::<_, ()>(left < right)).unwrap();
/// assert_eq!(items, [1.0, 2.0, 2.5]);
/// timsort::sort(&mut items, |_, _| Err("not comparable")).unwrap_err();
/// ```
pub fn sort<T: Copy, E>(items: &mut [T], is_before: impl Fn(&T, &T) -> Result<bool, E>) -> Result<(), E> {
    let failure = OnceCell::new();
    // Without looking at the elements, the rest takes little time.
    sort_all(items, |left, right| {
        failure.get().is_none()
            && is_before(left, right).unwrap_or_else(|error| {
                failure.get_or_init(|| error);
                false
            })
    });
    failure.into_inner().map_or(Ok(()), Err)
}

fn sort_all<T: Copy>(items: &mut [T], is_before: impl Fn(&T, &T) -> bool) {
    let shortest_run = shortest_run(items.len());
    let mut sorter = Sorter { items, is_before, runs: Vec::new(), gallop_from: GALLOP_FROM };
    let mut start = 0;
    while start < sorter.items.len() {
        let rest = &mut sorter.items[start..];
        let in_order = natural_run(rest, &sorter.is_before);
        let length = in_order.max(shortest_run.min(rest.len()));
        insert(&mut rest[..length], in_order, &sorter.is_before);
        sorter.runs.push(Run { start, length });
        sorter.merge_unbalanced();
        start += length;
    }
    sorter.merge_all();
}

/// The minimum run length, so that the number of runs is a power of two or slightly less.
fn shortest_run(mut length: usize) -> usize {
    let mut rest = 0;
    while length >= MERGED_FROM {
        rest |= length & 1;
        length >>= 1;
    }
    length + rest
}

/// The length of the ordered run at the beginning. A descending run is reversed.
fn natural_run<T>(items: &mut [T], is_before: &impl Fn(&T, &T) -> bool) -> usize {
    let [first, second, ..] = items else { return items.len() };
    let is_falling = is_before(second, first);
    let length = 1 + items.windows(2).take_while(|pair| is_before(&pair[1], &pair[0]) == is_falling).count();
    if is_falling {
        items[..length].reverse();
    }
    length
}

/// Inserts each element from index `sorted` on into the sorted elements before it.
fn insert<T: Copy>(items: &mut [T], sorted: usize, is_before: &impl Fn(&T, &T) -> bool) {
    for at in sorted..items.len() {
        let item = items[at];
        let place = bisect(0, at, |earlier| !is_before(&item, &items[earlier]));
        items[place..=at].rotate_right(1);
    }
}

/// The first index in `low..high` for which `before` is false; `high` if there is none.
fn bisect(mut low: usize, mut high: usize, before: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The first index below `length` for which `before` is false, searched from `hint` in exponentially growing steps.
fn gallop(length: usize, hint: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut last, mut step) = (0, 1);
    if before(hint) {
        let most = length - hint;
        while step < most && before(hint + step) {
            (last, step) = (step, step * 2 + 1);
        }
        bisect(hint + last + 1, hint + step.min(most), before)
    } else {
        let most = hint + 1;
        while step < most && !before(hint - step) {
            (last, step) = (step, step * 2 + 1);
        }
        bisect(hint + 1 - step.min(most), hint - last, before)
    }
}

/// Adjacent elements that are sorted.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    length: usize,
}

/// The state of a sort.
struct Sorter<'s, T, F> {
    items: &'s mut [T],
    is_before: F,
    /// The runs found so far. Each begins at the end of the one before it.
    runs: Vec<Run>,
    /// Number of consecutive wins before a merge gallops. It decreases while galloping pays off, and increases
    /// otherwise.
    gallop_from: usize,
}

impl<T: Copy, F: Fn(&T, &T) -> bool> Sorter<'_, T, F> {
    fn length(&self, run: usize) -> usize {
        self.runs[run].length
    }

    /// Whether a run is longer than the two after it together.
    fn is_balanced(&self, last: usize) -> bool {
        last < 2 || self.length(last - 2) > self.length(last - 1) + self.length(last)
    }

    /// Merges until each run is longer than the two after it together.
    fn merge_unbalanced(&mut self) {
        while self.runs.len() > 1 {
            let before_last = self.runs.len() - 2;
            if !self.is_balanced(before_last + 1) || !self.is_balanced(before_last) {
                self.merge_smaller(before_last);
            } else if self.length(before_last) <= self.length(before_last + 1) {
                self.merge(before_last);
            } else {
                break;
            }
        }
    }

    fn merge_all(&mut self) {
        while self.runs.len() > 1 {
            self.merge_smaller(self.runs.len() - 2);
        }
    }

    /// Merges a run with the shorter of its neighbours.
    fn merge_smaller(&mut self, run: usize) {
        let is_left_smaller = run > 0 && self.length(run - 1) < self.length(run + 1);
        self.merge(if is_left_smaller { run - 1 } else { run });
    }

    /// Merges a run with the next one.
    fn merge(&mut self, run: usize) {
        let next = self.runs.remove(run + 1);
        let Run { start, length } = self.runs[run];
        self.runs[run].length += next.length;
        // Elements at both ends may already be in place.
        let (left, right) = (&self.items[start..next.start], &self.items[next.start..next.start + next.length]);
        let skipped = gallop(length, 0, |at| !(self.is_before)(&right[0], &left[at]));
        if skipped == length {
            return;
        }
        let last_left = &left[length - 1];
        let kept = gallop(right.len(), right.len() - 1, |at| (self.is_before)(&right[at], last_left));
        if kept == 0 {
            return;
        }
        let (left, right) = (start + skipped..next.start, next.start..next.start + kept);
        let Self { items, is_before, gallop_from, .. } = self;
        let is_upwards = left.len() <= right.len();
        let merge = if is_upwards {
            Merge { aside: items[left.clone()].to_vec(), left: 0..left.len(), right, items, is_before, is_upwards }
        } else {
            Merge { aside: items[right.clone()].to_vec(), right: 0..right.len(), left, items, is_before, is_upwards }
        };
        merge.run(gallop_from);
    }
}

/// The state of a merge of two runs. The shorter run was copied to `aside`, which leaves a gap for the merged elements.
struct Merge<'m, T, F> {
    items: &'m mut [T],
    is_before: &'m F,
    aside: Vec<T>,
    /// The rest of the left run: in `aside` for an upward merge, in `items` otherwise.
    left: Range<usize>,
    /// The rest of the right run: in `items` for an upward merge, in `aside` otherwise.
    right: Range<usize>,
    /// Whether it merges from the beginning to the end; the left run is then in `aside`.
    is_upwards: bool,
}

impl<T: Copy, F: Fn(&T, &T) -> bool> Merge<'_, T, F> {
    fn run(mut self, gallop_from: &mut usize) {
        // The first element (or last, in a downward merge) is already known.
        if self.is_upwards {
            self.take_right(1);
        } else {
            self.take_left(1);
        }
        let None = self.alternate(gallop_from);
        self.finish();
    }

    /// Takes elements from both sides until [`Merge::finish`] can place the rest.
    fn alternate(&mut self, gallop_from: &mut usize) -> Option<Infallible> {
        self.unless_done()?;
        let mut wins_needed = *gallop_from;
        loop {
            let (mut left_wins, mut right_wins) = (0, 0);
            while left_wins < wins_needed && right_wins < wins_needed {
                if self.is_right_next() {
                    self.take_right(1);
                    (left_wins, right_wins) = (0, right_wins + 1);
                } else {
                    self.take_left(1);
                    (left_wins, right_wins) = (left_wins + 1, 0);
                }
                self.unless_done()?;
            }
            wins_needed += 1;
            loop {
                wins_needed = (wins_needed - 1).max(1);
                *gallop_from = wins_needed;
                left_wins = self.count_left();
                self.take_left(left_wins);
                self.unless_done()?;
                self.take_right(1);
                self.unless_done()?;
                right_wins = self.count_right();
                self.take_right(right_wins);
                self.unless_done()?;
                self.take_left(1);
                self.unless_done()?;
                if left_wins < GALLOP_FROM && right_wins < GALLOP_FROM {
                    break;
                }
            }
            wins_needed += 1;
            *gallop_from = wins_needed;
        }
    }

    /// `None` if the run in place is used up, or if only the last element of the one in `aside` is left.
    fn unless_done(&self) -> Option<()> {
        let (aside, in_place) = if self.is_upwards { (&self.left, &self.right) } else { (&self.right, &self.left) };
        (aside.len() > 1 && !in_place.is_empty()).then_some(())
    }

    /// The rest of the left run and of the right run.
    fn sides(&self) -> (&[T], &[T]) {
        let (left, right) = (self.left.clone(), self.right.clone());
        if self.is_upwards { (&self.aside[left], &self.items[right]) } else { (&self.items[left], &self.aside[right]) }
    }

    /// The index of the element of `side` that is compared next.
    fn head(&self, side: &[T]) -> usize {
        if self.is_upwards { 0 } else { side.len() - 1 }
    }

    fn is_right_next(&self) -> bool {
        let (left, right) = self.sides();
        (self.is_before)(&right[self.head(right)], &left[self.head(left)]) == self.is_upwards
    }

    /// The number of elements of the left run that come next.
    fn count_left(&self) -> usize {
        let (left, right) = self.sides();
        let key = &right[self.head(right)];
        let place = gallop(left.len(), self.head(left), |at| !(self.is_before)(key, &left[at]));
        if self.is_upwards { place } else { left.len() - place }
    }

    /// The number of elements of the right run that come next.
    fn count_right(&self) -> usize {
        let (left, right) = self.sides();
        let key = &left[self.head(left)];
        let place = gallop(right.len(), self.head(right), |at| (self.is_before)(&right[at], key));
        if self.is_upwards { place } else { right.len() - place }
    }

    /// Moves the next `count` elements of the left run to the beginning of the gap, or to its end in a downward merge.
    fn take_left(&mut self, count: usize) {
        if self.is_upwards {
            let gap = self.right.start - self.left.len();
            let from = self.left.start;
            self.items[gap..gap + count].copy_from_slice(&self.aside[from..from + count]);
            self.left.start += count;
        } else {
            let from = self.left.end - count;
            self.items.copy_within(from..self.left.end, from + self.right.len());
            self.left.end = from;
        }
    }

    /// Like [`Merge::take_left`], for the right run.
    fn take_right(&mut self, count: usize) {
        if self.is_upwards {
            let end = self.right.start + count;
            self.items.copy_within(self.right.start..end, self.right.start - self.left.len());
            self.right.start = end;
        } else {
            let gap = self.left.end + self.right.len();
            let from = self.right.end - count;
            self.items[gap - count..gap].copy_from_slice(&self.aside[from..self.right.end]);
            self.right.end = from;
        }
    }

    /// Places the rest: the run in place next to the gap, then the elements of `aside`.
    fn finish(mut self) {
        if self.is_upwards {
            self.take_right(self.right.len());
            self.take_left(self.left.len());
        } else {
            self.take_left(self.left.len());
            self.take_right(self.right.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Pseudo-random numbers.
    fn scattered(count: usize, below: u32) -> Vec<u32> {
        let mut random = fastrand::Rng::with_seed(count as u64);
        (0..count).map(|_| random.u32(..below)).collect()
    }

    #[test]
    fn sorts_stably() {
        for count in [0, 1, 2, 3, 31, 63, 64, 65, 200, 1_000, 5_000] {
            for below in [2, 30, 100_000] {
                for bend in [false, true] {
                    let mut numbers = scattered(count, below);
                    if bend {
                        // Long ascending and descending runs, so that merges gallop.
                        let third = count / 3;
                        numbers[..third].sort_unstable();
                        numbers[third..].sort_unstable_by(|left, right| right.cmp(left));
                    }
                    let mut pairs: Vec<_> = numbers.into_iter().enumerate().map(|(at, number)| (number, at)).collect();
                    let mut expected = pairs.clone();
                    expected.sort_by_key(|pair| pair.0);
                    sort(&mut pairs, |left, right| Ok::<_, Infallible>(left.0 < right.0)).unwrap();
                    assert_eq!(pairs, expected, "{count} below {below}, bent: {bend}");
                }
            }
        }
    }

    #[test]
    fn sorts_an_inconsistent_order_like_v8() {
        // The sum is a checksum of the whole array that Node 20 returns.
        for (count, expected) in [(20, 377_347), (64, 527_930), (200, 767_899), (1_000, 127_454), (4_000, 425_000)] {
            let mut numbers: Vec<u64> = (0..count).map(|at| (at * 7_919 + 13) % 1_009).collect();
            sort(&mut numbers, |left, right| Ok::<_, Infallible>((left * 31 + right * 17) % 7 < 3)).unwrap();
            let sum = numbers.iter().fold(0, |sum, number| (sum * 31 + number) % 1_000_003);
            assert_eq!(sum, expected, "{count}");
        }
    }

    #[test]
    fn compares_nothing_after_a_failure() {
        for last in [1, 10, 500, 20_000] {
            let mut numbers = scattered(5_000, 100_000);
            let compared = Cell::new(0);
            let result = sort(&mut numbers, |left, right| {
                compared.set(compared.get() + 1);
                if compared.get() == last { Err(last) } else { Ok(left < right) }
            });
            assert_eq!((result, compared.get()), (Err(last), last));
        }
    }
}
