//! Filters that search for elements by a property or by an expression.
//!
//! In a search by property, an element matches if the property equals the second argument or, without one, if it is
//! true. In live mode, an element without the property fails the render.

use super::list_to_copy;
use super::predicate::Predicate;
use crate::engine::filter::argument;
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::{Value, coerce, count, operators};

/// Whether the value of a property matches the second argument.
fn matches_argument<'a>(runtime: &Runtime<'a>, value: Value<'a>, arguments: &[Value<'a>]) -> Result<bool> {
    match argument(arguments, 1) {
        Value::Undefined => Ok(value.is_truthy()),
        expected => operators::equals(value, expected, runtime.arena()),
    }
}

/// The elements whose property matches, or those whose property does not.
fn filter<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>], wanted: bool) -> Result<Value<'a>> {
    let items = list_to_copy(runtime, input)?;
    let predicate = Predicate::property(runtime, arguments)?;
    let mut kept = Vec::new();
    for item in items {
        let value = predicate.evaluate(runtime, *item)?;
        if matches_argument(runtime, value, arguments)? == wanted {
            kept.push(*item);
        }
    }
    runtime.array(&kept)
}

/// The elements for which the expression is exactly `answer`, not only truthy or falsy.
fn filter_exp<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    answer: bool,
) -> Result<Value<'a>> {
    let predicate = Predicate::expression(runtime, arguments)?;
    let items = list_to_copy(runtime, input)?;
    let mut kept = Vec::new();
    for item in items {
        if matches!(predicate.evaluate(runtime, *item)?, Value::Bool(given) if given == answer) {
            kept.push(*item);
        }
    }
    runtime.array(&kept)
}

/// The first element whose property matches, with its index.
fn search<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Option<(usize, Value<'a>)>> {
    let predicate = Predicate::property(runtime, arguments)?;
    for (at, item) in input.listed(runtime.arena()).iter().enumerate() {
        let value = predicate.evaluate(runtime, *item)?;
        if matches_argument(runtime, value, arguments)? {
            return Ok(Some((at, *item)));
        }
    }
    Ok(None)
}

/// The first element for which the expression is truthy in JavaScript, with its index.
fn search_exp<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Option<(usize, Value<'a>)>> {
    let predicate = Predicate::expression(runtime, arguments)?;
    for (at, item) in input.listed(runtime.arena()).iter().enumerate() {
        if coerce::js_truthy(predicate.evaluate(runtime, *item)?) {
            return Ok(Some((at, *item)));
        }
    }
    Ok(None)
}

fn element_found(found: Option<(usize, Value<'_>)>) -> Value<'_> {
    found.map_or(Value::Undefined, |(_, item)| item)
}

fn index_found(found: Option<(usize, Value<'_>)>) -> Value<'_> {
    found.map_or(Value::Undefined, |(at, _)| count(at))
}

/// The elements whose property equals the second argument or, without one, is true.
pub(super) fn filter_where<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    filter(runtime, input, arguments, true)
}

/// The elements that `where` removes.
pub(super) fn reject<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    filter(runtime, input, arguments, false)
}

/// The elements for which the expression in the second argument is `true`. The first argument names the element.
pub(super) fn where_exp<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    filter_exp(runtime, input, arguments, true)
}

/// The elements for which the expression is `false`.
pub(super) fn reject_exp<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    filter_exp(runtime, input, arguments, false)
}

/// The first element whose property matches; undefined if there is none.
pub(super) fn find<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    search(runtime, input, arguments).map(element_found)
}

/// The first element for which the expression is truthy; undefined if there is none.
pub(super) fn find_exp<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    search_exp(runtime, input, arguments).map(element_found)
}

/// The index, from 0, of the element that [`find`] returns.
pub(super) fn find_index<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    search(runtime, input, arguments).map(index_found)
}

/// The index, from 0, of the element that [`find_exp`] returns.
pub(super) fn find_index_exp<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    search_exp(runtime, input, arguments).map(index_found)
}

/// Whether [`find`] returns an element.
pub(super) fn has<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Bool(search(runtime, input, arguments)?.is_some()))
}

