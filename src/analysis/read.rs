//! Reads: one place in a template that reads one path of the data, and what happens if the path is missing.

use std::rc::Rc;

use super::kind::Kind;
use super::path::{Dependency, Depth, Path};
use super::presence::Presence;
use crate::liquid::{NodeId, Span, Value};

/// A read of the data.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// The path that is read.
    pub path: Path<'a>,
    /// How much of its value is read.
    pub depth: Depth,
    /// Where the template reads it.
    pub span: Span,
    /// The index of the template among those that were analyzed.
    pub text: usize,
    /// The snippet that contains the read, if any. The span is that of the snippet's use then.
    pub snippet: Option<&'a str>,
    /// The output or tag that contains the read. A render that reaches the node also reaches the read, if the read is
    /// [certain](Read::is_certain).
    pub node: NodeId,
    /// Whether it happens each time that its node is rendered.
    pub is_certain: bool,
    /// What happens if the path is missing.
    pub missing_behavior: MissingBehavior,
    /// The kind of value that the use expects.
    pub kind: Kind,
    /// Whether the value is printed without a filter.
    pub is_printed: bool,
    /// What is read of the value instead of itself, if that is not a key that data has.
    pub property: Option<Property>,
    /// The number of leading path segments, including the variable, that evaluate to null instead of undefined if they
    /// are missing, because `assign` has read them.
    pub null_segments: usize,
    /// The branches around the read, outermost first: the span of what decides, and why the branch is rendered.
    pub branches: Rc<[(Span, BranchReason)]>,
}

/// What Liquid knows of a value. An object may have a key of that name, which is read instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// `first`, `last` or a number: one element of a list.
    Element,
    /// `size`: the number of characters, elements or keys.
    Size,
    /// `length`: the number of characters or elements.
    Length,
}

/// Why a branch is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchReason {
    /// Its condition has this truth value: `true` for `if`, `false` for `unless`.
    Holds(bool),
    /// The head of `case` equals one of its values.
    Equals,
    /// It is an `else`, and the condition of the last branch before it has this truth value.
    Otherwise(bool),
    /// It is the `else` of a `case`, whose head equals none of the values.
    EqualsNone,
    /// It is the `else` of a loop, whose collection has no elements.
    IsEmpty,
}

/// What happens if the path of a read is missing, the most severe last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingBehavior {
    /// The read does not happen, because a condition around it is false then.
    Guarded,
    /// Another branch is rendered.
    Decides,
    /// `default` replaces it.
    Rescued,
    /// The value is null, which mostly prints nothing.
    Nothing,
    /// The message fails for some data.
    MayFail,
    /// The message fails whenever the node is rendered.
    Fails,
}

impl<'a> Read<'a> {
    /// The read as a dependency.
    #[must_use]
    pub fn dependency(&self) -> Dependency<'a> {
        Dependency { path: self.path.clone(), depth: self.depth }
    }

    /// Whether it could give another result if there were another value at `path`. What notices a value also notices what contains it.
    #[must_use]
    pub fn notices(&self, path: &Path<'_>) -> bool {
        self.depth.is_affected(&self.path, path)
    }

    /// How often some data has a value at the path.
    #[must_use]
    pub fn presence(&self, data: Value<'_>) -> Presence {
        Presence::new(&self.path, self.null_segments, data)
    }
}
