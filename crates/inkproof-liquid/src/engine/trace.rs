//! Traces: which nodes of a template a render came to.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::syntax::tree::Node;

/// The nodes that a render came to, those of texts that it came upon included.
#[derive(Clone, Debug, Default)]
pub struct Trace(HashSet<usize, RandomState>);

impl Trace {
    /// Notes a node.
    pub(crate) fn note(&mut self, node: &Node<'_>) {
        self.0.insert(NodeId::of(node).0);
    }

    /// Whether the render came to a node.
    #[must_use]
    pub fn has(&self, node: NodeId) -> bool {
        self.0.contains(&node.0)
    }

    /// Adds what another render of the same tree came to.
    pub fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }
}

/// Which node of all those that live at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

impl NodeId {
    /// The node's.
    #[must_use]
    pub fn of(node: &Node<'_>) -> Self {
        Self(std::ptr::from_ref(node).addr())
    }
}
