//! Compares the claims of a row with the behavior of its filter or tag. Each check returns the problems it finds.

use inkproof_liquid::row::{Absent, Argument, Derivation, Example, Kind, Lacking, Prints, Reads};
use inkproof_liquid::syntax::tree::{FilterCall, FilteredValue, NodeKind};
use inkproof_liquid::syntax::visit;
use inkproof_liquid::value::number::Numbers;
use inkproof_liquid::{Arena, Filter, Language, Mode, Options, TagDefinition, Template};
use serde_json::{Value, json};

/// The LiquidJS release that is reproduced.
const RELEASE: [u32; 3] = [10, 30, 1];

/// The name of the variable that is the input of a filter in the checks.
const INPUT: &str = "input";

/// All problems with the row of a filter.
pub(crate) fn filter(language: &Language, filter: &Filter) -> Vec<String> {
    let mut wrong = Vec::new();
    if filter.summary.is_empty() || !filter.summary.ends_with('.') {
        wrong.push("the summary is not a sentence".to_owned());
    }
    wrong.extend(release(filter.since));
    wrong.extend(examples(language, filter.examples));
    match filter.examples.first().and_then(|example| Call::from_example(language, filter, example)) {
        Some(call) => {
            wrong.extend(absent(&call));
            wrong.extend(lacking(&call));
            wrong.extend(kinds(&call));
            wrong.extend(answer(&call));
            wrong.extend(prints(&call));
            wrong.extend(arguments(&call));
        }
        None => wrong.push("no example calls it".to_owned()),
    }
    wrong.into_iter().map(|problem| format!("{}: `{}`: {problem}", language.name(), filter.name)).collect()
}

/// All problems with the row of a tag.
pub(crate) fn tag(language: &Language, tag: &TagDefinition) -> Vec<String> {
    let mut wrong = Vec::new();
    if tag.summary.is_empty() || !tag.summary.ends_with('.') {
        wrong.push("the summary is not a sentence".to_owned());
    }
    if !tag.syntax.starts_with(&format!("{{% {}", tag.name)) {
        wrong.push("the syntax does not begin with the tag".to_owned());
    }
    wrong.extend(release(tag.since));
    wrong.extend(examples(language, tag.examples));
    if tag.examples.iter().any(|example| !example.template.contains(tag.name)) {
        wrong.push("an example does not use it".to_owned());
    }
    let fails_always = tag.input.is_some_and(|input| matches!(input.null, Absent::Fails(_)));
    if tag.examples.is_empty() && !fails_always && tag.name != "include" {
        wrong.push("it has no example".to_owned());
    }
    if let Some(input) = tag.input {
        wrong.extend(check_absent(
            "null",
            &render(language, input.template, &json!({INPUT: null}), Mode::Live),
            input.null,
        ));
        wrong.extend(check_absent("missing", &render(language, input.template, &json!({}), Mode::Live), input.missing));
    }
    wrong.into_iter().map(|problem| format!("{}: `{}`: {problem}", language.name(), tag.name)).collect()
}

/// The output of a template, or the message of its error.
fn render(language: &Language, template: &str, data: &Value, mode: Mode) -> Result<String, String> {
    let options = Options { mode, seed: Some(0), now: Some(0.0), ..Options::default() };
    language.render(template, &data.to_string(), &options).map_err(|error| error.message().to_owned())
}

fn examples(language: &Language, examples: &[Example]) -> Vec<String> {
    let check = |example: &Example| {
        let data = serde_json::from_str(example.data).expect("the data of an example is JSON");
        let printed = render(language, example.template, &data, Mode::Live);
        (printed.as_deref() != Ok(example.output)).then(|| format!("`{}` prints {printed:?}", example.template))
    };
    examples.iter().filter_map(check).collect()
}

