//! Budgets: how long a template is searched, counted in renders so that every machine finds the same.

use crate::project::Effort;

/// How many renders a search may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    /// For changes of one place of data that reached something new.
    pub(super) systematic: usize,
    /// For random data.
    pub(super) random: usize,
    /// For strings unlike any that were seen.
    pub(super) unlikely: usize,
    /// How many nodes of the template may be rendered, all in all: loops over much data make a few renders a lot of work.
    pub(super) nodes: usize,
}

impl Budget {
    pub(super) const fn new(effort: Effort) -> Self {
        match effort {
            Effort::Quick => Self { systematic: 250, random: 50, unlikely: 100, nodes: 150_000 },
            Effort::Normal => Self { systematic: 400, random: 150, unlikely: 200, nodes: 350_000 },
            Effort::Thorough => Self { systematic: 20_000, random: 20_000, unlikely: 5_000, nodes: 100_000_000 },
        }
    }
}
