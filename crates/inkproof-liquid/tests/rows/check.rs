//! Compares what a row claims with what its filter or tag does. Each check returns what is wrong.

use inkproof_liquid::row::{Absent, Answer, Argument, Example, Kind, Lacking, Prints, Reads};
use inkproof_liquid::syntax::tree::{FilterCall, FilteredValue, NodeKind};
use inkproof_liquid::syntax::visit;
use inkproof_liquid::value::number::Numbers;
use inkproof_liquid::{Arena, Filter, Language, Mode, Options, TagDefinition, Template};
use serde_json::{Value, json};

/// The LiquidJS release that is reproduced.
const RELEASE: [u32; 3] = [10, 30, 1];

/// The name of the variable that checks use as a filter's input.
const INPUT: &str = "input";

/// Everything that is wrong with the row of a filter.
pub(crate) fn filter(language: &Language, filter: &Filter) -> Vec<String> {
    let mut wrong = Vec::new();
    if filter.summary.is_empty() || !filter.summary.ends_with('.') {
        wrong.push("the summary is not a sentence".to_owned());
    }
    wrong.extend(release(filter.since));
    wrong.extend(examples(language, filter.examples));
    match filter.examples.first().and_then(|example| Call::of(language, filter, example)) {
        Some(call) => {
            wrong.extend(absent(&call));
            wrong.extend(lacking(&call));
            wrong.extend(kinds(&call));
            wrong.extend(answer(&call));
            wrong.extend(prints(&call));
            wrong.extend(arguments(&call));
        }
        None => wrong.push("no example that calls it".to_owned()),
    }
    wrong.into_iter().map(|problem| format!("{}: `{}`: {problem}", language.name(), filter.name)).collect()
}

/// Everything that is wrong with the row of a tag.
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
        wrong.extend(outcome("null", &render(language, input.template, &json!({INPUT: null}), Mode::Live), input.null));
        wrong.extend(outcome("missing", &render(language, input.template, &json!({}), Mode::Live), input.missing));
    }
    wrong.into_iter().map(|problem| format!("{}: `{}`: {problem}", language.name(), tag.name)).collect()
}

/// What a template prints; the message of the failure otherwise.
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

/// A release must be one that exists, as far as that can be said without a list of them.
fn release(since: Option<&str>) -> Option<String> {
    let since = since?;
    let parts: Vec<u32> = since.split('.').filter_map(|part| part.parse().ok()).collect();
    let is_plausible = parts.len() == 3 && parts.as_slice() >= [1, 9, 1].as_slice() && parts.as_slice() <= &RELEASE[..];
    (!is_plausible).then(|| format!("`{since}` is not a release"))
}

fn outcome(of: &str, given: &Result<String, String>, claimed: Absent) -> Option<String> {
    let is_so = match (given, claimed) {
        (Ok(printed), Absent::Nothing) => printed.is_empty(),
        (Ok(printed), Absent::Prints(expected)) => !expected.is_empty() && printed == expected,
        (Err(message), Absent::Undefined) => message.contains(INPUT),
        (Err(message), Absent::Fails(expected)) => message == expected,
        _ => false,
    };
    (!is_so).then(|| format!("of {of} it is claimed {claimed:?}, but it gives {given:?}"))
}

/// The call of a filter in its first example, taken apart so that it can be varied.
struct Call<'r> {
    language: &'r Language,
    row: &'r Filter,
    /// The input, as Liquid.
    input: String,
    /// The arguments, as Liquid.
    arguments: Vec<String>,
    data: Value,
}

impl<'r> Call<'r> {
    fn of(language: &'r Language, row: &'r Filter, example: &Example) -> Option<Self> {
        let arena = Arena::new();
        let template = Template::parse(example.template, language, &arena).ok()?;
        let mut found = None;
        each_value(&template, &mut |value| {
            if let Some(call) = value.filters.first().filter(|call| call.name == row.name) {
                found.get_or_insert_with(|| split_surrogates(value, call, example.template));
            }
        });
        let (input, arguments) = found?;
        let data = serde_json::from_str(example.data).ok()?;
        Some(Self { language, row, input, arguments, data })
    }

    /// The filter with these arguments.
    fn with(&self, arguments: &[String]) -> String {
        let colon = if arguments.is_empty() { "" } else { ": " };
        format!("{}{colon}{}", self.row.name, arguments.join(", "))
    }

    /// What the call prints, with a value as its input.
    fn prints(&self, input: Option<Value>, mode: Mode) -> Result<String, String> {
        self.renders(&format!("{{{{ {INPUT} | {} }}}}", self.with(&self.arguments)), input, mode)
    }

    /// What a template prints, with a value as the input.
    fn renders(&self, template: &str, input: Option<Value>, mode: Mode) -> Result<String, String> {
        let mut data = self.data.clone();
        if let Some(input) = input {
            data[INPUT] = input;
        }
        render(self.language, template, &data, mode)
    }

