//! The tree of a template: built by the parser, walked by the runtime. It lives in an arena, borrows from the source, and
//! has a span for everything that a message can point at.

use crate::engine::filter::Filter;
use crate::engine::tag::Tag;
use crate::span::Span;
use crate::value::Value;
use crate::value::name::{Hint, NameMask};
use crate::value::operators::Operator;

/// A run of nodes.
pub type Nodes<'a> = &'a [Node<'a>];

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// The whole node, delimiters included.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind<'a>,
    /// Where the last trace counts it.
    pub(crate) hint: Hint,
}

impl<'a> Node<'a> {
    /// A node of this kind.
    #[must_use]
    pub fn new(kind: NodeKind<'a>, span: Span) -> Self {
        Self { span, kind, hint: Hint::default() }
    }
}

/// The kind of a node.
#[derive(Clone, Copy, Debug)]
pub enum NodeKind<'a> {
    /// Literal text, with trim marks applied.
    Text(&'a str),
    /// `{{ … }}`
    Output(FilteredValue<'a>),
    /// `{% … %}`, up to and including its end tag.
    Tag {
        /// The tag's name.
        name: &'a str,
        /// The parsed tag.
        tag: &'a dyn Tag,
    },
}

/// An expression with filters: `a == b | default: c | upcase`.
#[derive(Clone, Copy, Debug)]
pub struct FilteredValue<'a> {
    /// The input of the first filter.
    pub expression: Expression<'a>,
    /// The filters, in order.
    pub filters: &'a [FilterCall<'a>],
    /// The whole value, surrounding whitespace included.
    pub span: Span,
}

impl FilteredValue<'_> {
    /// Whether its first filter is `default`, so that a missing variable is read as null.
    #[must_use]
    pub fn has_default_first(&self) -> bool {
        self.filters.first().and_then(|call| call.filter).is_some_and(|filter| filter.rescues_missing)
    }
}

/// Operands and operators in postfix order: operands before their operator.
///
/// Liquid accepts too few and too many operands, so this is a list of steps rather than a tree.
#[derive(Clone, Copy, Debug)]
pub struct Expression<'a> {
    /// The steps.
    pub steps: &'a [Step<'a>],
}

/// One step of an expression.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// Puts a value on the stack.
    Operand(Operand<'a>),
    /// Replaces one or two values on the stack by the result.
    Operator(Operator, Span),
}

/// The steps of each value that is on the stack after these steps, in order.
#[must_use]
pub fn terms<'s, 'a>(steps: &'s [Step<'a>]) -> Vec<&'s [Step<'a>]> {
    let mut terms = Vec::new();
    let (mut end, mut needed) = (steps.len(), 1_usize);
    for (at, step) in steps.iter().enumerate().rev() {
        match step {
            Step::Operand(_) => needed -= 1,
            Step::Operator(Operator::Not, _) => {}
            Step::Operator(..) => needed += 1,
        }
        if needed == 0 {
            terms.push(&steps[at..end]);
            (end, needed) = (at, 1);
        }
    }
    terms.reverse();
    terms
}

/// A value as written in the template.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// What it is.
    pub kind: OperandKind<'a>,
    /// Its place in the template.
    pub span: Span,
}

impl Operand<'_> {
    /// Whether it is the variable `name`, without accessors.
    #[must_use]
    pub fn is_variable(&self, name: &str) -> bool {
        match self.kind {
            OperandKind::Path { base: None, segments: [only] } => {
                matches!(only.key, SegmentKey::Name(known) if known == name)
            }
            _ => false,
        }
    }
}

/// The kind of an operand.
#[derive(Clone, Copy, Debug)]
pub enum OperandKind<'a> {
    /// A string, a number, `true`, `nil` and the like.
    Literal(Value<'a>),
    /// `customer.orders[0].name`, or such accessors on a literal or range.
    Path {
        /// The literal or range that the path starts from; `None` if it starts from a variable.
        base: Option<&'a Operand<'a>>,
        /// The variable's name and the accessors, or only the accessors if there is a base.
        segments: &'a [Segment<'a>],
    },
    /// `(low..high)`
    Range {
        /// The first number.
        low: &'a Operand<'a>,
        /// Last number.
        high: &'a Operand<'a>,
    },
}

/// A segment of a path.
#[derive(Debug)]
pub struct Segment<'a> {
    /// The key.
    pub key: SegmentKey<'a>,
    /// The name, or the text between the brackets.
    pub span: Span,
    /// Where the object had it that was read last.
    pub(crate) hint: Hint,
    /// The mask of a name; empty if the key is computed.
    pub(crate) mask: NameMask,
}

impl<'a> Segment<'a> {
    pub(crate) fn new(key: SegmentKey<'a>, span: Span) -> Self {
        let mask = match &key {
            SegmentKey::Name(name) => NameMask::of(name),
            SegmentKey::Computed(_) => NameMask::default(),
        };
        Self { key, span, hint: Hint::default(), mask }
    }
}

/// The key of a path segment.
#[derive(Clone, Copy, Debug)]
pub enum SegmentKey<'a> {
    /// `.name` or `["name"]`
    Name(&'a str),
    /// `[value]`
    Computed(Operand<'a>),
}

/// A filter with its arguments.
#[derive(Clone, Copy, Debug)]
pub struct FilterCall<'a> {
    /// Its name as written.
    pub name: &'a str,
    /// The filter; `None` if there is no filter with this name.
    pub filter: Option<&'a Filter>,
    /// Its arguments, in order.
    pub arguments: &'a [Argument<'a>],
    /// From its name to the end of its arguments.
    pub span: Span,
}

/// An argument of a filter: `value` or `key: value`.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// The key as written, quotes included.
    pub key: Option<&'a str>,
    /// The value; `None` if it is missing after a key.
    pub value: Option<Operand<'a>>,
}

/// An argument of a tag: `limit: 2` or `reversed`.
#[derive(Clone, Copy, Debug)]
pub struct NamedArgument<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value; `None` for a bare name, which counts as true.
    pub value: Option<Operand<'a>>,
    /// All of it.
    pub span: Span,
}
