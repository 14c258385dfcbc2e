//! Filters on arrays. An input that is not an array is treated as an array of one element, and null as an empty one.
//! The input itself is never modified.

mod distinct;
mod predicate;
mod search;
mod sort;
pub mod timsort;

use std::cmp::Ordering;

use crate::engine::filter::{Filter, RunFilter, argument, argument_or};
use crate::engine::row::{Absent, Argument, Derivation, Example, Family, Kind, Lacking, Prints, Reads};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::coerce::{self, js_string, slice_index, to_number};
use crate::value::{Arena, Value, count, element, number, utf16};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    array("compact", compact, "Removes null elements.")
        .reads(Reads::Shape)
        .derivation(Derivation::Elements)
        .since("9.22.0")
        .examples(&[Example::with(r#"{"a": [1, null, 2]}"#, "{{ a | compact | json }}", "[1,2]")]),
    array("concat", concat, "Appends the elements of another array, or any other value.")
        .arguments(&[Argument::required("array", Kind::Array)])
        .absent(Absent::Prints("23"))
        .since("2.0.0")
        .examples(&[
            Example::with(r#"{"a": [1], "b": [2, 3]}"#, "{{ a | concat: b | join }}", "1 2 3"),
            Example::with(r#"{"a": [1]}"#, "{{ a | concat: 'x' | join }}", "1 x"),
        ]),
    array("find", search::find, "Returns the first element with a property that is true, or that equals a value.")
        .output(Kind::Anything)
        .arguments(PROPERTY_AND_VALUE)
        .reads(Reads::Property(Lacking::MayFail))
        .derivation(Derivation::Element)
        .since("10.11.0")
        .examples(&[Example::with(ITEMS, "{{ items | find: 'id', 2 | json }}", r#"{"id":2,"name":"b","new":false}"#)]),
    array("find_exp", search::find_exp, "Returns the first element for which an expression is true.")
        .output(Kind::Anything)
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::MayFail))
        .derivation(Derivation::Element)
        .since("10.11.0")
        .examples(&[Example::with(
            ITEMS,
            "{{ items | find_exp: 'item', 'item.id > 1' | json }}",
            r#"{"id":2,"name":"b","new":false}"#,
        )]),
    array("find_index", search::find_index, "Returns the index, from 0, of the element that `find` finds.")
        .output(Kind::Number)
        .arguments(PROPERTY_AND_VALUE)
        .reads(Reads::Property(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | find_index: 'id', 2 }}", "1")]),
    array("find_index_exp", search::find_index_exp, "Returns the index, from 0, of the element that `find_exp` finds.")
        .output(Kind::Number)
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | find_index_exp: 'item', 'item.id > 1' }}", "1")]),
    array("first", first, "Returns the first element.")
        .output(Kind::Anything)
        .reads(Reads::Shape)
        .derivation(Derivation::Element)
        .since("1.9.1")
        .examples(&[Example::with(LETTERS, "{{ a | first }}", "b")]),
    array("group_by", distinct::group_by, "Groups elements by a property: an array of `{name, items}`.")
        .arguments(&[Argument::required("property", Kind::String)])
        .reads(Reads::Property(Lacking::Fails))
        .since("10.11.0")
        .examples(&[Example::with(
            r#"{"items": [{"n": 1}, {"n": 2}, {"n": 1}]}"#,
            "{{ items | group_by: 'n' | map: 'name' | join }}",
            "1 2",
        )]),
    array("group_by_exp", distinct::group_by_exp, "Groups elements by an expression: an array of `{name, items}`.")
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::Fails))
        .since("10.11.0")
        .examples(&[Example::with(
            ITEMS,
            "{{ items | group_by_exp: 'item', 'item.id > 1' | map: 'name' | join }}",
            "false true",
        )]),
    array("has", search::has, "Returns whether `find` finds an element.")
        .output(Kind::Boolean)
        .arguments(PROPERTY_AND_VALUE)
        .absent(Absent::Prints("false"))
        .reads(Reads::Property(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | has: 'id', 2 }}", "true"),
            Example::with(ITEMS, "{{ items | has: 'id', 3 }}", "false"),
        ]),
    array("has_exp", search::has_exp, "Returns whether `find_exp` finds an element.")
        .output(Kind::Boolean)
        .arguments(NAME_AND_EXPRESSION)
        .absent(Absent::Prints("false"))
        .reads(Reads::Expression(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | has_exp: 'item', 'item.id > 1' }}", "true")]),
    array("join", join, "Joins the elements to one string.")
        .output(Kind::String)
        .arguments(&[Argument::optional("separator", Kind::String).or("' '")])
        .since("1.9.1")
        .examples(&[Example::with(r#"{"a": [1, 2]}"#, "{{ a | join: ', ' }}", "1, 2")]),
    array("last", last, "Returns the last element.")
        .output(Kind::Anything)
        .reads(Reads::Shape)
        .derivation(Derivation::Element)
        .since("1.9.1")
        .examples(&[Example::with(LETTERS, "{{ a | last }}", "a")]),
    array("map", map, "Returns a property of each element; the property may be a path.")
        .arguments(&[Argument::required("property", Kind::String)])
        .reads(Reads::Property(Lacking::Ignored))
        .since("1.9.1")
        .examples(&[
            Example::with(ITEMS, "{{ items | map: 'name' | join }}", "a b"),
            Example::with(
                r#"{"people": [{"name": {"first": "Ada"}}, {"name": {"first": "Al"}}]}"#,
                "{{ people | map: 'name.first' | join }}",
                "Ada Al",
            ),
        ]),
    array("pop", pop, "Removes the last element.")
        .reads(Reads::Shape)
        .derivation(Derivation::Elements)
        .since("10.11.0")
        .examples(&[Example::with(NUMBERS, "{{ a | pop | join }}", "1 2")]),
    array("push", push, "Appends an element.")
        .arguments(&[Argument::required("element", Kind::Anything)])
        .absent(Absent::Prints("4"))
        .since("10.8.0")
        .examples(&[Example::with(NUMBERS, "{{ a | push: 4 | join }}", "1 2 3 4")]),
    array("reject", search::reject, "Removes the elements that `where` keeps.")
        .arguments(PROPERTY_AND_VALUE)
        .reads(Reads::Property(Lacking::Fails))
        .derivation(Derivation::Elements)
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | reject: 'new' | map: 'name' | join }}", "b")]),
    array("reject_exp", search::reject_exp, "Keeps the elements for which an expression is `false`.")
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::Fails))
        .derivation(Derivation::Elements)
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | reject_exp: 'item', 'item.id > 1' | map: 'name' | join }}", "a")]),
    array("reverse", reverse, "Reverses the order of the elements.")
        .reads(Reads::Shape)
        .derivation(Derivation::Elements)
        .since("1.9.1")
        .examples(&[Example::with(NUMBERS, "{{ a | reverse | join }}", "3 2 1")]),
    array("sample", sample, "Returns a random element, or an array of several.")
        .output(Kind::Anything)
        .arguments(&[Argument::optional("count", Kind::Number).or("1")])
        .since("10.8.0")
        .examples(&[
            Example::with(r#"{"a": [7, 7]}"#, "{{ a | sample }}", "7"),
            Example::with(NUMBERS, "{{ a | sample: 2 | size }}", "2"),
        ]),
    array("shift", shift, "Removes the first element.")
        .reads(Reads::Shape)
        .derivation(Derivation::Elements)
        .since("10.11.0")
        .examples(&[Example::with(NUMBERS, "{{ a | shift | join }}", "2 3")]),
    array(
        "size",
        size,
        "Returns the number of elements of an array, or of UTF-16 units of a string; 0 for anything else.",
    )
    .input(Kind::Anything)
    .output(Kind::Number)
    .prints(Prints::Digits)
    .reads(Reads::Shape)
    .absent(Absent::Prints("0"))
    .since("1.9.1")
    .examples(&[
        Example::with(NUMBERS, "{{ a | size }}", "3"),
        Example::new("{{ 'héllo' | size }}", "5"),
        Example::new("{{ 12 | size }}", "0"),
    ]),
    array("slice", slice, "Returns a part of a string or an array; a negative start counts from the end.")
        .input(Kind::Anything)
        .output(Kind::Anything)
        .arguments(&[Argument::required("start", Kind::Number), Argument::optional("length", Kind::Number).or("1")])
        .since("1.9.1")
        .examples(&[
            Example::new("{{ 'Liquid' | slice: 2, 3 }}", "qui"),
            Example::new("{{ 'Liquid' | slice: -3, 2 }}", "ui"),
            Example::with(NUMBERS, "{{ a | slice: 1, 2 | join }}", "2 3"),
        ]),
    array("sort", sort::sort, "Sorts numbers by value and strings by code unit (upper case first), with null last.")
        .arguments(OPTIONAL_PROPERTY)
        .reads(Reads::Property(Lacking::Ignored))
        .derivation(Derivation::Elements)
        .since("1.9.1")
        .examples(&[
            Example::with(ITEMS, "{{ items | sort: 'new' | map: 'name' | join }}", "b a"),
            Example::with(LETTERS, "{{ a | sort | join }}", "C a b"),
            Example::with(r#"{"a": [10, 9, 1]}"#, "{{ a | sort | join }}", "1 9 10"),
        ]),
    array("sort_natural", sort::sort_natural, "Sorts as strings, ignoring case, with null last.")
        .arguments(OPTIONAL_PROPERTY)
        .reads(Reads::Property(Lacking::Ignored))
        .derivation(Derivation::Elements)
        .since("8.4.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | sort_natural: 'new' | map: 'name' | join }}", "b a"),
            Example::with(LETTERS, "{{ a | sort_natural | join }}", "a b C"),
        ]),
    array("sum", sum, "Adds the elements, or a property of them. Values that are not numbers count as 0.")
        .output(Kind::Number)
        .arguments(OPTIONAL_PROPERTY)
        .absent(Absent::Prints("0"))
        .reads(Reads::Property(Lacking::Ignored))
        .since("10.10.0")
        .examples(&[Example::with(
            r#"{"cart": [{"price": 2.5}, {"price": "4"}, {}]}"#,
            "{{ cart | sum: 'price' }}",
            "6.5",
        )]),
    array("uniq", distinct::uniq, "Removes duplicate elements. Arrays and objects are compared by identity.")
        .derivation(Derivation::Elements)
        .since("1.9.1")
        .examples(&[Example::with(r#"{"a": [1, "1", 1, 2]}"#, "{{ a | uniq | json }}", r#"[1,"1",2]"#)]),
    array("unshift", unshift, "Prepends an element.")
        .arguments(&[Argument::required("element", Kind::Anything)])
        .absent(Absent::Prints("0"))
        .since("10.11.0")
        .examples(&[Example::with(NUMBERS, "{{ a | unshift: 0 | join }}", "0 1 2 3")]),
    array("where", search::filter_where, "Keeps the elements with a property that is true, or that equals a value.")
        .arguments(PROPERTY_AND_VALUE)
        .reads(Reads::Property(Lacking::Fails))
        .derivation(Derivation::Elements)
        .since("8.1.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | where: 'name', 'b' | map: 'id' | join }}", "2"),
            Example::with(ITEMS, "{{ items | where: 'new' | map: 'name' | join }}", "a"),
        ]),
    array("where_exp", search::where_exp, "Keeps the elements for which an expression is `true`.")
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::Fails))
        .derivation(Derivation::Elements)
        .since("10.12.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | where_exp: 'item', 'item.id > 1' | map: 'name' | join }}", "b"),
            Example::new("{{ (1..5) | where_exp: 'n', 'n > 3' | join }}", "4 5"),
        ]),
];

