//! Filters for values of any kind: `default`, `json` and conversions.

use crate::engine::filter::{Filter, RunFilter, argument, argument_or};
use crate::engine::row::{Absent, Argument, Derivation, Example, Family, Kind, Prints};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::json::{self, Visit};
use crate::value::{Value, coerce, element, number, utf16};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    any("default", default, "Replaces null, false, an empty string, an empty array, or a missing variable.")
        .arguments(&[
            Argument::required("replacement", Kind::Anything),
            Argument::named("allow_false", Kind::Boolean).or("false"),
        ])
        .absent(Absent::Prints("there"))
        .rescues_missing()
        .derivation(Derivation::Input)
        .since("1.9.1")
        .examples(&[
            Example::with(r#"{"name": ""}"#, "{{ name | default: 'there' }}", "there"),
            Example::new("{{ missing | default: 'there' }}", "there"),
            Example::with(r#"{"no": false}"#, "{{ no | default: 1, allow_false: true }}", "false"),
        ]),
    any("inspect", to_json, "Writes a value as JSON, like `json`.")
        .output(Kind::String)
        .prints(Prints::Json)
        .arguments(INDENT)
        .absent(Absent::Prints("null"))
        .missing(Absent::Nothing)
        .since("10.13.0")
        .examples(&[Example::with(r#"{"tags": ["a"]}"#, "{{ tags | inspect }}", r#"["a"]"#)]),
    any("json", to_json, "Writes a value as JSON.")
        .output(Kind::String)
        .prints(Prints::Json)
        .arguments(INDENT)
        .absent(Absent::Prints("null"))
        .missing(Absent::Nothing)
        .since("9.10.0")
        .examples(&[
            Example::with(r#"{"tags": ["a", "\"b\""]}"#, "{{ tags | json }}", r#"["a","\"b\""]"#),
            Example::with(r#"{"tags": ["a"]}"#, "{{ tags | json: 2 }}", "[\n  \"a\"\n]"),
        ]),
    any("jsonify", to_json, "Writes a value as JSON, like `json`.")
        .output(Kind::String)
        .prints(Prints::Json)
        .arguments(INDENT)
        .absent(Absent::Prints("null"))
        .missing(Absent::Nothing)
        .since("10.13.0")
        .examples(&[Example::with(r#"{"tags": ["a"]}"#, "{{ tags | jsonify }}", r#"["a"]"#)]),
    any("raw", raw, "Returns the value unchanged.")
        .derivation(Derivation::Input)
        .since("9.37.0")
        .examples(&[Example::new("{{ '<b>' | raw }}", "<b>")]),
    any(
        "to_integer",
        to_integer,
        "Converts a value to a number, with its fraction. A value that is not a number becomes `NaN`.",
    )
    .output(Kind::Number)
    .absent(Absent::Prints("0"))
    .missing(Absent::Prints("NaN"))
    .since("10.13.0")
    .examples(&[Example::new("{{ '12.7' | to_integer }}", "12.7"), Example::new("{{ 'x' | to_integer }}", "NaN")]),
];

/// The indentation of JSON: a number of spaces, or a string.
const INDENT: &[Argument] = &[Argument::optional("indent", Kind::Anything).or("0")];

/// A row for a filter on any value.
const fn any(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Value).summary(summary)
}

/// The argument if the input is missing, null, false, or an empty string or array. As the first filter it accepts a
/// missing variable. With `allow_false: true`, false is returned unchanged.
fn default<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let replacement = argument(arguments, 0);
    Ok(match input.plain(runtime.arena()) {
        Value::String("") | Value::Array([]) => replacement,
        Value::Bool(false) if allows_false(arguments.get(1..).unwrap_or_default(), runtime)? => Value::Bool(false),
        value if value.is_truthy() => value,
        _ => replacement,
    })
}

/// Searches the pairs for `allow_false`; the last one counts. A value that is not a pair fails as in JavaScript's `new
/// Map`.
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

/// The value as JSON. The argument is the indentation: a number of spaces (at most ten), or a string (at most ten
/// characters).
fn to_json<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    if matches!(input, Value::Undefined) {
        return Ok(Value::Undefined);
    }
    let indent = match argument_or(arguments, 0, Value::Number(0.0)) {
        // V8 breaks lines even if the indentation is only a fraction of a space.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is bounded at once"
        )]
        Value::Number(blanks) if blanks > 0.0 => Some(" ".repeat((blanks as usize).min(10))),
        Value::String(text) if !text.is_empty() => Some(utf16::prefix(text, 10).into_owned()),
        _ => None,
    };
    let arena = runtime.arena();
    let write = |text: &mut String| json::write_visiting(input, indent.as_deref(), &mut Charge(runtime), text);
    Ok(Value::String(arena.write(write)?))
}

/// Counts each value against the memory limit before it is written.
struct Charge<'r, 'a>(&'r mut Runtime<'a>);

impl<'a> Visit<'a> for Charge<'_, 'a> {
    fn visit(&mut self, value: Value<'a>, written: usize) -> Result<()> {
        let units = match value {
            Value::Undefined => 0,
            Value::String(text) => utf16::length(text),
            Value::Bool(false) => 5,
            Value::Number(number) if number.is_finite() => number::to_js_string(number).len(),
            Value::Null | Value::Bool(true) | Value::Number(_) => 4,
            Value::Array(items) => items.len() + 1,
            _ => 2,
        };
        self.0.charge(units)?;
        self.0.work(8)?;
        self.0.arena().reserve(written * 2)
    }
}

/// The input unchanged.
fn raw<'a>(_: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(input)
}

/// The value as a number, with its fraction; NaN if it is not a number.
fn to_integer<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(coerce::to_number(input, runtime.arena())?))
}
