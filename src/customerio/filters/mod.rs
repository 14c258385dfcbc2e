//! Filters that Customer.io adds to LiquidJS, one file per family.
//!
//! `sha256`, `hmac_sha256`, `base64_encode` and `base64_decode` were Customer.io's own until LiquidJS added them.

pub mod array;
pub mod crypto;
pub mod date;
pub mod json;
pub mod number;
pub mod string;

use crate::liquid::LIQUIDJS;
use crate::liquid::engine::filter::{Filter, argument};
use crate::liquid::engine::row::Example;
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::filters as liquidjs;
use crate::liquid::value::Value;

/// All of Customer.io's own filters, except those that depend on [`Switches`](super::Switches) and the [`ALIASES`].
pub const FAMILIES: [&[Filter]; 6] =
    [array::FILTERS, crypto::FILTERS, date::FILTERS, json::FILTERS, number::FILTERS, string::FILTERS];

/// Filters that are another name for one of LiquidJS's.
pub const ALIASES: &[Filter] = &[
    Filter::row(liquidjs::crypto::FILTERS, "base64_encode")
        .named("base64")
        .not_liquidjs()
        .examples(&[Example::new("{{ 'Customer.io' | base64 }}", "Q3VzdG9tZXIuaW8=")]),
    // It still works: deliveries of 2026 contain HTML entities, and existing entities were escaped a second time.
    Filter::row(liquidjs::html::FILTERS, "xml_escape")
        .named("htmlencode")
        .not_liquidjs()
        .summary("Writes `&`, `<`, `>` and quotes as HTML entities.")
        .deprecated("`escape`")
        .examples(&[Example::new("{{ '<b>' | htmlencode }}", "&lt;b&gt;")]),
    Filter::row(liquidjs::misc::FILTERS, "json").named("to_json").not_liquidjs().examples(&[Example::with(
        r#"{"customer": {"tags": ["a"]}}"#,
        "{{ customer.tags | to_json }}",
        r#"["a"]"#,
    )]),
    Filter::row(liquidjs::array::FILTERS, "reject").named("where_not").not_liquidjs().examples(&[Example::with(
        r#"{"items": [{"name": "a", "new": true}, {"name": "b", "new": false}]}"#,
        "{{ items | where_not: 'new' | map: 'name' | join }}",
        "b",
    )]),
];

/// Runs LiquidJS's filter `name`, for a filter that extends it.
pub(super) fn run_liquidjs_filter<'a>(
    name: &str,
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    match LIQUIDJS.filter(name) {
        Some(filter) => (filter.run)(runtime, input, arguments),
        None => Err(Error::unknown_filter(name)),
    }
}

/// The argument at `index`, which is required.
fn required<'a>(filter: &str, arguments: &[Value<'a>], index: usize, what: &str) -> Result<Value<'a>> {
    match argument(arguments, index) {
        Value::Undefined => Err(Error::new(format!("`{filter}` needs {what}"))),
        given => Ok(given),
    }
}