/// Whether [`find_exp`] returns an element.
pub(super) fn has_exp<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Bool(search_exp(runtime, input, arguments)?.is_some()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn renders_like_liquidjs() {
        check(&[
            (r#"{{ a | where: "n" | json }}"#, r#"{"a":[{"n":0},{"n":false},{"n":null}]}"#, r#"[{"n":0}]"#),
            (r#"{{ a | where: "n", nil | json }}"#, r#"{"a":[{"n":0},{"n":null}]}"#, r#"[{"n":null}]"#),
            (r#"{{ a | reject: "n", empty | json }}"#, r#"{"a":[{"n":""},{"n":1}]}"#, r#"[{"n":1}]"#),
            (
                r#"{{ a | where: "n" }}"#,
                r#"{"a":[{"n":1},{}]}"#,
                "UndefinedVariableError: undefined variable: n, line:1, col:1",
            ),
            (r#"{{ a | find: "n", 1 }}"#, r#"{"a":[{"n":1},{}]}"#, "[object Object]"),
            (
                r#"{{ a | has: "n.m" }}"#,
                r#"{"a":[{"n":{}}]}"#,
                "UndefinedVariableError: undefined variable: n.m, line:1, col:1",
            ),
            (r#"{{ a | where: "n[" }}"#, r#"{"a":[]}"#, "TokenizationError: [ not closed, line:1, col:3"),
            (r#"{{ a | where: "" | json }}{{ a | reject | json }}"#, r#"{"a":[1]}"#, "[][1]"),
            (r#"{{ a | where: "length" | json }}"#, r#"{"a":["x",""]}"#, r#"["x",""]"#),
            (r#"{{ a | find_index: "[0]", "b" }}"#, r#"{"a":["ab","bc"]}"#, "1"),
            (
                r#"{{ a | where: "x" }}"#,
                r#"{"a":[{"n":1}],"x":1}"#,
                "UndefinedVariableError: undefined variable: x, line:1, col:1",
            ),
            (r#"{{ a | where: "['n m']", 1 | json }}"#, r#"{"a":[{"n m":1}]}"#, r#"[{"n m":1}]"#),
            (r#"{{ a | find_index: "n", 3 | json }}"#, r#"{"a":[{"n":1}]}"#, ""),
            (r#"{{ a | has: "n", 1 }}"#, r#"{"a":{"n":1}}"#, "true"),
            (
                r#"{{ a | where_exp: "x", "x" | json }}{{ a | reject_exp: "x", "x" | json }}"#,
                r#"{"a":[1,true,false,null]}"#,
                "[true][false]",
            ),
            (r#"{{ a | where_exp: "x", "x == n" | json }}"#, r#"{"a":[1,2],"n":2}"#, "[2]"),
            (
                r#"{{ a | where_exp: "x", "x | nope" }}"#,
                r#"{"a":[1]}"#,
                "RenderError: undefined filter: nope, line:1, col:1",
            ),
            (
                r#"{{ a | where_exp: "x", "" }}"#,
                r#"{"a":[1]}"#,
                r#"TokenizationError: invalid value expression: "", line:1, col:1"#,
            ),
            (
                "{{ a | where_exp: \"x\", \"\n  y\" }}",
                r#"{"a":[1]}"#,
                "UndefinedVariableError: undefined variable: y, line:2, col:3",
            ),
            (r#"{{ a | find_exp: "x", "nil" }}"#, r#"{"a":[1,2]}"#, "1"),
            (r#"{{ a | find_exp: "x", "x" }}"#, r#"{"a":["",0,"y"]}"#, "y"),
            (r#"{{ a | find_index_exp: "x", "x.n == 2" }}"#, r#"{"a":[{"n":1},{"n":2}]}"#, "1"),
            (r#"{{ a | has_exp: "x", "x.n | default: 1" }}"#, r#"{"a":[{}]}"#, "true"),
            (r#"{{ a | has_exp: nil, "true" }}"#, r#"{"a":[1]}"#, "true"),
            (
                r#"{{ a | where_exp: missing, "true" }}"#,
                r#"{"a":[1]}"#,
                "UndefinedVariableError: undefined variable: missing, line:1, col:19",
            ),
            (
                r#"{{ a | where_exp: "x", "constructor" }}"#,
                r#"{"a":[1],"constructor":1}"#,
                "UndefinedVariableError: undefined variable: constructor, line:1, col:1",
            ),
            (r#"{{ a | find_exp: "constructor", "constructor == 2" }}"#, r#"{"a":[1,2]}"#, "2"),
        ]);
    }
}