/// Rejects releases that cannot exist. There is no list of releases to compare with.
fn release(since: Option<&str>) -> Option<String> {
    let since = since?;
    let parts: Vec<u32> = since.split('.').filter_map(|part| part.parse().ok()).collect();
    let is_plausible = parts.len() == 3 && parts.as_slice() >= [1, 9, 1].as_slice() && parts.as_slice() <= &RELEASE[..];
    (!is_plausible).then(|| format!("`{since}` is not a release"))
}

fn check_absent(of: &str, given: &Result<String, String>, claimed: Absent) -> Option<String> {
    let is_true = match (given, claimed) {
        (Ok(printed), Absent::Nothing) => printed.is_empty(),
        (Ok(printed), Absent::Prints(expected)) => !expected.is_empty() && printed == expected,
        (Err(message), Absent::Undefined) => message.contains(INPUT),
        (Err(message), Absent::Fails(expected)) => message == expected,
        _ => false,
    };
    (!is_true).then(|| format!("claims {claimed:?} for {of}, but the result is {given:?}"))
}

/// The call of a filter in its first example, split into parts so that they can be varied.
struct Call<'r> {
    language: &'r Language,
    row: &'r Filter,
    /// The source of the input.
    input: String,
    /// The sources of the arguments.
    arguments: Vec<String>,
    data: Value,
}

impl<'r> Call<'r> {
    fn from_example(language: &'r Language, row: &'r Filter, example: &Example) -> Option<Self> {
        let arena = Arena::new();
        let template = Template::parse(example.template, language, &arena).ok()?;
        let mut found = None;
        each_value(&template, &mut |value| {
            if let Some(call) = value.filters.first().filter(|call| call.name == row.name) {
                found.get_or_insert_with(|| split_call(value, call, example.template));
            }
        });
        let (input, arguments) = found?;
        let data = serde_json::from_str(example.data).ok()?;
        Some(Self { language, row, input, arguments, data })
    }

    /// The source of the call with these arguments.
    fn with(&self, arguments: &[String]) -> String {
        let colon = if arguments.is_empty() { "" } else { ": " };
        format!("{}{colon}{}", self.row.name, arguments.join(", "))
    }

    /// The output of the call with this value as its input.
    fn prints(&self, input: Option<Value>, mode: Mode) -> Result<String, String> {
        self.renders(&format!("{{{{ {INPUT} | {} }}}}", self.with(&self.arguments)), input, mode)
    }

    /// The output of a template with this value as the input.
    fn renders(&self, template: &str, input: Option<Value>, mode: Mode) -> Result<String, String> {
        let mut data = self.data.clone();
        if let Some(input) = input {
            data[INPUT] = input;
        }
        render(self.language, template, &data, mode)
    }

    /// The result of the call for a value, as JSON. NaN and infinity are represented by a number.
    fn result(&self, input: Value) -> Option<Value> {
        let call = self.with(&self.arguments);
        let template = format!("{{% assign out = {INPUT} | {call} %}}{{{{ out | json }}}}");
        let text = self.renders(&template, Some(input.clone()), Mode::Lax).ok()?;
        let printed = self.prints(Some(input), Mode::Lax).ok()?;
        if matches!(printed.as_str(), "NaN" | "Infinity" | "-Infinity") && text == "null" {
            return Some(json!(0));
        }
        serde_json::from_str(&text).ok()
    }

    /// The result of the example's call with these arguments, as JSON.
    fn result_with(&self, arguments: &[String]) -> Result<String, String> {
        let call = self.with(arguments);
        self.renders(&format!("{{% assign out = {} | {call} %}}{{{{ out | json }}}}", self.input), None, Mode::Live)
    }

    /// The input of the example, as JSON.
    fn example_input(&self) -> Option<Value> {
        serde_json::from_str(&self.renders(&format!("{{{{ {} | json }}}}", self.input), None, Mode::Live).ok()?).ok()
    }
}

fn split_call(value: &FilteredValue<'_>, call: &FilterCall<'_>, source: &str) -> (String, Vec<String>) {
    let start = value.span.start;
    let before = source[start..call.span.start].trim_end().trim_end_matches('|').trim().to_owned();
    let arguments = call.arguments.iter().filter_map(|argument| argument.value.as_ref());
    (before, arguments.map(|operand| operand.span.of(source).to_owned()).collect())
}

