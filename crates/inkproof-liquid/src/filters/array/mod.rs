//! Filters on lists. An input that is no list is taken for a list of one, null for an empty one; the list itself is never
//! changed.

mod distinct;
mod predicate;
mod search;
mod sort;
mod timsort;

use std::cmp::Ordering;

use crate::engine::filter::{Filter, RunFilter, argument, argument_or};
use crate::engine::row::{Absent, Answer, Argument, Example, Family, Kind, Lacking, Prints, Reads};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::coerce::{self, js_string, slice_index, to_number};
use crate::value::{Arena, Value, count, element, number, utf16};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[
    array("compact", compact, "Removes null elements.")
        .reads(Reads::Shape)
        .answers(Answer::Elements)
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
    array("find", search::find, "Gives the first element with a property that is true, or that equals a value.")
        .gives(Kind::Anything)
        .arguments(PROPERTY_AND_VALUE)
        .reads(Reads::Property(Lacking::MayFail))
        .answers(Answer::Element)
        .since("10.11.0")
        .examples(&[Example::with(ITEMS, "{{ items | find: 'id', 2 | json }}", r#"{"id":2,"name":"b","new":false}"#)]),
    array("find_exp", search::find_exp, "Gives the first element for which an expression is true.")
        .gives(Kind::Anything)
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::MayFail))
        .answers(Answer::Element)
        .since("10.11.0")
        .examples(&[Example::with(
            ITEMS,
            "{{ items | find_exp: 'item', 'item.id > 1' | json }}",
            r#"{"id":2,"name":"b","new":false}"#,
        )]),
    array("find_index", search::find_index, "Gives the index of the element that `find` gives, from 0.")
        .gives(Kind::Number)
        .arguments(PROPERTY_AND_VALUE)
        .reads(Reads::Property(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | find_index: 'id', 2 }}", "1")]),
    array("find_index_exp", search::find_index_exp, "Gives the index of the element that `find_exp` gives, from 0.")
        .gives(Kind::Number)
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | find_index_exp: 'item', 'item.id > 1' }}", "1")]),
    array("first", first, "Gives the first element.")
        .gives(Kind::Anything)
        .reads(Reads::Shape)
        .answers(Answer::Element)
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
    array("has", search::has, "Says whether `find` would give an element.")
        .gives(Kind::Boolean)
        .arguments(PROPERTY_AND_VALUE)
        .absent(Absent::Prints("false"))
        .reads(Reads::Property(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | has: 'id', 2 }}", "true"),
            Example::with(ITEMS, "{{ items | has: 'id', 3 }}", "false"),
        ]),
    array("has_exp", search::has_exp, "Says whether `find_exp` would give an element.")
        .gives(Kind::Boolean)
        .arguments(NAME_AND_EXPRESSION)
        .absent(Absent::Prints("false"))
        .reads(Reads::Expression(Lacking::MayFail))
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | has_exp: 'item', 'item.id > 1' }}", "true")]),
    array("join", join, "Joins the elements to one string.")
        .gives(Kind::String)
        .arguments(&[Argument::optional("separator", Kind::String).or("' '")])
        .since("1.9.1")
        .examples(&[Example::with(r#"{"a": [1, 2]}"#, "{{ a | join: ', ' }}", "1, 2")]),
    array("last", last, "Gives the last element.")
        .gives(Kind::Anything)
        .reads(Reads::Shape)
        .answers(Answer::Element)
        .since("1.9.1")
        .examples(&[Example::with(LETTERS, "{{ a | last }}", "a")]),
    array("map", map, "Gives a property of each element; the property may be a path.")
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
        .answers(Answer::Elements)
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
        .answers(Answer::Elements)
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | reject: 'new' | map: 'name' | join }}", "b")]),
    array("reject_exp", search::reject_exp, "Keeps the elements for which an expression is `false`.")
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::Fails))
        .answers(Answer::Elements)
        .since("10.21.0")
        .examples(&[Example::with(ITEMS, "{{ items | reject_exp: 'item', 'item.id > 1' | map: 'name' | join }}", "a")]),
    array("reverse", reverse, "Puts the elements in reverse order.")
        .reads(Reads::Shape)
        .answers(Answer::Elements)
        .since("1.9.1")
        .examples(&[Example::with(NUMBERS, "{{ a | reverse | join }}", "3 2 1")]),
    array("sample", sample, "Gives a random element, or an array of several.")
        .gives(Kind::Anything)
        .arguments(&[Argument::optional("count", Kind::Number).or("1")])
        .since("10.8.0")
        .examples(&[
            Example::with(r#"{"a": [7, 7]}"#, "{{ a | sample }}", "7"),
            Example::with(NUMBERS, "{{ a | sample: 2 | size }}", "2"),
        ]),
    array("shift", shift, "Removes the first element.")
        .reads(Reads::Shape)
        .answers(Answer::Elements)
        .since("10.11.0")
        .examples(&[Example::with(NUMBERS, "{{ a | shift | join }}", "2 3")]),
    array(
        "size",
        size,
        "Gives the number of elements of an array, or of UTF-16 units of a string; 0 for anything else.",
    )
    .takes(Kind::Anything)
    .gives(Kind::Number)
    .prints(Prints::Digits)
    .reads(Reads::Shape)
    .absent(Absent::Prints("0"))
    .since("1.9.1")
    .examples(&[
        Example::with(NUMBERS, "{{ a | size }}", "3"),
        Example::new("{{ 'héllo' | size }}", "5"),
        Example::new("{{ 12 | size }}", "0"),
    ]),
    array("slice", slice, "Gives a part of a string or an array; a negative start counts from the end.")
        .takes(Kind::Anything)
        .gives(Kind::Anything)
        .arguments(&[Argument::required("start", Kind::Number), Argument::optional("length", Kind::Number).or("1")])
        .since("1.9.1")
        .examples(&[
            Example::new("{{ 'Liquid' | slice: 2, 3 }}", "qui"),
            Example::new("{{ 'Liquid' | slice: -3, 2 }}", "ui"),
            Example::with(NUMBERS, "{{ a | slice: 1, 2 | join }}", "2 3"),
        ]),
    array("sort", sort::sort, "Sorts: numbers by size, strings by code unit (upper case first), null last.")
        .arguments(OPTIONAL_PROPERTY)
        .reads(Reads::Property(Lacking::Ignored))
        .answers(Answer::Elements)
        .since("1.9.1")
        .examples(&[
            Example::with(ITEMS, "{{ items | sort: 'new' | map: 'name' | join }}", "b a"),
            Example::with(LETTERS, "{{ a | sort | join }}", "C a b"),
            Example::with(r#"{"a": [10, 9, 1]}"#, "{{ a | sort | join }}", "1 9 10"),
        ]),
    array("sort_natural", sort::sort_natural, "Sorts as strings, regardless of case, null last.")
        .arguments(OPTIONAL_PROPERTY)
        .reads(Reads::Property(Lacking::Ignored))
        .answers(Answer::Elements)
        .since("8.4.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | sort_natural: 'new' | map: 'name' | join }}", "b a"),
            Example::with(LETTERS, "{{ a | sort_natural | join }}", "a b C"),
        ]),
    array("sum", sum, "Adds the elements, or a property of them. What is not a number counts as 0.")
        .gives(Kind::Number)
        .arguments(OPTIONAL_PROPERTY)
        .absent(Absent::Prints("0"))
        .reads(Reads::Property(Lacking::Ignored))
        .since("10.10.0")
        .examples(&[Example::with(
            r#"{"cart": [{"price": 2.5}, {"price": "4"}, {}]}"#,
            "{{ cart | sum: 'price' }}",
            "6.5",
        )]),
    array("uniq", distinct::uniq, "Removes repeated elements; objects are never the same as others.")
        .answers(Answer::Elements)
        .since("1.9.1")
        .examples(&[Example::with(r#"{"a": [1, "1", 1, 2]}"#, "{{ a | uniq | json }}", r#"[1,"1",2]"#)]),
    array("unshift", unshift, "Puts an element before the first.")
        .arguments(&[Argument::required("element", Kind::Anything)])
        .absent(Absent::Prints("0"))
        .since("10.11.0")
        .examples(&[Example::with(NUMBERS, "{{ a | unshift: 0 | join }}", "0 1 2 3")]),
    array("where", search::filter_where, "Keeps the elements with a property that is true, or that equals a value.")
        .arguments(PROPERTY_AND_VALUE)
        .reads(Reads::Property(Lacking::Fails))
        .answers(Answer::Elements)
        .since("8.1.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | where: 'name', 'b' | map: 'id' | join }}", "2"),
            Example::with(ITEMS, "{{ items | where: 'new' | map: 'name' | join }}", "a"),
        ]),
    array("where_exp", search::where_exp, "Keeps the elements for which an expression is `true`.")
        .arguments(NAME_AND_EXPRESSION)
        .reads(Reads::Expression(Lacking::Fails))
        .answers(Answer::Elements)
        .since("10.12.0")
        .examples(&[
            Example::with(ITEMS, "{{ items | where_exp: 'item', 'item.id > 1' | map: 'name' | join }}", "b"),
            Example::new("{{ (1..5) | where_exp: 'n', 'n > 3' | join }}", "4 5"),
        ]),
];