    /// What the call gives for a value, as JSON; NaN and infinity as numbers all the same.
    fn gives(&self, input: Value) -> Option<Value> {
        let call = self.with(&self.arguments);
        let template = format!("{{% assign out = {INPUT} | {call} %}}{{{{ out | json }}}}");
        let text = self.renders(&template, Some(input.clone()), Mode::Lax).ok()?;
        let printed = self.prints(Some(input), Mode::Lax).ok()?;
        if matches!(printed.as_str(), "NaN" | "Infinity" | "-Infinity") && text == "null" {
            return Some(json!(0));
        }
        serde_json::from_str(&text).ok()
    }

    /// What the example's call prints with these arguments.
    fn varied(&self, arguments: &[String]) -> Result<String, String> {
        let call = self.with(arguments);
        self.renders(&format!("{{% assign out = {} | {call} %}}{{{{ out | json }}}}", self.input), None, Mode::Live)
    }

    /// The input of the example, as JSON.
    fn example_input(&self) -> Option<Value> {
        serde_json::from_str(&self.renders(&format!("{{{{ {} | json }}}}", self.input), None, Mode::Live).ok()?).ok()
    }
}

fn split_surrogates(value: &FilteredValue<'_>, call: &FilterCall<'_>, source: &str) -> (String, Vec<String>) {
    let start = value.span.start;
    let before = source[start..call.span.start].trim_end().trim_end_matches('|').trim().to_owned();
    let arguments = call.arguments.iter().filter_map(|argument| argument.value.as_ref());
    (before, arguments.map(|operand| operand.span.of(source).to_owned()).collect())
}

/// Every value of outputs and of `assign`, which is where examples call filters.
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
        wrong.extend(outcome("null", &call.prints(Some(Value::Null), mode), row.null));
    }
    // Ruby knows nothing but null.
    let has_undefined = call.language.dialect().numbers == Numbers::JavaScript;
    let missing = if has_undefined { row.missing } else { row.null };
    wrong.extend(outcome("a missing variable in lax mode", &call.prints(None, Mode::Lax), missing));
    let live = call.prints(None, Mode::Live);
    let expected = if row.rescues_missing { row.missing } else { Absent::Undefined };
    wrong.extend(outcome("a missing variable in live mode", &live, expected));
    wrong
}

/// Puts an element that lacks everything behind and before those of the example.
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
    let (before, behind) = (with_empty(0, Mode::Live), with_empty(items.len(), Mode::Live));
    let expected = match lacking {
        Lacking::Fails => (true, true),
        Lacking::MayFail => (true, false),
        Lacking::FailsInLax => (before, true),
        Lacking::Ignored => (false, false),
    };
    let mut wrong = Vec::new();
    if (before, behind) != expected {
        wrong.push(format!(
            "of elements that lack the property it is claimed {lacking:?}, but it fails {before} before, {behind} behind"
        ));
    }
    let fails_in_lax = with_empty(0, Mode::Lax) || with_empty(items.len(), Mode::Lax);
    if fails_in_lax != (lacking == Lacking::FailsInLax) {
        wrong.push(format!("elements that lack the property fail in lax mode: {fails_in_lax}"));
    }
    wrong
}