/// Every value of the outputs, which is where examples call filters.
fn each_value<'a>(template: &Template<'a>, visit: &mut dyn FnMut(&FilteredValue<'a>)) {
    for node in visit::all_nodes(template.nodes) {
        match &node.kind {
            NodeKind::Output(value) => visit(value),
            NodeKind::Tag { .. } | NodeKind::Text(_) => {}
        }
    }
}

fn absent(call: &Call<'_>) -> Vec<String> {
    let row = call.row;
    let mut wrong = Vec::new();
    for mode in [Mode::Live, Mode::Lax] {
        wrong.extend(check_absent("null", &call.prints(Some(Value::Null), mode), row.null));
    }
    // The legacy Liquid has no undefined, only null.
    let has_undefined = call.language.dialect().numbers == Numbers::JavaScript;
    let missing = if has_undefined { row.missing } else { row.null };
    wrong.extend(check_absent("a missing variable in lax mode", &call.prints(None, Mode::Lax), missing));
    let live = call.prints(None, Mode::Live);
    let expected = if row.rescues_missing { row.missing } else { Absent::Undefined };
    wrong.extend(check_absent("a missing variable in live mode", &live, expected));
    wrong
}

/// Adds an element without properties before and after those of the example.
fn lacking(call: &Call<'_>) -> Vec<String> {
    let (Reads::Property(lacking) | Reads::Expression(lacking)) = call.row.reads else { return Vec::new() };
    let Some(Value::Array(items)) = call.example_input() else {
        return vec!["the first example has no array as its input".to_owned()];
    };
    let with_empty = |at: usize, mode| {
        let mut items = items.clone();
        items.insert(at, json!({}));
        call.prints(Some(Value::Array(items)), mode).is_err()
    };
    let (before, after) = (with_empty(0, Mode::Live), with_empty(items.len(), Mode::Live));
    let expected = match lacking {
        Lacking::Fails => (true, true),
        Lacking::MayFail => (true, false),
        Lacking::FailsInLax => (before, true),
        Lacking::Ignored => (false, false),
    };
    let mut wrong = Vec::new();
    if (before, after) != expected {
        wrong.push(format!(
            "claims {lacking:?} for elements that lack the property, but fails: {before} before, {after} after"
        ));
    }
    let fails_in_lax = with_empty(0, Mode::Lax) || with_empty(items.len(), Mode::Lax);
    if fails_in_lax != (lacking == Lacking::FailsInLax) {
        wrong.push(format!("elements that lack the property fail in lax mode: {fails_in_lax}"));
    }
    wrong
}

/// Sample values of a kind.
fn sample_values(kind: Kind) -> Vec<Value> {
    match kind {
        Kind::Anything => [Kind::String, Kind::Number, Kind::Boolean, Kind::Array, Kind::Object]
            .into_iter()
            .flat_map(sample_values)
            .collect(),
        Kind::String => vec![json!(""), json!("a"), json!("Two words, é & <b>"), json!("12")],
        Kind::Number => vec![json!(0), json!(7), json!(-2.5), json!(1_700_000_000)],
        Kind::Boolean => vec![json!(true), json!(false)],
        Kind::Date => vec![json!(0), json!(1_700_000_000), json!("2026-01-02"), json!("now"), json!("1700000000")],
        Kind::Array => vec![
            json!([]),
            json!(["b", "a"]),
            json!([3, 1, 2]),
            json!([{"id": 1, "name": "a", "new": true}, {"id": 2, "name": "b", "new": false}]),
        ],
        Kind::Object => vec![json!({}), json!({"a": 1})],
    }
}