/// What filters take that compare a property; without a value it must be true.
const PROPERTY_AND_VALUE: &[Argument] =
    &[Argument::required("property", Kind::String), Argument::optional("value", Kind::Anything)];

/// What filters take that ask an expression about each element, which it knows under a name.
const NAME_AND_EXPRESSION: &[Argument] =
    &[Argument::required("name", Kind::String), Argument::required("expression", Kind::String)];

const OPTIONAL_PROPERTY: &[Argument] = &[Argument::optional("property", Kind::String)];

/// Data of the examples.
const ITEMS: &str = r#"{"items": [{"id": 1, "name": "a", "new": true}, {"id": 2, "name": "b", "new": false}]}"#;
const LETTERS: &str = r#"{"a": ["b", "C", "a"]}"#;
const NUMBERS: &str = r#"{"a": [1, 2, 3]}"#;

/// A row of this table: an array in, an array out.
const fn array(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).of(Family::Array).takes(Kind::Array).gives(Kind::Array).summary(summary)
}

/// The elements of the input, counted against the memory limit.
fn charged_list<'a>(runtime: &mut Runtime<'a>, input: Value<'a>) -> Result<&'a [Value<'a>]> {
    let items = input.listed(runtime.arena());
    runtime.charge(items.len())?;
    Ok(items)
}

