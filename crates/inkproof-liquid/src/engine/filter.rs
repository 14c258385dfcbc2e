//! The contract of a filter: its name, and the function that computes it.

use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::Value;

/// What a filter does: to a value, with its arguments as they were worked out. `key: value` comes as a list of two.
pub type RunFilter = for<'a> fn(&mut Runtime<'a>, Value<'a>, &[Value<'a>]) -> Result<Value<'a>>;

/// A filter that templates can use.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub run: RunFilter,
}

impl Filter {
    /// A row of a family's table.
    #[must_use]
    pub const fn new(name: &'static str, run: RunFilter) -> Self {
        Self { name, run }
    }
}

/// The argument at `index`; undefined where there is none.
#[must_use]
pub fn argument<'a>(arguments: &[Value<'a>], index: usize) -> Value<'a> {
    arguments.get(index).copied().unwrap_or(Value::Undefined)
}

/// The argument at `index`, or `default` where it is missing or undefined.
#[must_use]
pub fn argument_or<'a>(arguments: &[Value<'a>], index: usize, default: Value<'a>) -> Value<'a> {
    match argument(arguments, index) {
        Value::Undefined => default,
        given => given,
    }
}
