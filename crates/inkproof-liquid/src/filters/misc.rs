//! Filters that fit every value: `default`, and values as JSON.

use crate::engine::filter::{Filter, RunFilter, argument, argument_or};
use crate::engine::row::{Absent, Answer, Argument, Example, Family, Kind, Prints};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::json::{self, Visit};
use crate::value::{Value, coerce, element, number, utf16};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[
    any("default", default, "Replaces null, false, an empty string, an empty array, or a missing variable.")
        .arguments(&[
            Argument::required("replacement", Kind::Anything),
            Argument::named("allow_false", Kind::Boolean).or("false"),
        ])
        .absent(Absent::Prints("there"))
        .rescues_missing()
        .answers(Answer::Input)
        .since("1.9.1")
        .examples(&[
            Example::with(r#"{"name": ""}"#, "{{ name | default: 'there' }}", "there"),
            Example::new("{{ missing | default: 'there' }}", "there"),
            Example::with(r#"{"no": false}"#, "{{ no | default: 1, allow_false: true }}", "false"),
        ]),
    any("inspect", to_json, "Writes a value as JSON, as `json` does.")
        .gives(Kind::String)
        .prints(Prints::Json)
        .arguments(INDENT)
        .absent(Absent::Prints("null"))
        .missing(Absent::Nothing)
        .since("10.13.0")
        .examples(&[Example::with(r#"{"tags": ["a"]}"#, "{{ tags | inspect }}", r#"["a"]"#)]),
    any("json", to_json, "Writes a value as JSON.")
        .gives(Kind::String)
        .prints(Prints::Json)
        .arguments(INDENT)
        .absent(Absent::Prints("null"))
        .missing(Absent::Nothing)
        .since("9.10.0")
        .examples(&[
            Example::with(r#"{"tags": ["a", "\"b\""]}"#, "{{ tags | json }}", r#"["a","\"b\""]"#),
            Example::with(r#"{"tags": ["a"]}"#, "{{ tags | json: 2 }}", "[\n  \"a\"\n]"),
        ]),
    any("jsonify", to_json, "Writes a value as JSON, as `json` does.")
        .gives(Kind::String)
        .prints(Prints::Json)
        .arguments(INDENT)
        .absent(Absent::Prints("null"))
        .missing(Absent::Nothing)
        .since("10.13.0")
        .examples(&[Example::with(r#"{"tags": ["a"]}"#, "{{ tags | jsonify }}", r#"["a"]"#)]),
    any("raw", raw, "Gives the value as it is.")
        .answers(Answer::Input)
        .since("9.37.0")
        .examples(&[Example::new("{{ '<b>' | raw }}", "<b>")]),
    any(
        "to_integer",
        to_integer,
        "Converts a value to a number; a fraction is kept, and what is not a number prints `NaN`.",
    )
    .gives(Kind::Number)
    .absent(Absent::Prints("0"))
    .missing(Absent::Prints("NaN"))
    .since("10.13.0")
    .examples(&[Example::new("{{ '12.7' | to_integer }}", "12.7"), Example::new("{{ 'x' | to_integer }}", "NaN")]),
];

/// How JSON is indented: by a number of spaces, or by a string.
const INDENT: &[Argument] = &[Argument::optional("indent", Kind::Anything).or("0")];

/// A row of this table.
const fn any(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).of(Family::Value).summary(summary)
}

/// The argument where the input is missing, null, false, or an empty text or list. As the first filter it keeps a
/// missing variable from failing the render. `allow_false: true` lets false be.
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
fn raw<'a>(_: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(input)
}

/// The value as a number, its fraction kept; NaN where it is none.
fn to_integer<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    Ok(Value::Number(coerce::to_number(input, runtime.arena())?))
}
