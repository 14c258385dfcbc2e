//! Filters that fit every value: `default`, and values as JSON.

use crate::engine::filter::{Filter, argument, argument_or};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::json::{self, Visit};
use crate::value::{Value, coerce, element, number, utf16};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[
    Filter::new("default", default),
    Filter::new("inspect", to_json),
    Filter::new("json", to_json),
    Filter::new("jsonify", to_json),
    Filter::new("raw", raw),
    Filter::new("to_integer", to_integer),
];

/// The argument where the input is missing, null, false, or an empty text or list. As the first filter it keeps a
/// missing variable from failing the render. `allow_false: true` lets false be.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ missing | default: 'there' }}", "{}").unwrap(), "there");
/// assert_eq!(inkproof_liquid::render("{{ no | default: 1, allow_false: true }}", r#"{"no": false}"#).unwrap(), "false");
/// ```
fn default<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let replacement = argument(arguments, 0);
    Ok(match input.plain(runtime.arena()) {
        Value::String("") | Value::Array([]) => replacement,
        Value::Bool(false) if allows_false(arguments.get(1..).unwrap_or_default(), runtime)? => Value::Bool(false),
        value if value.is_truthy() => value,
        _ => replacement,
    })
}

/// Looks for `allow_false` among pairs; later ones count. What is no pair fails as it does in JavaScript's `new Map`.
fn allows_false<'a>(options: &[Value<'a>], runtime: &Runtime<'a>) -> Result<bool> {
    let mut allows = false;
    for option in options {
        let (key, value) = match *option {
            Value::Array(pair) => (element(pair, 0.0), element(pair, 1.0)),
            Value::Object(_) | Value::Nil | Value::Empty | Value::Blank | Value::Loop(_) | Value::Block => {
                (option.named_property("0", runtime.arena())?, option.named_property("1", runtime.arena())?)
            }
            scalar => {
                let text = coerce::js_string(scalar, runtime.arena())?;
                return Err(Error::new(format!("Iterator value {text} is not an entry object")));
            }
        };
        if matches!(key, Value::String("allow_false")) {
            allows = coerce::js_truthy(value);
        }
    }
    Ok(allows)
}

/// The value as JSON. The argument indents it: a number of blanks, up to ten, or a text, up to ten characters.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ tags | json }}", r#"{"tags": ["a", "\"b\""]}"#).unwrap(), r#"["a","\"b\""]"#);
/// ```
fn to_json<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    if matches!(input, Value::Undefined) {
        return Ok(Value::Undefined);
    }
    let indent = match argument_or(arguments, 0, Value::Number(0.0)) {
        // V8 breaks lines for a part of a blank already.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is bounded at once"
        )]
        Value::Number(blanks) if blanks > 0.0 => Some(" ".repeat((blanks as usize).min(10))),
        Value::String(text) if !text.is_empty() => Some(utf16::prefix(text, 10).into_owned()),
        _ => None,
    };
    let mut text = String::new();
    json::write_visiting(input, indent.as_deref(), &mut Charge(runtime), &mut text)?;
    Ok(runtime.string(&text))
}

/// Counts each value against the memory limit before it is written.
struct Charge<'r, 'a>(&'r mut Runtime<'a>);

impl<'a> Visit<'a> for Charge<'_, 'a> {
    fn visit(&mut self, value: Value<'a>) -> Result<()> {
        let units = match value {
            Value::Undefined => 0,
            Value::String(text) => utf16::length(text),
            Value::Bool(false) => 5,
            Value::Number(number) if number.is_finite() => number::text(number).len(),
            Value::Null | Value::Bool(true) | Value::Number(_) => 4,
            Value::Array(items) => items.len() + 1,
            _ => 2,
        };
        self.0.charge(units)
    }
}

/// The value as it is.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ '<b>' | raw }}", "{}").unwrap(), "<b>");
/// ```
fn raw<'a>(_: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(input)
}

/// The value as a number, its fraction kept; NaN where it is none.
///
/// ```
/// assert_eq!(inkproof_liquid::render("{{ '12.7' | to_integer }} {{ 'x' | to_integer }}", "{}").unwrap(), "12.7 NaN");
/// ```
fn to_integer<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(coerce::to_number(input, runtime.arena())?))
}