/// The arguments of filters that compare a property. Without a value, the property must be true.
const PROPERTY_AND_VALUE: &[Argument] =
    &[Argument::required("property", Kind::String), Argument::optional("value", Kind::Anything)];

/// The arguments of filters that evaluate an expression for each element. The first argument names the element.
const NAME_AND_EXPRESSION: &[Argument] =
    &[Argument::required("name", Kind::String), Argument::required("expression", Kind::String)];

const OPTIONAL_PROPERTY: &[Argument] = &[Argument::optional("property", Kind::String)];

/// Data of the examples.
const ITEMS: &str = r#"{"items": [{"id": 1, "name": "a", "new": true}, {"id": 2, "name": "b", "new": false}]}"#;
const LETTERS: &str = r#"{"a": ["b", "C", "a"]}"#;
const NUMBERS: &str = r#"{"a": [1, 2, 3]}"#;

/// A row for a filter from an array to an array.
const fn array(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Array).input(Kind::Array).output(Kind::Array).summary(summary)
}

/// The elements of the input, counted against the memory limit.
fn charged_list<'a>(runtime: &mut Runtime<'a>, input: Value<'a>) -> Result<&'a [Value<'a>]> {
    let items = input.listed(runtime.arena());
    runtime.charge(items.len())?;
    Ok(items)
}

