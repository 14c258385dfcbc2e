//! Budgets: how long a template is searched, counted in renders so that every machine finds the same.

/// How hard counterexamples are searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effort {
    /// As long as an editor may take between two keys.
    Quick,
    /// As long as a run in CI may take.
    #[default]
    Normal,
    /// As long as it takes.
    Thorough,
}

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

impl Effort {
    /// All efforts, the least first.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Normal, Self::Thorough];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Normal => "normal",
            Self::Thorough => "thorough",
        }
    }

    pub(super) const fn budget(self) -> Budget {
        match self {
            Self::Quick => Budget { systematic: 250, random: 50, unlikely: 100, nodes: 300_000 },
            Self::Normal => Budget { systematic: 900, random: 300, unlikely: 250, nodes: 2_000_000 },
            Self::Thorough => Budget { systematic: 20_000, random: 20_000, unlikely: 5_000, nodes: 100_000_000 },
        }
    }
}
