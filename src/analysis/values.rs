//! Values: every expression of a template, and what it is for.

use std::collections::BTreeSet;

use crate::liquid::Value;
use crate::liquid::syntax::part::{Part, Printed, When};
use crate::liquid::syntax::tree::{FilteredValue, Node, NodeKind, Nodes, OperandKind, Segment, SegmentKey};
use crate::liquid::syntax::visit::each_operand;

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is printed.
    Printed,
    /// It decides whether a branch is rendered.
    Condition,
    /// A name stands for it.
    Assigned,
    /// Something else.
    Other,
}

/// Calls `each` with every expression and the node it stands in, in the order of the text.
pub fn each_value<'a>(nodes: Nodes<'a>, each: &mut dyn FnMut(&'a Node<'a>, &'a FilteredValue<'a>, Purpose)) {
    for node in nodes {
        let parts = match &node.kind {
            NodeKind::Text(_) => continue,
            NodeKind::Output(value) => {
                each(node, value, Purpose::Printed);
                continue;
            }
            NodeKind::Tag { tag, .. } => tag.parts(),
        };
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Print(Printed::Value(value)) => each(node, value, Purpose::Printed),
                Part::Value { value, .. } => match parts.get(at + 1) {
                    Some(Part::Name { value: Some(_), .. }) => each(node, value, Purpose::Assigned),
                    Some(Part::Nodes { when: When::Holds { .. }, .. }) => each(node, value, Purpose::Condition),
                    _ => each(node, value, Purpose::Other),
                },
                Part::Nodes { nodes, .. } => each_value(nodes, each),
                _ => {}
            }
        }
    }
}

/// The names of all variables that are read, and all texts that are written, which filters may take for expressions.
#[must_use]
pub fn names_and_texts(nodes: Nodes<'_>) -> (BTreeSet<&str>, Vec<&str>) {
    let (mut names, mut texts) = (BTreeSet::new(), Vec::new());
    each_operand(nodes, &mut |operand| match operand.kind {
        OperandKind::Literal(Value::String(text)) => texts.push(text),
        OperandKind::Path { base: None, segments: [Segment { key: SegmentKey::Name(name), .. }, ..] } => {
            names.insert(*name);
        }
        _ => {}
    });
    (names, texts)
}