/// Like [`charged_list`], for a filter that collects elements before it copies them into the arena.
fn list_to_copy<'a>(runtime: &mut Runtime<'a>, input: Value<'a>) -> Result<&'a [Value<'a>]> {
    let items = charged_list(runtime, input)?;
    runtime.arena().reserve(size_of_val(items) * 2)?;
    Ok(items)
}

/// Reads a path such as `a.b` of a value, property by property. A missing property is undefined, not an error.
fn read_path<'a>(value: Value<'a>, path: &str, arena: &'a Arena) -> Result<Value<'a>> {
    arena.work(4)?;
    let mut value = value;
    for name in path.split('.') {
        if value.is_nullish() {
            break;
        }
        value = value.named_property(name, arena)?;
    }
    Ok(value)
}

/// The array without null elements.
fn compact<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = list_to_copy(runtime, input)?;
    let is_something = |item: &Value<'_>| !item.is_nullish() && !matches!(item, Value::Nil);
    let kept: Vec<_> = items.iter().copied().filter(is_something).collect();
    runtime.array(&kept)
}

/// The elements of the input, followed by those of the argument.
fn concat<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let more = argument(arguments, 0).listed(runtime.arena());
    concatenated(runtime, input.listed(runtime.arena()), more)
}

/// The concatenation of two arrays.
fn concatenated<'a>(runtime: &mut Runtime<'a>, head: &[Value<'a>], tail: &[Value<'a>]) -> Result<Value<'a>> {
    runtime.charge(head.len() + tail.len())?;
    runtime.collect(head.len() + tail.len(), head.iter().chain(tail).copied())
}

