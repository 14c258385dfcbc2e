//! Traces: which nodes of a template a render reached, and how often.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::syntax::tree::Node;

/// The nodes that a render reached, with how often it did, those of strings that were rendered on the way included.
#[derive(Clone, Debug, Default)]
pub struct Trace(HashMap<usize, u32, RandomState>);

impl Trace {
    /// Notes a node.
    pub(crate) fn note(&mut self, node: &Node<'_>) {
        let count = self.0.entry(NodeId::of(node).0).or_default();
        *count = count.saturating_add(1);
    }

    /// Whether the render came to a node.
    #[must_use]
    pub fn has(&self, node: NodeId) -> bool {
        self.0.contains_key(&node.0)
    }

    /// Adds what another render of the same tree came to.
    pub fn add(&mut self, other: &Self) {
        for (node, count) in &other.0 {
            let known = self.0.entry(*node).or_default();
            *known = known.saturating_add(*count);
        }
    }

    /// Every node that was reached, and how often, in no particular order.
    pub fn counts(&self) -> impl Iterator<Item = (NodeId, u32)> {
        self.0.iter().map(|(node, count)| (NodeId(*node), *count))
    }

    /// Forgets everything; the memory is kept.
    pub fn clear(&mut self) {
        self.0.clear();
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
