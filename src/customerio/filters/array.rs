//! Filters on arrays: `limit` and `json_array_uniq`. (`where_not` is LiquidJS's `reject`.)

use std::collections::HashSet;

use super::required;
use crate::liquid::engine::filter::{Filter, RunFilter, argument};
use crate::liquid::engine::row::{Argument, Derivation, Example, Family, Kind, Reads};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::Result;
use crate::liquid::value::{Value, coerce, json};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    array("json_array_uniq", json_array_uniq, "Removes duplicate elements, or elements with a duplicate property.")
        .arguments(&[Argument::optional("property", Kind::String)])
        .derivation(Derivation::Elements)
        .examples(&[Example::with(
            r#"{"c": [{"name": "red"}, {"name": "red", "id": 2}, {"name": "blue"}]}"#,
            "{{ c | json_array_uniq: 'name' | to_json }}",
            r#"[{"name":"red"},{"name":"blue"}]"#,
        )]),
    array("limit", limit, "Keeps the first elements, as many as the argument says.")
        .arguments(&[Argument::required("count", Kind::Number)])
        .reads(Reads::Shape)
        .derivation(Derivation::Elements)
        .examples(&[Example::with(
            r#"{"b": ["John", "Paul", "Ringo"]}"#,
            "{{ b | limit: 2 | json }}",
            r#"["John","Paul"]"#,
        )]),
];

/// A row for a filter from an array to an array.
const fn array(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Array).input(Kind::Array).output(Kind::Array).summary(summary)
}

/// How many bytes an element takes while it is looked for, beside its JSON.
const BYTES_PER_ELEMENT: usize = 160;

/// The first elements, up to the number in the argument.
fn limit<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let count = required("limit", arguments, 0, "a number of elements, such as `limit: 2`")?;
    let items = input.listed(runtime.arena());
    let count = coerce::to_number(count, runtime.arena())?.max(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative; saturates; NaN becomes 0"
    )]
    let count = (count as usize).min(items.len());
    runtime.charge(count)?;
    Ok(Value::Array(&items[..count]))
}

/// The array without duplicates: the first of each group of elements with the same property, or of equal elements
/// without an argument. Elements without the property count as equal.
fn json_array_uniq<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let property = argument(arguments, 0).plain(runtime.arena());
    let items = input.listed(runtime.arena());
    runtime.charge(items.len())?;
    let (mut seen, mut kept, mut bytes) = (HashSet::new(), Vec::new(), 0);
    for item in items {
        let key = if property.is_nullish() { *item } else { item.property(property, runtime.arena())? };
        // Values are compared as JSON. Undefined has no JSON and becomes the empty string.
        let mut text = String::new();
        json::write_counted(key, None, runtime.arena(), &mut text)?;
        runtime.charge_string(&text)?;
        bytes += text.len() + BYTES_PER_ELEMENT;
        runtime.arena().reserve(bytes)?;
        if seen.insert(text) {
            kept.push(*item);
        }
    }
    runtime.array(&kept)
}