/// Reads `a.b` of a value: each name a property of what the name before it gave. What is missing is undefined, not an
/// error.
fn read_path<'a>(value: Value<'a>, path: &str, arena: &'a Arena) -> Result<Value<'a>> {
    path.split('.').try_fold(value, |value, name| value.named_property(name, arena))
}

/// The list without its nulls.
fn compact<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    let is_something = |item: &Value<'_>| !item.is_nullish() && !matches!(item, Value::Nil);
    let kept: Vec<_> = items.iter().copied().filter(is_something).collect();
    Ok(runtime.array(&kept))
}

/// The elements of the list, then those of the argument.
fn concat<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let more = argument(arguments, 0).listed(runtime.arena());
    joined(runtime, input.listed(runtime.arena()), more)
}

/// One list after the other.
fn joined<'a>(runtime: &mut Runtime<'a>, head: &[Value<'a>], tail: &[Value<'a>]) -> Result<Value<'a>> {
    runtime.charge(head.len() + tail.len())?;
    Ok(runtime.array(&[head, tail].concat()))
}

/// The first element. Of a text it is the first UTF-16 code unit, of what has no length the empty text.
fn first<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    element_of(input, 0.0, runtime.arena())
}

/// The last element, as [`first`] gives the first.
fn last<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    element_of(input, -1.0, runtime.arena())
}

/// The element at `index`, from the end where it is negative. An object with a `length` of its own passes for a list.
fn element_of<'a>(value: Value<'a>, index: f64, arena: &'a Arena) -> Result<Value<'a>> {
    let value = value.plain(arena);
    match (value, value.named_property("length", arena)?) {
        (Value::Array(items), _) => Ok(element(items, index)),
        (Value::String(""), _) => Ok(value),
        (_, Value::Number(length)) => {
            let index = if index < 0.0 { length + index } else { index };
            value.named_property(&number::text(index), arena)
        }
        _ => Ok(Value::String("")),
    }
}

/// The elements as one text, with the argument between them; a blank without one.
fn join<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let items = input.listed(arena);
    let separator = match argument(arguments, 0).plain(arena) {
        Value::Undefined | Value::Null => " ",
        given => coerce::text(given, arena)?,
    };
    runtime.charge(utf16::length(separator).saturating_mul(items.len().saturating_sub(1)))?;
    for item in items {
        // A null that will not be printed is counted with its four letters all the same.
        runtime.charge_text(&js_string(*item, arena)?)?;
    }
    Ok(runtime.string(&coerce::join(items, separator)?))
}

/// A property of each element; the argument may be a path. Where an element lacks it, there is undefined.
fn map<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    let path = coerce::text(argument(arguments, 0), runtime.arena())?;
    let values: Vec<_> = items.iter().map(|item| read_path(*item, path, runtime.arena())).collect::<Result<_>>()?;
    Ok(runtime.array(&values))
}

/// The list without its last element.
fn pop<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    Ok(runtime.array(items.split_last().map_or(&[], |(_, rest)| rest)))
}

/// The list with the argument behind, as one element even where it is a list.
fn push<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    joined(runtime, input.listed(runtime.arena()), &[argument(arguments, 0)])
}

/// The list from its end to its beginning.
fn reverse<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let mut items = charged_list(runtime, input)?.to_vec();
    items.reverse();
    Ok(runtime.array(&items))
}

