//! Reads: one look of a template at the data, and what happens where nothing is there.

use std::rc::Rc;

use super::kind::Kind;
use super::path::{Dependency, Depth, Path};
use super::presence::Presence;
use crate::liquid::{NodeId, Span, Value};

/// A look at the data.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// What is looked at.
    pub path: Path<'a>,
    /// How much of it.
    pub depth: Depth,
    /// Where that stands in its text.
    pub span: Span,
    /// Which of the analyzed texts.
    pub text: usize,
    /// The snippet in which it stands, where it does; the span is that of the snippet's use then.
    pub snippet: Option<&'a str>,
    /// The output or tag in which it stands. Whether a render came to it shows whether it came to the read, but where the
    /// read is not [certain](Read::is_certain).
    pub node: NodeId,
    /// Whether it happens each time its node is rendered.
    pub is_certain: bool,
    /// What happens where nothing is there.
    pub missing_behavior: MissingBehavior,
    /// What its use says of the value.
    pub kind: Kind,
    /// Whether it is printed just as it is.
    pub is_printed: bool,
    /// Whether it is a list of which one element is taken.
    pub takes_element: bool,
    /// How many names at the path's beginning lead to null, and not to nothing, where what they name is missing: those that
    /// `assign` has read.
    pub null_names: usize,
    /// What decides the branches around it, outermost first, and how.
    pub branches: Rc<[(Span, Choice)]>,
}

/// How what stands before a branch decides for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The branch's condition is true, or false where it must be.
    Holds(bool),
    /// The head of `case` equals the branch's value.
    Equals,
    /// The condition of the branch before an `else` is not as it must be for that one.
    Otherwise(bool),
    /// The head of `case` equals none of its values.
    EqualsNone,
    /// A collection has no elements.
    IsEmpty,
}

/// What happens where a read finds nothing, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingBehavior {
    /// A condition around it sees to it that it does not happen then.
    Guarded,
    /// It only decides which branch is rendered.
    Decides,
    /// `default` puts something else there.
    Rescued,
    /// It counts as null, and mostly prints nothing.
    Nothing,
    /// The message fails, where the data around it leads there.
    MayFail,
    /// The message fails wherever its node is rendered.
    Fails,
}

impl<'a> Read<'a> {
    /// The read as something to depend on.
    #[must_use]
    pub fn dependency(&self) -> Dependency<'a> {
        Dependency { path: self.path.clone(), depth: self.depth }
    }

    /// What of it there is in some data.
    #[must_use]
    pub fn presence(&self, data: Value<'_>) -> Presence {
        Presence::of(&self.path, self.null_names, data)
    }
}
