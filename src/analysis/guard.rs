//! Guards: the conditions under which a piece of a template is rendered, and what becomes of them where something is
//! missing.

use super::path::{Dependency, Path};
use crate::liquid::value::operators::{self, Operator};
use crate::liquid::{Arena, Value};

/// A condition for a piece of a template to be rendered.
#[derive(Clone, Debug)]
pub(super) enum Guard<'a> {
    /// The condition comes out so.
    Holds(Condition<'a>, bool),
    /// The value equals one of the others, or none of them where false.
    Equals(Term<'a>, Vec<Term<'a>>, bool),
    /// Something that depends on these places, in a way that nobody knows.
    Unclear(Vec<Dependency<'a>>),
}

/// A condition: operands and operators, operands before their operator.
#[derive(Clone, Debug)]
pub(super) struct Condition<'a> {
    pub(super) steps: Vec<ConditionStep<'a>>,
    /// Whether filters work on the result.
    pub(super) is_filtered: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ConditionStep<'a> {
    Term(Term<'a>),
    Operator(Operator),
}

/// A value of which something is known.
#[derive(Clone, Debug)]
pub(super) struct Term<'a> {
    /// The value itself, where it is written.
    pub(super) literal: Option<Value<'a>>,
    /// Where it is read from, where that is exactly known. Where that is missing, it is null.
    pub(super) path: Option<Path<'a>>,
    /// All that it depends on.
    pub(super) dependencies: Vec<Dependency<'a>>,
}

/// What becomes of a guard where something is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It lets through what it let through before.
    Same,
    /// It lets nothing through.
    Blocked,
    /// Nobody knows.
    Unclear,
}

impl<'a> Guard<'a> {
    /// What becomes of it where `path` is missing.
    pub(super) fn without(&self, path: &Path<'a>) -> Effect {
        let (answer, expected) = match self {
            _ if !self.is_touched_by(path) => return Effect::Same,
            Self::Unclear(_) => (None, true),
            Self::Holds(condition, expected) => (condition.without(path).map(Value::is_truthy), *expected),
            Self::Equals(head, values, expected) => (is_one_of(head, values, path), *expected),
        };
        match answer {
            Some(answer) if answer == expected => Effect::Same,
            Some(_) => Effect::Blocked,
            None => Effect::Unclear,
        }
    }

    pub(super) fn dependencies(&self) -> Vec<Dependency<'a>> {
        match self {
            Self::Unclear(dependencies) => dependencies.clone(),
            Self::Holds(condition, _) => condition.terms().flat_map(|term| term.dependencies.clone()).collect(),
            Self::Equals(head, values, _) => {
                std::iter::once(head).chain(values).flat_map(|term| term.dependencies.clone()).collect()
            }
        }
    }

    fn is_touched_by(&self, path: &Path<'a>) -> bool {
        self.dependencies().iter().any(|dependency| dependency.is_touched_by(path))
    }
}

fn is_one_of<'a>(head: &Term<'a>, values: &[Term<'a>], path: &Path<'a>) -> Option<bool> {
    let arena = Arena::new();
    // `case` takes its head for what it prints.
    let head = head.without(path)?.plain(&arena);
    let mut is_sure = true;
    for value in values {
        match value.without(path).map(|value| operators::equals(head, value)) {
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

    /// What it comes to where `path` is missing.
    fn without(&self, path: &Path<'a>) -> Option<Value<'a>> {
        self.evaluate(|term| term.without(path))
    }

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

/// The answer of an operator, where what is known of its operands is enough.
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
    /// A value of which nothing is known.
    pub(super) const fn unknown(dependencies: Vec<Dependency<'a>>) -> Self {
        Self { literal: None, path: None, dependencies }
    }

    fn without(&self, path: &Path<'a>) -> Option<Value<'a>> {
        match &self.path {
            Some(own) if own.is_within(path) => Some(Value::Null),
            Some(_) => None,
            None => self.literal,
        }
    }
}
