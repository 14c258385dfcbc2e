//! How a value is read: what happens if it is missing, how much of it is read, and how sure that is.

use crate::analysis::kind::Kind;
use crate::analysis::path::Depth;
use crate::analysis::read::{MissingBehavior, Property};

/// How an expression reads its operands.
#[derive(Clone, Copy)]
pub(super) struct ReadContext {
    /// What happens if the path is missing, before guards are considered.
    pub(super) missing: MissingBehavior,
    /// How much of the value is read.
    pub(super) depth: Depth,
    /// What the use expects.
    pub(super) kind: Kind,
    /// Whether the read happens each time that its node is rendered.
    pub(super) is_certain: bool,
    /// What is read of the value instead of itself.
    pub(super) property: Option<Property>,
    /// How many leading segments evaluate to null if they are missing.
    pub(super) null_segments: usize,
}

impl ReadContext {
    /// A read of the whole value that happens for certain and fails if the path is missing.
    pub(super) const STRICT: Self = Self {
        missing: MissingBehavior::Fails,
        depth: Depth::Whole,
        kind: Kind::Anything,
        is_certain: true,
        property: None,
        null_segments: 0,
    };

    /// Whether a missing path does no harm.
    pub(super) const fn is_lenient(self) -> bool {
        !matches!(self.missing, MissingBehavior::Fails)
    }
}
