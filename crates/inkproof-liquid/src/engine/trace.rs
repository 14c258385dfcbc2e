//! Traces: which nodes of a template a render reached.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::syntax::tree::Node;

/// The nodes that a render reached, including those of strings that turned up during the render.
#[derive(Clone, Debug, Default)]
pub struct Trace(HashSet<usize, RandomState>);

impl Trace {
    /// Records a node.
    pub(crate) fn push(&mut self, node: &Node<'_>) {
        self.0.insert(NodeId::new(node).0);
    }

    /// Whether the render reached a node.
    #[must_use]
    pub fn has(&self, node: NodeId) -> bool {
        self.0.contains(&node.0)
    }

    /// Adds the nodes that another render of the same tree reached.
    pub fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }
}

/// Identity of a node, unique among the nodes that are alive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

impl NodeId {
    /// The identity of this node.
    #[must_use]
    pub fn new(node: &Node<'_>) -> Self {
        Self(std::ptr::from_ref(node).addr())
    }
}