/// Values of a kind.
fn values_of(kind: Kind) -> Vec<Value> {
    match kind {
        Kind::Anything => [Kind::String, Kind::Number, Kind::Boolean, Kind::Array, Kind::Object]
            .into_iter()
            .flat_map(values_of)
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

fn is_of(value: &Value, kind: Kind) -> bool {
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

/// The kind of the result, for inputs of the kind that the filter takes; undefined and null are of any kind.
fn kinds(call: &Call<'_>) -> Vec<String> {
    let mut inputs = values_of(call.row.input);
    inputs.extend(call.example_input());
    let mut results: Vec<_> =
        inputs.into_iter().filter_map(|input| Some((call.gives(input.clone())?, input))).collect();
    let others = call.row.examples.iter().filter_map(|example| Call::of(call.language, call.row, example));
    results.extend(others.filter_map(|other| Some((other.gives(other.example_input()?)?, other.example_input()?))));
    let mut wrong: Vec<_> = results
        .iter()
        .filter(|(result, _)| !result.is_null() && !is_of(result, call.row.output))
        .map(|(result, input)| format!("gives {:?}, but {result} of {input}", call.row.output))
        .collect();
    let has_none_of = |kind: Kind| !results.iter().any(|(result, _)| is_of(result, kind));
    if has_none_of(call.row.output) {
        wrong.push(format!("gives no {:?}: {results:?}", call.row.output));
    }
    // `Anything` must not be claimed where more is known. An element can be of any kind.
    let known = [Kind::String, Kind::Number, Kind::Boolean, Kind::Array, Kind::Object];
    let kinds = known.into_iter().filter(|kind| !has_none_of(*kind)).count();
    if call.row.output == Kind::Anything && call.row.answer != Answer::Element && kinds < 2 {
        wrong.push(format!("gives only one kind: {results:?}"));
    }
    wrong
}

/// Results of the inputs are made of the inputs where that is claimed.
fn answer(call: &Call<'_>) -> Vec<String> {
    let mut inputs = values_of(Kind::Array);
    inputs.extend(call.example_input());
    let is_so = |input: &Value| {
        let Some(result) = call.gives(input.clone()) else { return true };
        let elements = input.as_array().map(Vec::as_slice).unwrap_or_default();
        match call.row.answer {
            Answer::New => true,
            Answer::Input => input.as_array().is_some_and(Vec::is_empty) || input == &json!("") || &result == input,
            Answer::Element => elements.is_empty() || result.is_null() || elements.contains(&result),
            Answer::Elements => {
                result.is_null()
                    || result.as_array().is_some_and(|kept| kept.iter().all(|kept| elements.contains(kept)))
            }
        }
    };
    let wrong = inputs.into_iter().filter(|input| !is_so(input));
    wrong
        .map(|input| format!("answers {:?}, but {:?} of {input}", call.row.answer, call.gives(input.clone())))
        .collect()
}

fn prints(call: &Call<'_>) -> Vec<String> {
    let mut inputs = values_of(Kind::Anything);
    inputs.extend([json!("say \"hi\"\\"), json!("a\nb\tc\u{1}"), json!(["\"", "\\"]), json!({"k": "\""}), Value::Null]);
    inputs.extend(call.example_input());
    let (required, _) = call.row.positional();
    let template = format!("{{{{ {INPUT} | {} }}}}", call.with(&call.arguments[..required]));
    let is_so = |printed: &str| match call.row.prints {
        Prints::Anything => true,
        Prints::Plain => !printed.contains(['"', '\\']) && !printed.contains(|character: char| character < ' '),
        Prints::Digits => !printed.is_empty() && printed.bytes().all(|byte| byte.is_ascii_digit()),
        Prints::Json => serde_json::from_str::<Value>(printed).is_ok(),
    };
    let printed = inputs.into_iter().filter_map(|input| call.renders(&template, Some(input), Mode::Live).ok());
    printed
        .filter(|printed| !is_so(printed))
        .map(|printed| format!("prints {:?}, but {printed:?}", call.row.prints))
        .collect()
}

/// Filters of which every further argument counts as well, which nobody is told to use.
const OPEN: [&str; 2] = ["at_least", "at_most"];

/// Required arguments matter, defaults are what stands in, and there are no more arguments than the row has.
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
    let whole = call.varied(&call.arguments[..required]);
    for (at, argument) in positional[..required].iter().enumerate() {
        if call.varied(&call.arguments[..at]) == whole {
            wrong.push(format!("`{}` is required, but does not matter", argument.name));
        }
    }
    let mut given = call.arguments[..required].to_vec();
    for argument in &positional[required..] {
        wrong.extend(accepted(call, &given, argument));
        let without = call.varied(&given);
        match (argument.default, argument.accepts.first()) {
            (Some(default), _) => {
                given.push(default.to_owned());
                if call.varied(&given) != without {
                    wrong.push(format!("`{}` is not {default} where it is left out: {without:?}", argument.name));
                }
                if !is_of_kind(default, argument.kind) {
                    wrong.push(format!("the default of `{}` is not of its kind", argument.name));
                }
            }
            (None, Some(accepted)) => given.push(format!("'{accepted}'")),
            (None, None) => break,
        }
    }
    if given.len() == most && !OPEN.contains(&call.row.name) {
        let whole = call.varied(&given);
        given.push("1000000000".to_owned());
        let more = call.varied(&given);
        if more.is_ok() && more != whole {
            wrong.push(format!("a further argument matters: {more:?}"));
        }
    }
    wrong
}

/// Each accepted string is accepted, and not all of them mean what any other string does.
fn accepted(call: &Call<'_>, before: &[String], argument: &Argument) -> Vec<String> {
    let with = |text: &str| call.varied(&[before, &[format!("'{text}'")]].concat());
    let mut wrong: Vec<_> = argument
        .accepts
        .iter()
        .filter(|accepted| with(accepted).is_err())
        .map(|accepted| format!("`{}` does not accept {accepted}", argument.name))
        .collect();
    let any = with("something else");
    if !argument.accepts.is_empty() && argument.accepts.iter().all(|accepted| with(accepted) == any) {
        wrong.push(format!("no string that `{}` accepts means anything", argument.name));
    }
    wrong
}

fn is_of_kind(literal: &str, kind: Kind) -> bool {
    let json = literal.replace('\'', "\"");
    serde_json::from_str(&json).is_ok_and(|value| is_of(&value, kind))
}

/// Where the filter of a name gives different values in two languages: the calls of all examples of both, for inputs of all
/// kinds. How failures are worded and values are printed is not the filter's.
#[allow(dead_code, reason = "only another package, which includes this file too, has a second dialect")]
pub(crate) fn differences(one: &Language, other: &Language, name: &str) -> Vec<String> {
    let rows = [one, other].map(|language| language.filter(name).expect("both have it"));
    let examples = rows.into_iter().flat_map(|row| row.examples);
    let mut differences = Vec::new();
    for call in examples.filter_map(|example| Call::of(one, rows[0], example)) {
        let template = format!("{{{{ {INPUT} | {} | json }}}}", call.with(&call.arguments));
        let mut inputs = values_of(Kind::Anything);
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
