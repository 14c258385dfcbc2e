//! Traces: which nodes of a template a render reached, how often, and what it observed there.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::observations::Observations;
use crate::syntax::tree::Node;

/// The nodes that a render reached and how often, including those of strings that turned up during the render.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    nodes: HashMap<usize, u32, RandomState>,
    /// What the render showed of comparisons, conditions and dates; nothing unless the trace is an [observing](Self::observing)
    /// one.
    pub observations: Observations,
    is_observing: bool,
}

impl Trace {
    /// A trace that also records [observations](Self::observations), which takes more time.
    #[must_use]
    pub fn observing() -> Self {
        Self { is_observing: true, ..Self::default() }
    }

    /// What to record observations in, if that is wanted.
    pub(crate) fn observer(&mut self) -> Option<&mut Observations> {
        self.is_observing.then_some(&mut self.observations)
    }

    /// Records a node.
    pub(crate) fn push(&mut self, node: &Node<'_>) {
        let count = self.nodes.entry(NodeId::new(node).0).or_default();
        *count = count.saturating_add(1);
    }

    /// Whether the render reached a node.
    #[must_use]
    pub fn has(&self, node: NodeId) -> bool {
        self.nodes.contains_key(&node.0)
    }

    /// Adds the nodes that another render of the same tree reached, without its observations.
    pub fn add(&mut self, other: &Self) {
        for (node, count) in &other.nodes {
            let known = self.nodes.entry(*node).or_default();
            *known = known.saturating_add(*count);
        }
    }

    /// Every node that was reached, and how often, in no particular order.
    pub fn counts(&self) -> impl Iterator<Item = (NodeId, u32)> {
        self.nodes.iter().map(|(node, count)| (NodeId(*node), *count))
    }

    /// Forgets everything; the memory is kept.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.observations.clear();
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
