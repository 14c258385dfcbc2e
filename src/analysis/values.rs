//! Values: visits every expression of a template, and says what it is used for.

use std::collections::BTreeSet;

use crate::liquid::Value;
pub use crate::liquid::syntax::part::Purpose;
use crate::liquid::syntax::part::{Part, Piece};
use crate::liquid::syntax::tree::{FilteredValue, Node, NodeKind, Nodes, OperandKind, Segment, SegmentKey};
use crate::liquid::syntax::visit::{each_operand, parts};

/// Calls `each` with every expression, the node that contains it and what it is used for, in the order of the template.
pub fn each_value<'a>(nodes: Nodes<'a>, each: &mut dyn FnMut(&'a Node<'a>, &'a FilteredValue<'a>, Purpose)) {
    for node in nodes {
        if let NodeKind::Output(value) = &node.kind {
            each(node, value, Purpose::Printed);
        }
        for piece in parts(node).iter().flat_map(Part::pieces) {
            match piece {
                Piece::Value(value, purpose) => each(node, value, purpose),
                Piece::Body(body) => each_value(body.nodes, each),
                Piece::Operand(_) | Piece::Target(_) => {}
            }
        }
    }
}

/// The names of all variables that are read, and all string literals, because filters may evaluate strings as
/// expressions.
#[must_use]
pub fn names_and_strings(nodes: Nodes<'_>) -> (BTreeSet<&str>, Vec<&str>) {
    let (mut names, mut strings) = (BTreeSet::new(), Vec::new());
    each_operand(nodes, &mut |operand| match operand.kind {
        OperandKind::Literal(Value::String(text)) => strings.push(text),
        OperandKind::Path { base: None, segments: [Segment { key: SegmentKey::Name(name), .. }, ..] } => {
            names.insert(*name);
        }
        _ => {}
    });
    (names, strings)
}
