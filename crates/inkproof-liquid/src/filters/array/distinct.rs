//! Filters that compare values like JavaScript's `Set` and `Map`: `uniq` and the groupings.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use foldhash::fast::RandomState;

use super::list_to_copy;
use super::predicate::Predicate;
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::{Object, Value};

/// A value that is equal to another if [`Value::is_same`] is true for the two.
#[derive(Clone, Copy, Debug)]
struct Same<'a>(Value<'a>);

impl PartialEq for Same<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(other.0)
    }
}

impl Eq for Same<'_> {}

impl Hash for Same<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        discriminant(&self.0).hash(state);
        match self.0 {
            Value::Bool(flag) => flag.hash(state),
            Value::Number(number) if number.is_nan() => f64::NAN.to_bits().hash(state),
            // Adding zero turns -0 into 0.
            Value::Number(number) | Value::Float(number) => (number + 0.0).to_bits().hash(state),
            Value::String(text) => text.hash(state),
            Value::Array(items) => std::ptr::hash(items, state),
            Value::Object(object) => std::ptr::hash(object, state),
            Value::Loop(state_of_loop) => std::ptr::hash(state_of_loop, state),
            Value::Undefined | Value::Null | Value::Nil | Value::Empty | Value::Blank | Value::Block => {}
        }
    }
}

/// How many steps it takes to find a value's place.
const PLACE: usize = 16;
/// How many bytes a value takes while it is looked for: in the table, in a larger table that replaces it, in the result,
/// and in its group.
const BYTES_PER_PLACE: usize = 320;

/// Assigns indices to distinct values, in the order of their first occurrence.
#[derive(Debug, Default)]
struct Distinct<'a> {
    places: HashMap<Same<'a>, usize, RandomState>,
}

impl<'a> Distinct<'a> {
    /// The index of a value, and whether it is new.
    fn index_of(&mut self, value: Value<'a>) -> (usize, bool) {
        let next = self.places.len();
        match self.places.entry(Same(value)) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(free) => (*free.insert(next), true),
        }
    }

    /// Like [`Distinct::index_of`], counted against the limits.
    fn counted_index_of(&mut self, value: Value<'a>, runtime: &Runtime<'a>) -> Result<(usize, bool)> {
        runtime.work(match value {
            Value::String(text) => PLACE + text.len() / 4,
            _ => PLACE,
        })?;
        if self.places.len() == self.places.capacity() {
            runtime.arena().reserve((self.places.len() + 1) * BYTES_PER_PLACE)?;
        }
        Ok(self.index_of(value))
    }
}

/// The array without repetitions. Strings and numbers are compared by value, arrays and objects by identity.
pub(super) fn uniq<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = list_to_copy(runtime, input)?;
    let mut distinct = Distinct::default();
    let mut kept = Vec::new();
    for item in items {
        if distinct.counted_index_of(*item, runtime)?.1 {
            kept.push(*item);
        }
    }
    runtime.array(&kept)
}

/// The elements grouped by a property: an array of objects with the property's value as `name` and the elements as
/// `items`. In live mode, an element without the property fails the render.
pub(super) fn group_by<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let predicate = Predicate::property(runtime, arguments)?;
    group(runtime, input, &predicate)
}

/// The elements grouped by the value of an expression, in the format of [`group_by`].
pub(super) fn group_by_exp<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    let predicate = Predicate::expression(runtime, arguments)?;
    group(runtime, input, &predicate)
}

fn group<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, predicate: &Predicate<'a>) -> Result<Value<'a>> {
    let items = input.enumerable(runtime.arena())?;
    runtime.charge(items.len())?;
    runtime.arena().reserve(size_of_val(items) * 2)?;
    let mut distinct = Distinct::default();
    let mut groups: Vec<(Value<'a>, Vec<Value<'a>>)> = Vec::new();
    for item in items {
        let name = predicate.evaluate(runtime, *item)?;
        match distinct.counted_index_of(name, runtime)? {
            (_, true) => groups.push((name, vec![*item])),
            (place, false) => groups[place].1.push(*item),
        }
    }
    let mut objects = Vec::with_capacity(groups.len());
    for (name, items) in groups {
        let entries = [("name", name), ("items", runtime.array(&items)?)];
        objects.push(Value::Object(Object::new(&entries, runtime.arena())));
    }
    runtime.array(&objects)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;
    use crate::value::{self, Arena};

    #[test]
    fn finds_duplicates_among_many_values() {
        let strings: Vec<String> = (0..50_000).map(|at| at.to_string()).collect();
        let numbers = (0..50_000).map(|at| Value::Number(f64::from(at)));
        let mut distinct = Distinct::default();
        for round in 0..2 {
            for value in strings.iter().map(|text| Value::String(text)).chain(numbers.clone()) {
                assert_eq!(distinct.index_of(value).1, round == 0, "{value:?}");
            }
        }
        let arena = Arena::new();
        let empty_lists = || (0..1_000).map(|_| value::list(&[], &arena));
        assert!(empty_lists().all(|list| distinct.index_of(list).1));
        assert_eq!(distinct.places.len(), 101_000);
    }

    #[test]
    fn renders_like_liquidjs() {
        check(&[
            (
                "{{ a | uniq | json }}",
                r#"{"a":[1,"1",1,null,null,true,true,0,{"x":1},{"x":1},[1],[1],[],[]]}"#,
                r#"[1,"1",null,true,0,{"x":1},{"x":1},[1],[1],[],[]]"#,
            ),
            ("{{ a | concat: a | uniq | json }}", r#"{"a":[{"x":1},[1]]}"#, r#"[{"x":1},[1]]"#),
            ("{{ a | push: nil | push: nil | uniq | size }}", r#"{"a":[]}"#, "1"),
            ("{{ z | divided_by: -1 | push: 0 | uniq | json }}", r#"{"z":0}"#, "[0]"),
            (r#"{{ "x" | times: nan | push: n | uniq | size }}"#, r#"{"nan":"y","n":null}"#, "2"),
            (
                r#"{{ a | group_by: "n" | json }}"#,
                r#"{"a":[{"n":1,"v":"a"},{"n":"1","v":"b"},{"n":1,"v":"c"}]}"#,
                r#"[{"name":1,"items":[{"n":1,"v":"a"},{"n":1,"v":"c"}]},{"name":"1","items":[{"n":"1","v":"b"}]}]"#,
            ),
            (
                r#"{{ o | group_by: "[1]" | json }}"#,
                r#"{"o":{"a":1,"b":2,"c":1}}"#,
                r#"[{"name":1,"items":[["a",1],["c",1]]},{"name":2,"items":[["b",2]]}]"#,
            ),
            (
                r#"{{ a | group_by: "n" }}"#,
                r#"{"a":[{}]}"#,
                "UndefinedVariableError: undefined variable: n, line:1, col:1",
            ),
            (
                r#"{{ a | group_by_exp: "x", "x | size" | json }}"#,
                r#"{"a":["a","bb","c"]}"#,
                r#"[{"name":1,"items":["a","c"]},{"name":2,"items":["bb"]}]"#,
            ),
            (r#"{{ "" | group_by: "n" | json }}"#, "{}", "[]"),
            ("{{ a | group_by | json }}", r#"{"a":[1,2]}"#, r#"[{"items":[1,2]}]"#),
        ]);
    }
}
