//! Visits: all that a template is made of, told without rendering it.

use crate::syntax::part::{Part, Piece};
use crate::syntax::tree::{FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, SegmentKey, Step};

/// Every node of a template, also those inside tags, outer ones first.
#[must_use]
pub fn all_nodes(nodes: Nodes<'_>) -> Vec<&Node<'_>> {
    let mut all = Vec::new();
    for node in nodes {
        all.push(node);
        for body in parts(node).iter().flat_map(Part::bodies) {
            all.extend(all_nodes(body.nodes));
        }
    }
    all
}

/// Calls `each` with every part of every tag and the tag's node; a part comes before the parts in its bodies.
pub fn each_part<'a>(nodes: Nodes<'a>, each: &mut dyn FnMut(&'a Node<'a>, &Part<'a>)) {
    for node in nodes {
        for part in parts(node) {
            each(node, &part);
            for body in part.bodies() {
                each_part(body.nodes, each);
            }
        }
    }
}

/// Calls `each` with every written value, also those inside others, which come before them.
pub fn each_operand<'a>(nodes: Nodes<'a>, each: &mut dyn FnMut(&'a Operand<'a>)) {
    for node in nodes {
        if let NodeKind::Output(value) = &node.kind {
            value.each_operand(each);
        }
        for piece in parts(node).iter().flat_map(Part::pieces) {
            match piece {
                Piece::Value(value, _) => value.each_operand(each),
                Piece::Operand(operand) => operand.each_operand(each),
                Piece::Body(body) => each_operand(body.nodes, each),
                Piece::Target(_) => {}
            }
        }
    }
}

/// The parts of a tag; none for other nodes.
#[must_use]
pub fn parts<'a>(node: &Node<'a>) -> Vec<Part<'a>> {
    match node.kind {
        NodeKind::Tag { tag, .. } => tag.parts(),
        NodeKind::Text(_) | NodeKind::Output(_) => Vec::new(),
    }
}

impl<'a> FilteredValue<'a> {
    /// Calls `each` with every value written in it, its filters' arguments included, in the order of reading.
    pub fn each_operand(&self, each: &mut dyn FnMut(&'a Operand<'a>)) {
        for step in self.expression.steps {
            if let Step::Operand(operand) = step {
                operand.each_operand(each);
            }
        }
        let arguments = self.filters.iter().flat_map(|filter| filter.arguments);
        arguments.filter_map(|argument| argument.value.as_ref()).for_each(|operand| operand.each_operand(each));
    }
}

impl<'a> Operand<'a> {
    /// Calls `each` with the values that this one is made of, and with itself after them.
    pub fn each_operand(&'a self, each: &mut dyn FnMut(&'a Self)) {
        match &self.kind {
            OperandKind::Literal(_) => {}
            OperandKind::Range { low, high } => {
                low.each_operand(each);
                high.each_operand(each);
            }
            OperandKind::Path { base, segments } => {
                for segment in *segments {
                    if let SegmentKey::Computed(key) = &segment.key {
                        key.each_operand(each);
                    }
                }
                if let Some(base) = base {
                    base.each_operand(each);
                }
            }
        }
        each(self);
    }
}
