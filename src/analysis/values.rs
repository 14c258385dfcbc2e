//! Values: every expression of a template, and what it is for.

use std::collections::BTreeSet;

use crate::liquid::Value;
use crate::liquid::tree::{
    FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, Part, Printed, SegmentKey, Step, When,
};

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

/// Calls `each` with every part of every tag, outer tags first.
pub fn each_part<'a>(nodes: Nodes<'a>, each: &mut dyn FnMut(&'a Node<'a>, &Part<'a>)) {
    for node in nodes {
        let NodeKind::Tag { tag, .. } = &node.kind else { continue };
        for part in tag.parts() {
            each(node, &part);
            if let Part::Nodes { nodes, .. } = part {
                each_part(nodes, each);
            }
        }
    }
}

/// The names of all variables that are read, and all texts that are written, which filters may take for expressions.
#[must_use]
pub fn names_and_texts(nodes: Nodes<'_>) -> (BTreeSet<&str>, Vec<&str>) {
    let mut found = Found::default();
    found.nodes(nodes);
    (found.names, found.texts)
}

#[derive(Default)]
struct Found<'a> {
    names: BTreeSet<&'a str>,
    texts: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn nodes(&mut self, nodes: Nodes<'a>) {
        for node in nodes {
            match &node.kind {
                NodeKind::Text(_) => {}
                NodeKind::Output(value) => self.value(value),
                NodeKind::Tag { tag, .. } => {
                    for part in tag.parts() {
                        match part {
                            Part::Value { value, .. } | Part::Print(Printed::Value(value)) => self.value(value),
                            Part::Operand { operand, .. } => self.operand(operand),
                            Part::Nodes { nodes, .. } => self.nodes(nodes),
                            _ => {}
                        }
                    }
                }
            }
        }
    }

    fn value(&mut self, value: &'a FilteredValue<'a>) {
        for step in value.expression.steps {
            if let Step::Operand(operand) = step {
                self.operand(operand);
            }
        }
        let arguments = value.filters.iter().flat_map(|filter| filter.arguments);
        arguments.filter_map(|argument| argument.value.as_ref()).for_each(|operand| self.operand(operand));
    }

    fn operand(&mut self, operand: &'a Operand<'a>) {
        match &operand.kind {
            OperandKind::Literal(Value::String(text)) => self.texts.push(text),
            OperandKind::Literal(_) => {}
            OperandKind::Range { low, high } => {
                self.operand(low);
                self.operand(high);
            }
            OperandKind::Path { base, segments } => {
                if let Some(base) = base {
                    self.operand(base);
                }
                for (at, segment) in segments.iter().enumerate() {
                    match &segment.key {
                        SegmentKey::Name(name) if at == 0 && base.is_none() => {
                            self.names.insert(name);
                        }
                        SegmentKey::Name(_) => {}
                        SegmentKey::Computed(operand) => self.operand(operand),
                    }
                }
            }
        }
    }
}
