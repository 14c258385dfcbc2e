//! The sort filters. Both are stable and put nulls last.

use std::cmp::Ordering;

use super::{charged_list, read_path, timsort};
use crate::engine::filter::argument;
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::coerce::{js_string, js_truthy, to_liquid_string};
use crate::value::{Arena, Value, number, utf16};

/// The sort key of an element: its value as an operand of JavaScript's `<`.
#[derive(Clone, Copy, Debug)]
enum Key<'a> {
    /// Null or undefined. The literal `nil` is the number 0 as an operand of `<`.
    Missing,
    String(&'a str),
    Number(f64),
}

impl<'a> Key<'a> {
    /// The key for sorting by value.
    fn ordered(value: Value<'a>, arena: &'a Arena) -> Result<Self> {
        Ok(match value {
            Value::Undefined | Value::Null => Self::Missing,
            Value::Nil | Value::Bool(false) => Self::Number(0.0),
            Value::Bool(true) => Self::Number(1.0),
            Value::Number(number) | Value::Float(number) => Self::Number(number),
            Value::String(_) | Value::Empty | Value::Blank | Value::Loop(_) => {
                Self::String(to_liquid_string(value, arena)?)
            }
            Value::Array(_) | Value::Object(_) | Value::Block => Self::String(arena.copy(&js_string(value, arena)?)?),
        })
    }

    /// The key for sorting as strings, ignoring case.
    fn natural(value: Value<'a>, arena: &'a Arena) -> Result<Self> {
        if value.is_nullish() {
            return Ok(Self::Missing);
        }
        let text = js_string(value, arena)?;
        arena.work(text.len())?;
        Ok(Self::String(arena.copy(&text.to_lowercase())?))
    }

    /// Whether it sorts before another. With both strings and numbers this is not transitive: `10 < "9a"` and `"9a" <
    /// 10` are both false.
    fn is_before(self, other: Self) -> bool {
        match (self, other) {
            (Self::Missing, _) => false,
            (_, Self::Missing) => true,
            (Self::String(left), Self::String(right)) => utf16::compare(left, right) == Ordering::Less,
            (left, right) => left.number() < right.number(),
        }
    }

    /// How many steps it takes to compare it with another.
    const fn comparing(self, other: Self) -> usize {
        match (self, other) {
            (Self::String(left), Self::String(right)) => {
                2 + (if left.len() < right.len() { left.len() } else { right.len() }) / 8
            }
            (Self::String(text), Self::Number(_)) | (Self::Number(_), Self::String(text)) => 2 + text.len(),
            _ => 2,
        }
    }

    fn number(self) -> f64 {
        match self {
            Self::Missing => f64::NAN,
            Self::String(text) => number::parse(text),
            Self::Number(number) => number,
        }
    }
}

/// Sorts the input by the keys that `key_of` computes for its elements, or for the property that the argument names.
fn sort_by<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
    key_of: fn(Value<'a>, &'a Arena) -> Result<Key<'a>>,
) -> Result<Value<'a>> {
    let arena = runtime.arena();
    let items = charged_list(runtime, input)?;
    if items.is_empty() {
        // LiquidJS converts the property for each element.
        return runtime.array(&[]);
    }
    let property = argument(arguments, 0);
    let path = js_truthy(property).then(|| to_liquid_string(property, arena)).transpose()?;
    // Beside the result: the keys with their elements, up to half of them again while runs are merged.
    arena.reserve(items.len() * (size_of::<(Key<'_>, Value<'_>)>() * 3 / 2 + size_of::<Value<'_>>()))?;
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        runtime.work(8)?;
        let value = match path {
            Some(path) => read_path(*item, path, arena)?,
            None => *item,
        };
        keyed.push((key_of(value, arena)?, *item));
    }
    timsort::sort(&mut keyed, |(left, _), (right, _)| {
        arena.work(left.comparing(*right)).map(|()| left.is_before(*right))
    })?;
    runtime.collect(keyed.len(), keyed.into_iter().map(|(_, item)| item))
}

