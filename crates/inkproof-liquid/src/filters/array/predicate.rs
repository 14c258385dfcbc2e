//! What a filter evaluates for each element: a property, given as a path in a string, or an expression.

use crate::engine::filter::argument;
use crate::engine::runtime::{MAX_STRING_LENGTH, Runtime};
use crate::error::{Error, Result};
use crate::span::Span;
use crate::syntax::expression_parser::ExpressionParser;
use crate::syntax::tree::{FilteredValue, Operand};
use crate::value::coerce::{js_string, to_liquid_string};
use crate::value::{Value, utf16};

/// Properties that every JavaScript object has. LiquidJS evaluates the expression in a scope that is such an object, so
/// these names hide variables and read as undefined.
const OBJECT_PROPERTIES: [(&str, Value<'static>); 12] = [
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

/// A property or an expression that is parsed once and evaluated for many elements.
#[derive(Debug)]
pub(super) struct Predicate<'a> {
    /// The string from which it was parsed. Positions of errors refer to it.
    source: &'a str,
    kind: Kind<'a>,
}

#[derive(Debug)]
enum Kind<'a> {
    /// A path, evaluated with the element's properties as the only variables; `None` if the string is blank.
    Property(Option<Operand<'a>>),
    /// An expression, evaluated with the element as an additional variable of this name.
    Expression(&'a str, FilteredValue<'a>),
}

impl<'a> Predicate<'a> {
    /// The property that the first argument names.
    ///
    /// # Errors
    /// The path cannot be parsed.
    pub(super) fn property(runtime: &mut Runtime<'a>, arguments: &[Value<'a>]) -> Result<Self> {
        let source = to_liquid_string(argument(arguments, 0), runtime.arena())?;
        let path = read(runtime, source, ExpressionParser::path)?;
        Ok(Self { source, kind: Kind::Property(path) })
    }

    /// The expression in the second argument. The first argument is the name of the element.
    ///
    /// # Errors
    /// The expression cannot be parsed, or uses an unknown filter.
    pub(super) fn expression(runtime: &mut Runtime<'a>, arguments: &[Value<'a>]) -> Result<Self> {
        let source = to_liquid_string(argument(arguments, 1), runtime.arena())?;
        let value = read(runtime, source, ExpressionParser::value)?;
        let name = runtime.arena().copy(&js_string(argument(arguments, 0), runtime.arena())?)?;
        Ok(Self { source, kind: Kind::Expression(name, value) })
    }

    /// The value for an element.
    ///
    /// # Errors
    /// The property or a variable is missing, or a filter fails.
    pub(super) fn evaluate(&self, runtime: &mut Runtime<'a>, item: Value<'a>) -> Result<Value<'a>> {
        match &self.kind {
            Kind::Property(None) => Ok(Value::Undefined),
            Kind::Property(Some(path)) => {
                runtime.with_environment(item, self.source, |runtime| runtime.operand(path, false))
            }
            Kind::Expression(name, value) => runtime.with_variables(&OBJECT_PROPERTIES, |runtime| {
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
    if source.len() > MAX_STRING_LENGTH && utf16::length(source) > MAX_STRING_LENGTH {
        return Err(Error::new("parse length limit exceeded"));
    }
    runtime.within_source(source, |runtime| {
        parse(&mut ExpressionParser::new(source, Span::new(0, source.len()), runtime.arena(), runtime.language()))
    })
}
