//! What filters ask of each element: a property, given as a path in a text, or an expression about it.

use crate::engine::filter::argument;
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::span::Span;
use crate::syntax::expression_parser::ExpressionParser;
use crate::syntax::tree::{FilteredValue, Operand};
use crate::value::Value;
use crate::value::coerce::{js_string, text};

/// Properties that every JavaScript object has. `LiquidJS` holds the element of an expression in such an object, so that
/// their names hide variables, and read as undefined.
const HIDDEN: [(&str, Value<'static>); 12] = [
    ("__defineGetter__", Value::Undefined),
    ("__defineSetter__", Value::Undefined),
    ("__lookupGetter__", Value::Undefined),
    ("__lookupSetter__", Value::Undefined),
    ("__proto__", Value::Undefined),
    ("constructor", Value::Undefined),
    ("hasOwnProperty", Value::Undefined),
    ("isPrototypeOf", Value::Undefined),
    ("propertyIsEnumerable", Value::Undefined),
    ("toLocaleString", Value::Undefined),
    ("toString", Value::Undefined),
    ("valueOf", Value::Undefined),
];

/// A question that is parsed once and asked of many elements.
#[derive(Debug)]
pub(super) struct Predicate<'a> {
    /// The text that it was parsed from, which positions of errors point into.
    source: &'a str,
    kind: Kind<'a>,
}

#[derive(Debug)]
enum Kind<'a> {
    /// A path, read where the element's properties are all the variables; none in a blank text.
    Property(Option<Operand<'a>>),
    /// An expression, worked out where the element is one more variable, of this name.
    Expression(&'a str, FilteredValue<'a>),
}

impl<'a> Predicate<'a> {
    /// The property that the first argument names.
    ///
    /// # Errors
    /// The path makes no sense.
    pub(super) fn property(runtime: &mut Runtime<'a>, arguments: &[Value<'a>]) -> Result<Self> {
        let source = text(argument(arguments, 0), runtime.arena())?;
        let path = read(runtime, source, ExpressionParser::path)?;
        Ok(Self { source, kind: Kind::Property(path) })
    }

    /// The expression in the second argument, where the first is the element's name.
    ///
    /// # Errors
    /// The expression makes no sense, or has an unknown filter.
    pub(super) fn expression(runtime: &mut Runtime<'a>, arguments: &[Value<'a>]) -> Result<Self> {
        let source = text(argument(arguments, 1), runtime.arena())?;
        let value = read(runtime, source, ExpressionParser::value)?;
        let name = runtime.arena().alloc_str(&js_string(argument(arguments, 0), runtime.arena())?);
        Ok(Self { source, kind: Kind::Expression(name, value) })
    }

    /// The answer for an element.
    ///
    /// # Errors
    /// The property or a variable is missing, or a filter fails.
    pub(super) fn ask(&self, runtime: &mut Runtime<'a>, item: Value<'a>) -> Result<Value<'a>> {
        match &self.kind {
            Kind::Property(None) => Ok(Value::Undefined),
            Kind::Property(Some(path)) => {
                runtime.with_environment(item, self.source, |runtime| runtime.operand(path, false))
            }
            Kind::Expression(name, value) => runtime.with_variables(&HIDDEN, |runtime| {
                runtime.with_variables(&[(name, item)], |runtime| {
                    runtime.within_source(self.source, |runtime| runtime.value(value, false))
                })
            }),
        }
    }
}

/// Parses all of `source`.
fn read<'a, T>(
    runtime: &mut Runtime<'a>,
    source: &'a str,
    parse: impl FnOnce(&mut ExpressionParser<'a>) -> Result<T>,
) -> Result<T> {
    runtime.within_source(source, |runtime| {
        parse(&mut ExpressionParser::new(source, Span::new(0, source.len()), runtime.arena(), runtime.language()))
    })
}
