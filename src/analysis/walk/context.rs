//! How a value is read: what happens if it is missing, how much of it is read, and how sure that is.

use crate::analysis::kind::Kind;
use crate::analysis::path::Depth;
use crate::analysis::read::MissingBehavior;

/// How something is looked at.
#[derive(Clone, Copy)]
pub(super) struct ReadContext {
    /// What happens where it is missing; guards do not count yet.
    pub(super) missing: MissingBehavior,
    pub(super) depth: Depth,
    pub(super) kind: Kind,
    pub(super) is_certain: bool,
    /// Whether it is a list, of which an element is taken then.
    pub(super) takes_element: bool,
    /// How many names at the path's beginning lead to null where what they name is missing.
    pub(super) null_names: usize,
}

impl ReadContext {
    pub(super) const STRICT: Self = Self {
        missing: MissingBehavior::Fails,
        depth: Depth::Whole,
        kind: Kind::Anything,
        is_certain: true,
        takes_element: false,
        null_names: 0,
    };

    pub(super) const fn is_lenient(self) -> bool {
        !matches!(self.missing, MissingBehavior::Fails)
    }
}
