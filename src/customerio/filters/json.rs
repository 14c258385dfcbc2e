//! `from_json`. (`to_json` is LiquidJS's `json`.)

use crate::liquid::engine::filter::Filter;
use crate::liquid::engine::row::{Example, Family, Kind};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::value::{Value, coerce, json};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[Filter::new("from_json", from_json)
    .of(Family::Value)
    .summary("Reads a string that is JSON. JSON in attributes, events and requests needs no such reading.")
    .takes(Kind::String)
    .examples(&[Example::new("{{ '[1, 2]' | from_json | last }}", "2")])];

/// The value that a text is the JSON of. JSON in attributes, events and requests needs no such reading: it is values already.
fn from_json<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text: &'a str = match input.plain(runtime.arena()) {
        Value::Undefined => return Ok(Value::Undefined),
        Value::String(text) => text,
        value @ (Value::Array(_) | Value::Object(_)) => {
            // JavaScript's `JSON.parse` reads the text of a value, which these do not have.
            let what = if matches!(value, Value::Array(_)) { "a list" } else { "an object" };
            return Err(Error::new(format!(
                "`from_json` expected a text, not {what}: it is no text to be read any more"
            )));
        }
        other => runtime.arena().alloc_str(&coerce::js_string(other, runtime.arena())?),
    };
    runtime.charge_text(text)?;
    json::read(text, runtime.arena()).map_err(|error| Error::new(format!("`from_json` expected JSON: {error}")))
}
