//! Coverage: what renders reached, so that data which reaches something new is searched around.

use std::collections::HashSet;

use crate::liquid::syntax::visit::all_nodes;
use crate::liquid::{NodeId, Span, Template, Trace, Writer};
use crate::message::TrialOutput;

/// Something that a render did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Feature {
    /// It reached a node this often, roughly.
    Node(NodeId, u8),
    /// An expression printed something, or nothing.
    Printed(Span, bool),
}

/// Everything that renders did so far.
#[derive(Debug)]
pub(super) struct SeenFeatures {
    features: HashSet<Feature>,
    /// The nodes of the template. Those of strings that are rendered on the way come and go, and would make the search find
    /// something else each time.
    nodes: HashSet<NodeId>,
    /// Every node that was reached.
    pub(super) trace: Trace,
}

impl SeenFeatures {
    /// Nothing of these templates has been reached.
    pub(super) fn new(templates: &[Template<'_>]) -> Self {
        let nodes = templates.iter().flat_map(|template| all_nodes(template.nodes)).map(NodeId::new).collect();
        Self { features: HashSet::new(), nodes, trace: Trace::default() }
    }

    /// Adds what a render did; whether any of it is new.
    pub(super) fn add(&mut self, out: &TrialOutput) -> bool {
        let mut is_new = false;
        for (node, count) in out.trace.counts().filter(|(node, _)| self.nodes.contains(node)) {
            let roughly = match count {
                0..=3 => count,
                4..=7 => 4,
                _ => 8,
            };
            is_new |= self.features.insert(Feature::Node(node, u8::try_from(roughly).unwrap_or(u8::MAX)));
        }
        for mark in out.content.marks().iter().filter(|mark| mark.writer == Writer::Liquid) {
            is_new |= self.features.insert(Feature::Printed(mark.span, mark.written.is_empty()));
        }
        if is_new {
            self.trace.add(&out.trace);
        }
        is_new
    }
}
