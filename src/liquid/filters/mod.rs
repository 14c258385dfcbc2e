//! Filters: one file a family. A filter is a function and a row in its family's table.

pub mod array;
pub mod crypto;
pub mod date;
pub mod html;
pub mod math;
pub mod misc;
pub mod string;
pub mod url;

use super::error::Result;
use super::runtime::Runtime;
use super::value::Value;

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

/// All filters of LiquidJS.
pub const FAMILIES: [&[Filter]; 8] = [
    array::FILTERS,
    crypto::FILTERS,
    date::FILTERS,
    html::FILTERS,
    math::FILTERS,
    misc::FILTERS,
    string::FILTERS,
    url::FILTERS,
];

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
