//! The tree of a template: what the parser makes and the renderer walks. It lives in an arena, borrows from the source,
//! and carries spans on everything that can be pointed at.

use crate::engine::filter::Filter;
use crate::engine::tag::Tag;
use crate::span::Span;
use crate::value::Value;
use crate::value::operators::Operator;

/// A run of nodes.
pub type Nodes<'a> = &'a [Node<'a>];

/// One piece of a template.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// All of it, delimiters included.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind<'a>,
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum NodeKind<'a> {
    /// Text as it is to be printed, trim marks applied.
    Text(&'a str),
    /// `{{ … }}`
    Output(FilteredValue<'a>),
    /// `{% … %}` and all up to its end tag.
    Tag {
        /// The tag's name.
        name: &'a str,
        /// What was made of it.
        tag: &'a dyn Tag,
    },
}

/// An expression with filters: `a == b | default: c | upcase`.
#[derive(Clone, Copy, Debug)]
pub struct FilteredValue<'a> {
    /// What the filters work on.
    pub expression: Expression<'a>,
    /// The filters, in order.
    pub filters: &'a [FilterCall<'a>],
    /// From where reading began to where it ended, blanks included.
    pub span: Span,
}

impl FilteredValue<'_> {
    /// Whether its first filter is `default`, so that a missing variable is read as null.
    #[must_use]
    pub fn has_default_first(&self) -> bool {
        self.filters.first().and_then(|call| call.filter).is_some_and(|filter| filter.rescues_missing)
    }
}

/// Operands and operators in the order in which they are worked off: operands before their operator.
///
/// Liquid accepts too few and too many operands, so this is a list of steps and not a tree.
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
    /// Takes one or two values off the stack and puts the answer there.
    Operator(Operator, Span),
}

/// A value as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// What it is.
    pub kind: OperandKind<'a>,
    /// Where it stands.
    pub span: Span,
}

impl Operand<'_> {
    /// Whether it is the variable of that name, without anything after it.
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

/// What a written value is.
#[derive(Clone, Copy, Debug)]
pub enum OperandKind<'a> {
    /// A text, a number, `true`, `nil` and the like.
    Literal(Value<'a>),
    /// `customer.orders[0].name`, or such accessors on a literal or range.
    Path {
        /// The literal or range that the path starts from; none where it starts from a variable.
        base: Option<&'a Operand<'a>>,
        /// The variable's name and the accessors, or just the accessors where there is a base.
        segments: &'a [Segment<'a>],
    },
    /// `(low..high)`
    Range {
        /// First number.
        low: &'a Operand<'a>,
        /// Last number.
        high: &'a Operand<'a>,
    },
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The key.
    pub key: SegmentKey<'a>,
    /// The name, or what stands between the brackets.
    pub span: Span,
}

/// The key of a path's step.
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
    /// The filter; none where no filter has that name.
    pub filter: Option<&'a Filter>,
    /// Its arguments, in order.
    pub arguments: &'a [Argument<'a>],
    /// From its name to the end of its arguments.
    pub span: Span,
}

/// An argument of a filter: `value` or `key: value`.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// The text of the key, quotes included.
    pub key: Option<&'a str>,
    /// The value; none where it is missing after a key.
    pub value: Option<Operand<'a>>,
}

/// An argument of a tag: `limit: 2` or `reversed`.
#[derive(Clone, Copy, Debug)]
pub struct NamedArgument<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value; none where it is only named, which counts as true.
    pub value: Option<Operand<'a>>,
    /// All of it.
    pub span: Span,
}
