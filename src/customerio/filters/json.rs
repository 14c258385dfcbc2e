//! `from_json`. (`to_json` is LiquidJS's `json`.)

use crate::liquid::engine::filter::Filter;
use crate::liquid::engine::row::{Example, Family, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::{Value, coerce, json};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[Filter::new("from_json", from_json)
    .family(Family::Value)
    .summary("Parses a JSON string. JSON in attributes, events and requests is already parsed.")
    .input(Kind::String)
    .examples(&[Example::new("{{ '[1, 2]' | from_json | last }}", "2")])];

/// How many bytes a value takes at most while it is read.
const BYTES_PER_VALUE: usize = 160;

/// Parses a JSON string. JSON in attributes, events and requests is already parsed.
fn from_json<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text: &'a str = match input.plain(runtime.arena()) {
        Value::Undefined => return Ok(Value::Undefined),
        Value::String(text) => text,
        value @ (Value::Array(_) | Value::Object(_)) => {
            // JavaScript's `JSON.parse` converts its argument to a string, which arrays and objects do not support
            // here.
            let what = if matches!(value, Value::Array(_)) { "a list" } else { "an object" };
            return Err(Error::new(format!(
                "`from_json` expected a text, not {what}: it is no text to be read any more"
            )));
        }
        other => runtime.arena().copy(&coerce::js_string(other, runtime.arena())?)?,
    };
    runtime.charge_string(text)?;
    // Each value begins after one of these, or is the whole.
    let values = 1 + text.bytes().filter(|byte| matches!(byte, b'[' | b'{' | b',' | b':')).count();
    runtime.work(values * 8)?;
    runtime.arena().reserve(text.len() + values * BYTES_PER_VALUE)?;
    json::read(text, runtime.arena()).map_err(|error| Error::new(format!("`from_json` expected JSON: {error}")))
}
