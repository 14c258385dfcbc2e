//! Traces: which nodes of a template a render reached, how often, and what it observed there.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::observations::Observations;
use crate::syntax::tree::Node;

/// The nodes that a render reached and how often, including those of strings that turned up during the render.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The nodes that any render reached, and how often since the last [`clear`](Self::clear).
    counts: Vec<(NodeId, u32)>,
    /// The position of each node in `counts`.
    positions: HashMap<NodeId, usize, RandomState>,
    /// What the render showed of comparisons, conditions and dates; nothing unless the trace is an [observing](Self::observing)
    /// one.
    pub observations: Observations,
    is_observing: bool,
}

/// How many nodes are kept for the next render. Those of strings that turn up come and go.
const MAX_KEPT: usize = 10_000;

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
    #[inline]
    pub(crate) fn push(&mut self, node: &Node<'_>) {
        let id = NodeId::new(node);
        match self.counts.get_mut(node.hint.get()) {
            Some((known, count)) if *known == id => *count = count.saturating_add(1),
            _ => node.hint.set(self.count(id, 1)),
        }
    }

    /// Counts a node, and returns its position.
    fn count(&mut self, node: NodeId, times: u32) -> usize {
        let position = *self.positions.entry(node).or_insert(self.counts.len());
        match self.counts.get_mut(position) {
            Some((_, count)) => *count = count.saturating_add(times),
            None => self.counts.push((node, times)),
        }
        position
    }

    /// Whether the render reached a node.
    #[must_use]
    pub fn has(&self, node: NodeId) -> bool {
        self.positions.get(&node).is_some_and(|position| self.counts[*position].1 > 0)
    }

    /// Adds the nodes that another render of the same tree reached, without its observations.
    pub fn add(&mut self, other: &Self) {
        for (node, count) in other.counts() {
            self.count(node, count);
        }
    }

    /// Every node that was reached, and how often, in no particular order.
    pub fn counts(&self) -> impl Iterator<Item = (NodeId, u32)> {
        self.counts.iter().copied().filter(|(_, count)| *count > 0)
    }

    /// Forgets everything; the memory is kept.
    pub fn clear(&mut self) {
        if self.counts.len() > MAX_KEPT {
            self.counts.clear();
            self.positions.clear();
        }
        for (_, count) in &mut self.counts {
            *count = 0;
        }
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
