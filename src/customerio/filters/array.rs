//! Filters on lists: `limit` and `json_array_uniq`. (`where_not` is LiquidJS's `reject`.)

use std::collections::HashSet;

use super::required;
use crate::liquid::engine::filter::{Filter, argument};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::Result;
use crate::liquid::value::{Value, coerce, json};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[Filter::new("json_array_uniq", json_array_uniq), Filter::new("limit", limit)];

/// The first so many elements.
///
/// ```
/// use inkproof::customerio::render;
/// assert_eq!(render("{{ b | limit: 2 | json }}", r#"{"b": ["John", "Paul", "Ringo"]}"#).unwrap(), r#"["John","Paul"]"#);
/// ```
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

/// The elements that differ in a property, or as a whole where none is named: the first of each. Those that lack the
/// property count as the same.
///
/// ```
/// use inkproof::customerio::render;
/// let data = r#"{"c": [{"name": "red"}, {"name": "red", "id": 2}, {"name": "blue"}]}"#;
/// let output = render("{{ c | json_array_uniq: 'name' | to_json }}", data).unwrap();
/// assert_eq!(output, r#"[{"name":"red"},{"name":"blue"}]"#);
/// ```
fn json_array_uniq<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let property = argument(arguments, 0).plain(runtime.arena());
    let items = input.listed(runtime.arena());
    runtime.charge(items.len())?;
    let (mut seen, mut kept) = (HashSet::new(), Vec::new());
    for item in items {
        let key = if property.is_nullish() { *item } else { item.property(property, runtime.arena())? };
        // As JSON, values are the same whatever they are; what is missing has no JSON and is the empty text.
        let mut text = String::new();
        json::write(key, None, &mut text)?;
        runtime.charge_text(&text)?;
        if seen.insert(text) {
            kept.push(*item);
        }
    }
    Ok(runtime.array(&kept))
}