/// The first element. For a string, its first UTF-16 code unit; for a value without a length, the empty string.
fn first<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    element_of(input, 0.0, runtime.arena())
}

/// The last element, like [`first`].
fn last<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    element_of(input, -1.0, runtime.arena())
}

/// The element at `index`, counted from the end if negative. An object with a `length` property is treated as an array.
fn element_of<'a>(value: Value<'a>, index: f64, arena: &'a Arena) -> Result<Value<'a>> {
    let value = value.plain(arena);
    match (value, value.named_property("length", arena)?) {
        (Value::Array(items), _) => Ok(element(items, index)),
        (Value::String(""), _) => Ok(value),
        (_, Value::Number(length)) => {
            let index = if index < 0.0 { length + index } else { index };
            value.named_property(&number::to_js_string(index), arena)
        }
        _ => Ok(Value::String("")),
    }
}

/// The elements as one string, separated by the argument, or by a space without one.
fn join<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let items = input.listed(arena);
    let separator = match argument(arguments, 0).plain(arena) {
        Value::Undefined | Value::Null => " ",
        given => coerce::to_liquid_string(given, arena)?,
    };
    runtime.charge(utf16::length(separator).saturating_mul(items.len().saturating_sub(1)))?;
    for item in items {
        // A null that is not printed is still counted as the four letters of `null`.
        runtime.charge_string(&js_string(*item, arena)?)?;
    }
    Ok(Value::String(arena.write(|out| coerce::write_join(items, separator, arena, out))?))
}

/// A property of each element. The argument may be a path. If an element lacks the property, the result is undefined.
fn map<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let items = list_to_copy(runtime, input)?;
    if items.is_empty() {
        // LiquidJS converts the property for each element.
        return runtime.array(&[]);
    }
    let path = coerce::to_liquid_string(argument(arguments, 0), runtime.arena())?;
    let mut values = bumpalo::collections::Vec::with_capacity_in(items.len(), runtime.arena());
    for item in items {
        values.push(read_path(*item, path, runtime.arena())?);
    }
    Ok(Value::Array(values.into_bump_slice()))
}

/// The array without its last element.
fn pop<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    runtime.array(items.split_last().map_or(&[], |(_, rest)| rest))
}

/// The array with the argument appended as one element, even if the argument is an array.
fn push<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    concatenated(runtime, input.listed(runtime.arena()), &[argument(arguments, 0)])
}

/// The array in reverse order.
fn reverse<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    runtime.collect(items.len(), items.iter().rev().copied())
}

/// One random element, or an array of that many if there is an argument. For a string, its characters.
fn sample<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let mut items = match input.plain(arena) {
        Value::Undefined | Value::Null => return runtime.array(&[]),
        Value::Array(items) => {
            runtime.charge(items.len())?;
            runtime.arena().reserve(size_of_val(items) * 2)?;
            items.to_vec()
        }
        other => {
            let text = coerce::to_liquid_string(other, arena)?;
            runtime.charge_string(text)?;
            runtime.arena().reserve(text.len() * size_of::<Value<'_>>() * 2)?;
            text.char_indices().map(|(at, character)| Value::String(&text[at..at + character.len_utf8()])).collect()
        }
    };
    runtime.random().shuffle(&mut items);
    match argument_or(arguments, 0, Value::Number(1.0)) {
        Value::Number(1.0) => Ok(items.first().copied().unwrap_or(Value::Undefined)),
        wanted => runtime.array(&items[..slice_index(wanted, items.len(), arena)?]),
    }
}

