//! Guards: the conditions under which a node is rendered, which can be evaluated again under the assumption that one
//! path of the data is missing.
//!
//! Values are three-valued then. Literals are known, a term at or below the missing path is null, and everything else
//! is unknown (`None`). `and` and `or` give a result from one known operand if that is enough.

use super::path::{Dependency, Path};
use crate::liquid::value::operators::{self, Operator};
use crate::liquid::{Arena, Value};

/// A condition for a node to be rendered.
#[derive(Clone, Debug)]
pub(super) enum Guard<'a> {
    /// The condition has this truth value.
    Holds(Condition<'a>, bool),
    /// The first value equals one of the others (`true`), or none of them (`false`).
    Equals(Term<'a>, Vec<Term<'a>>, bool),
    /// Something that depends on these paths in an unknown way.
    Unknown(Vec<Dependency<'a>>),
}

/// A condition in postfix notation: operands before their operator.
#[derive(Clone, Debug)]
pub(super) struct Condition<'a> {
    pub(super) steps: Vec<ConditionStep<'a>>,
    /// Whether filters change the result, so that it is unknown.
    pub(super) is_filtered: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ConditionStep<'a> {
    Term(Term<'a>),
    Operator(Operator),
}

/// An operand of a condition.
#[derive(Clone, Debug)]
pub(super) struct Term<'a> {
    /// The value, if it is a literal.
    pub(super) literal: Option<Value<'a>>,
    /// The path that it reads, if that is known exactly. It is null if the path is missing.
    pub(super) path: Option<Path<'a>>,
    /// Everything in the data that it depends on.
    pub(super) dependencies: Vec<Dependency<'a>>,
}

/// What a missing path does to a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The node is rendered as before.
    Same,
    /// The node is not rendered.
    Blocked,
    /// Not known.
    Unknown,
}

impl<'a> Guard<'a> {
    /// What happens to the guard if `path` is missing.
    pub(super) fn without(&self, path: &Path<'a>) -> Effect {
        let (answer, expected) = match self {
            _ if !self.is_affected_by(path) => return Effect::Same,
            Self::Unknown(_) => (None, true),
            Self::Holds(condition, expected) => (condition.without(path).map(Value::is_truthy), *expected),
            Self::Equals(head, values, expected) => (is_one_of(head, values, path), *expected),
        };
        match answer {
            Some(answer) if answer == expected => Effect::Same,
            Some(_) => Effect::Blocked,
            None => Effect::Unknown,
        }
    }

    pub(super) fn dependencies(&self) -> Vec<Dependency<'a>> {
        match self {
            Self::Unknown(dependencies) => dependencies.clone(),
            Self::Holds(condition, _) => condition.terms().flat_map(|term| term.dependencies.clone()).collect(),
            Self::Equals(head, values, _) => {
                std::iter::once(head).chain(values).flat_map(|term| term.dependencies.clone()).collect()
            }
        }
    }

    fn is_affected_by(&self, path: &Path<'a>) -> bool {
        let is_affected = |term: &Term<'a>| term.dependencies.iter().any(|dependency| dependency.is_affected_by(path));
        match self {
            Self::Unknown(dependencies) => dependencies.iter().any(|dependency| dependency.is_affected_by(path)),
            Self::Holds(condition, _) => condition.terms().any(is_affected),
            Self::Equals(head, values, _) => is_affected(head) || values.iter().any(is_affected),
        }
    }
}

/// Whether the head equals one of the values if `path` is missing. `None` if unknown.
fn is_one_of<'a>(head: &Term<'a>, values: &[Term<'a>], path: &Path<'a>) -> Option<bool> {
    let arena = Arena::new();
    // `case` compares its head as it is printed.
    let head = head.without(path)?.plain(&arena);
    let mut is_sure = true;
    for value in values {
        match value.without(path).map(|value| operators::equals(head, value, &arena)) {
            Some(Ok(true)) => return Some(true),
            Some(Ok(false)) => {}
            _ => is_sure = false,
        }
    }
    is_sure.then_some(false)
}

impl<'a> Condition<'a> {
    pub(super) fn terms(&self) -> impl Iterator<Item = &Term<'a>> {
        self.steps.iter().filter_map(|step| match step {
            ConditionStep::Term(term) => Some(term),
            ConditionStep::Operator(_) => None,
        })
    }

    /// The value if `path` is missing. `None` if unknown.
    fn without(&self, path: &Path<'a>) -> Option<Value<'a>> {
        self.evaluate(|term| term.without(path))
    }

    /// Evaluates the postfix notation on a stack of values, some of which are unknown.
    fn evaluate(&self, value: impl Fn(&Term<'a>) -> Option<Value<'a>>) -> Option<Value<'a>> {
        if self.is_filtered {
            return None;
        }
        let mut stack: Vec<Option<Value<'a>>> = Vec::new();
        for step in &self.steps {
            let result = match step {
                ConditionStep::Term(term) => value(term),
                ConditionStep::Operator(operator) => {
                    let right = stack.pop().unwrap_or(Some(Value::Undefined));
                    let left = match operator {
                        Operator::Not => Some(Value::Undefined),
                        _ => stack.pop().unwrap_or(Some(Value::Undefined)),
                    };
                    apply(*operator, left, right)
                }
            };
            stack.push(result);
        }
        stack.first().copied().unwrap_or(Some(Value::Undefined))
    }
}

/// The result of an operator. `None` if too little is known of its operands.
fn apply<'a>(operator: Operator, left: Option<Value<'a>>, right: Option<Value<'a>>) -> Option<Value<'a>> {
    let either = |wanted: bool| [left, right].into_iter().flatten().any(|value| value.is_truthy() == wanted);
    match operator {
        Operator::And if either(false) => return Some(Value::Bool(false)),
        Operator::Or if either(true) => return Some(Value::Bool(true)),
        _ => {}
    }
    let arena = Arena::new();
    operator.apply(left?, right?, &arena).ok().map(Value::Bool)
}

impl<'a> Term<'a> {
    /// An operand of which only the dependencies are known.
    pub(super) const fn unknown(dependencies: Vec<Dependency<'a>>) -> Self {
        Self { literal: None, path: None, dependencies }
    }

    /// The value if `path` is missing. `None` if unknown.
    fn without(&self, path: &Path<'a>) -> Option<Value<'a>> {
        match &self.path {
            Some(own) if own.is_within(path) => Some(Value::Null),
            Some(_) => None,
            None => self.literal,
        }
    }
}
