//! How a value is read: what happens if it is missing, how much of it is read, and how sure that is.

use crate::analysis::kind::Kind;
use crate::analysis::path::Depth;
use crate::analysis::read::Outcome;

/// How something is looked at.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// What happens where it is missing; guards do not count yet.
    pub(super) missing: Outcome,
    pub(super) depth: Depth,
    pub(super) kind: Kind,
    pub(super) is_certain: bool,
    /// Whether it is a list, of which an element is taken then.
    pub(super) takes_element: bool,
    /// How many names at the path's beginning lead to null where what they name is missing.
    pub(super) null_names: usize,
}

impl Look {
    pub(super) const STRICT: Self = Self {
        missing: Outcome::Fails,
        depth: Depth::Whole,
        kind: Kind::Anything,
        is_certain: true,
        takes_element: false,
        null_names: 0,
    };

    pub(super) const fn is_lenient(self) -> bool {
        !matches!(self.missing, Outcome::Fails)
    }
}