/// The array without its first element.
fn shift<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    runtime.array(items.get(1..).unwrap_or_default())
}

/// The length of an array in elements, or of a string in UTF-16 code units. 0 for everything else, except objects with
/// a `length` property.
fn size<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let length = input.named_property("length", runtime.arena())?;
    Ok(if coerce::js_truthy(length) { length } else { count(0) })
}

/// A slice of an array, or of the characters of a string: its start, counted from the end if negative, and its length,
/// 1 by default.
fn slice<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let whole = match input.plain(arena) {
        Value::Undefined | Value::Null => return runtime.array(&[]),
        list @ Value::Array(_) => list,
        other => Value::String(coerce::to_liquid_string(other, arena)?),
    };
    if let Value::String(text) = whole {
        runtime.work(text.len())?;
    }
    let is_negative =
        |value| coerce::compare(value, Value::Number(0.0), arena).map(|order| order == Some(Ordering::Less));
    let (mut begin, length) = (argument(arguments, 0), argument_or(arguments, 1, Value::Number(1.0)));
    if is_negative(begin)? {
        let total = match whole {
            Value::String(text) => text.chars().count(),
            list => list.listed(arena).len(),
        };
        // A string start stays a string, as in JavaScript: `5 + "-2"` is the string `"5-2"`.
        begin = coerce::add(count(total), begin, arena)?;
    }
    let is_nothing = is_negative(begin)? || is_negative(length)?;
    if !is_nothing {
        runtime.charge_number(to_number(length, arena)?)?;
    }
    match whole {
        Value::Array(_) if is_nothing => runtime.array(&[]),
        Value::Array(items) => {
            let end = slice_index(coerce::add(begin, length, arena)?, items.len(), arena)?;
            let begin = slice_index(begin, items.len(), arena)?;
            runtime.array(items.get(begin..end).unwrap_or_default())
        }
        Value::String(text) if !is_nothing => {
            let rest = &text[offset_of(to_number(begin, arena)?, text)..];
            Ok(Value::String(&rest[..offset_of(to_number(length, arena)?, rest)]))
        }
        _ => Ok(Value::String("")),
    }
}

/// The byte offset after the first `characters` of a string. A fraction of a character counts as one.
fn offset_of(characters: f64, text: &str) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; NaN becomes 0")]
    let characters = characters.ceil() as usize;
    text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset)
}

/// The sum of the elements, or of a property of them. The argument may be a path. Non-numbers count as 0.
fn sum<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let items = input.listed(arena);
    if items.is_empty() {
        // LiquidJS converts the property for each element.
        return Ok(count(0));
    }
    let property = argument(arguments, 0);
    let path = coerce::js_truthy(property).then(|| coerce::to_liquid_string(property, arena)).transpose()?;
    let mut sum = 0.0;
    for item in items {
        runtime.work(4)?;
        let value = match path {
            Some(path) => read_path(*item, path, arena)?,
            None => *item,
        };
        sum += coerce::to_number_or_zero(value, arena)?;
    }
    Ok(Value::Number(sum))
}

/// The array with the argument prepended as one element, even if the argument is an array.
fn unshift<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    runtime.collect(items.len() + 1, std::iter::once(argument(arguments, 0)).chain(items.iter().copied()))
}

#[cfg(test)]
mod tests {
    /// Renders each template with its data. The expected output, or error name and message, is that of LiquidJS.
    pub(super) fn check(table: &[(&str, &str, &str)]) {
        for (template, data, expected) in table {
            let given = crate::render(template, data).unwrap_or_else(|error| format!("{}: {error}", error.name()));
            assert_eq!(given, *expected, "{template} with {data}");
        }
    }