fn has_kind(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Anything => true,
        Kind::String => value.is_string(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Date => value.is_number() || value.is_string(),
        Kind::Array => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

/// Checks the kind of the result for inputs of the row's kind. Undefined and null are allowed for any kind.
fn kinds(call: &Call<'_>) -> Vec<String> {
    let mut inputs = sample_values(call.row.input);
    inputs.extend(call.example_input());
    let mut results: Vec<_> =
        inputs.into_iter().filter_map(|input| Some((call.result(input.clone())?, input))).collect();
    let others = call.row.examples.iter().filter_map(|example| Call::from_example(call.language, call.row, example));
    results.extend(others.filter_map(|other| Some((other.result(other.example_input()?)?, other.example_input()?))));
    let mut wrong: Vec<_> = results
        .iter()
        .filter(|(result, _)| !result.is_null() && !has_kind(result, call.row.output))
        .map(|(result, input)| format!("claims {:?}, but returns {result} for {input}", call.row.output))
        .collect();
    let has_none_of = |kind: Kind| !results.iter().any(|(result, _)| has_kind(result, kind));
    if has_none_of(call.row.output) {
        wrong.push(format!("never returns {:?}: {results:?}", call.row.output));
    }
    // A row must not claim `Anything` if more is known. An element can be of any kind.
    let known = [Kind::String, Kind::Number, Kind::Boolean, Kind::Array, Kind::Object];
    let kinds = known.into_iter().filter(|kind| !has_none_of(*kind)).count();
    if call.row.output == Kind::Anything && call.row.derivation != Derivation::Element && kinds < 2 {
        wrong.push(format!("returns only one kind: {results:?}"));
    }
    wrong
}

/// Checks that the result is derived from the input as claimed.
fn answer(call: &Call<'_>) -> Vec<String> {
    let mut inputs = sample_values(Kind::Array);
    inputs.extend(call.example_input());
    let is_true = |input: &Value| {
        let Some(result) = call.result(input.clone()) else { return true };
        let elements = input.as_array().map(Vec::as_slice).unwrap_or_default();
        match call.row.derivation {
            Derivation::New => true,
            Derivation::Input => input.as_array().is_some_and(Vec::is_empty) || input == &json!("") || &result == input,
            Derivation::Element => elements.is_empty() || result.is_null() || elements.contains(&result),
            Derivation::Elements => {
                result.is_null()
                    || result.as_array().is_some_and(|kept| kept.iter().all(|kept| elements.contains(kept)))
            }
        }
    };
    let wrong = inputs.into_iter().filter(|input| !is_true(input));
    wrong
        .map(|input| {
            format!("claims {:?}, but returns {:?} for {input}", call.row.derivation, call.result(input.clone()))
        })
        .collect()
}

fn prints(call: &Call<'_>) -> Vec<String> {
    let mut inputs = sample_values(Kind::Anything);
    inputs.extend([json!("say \"hi\"\\"), json!("a\nb\tc\u{1}"), json!(["\"", "\\"]), json!({"k": "\""}), Value::Null]);
    inputs.extend(call.example_input());
    let (required, _) = call.row.positional();
    let template = format!("{{{{ {INPUT} | {} }}}}", call.with(&call.arguments[..required]));
    let is_true = |printed: &str| match call.row.prints {
        Prints::Anything => true,
        Prints::Plain => !printed.contains(['"', '\\']) && !printed.contains(|character: char| character < ' '),
        Prints::Digits => !printed.is_empty() && printed.bytes().all(|byte| byte.is_ascii_digit()),
        Prints::Json => serde_json::from_str::<Value>(printed).is_ok(),
    };
    let printed = inputs.into_iter().filter_map(|input| call.renders(&template, Some(input), Mode::Live).ok());
    printed
        .filter(|printed| !is_true(printed))
        .map(|printed| format!("claims to print {:?}, but prints {printed:?}", call.row.prints))
        .collect()
}

/// Filters that use all further arguments too, which is not documented.
const VARIADIC: [&str; 2] = ["at_least", "at_most"];

/// Required arguments have an effect, defaults are equivalent to leaving the argument out, and further arguments are
/// ignored.
fn arguments(call: &Call<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let positional: Vec<&Argument> = call.row.arguments.iter().filter(|argument| !argument.is_named).collect();
    let (required, most) = call.row.positional();
    if positional.iter().rposition(|argument| argument.is_required).is_some_and(|last| last + 1 != required) {
        wrong.push("a required argument comes after an optional one".to_owned());
    }
    if call.arguments.len() < required || call.arguments.len() > most {
        wrong.push(format!("the first example has {} arguments", call.arguments.len()));
        return wrong;
    }
    let whole = call.result_with(&call.arguments[..required]);
    for (at, argument) in positional[..required].iter().enumerate() {
        if call.result_with(&call.arguments[..at]) == whole {
            wrong.push(format!("`{}` is required, but has no effect", argument.name));
        }
    }
    let mut given = call.arguments[..required].to_vec();
    for argument in &positional[required..] {
        wrong.extend(accepted(call, &given, argument));
        let without = call.result_with(&given);
        match (argument.default, argument.accepts.first()) {
            (Some(default), _) => {
                given.push(default.to_owned());
                if call.result_with(&given) != without {
                    wrong.push(format!("`{}` does not default to {default}: {without:?}", argument.name));
                }
                if !literal_has_kind(default, argument.kind) {
                    wrong.push(format!("the default of `{}` has another kind", argument.name));
                }
            }
            (None, Some(accepted)) => given.push(format!("'{accepted}'")),
            (None, None) => break,
        }
    }
    if given.len() == most && !VARIADIC.contains(&call.row.name) {
        let whole = call.result_with(&given);
        given.push("1000000000".to_owned());
        let more = call.result_with(&given);
        if more.is_ok() && more != whole {
            wrong.push(format!("a further argument has an effect: {more:?}"));
        }
    }
    wrong
}

/// Each accepted string works, and at least one of them differs from an arbitrary string.
fn accepted(call: &Call<'_>, before: &[String], argument: &Argument) -> Vec<String> {
    let with = |text: &str| call.result_with(&[before, &[format!("'{text}'")]].concat());
    let mut wrong: Vec<_> = argument
        .accepts
        .iter()
        .filter(|accepted| with(accepted).is_err())
        .map(|accepted| format!("`{}` does not accept {accepted}", argument.name))
        .collect();
    let any = with("something else");
    if !argument.accepts.is_empty() && argument.accepts.iter().all(|accepted| with(accepted) == any) {
        wrong.push(format!("no string that `{}` accepts has an effect", argument.name));
    }
    wrong
}

fn literal_has_kind(literal: &str, kind: Kind) -> bool {
    let json = literal.replace('\'', "\"");
    serde_json::from_str(&json).is_ok_and(|value| has_kind(&value, kind))
}

/// The calls for which the filter `name` returns different values in two languages: the calls of all examples of both,
/// for inputs of all kinds. Differences in error messages and in printing are not counted.
#[allow(dead_code, reason = "only another package, which includes this file too, has a second dialect")]
pub(crate) fn differences(one: &Language, other: &Language, name: &str) -> Vec<String> {
    let rows = [one, other].map(|language| language.filter(name).expect("both have it"));
    let examples = rows.into_iter().flat_map(|row| row.examples);
    let mut differences = Vec::new();
    for call in examples.filter_map(|example| Call::from_example(one, rows[0], example)) {
        let template = format!("{{{{ {INPUT} | {} | json }}}}", call.with(&call.arguments));
        let mut inputs = sample_values(Kind::Anything);
        inputs.extend([
            json!(["a", ["b"]]),
            json!([null, "b"]),
            json!([{"new": true}, {}]),
            json!([[1], 2]),
            Value::Null,
        ]);
        inputs.extend(call.example_input());
        for input in inputs {
            let mut data = call.data.clone();
            data[INPUT] = input;
            let [left, right] = [one, other].map(|language| render(language, &template, &data, Mode::Live).ok());
            if left != right {
                differences.push(format!("{template} of {}: {left:?} and {right:?}", data[INPUT]));
            }
        }
    }
    differences
}
