//! What a tag is made of, for those who read templates without rendering them.

use crate::span::Span;
use crate::syntax::tree::{FilteredValue, Nodes, Operand};

/// A part of a tag.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// An expression; where `lenient`, what is missing in it is null.
    Value {
        /// The expression.
        value: &'a FilteredValue<'a>,
        /// Whether it may be missing.
        lenient: bool,
    },
    /// A written value; where `lenient`, it is null if it is missing.
    Operand {
        /// The value.
        operand: &'a Operand<'a>,
        /// Whether it may be missing.
        lenient: bool,
    },
    /// Something that is printed.
    Print(Printed<'a>),
    /// Nodes that may be rendered, in which these names stand for something of the tag's own.
    Nodes {
        /// The nodes.
        nodes: Nodes<'a>,
        /// The names.
        names: [&'a str; 2],
        /// When they are rendered.
        when: When<'a>,
    },
    /// A name that stands for something of the template's own from here on.
    Name {
        /// The name.
        name: &'a str,
        /// Where it stands.
        span: Span,
        /// What it stands for, where that is an expression.
        value: Option<&'a FilteredValue<'a>>,
    },
    /// A text that is only known when rendering, and rendered then with all variables there are.
    UnknownText,
    /// The end of the run of nodes that the tag stands in, and of those around it up to a loop.
    Stop,
}

/// What a tag prints.
#[derive(Clone, Copy, Debug)]
pub enum Printed<'a> {
    /// The value of an expression.
    Value(&'a FilteredValue<'a>),
    /// This text.
    Text(&'a str),
    /// A number.
    Number,
    /// What is only known when rendering.
    Something,
}

/// When nodes of a tag are rendered.
#[derive(Clone, Copy, Debug)]
pub enum When<'a> {
    /// Always.
    Always,
    /// Always, but into a text of their own.
    Captured,
    /// Where the condition is true, or false where that is `expected`, and none of the tag's nodes before were rendered.
    Holds {
        /// The condition.
        condition: &'a FilteredValue<'a>,
        /// What it must be.
        expected: bool,
    },
    /// Where the value equals one of these, whatever of the tag was rendered before.
    Equals {
        /// The value.
        head: &'a FilteredValue<'a>,
        /// What it may equal.
        values: &'a [Operand<'a>],
    },
    /// For each element of a collection.
    Each(&'a Operand<'a>),
    /// Where none of the tag's nodes before were rendered.
    Otherwise,
}

impl<'a> Part<'a> {
    /// Nodes in which names mean what they mean outside.
    #[must_use]
    pub const fn nodes(nodes: Nodes<'a>, when: When<'a>) -> Self {
        Self::Nodes { nodes, names: ["", ""], when }
    }
}