/// The sorted array: numbers by value, strings by code unit, so upper case comes first. The argument names a property
/// to sort by; it may be a path.
pub(super) fn sort<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    sort_by(runtime, input, arguments, Key::ordered)
}

/// The array sorted as strings, ignoring case, including its numbers. The argument names a property to sort by; it may
/// be a path.
pub(super) fn sort_natural<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    sort_by(runtime, input, arguments, Key::natural)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::tests::check;
    use crate::value::{Object, Value, list};
    use crate::{Arena, LIQUIDJS, Limits, Options, Output, Template};

    /// Each comparison takes more steps than there are between two checks of the time.
    #[test]
    fn compares_nothing_after_the_time_is_up() {
        const STRINGS: usize = 300;
        let strings: Vec<_> = (0..STRINGS).rev().map(|n| format!("{}{n:03}", "a".repeat(80_000))).collect();
        let (kept, arena) = (Arena::new(), Arena::new());
        let template = Template::parse("{{ strings | sort | size }}", &LIQUIDJS, &kept).unwrap();
        let strings: Vec<_> = strings.iter().map(|string| Value::String(string)).collect();
        let data = Value::Object(Object::new(&[("strings", list(&strings, &kept))], &kept));
        let limits = Limits { render_time: Duration::ZERO, ..Limits::default() };
        let error = template
            .render(data, &Options { limits, ..Options::default() }, &arena, &mut Output::new())
            .expect_err("no time");
        assert_eq!(error.message(), "template render limit exceeded");
        assert!(arena.steps() < 50_000, "{} steps, of which a comparison takes 10,000", arena.steps());
    }

    #[test]
    fn renders_like_liquidjs() {
        check(&[
            ("{{ a | sort | json }}", r#"{"a":[3,null,10,1,"2"]}"#, r#"[1,"2",3,10,null]"#),
            (
                "{{ a | sort | json }}",
                r#"{"a":["10","9",10,9,"a",null,true,[5],{}]}"#,
                r#"[true,"10",[5],"9",9,10,{},"a",null]"#,
            ),
            (
                r#"{{ a | sort: "n" | json }}"#,
                r#"{"a":[{"n":2},{},{"n":1},{"n":null},{"n":1,"m":1}]}"#,
                r#"[{"n":1},{"n":1,"m":1},{"n":2},{},{"n":null}]"#,
            ),
            (
                r#"{{ a | sort: "n.m" | json }}"#,
                r#"{"a":[{"n":{"m":"b"}},{"n":{"m":"a"}},{"n":"c"}]}"#,
                r#"[{"n":{"m":"a"}},{"n":{"m":"b"}},{"n":"c"}]"#,
            ),
            ("{{ a | sort | first }}", r#"{"a":["\ue000","😀"]}"#, "😀"),
            ("{{ a | sort: 0 | json }}", r#"{"a":[2,1]}"#, "[1,2]"),
            ("{{ a | sort: empty | json }}", r#"{"a":[2,1]}"#, "[2,1]"),
            ("{{ a | push: nil | push: -1 | sort | json }}", r#"{"a":[null,1]}"#, "[-1,{},1,null]"),
            (
                "{{ a | sort_natural | json }}",
                r#"{"a":["b","C","a",null,"B",10,9,true]}"#,
                r#"[10,9,"a","b","B","C",true,null]"#,
            ),
            (
                r#"{{ a | sort_natural: "n" | json }}"#,
                r#"{"a":[{"n":"b"},{"n":"A"},{}]}"#,
                r#"[{"n":"A"},{"n":"b"},{}]"#,
            ),
            (r#"{{ "x" | sort | json }}{{ nil | sort_natural | json }}"#, "{}", r#"["x"][]"#),
            (
                "{{ e | sort: p | json }}{{ e | sort_natural: p | json }}{{ e | map: p | json }}{{ e | sum: p }}",
                r#"{"e": [], "p": {"toString": 1}}"#,
                "[][][]0",
            ),
        ]);
    }
}
