//! Visitors over the tree: every node, part and operand, without rendering.

use crate::syntax::part::{Part, Piece};
use crate::syntax::tree::{FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, SegmentKey, Step};

/// Every node of a template, including those inside tags, in preorder.
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

/// Calls `each` with every part of every tag, and the node of the tag. A part comes before the parts in its bodies.
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

/// Calls `each` with every operand. An operand comes before the operands that contain it.
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

/// The parts of a tag; empty for other nodes.
#[must_use]
pub fn parts<'a>(node: &Node<'a>) -> Vec<Part<'a>> {
    match node.kind {
        NodeKind::Tag { tag, .. } => tag.parts(),
        NodeKind::Text(_) | NodeKind::Output(_) => Vec::new(),
    }
}

impl<'a> FilteredValue<'a> {
    /// Calls `each` with every operand in it, including those in filter arguments, in evaluation order.
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
    /// Calls `each` with the operands inside this one, and then with this one.
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