    #[test]
    fn renders_like_liquidjs() {
        check(&[
            ("{{ a | compact | json }}", r#"{"a":[0,null,"",false]}"#, r#"[0,"",false]"#),
            ("{{ a | push: nil | compact | json }}", r#"{"a":[1]}"#, "[1]"),
            ("{{ nil | compact | json }}", "{}", "[]"),
            ("{{ a | concat: a | json }}", r#"{"a":[[1],2]}"#, "[[1],2,[1],2]"),
            ("{{ 1 | concat | json }}", "{}", "[1]"),
            ("{{ a | push | json }}", r#"{"a":[1]}"#, "[1,null]"),
            ("{{ 1 | push: a | json }}", r#"{"a":[2]}"#, "[1,[2]]"),
            ("{{ a | concat: k: 1 | json }}", r#"{"a":[]}"#, r#"["k",1]"#),
            (r#"{{ "😀" | first | json }}"#, "{}", r#""\ud83d""#),
            ("{{ a | first | json }}", r#"{"a":{"length":2,"0":"x","1":"y"}}"#, r#""x""#),
            ("{{ a | last | json }}", r#"{"a":{"length":2,"0":"x","1":"y"}}"#, r#""y""#),
            (r#"{{ "" | last | json }}"#, "{}", r#""""#),
            ("{{ 5 | first | json }}", "{}", r#""""#),
            ("[{{ a | last | json }}]", r#"{"a":[]}"#, "[]"),
            ("{{ a | join: nil }}", r#"{"a":[1,null,[2,[3]],{}]}"#, "1  2,3 [object Object]"),
            ("{{ a | join: 0 }}", r#"{"a":[1,2]}"#, "102"),
            (r#"{{ "x" | join: "," }}"#, "{}", "x"),
            (
                r#"{{ a | map: "b.c" | json }}"#,
                r#"{"a":[{"b":{"c":1}},{"b":null},{},null,"x"]}"#,
                "[1,null,null,null,null]",
            ),
            ("{{ a | map | json }}", r#"{"a":[{"":1}]}"#, "[1]"),
            (r#"{{ a | map: "size" | json }}"#, r#"{"a":["xy",[1],{"a":1},5]}"#, "[2,1,1,null]"),
            ("{{ a | pop | json }}{{ a | shift | json }}", r#"{"a":[]}"#, "[][]"),
            (r#"{{ "x" | unshift: "y" | reverse | json }}"#, "{}", r#"["x","y"]"#),
            (
                r#"{{ a | sample: 9 | size }}{{ a | sample: 0 | json }}{{ a | sample: "1" | json }}"#,
                r#"{"a":["x"]}"#,
                r#"1[]["x"]"#,
            ),
            (r#"{{ "é" | sample }}{{ nil | sample | json }}"#, "{}", "é[]"),
            (
                r#"{{ a | size }}{{ o | size }}{{ "😀" | size }}{{ nil | size }}"#,
                r#"{"a":[1,2],"o":{"length":"long"}}"#,
                "2long20",
            ),
            ("{{ a | slice: 1 | json }}", r#"{"a":[1,2,3]}"#, "[2]"),
            ("{{ a | slice: -2, 5 | json }}", r#"{"a":[1,2,3]}"#, "[2,3]"),
            ("{{ a | slice: -4, 5 | json }}", r#"{"a":[1,2,3]}"#, "[]"),
            (r#"{{ a | slice: "-2", 2 | json }}"#, r#"{"a":[1,2,3]}"#, "[]"),
            (r#"{{ a | slice: "1", 1 | json }}"#, r#"{"a":[1,2,3]}"#, "[2,3]"),
            ("{{ a | slice | json }}", r#"{"a":[1,2,3]}"#, "[]"),
            (r#"{{ "a😀b" | slice: 1, 1.5 }}"#, "{}", "😀b"),
            (r#"{{ "abc" | slice: 1, -1 | json }}"#, "{}", r#""""#),
            (r#"{{ "abc" | slice: "-1" }}"#, "{}", "a"),
            ("{{ nil | slice: 1 | json }}", "{}", "[]"),
            (r#"{{ 1234 | slice: -3, "2" }}"#, "{}", "23"),
            (
                r#"{{ "abc" | slice: 0, big }}"#,
                r#"{"big":1e9}"#,
                "RenderError: memory alloc limit exceeded, line:1, col:1",
            ),
            ("{{ a | sum }}", r#"{"a":[1,"2.5","x",true,[3],{},null]}"#, "7.5"),
            (r#"{{ a | sum: "n.m" }}"#, r#"{"a":[{"n":{"m":"4"}},{"n":1},5]}"#, "4"),
            (r#"{{ a | sum: "" }}"#, r#"{"a":[1,2]}"#, "3"),
        ]);
    }

    #[test]
    fn sample_can_return_every_order() {
        let outputs: std::collections::HashSet<_> =
            (0..200).map(|_| crate::render("{{ (1..3) | sample: 3 | join }}", "{}").unwrap()).collect();
        assert_eq!(outputs.len(), 6);
    }
}