/// One element by chance, or a list of as many as the argument says. Of a text, its characters.
fn sample<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let mut items = match input.plain(arena) {
        Value::Undefined | Value::Null => return Ok(runtime.array(&[])),
        Value::Array(items) => {
            runtime.charge(items.len())?;
            items.to_vec()
        }
        other => {
            let text = coerce::text(other, arena)?;
            runtime.charge_text(text)?;
            text.char_indices().map(|(at, character)| Value::String(&text[at..at + character.len_utf8()])).collect()
        }
    };
    runtime.random().shuffle(&mut items);
    match argument_or(arguments, 0, Value::Number(1.0)) {
        Value::Number(1.0) => Ok(items.first().copied().unwrap_or(Value::Undefined)),
        wanted => Ok(runtime.array(&items[..slice_index(wanted, items.len(), arena)?])),
    }
}

/// The list without its first element.
fn shift<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    Ok(runtime.array(items.get(1..).unwrap_or_default()))
}

/// The length: of a list in elements, of a text in UTF-16 code units; 0 for all else but objects with a `length` of
/// their own.
fn size<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let length = input.named_property("length", runtime.arena())?;
    Ok(if coerce::js_truthy(length) { length } else { count(0) })
}

/// A part of a list or of a text's characters: where it begins, from the end where negative, and how long it is, 1 where
/// that is not said.
fn slice<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let whole = match input.plain(arena) {
        Value::Undefined | Value::Null => return Ok(runtime.array(&[])),
        list @ Value::Array(_) => list,
        other => Value::String(coerce::text(other, arena)?),
    };
    let is_negative =
        |value| coerce::compare(value, Value::Number(0.0), arena).map(|order| order == Some(Ordering::Less));
    let (mut begin, length) = (argument(arguments, 0), argument_or(arguments, 1, Value::Number(1.0)));
    if is_negative(begin)? {
        let total = match whole {
            Value::String(text) => text.chars().count(),
            list => list.listed(arena).len(),
        };
        // A text stays one here, as in JavaScript: `5 + "-2"` is `"5-2"`, and no number.
        begin = coerce::add(count(total), begin, arena)?;
    }
    let is_nothing = is_negative(begin)? || is_negative(length)?;
    if !is_nothing {
        runtime.charge_number(to_number(length, arena)?)?;
    }
    match whole {
        Value::Array(_) if is_nothing => Ok(runtime.array(&[])),
        Value::Array(items) => {
            let end = slice_index(coerce::add(begin, length, arena)?, items.len(), arena)?;
            let begin = slice_index(begin, items.len(), arena)?;
            Ok(runtime.array(items.get(begin..end).unwrap_or_default()))
        }
        Value::String(text) if !is_nothing => {
            let rest = &text[offset_of(to_number(begin, arena)?, text)..];
            Ok(Value::String(&rest[..offset_of(to_number(length, arena)?, rest)]))
        }
        _ => Ok(Value::String("")),
    }
}

/// The byte after the first `characters` of a text; a fraction of a character counts as one.
fn offset_of(characters: f64, text: &str) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; NaN becomes 0")]
    let characters = characters.ceil() as usize;
    text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset)
}

/// The sum of the elements, or of a property of theirs; the argument may be a path. What is no number counts as 0.
fn sum<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let property = argument(arguments, 0);
    let path = coerce::js_truthy(property).then(|| coerce::text(property, arena)).transpose()?;
    let mut sum = 0.0;
    for item in input.listed(arena) {
        let value = match path {
            Some(path) => read_path(*item, path, arena)?,
            None => *item,
        };
        sum += coerce::to_number_or_zero(value, arena)?;
    }
    Ok(Value::Number(sum))
}

/// The list with the argument before it, as one element even where it is a list.
fn unshift<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let items = charged_list(runtime, input)?;
    Ok(runtime.array(&[&[argument(arguments, 0)], items].concat()))
}

#[cfg(test)]
mod tests {
    /// Renders each template with its data; the output, or the name and message of the error, is what `LiquidJS` gives.
    pub(super) fn check(table: &[(&str, &str, &str)]) {
        for (template, data, expected) in table {
            let given = crate::render(template, data).unwrap_or_else(|error| format!("{}: {error}", error.name()));
            assert_eq!(given, *expected, "{template} with {data}");
        }
    }

    #[test]
    fn as_liquidjs() {
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
    fn chance_reaches_every_order() {
        let outputs: std::collections::HashSet<_> =
            (0..200).map(|_| crate::render("{{ (1..3) | sample: 3 | join }}", "{}").unwrap()).collect();
        assert_eq!(outputs.len(), 6);
    }
}
