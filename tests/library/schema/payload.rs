//! Payloads that a schema admits, made at random from the schema alone.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

/// Strings that do no harm in a template: what else a string may contain is not what a schema is about.
const STRINGS: [&str; 5] = ["word", "two words", "7", "zebra", "Europe/London"];
const NUMBERS: [f64; 7] = [1.0, 2.0, 2.5, 3.0, 10.0, 11.0, 100.0];

/// A value that keeps to a schema, `if` and `then` left aside.
pub(crate) fn value(schema: &Json, constants: &[String], random: &mut Rng) -> Json {
    if let Some(choices) = schema["anyOf"].as_array() {
        return value(&choices[random.usize(0..choices.len())], constants, random);
    }
    if let Some(values) = schema["enum"].as_array() {
        return values[random.usize(0..values.len())].clone();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Json::String(kind) => vec![kind],
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).collect(),
        _ => vec!["null", "boolean", "number", "string", "array", "object"],
    };
    match kinds[random.usize(0..kinds.len())] {
        "null" => Json::Null,
        "boolean" => json!(random.bool()),
        "number" => json!(NUMBERS[random.usize(0..NUMBERS.len())]),
        "string" if schema["pattern"].is_string() => json!(["7", "2.5", "-3"][random.usize(0..3)]),
        "string" => string(schema, constants, random),
        "array" => {
            let least = usize::try_from(schema["minItems"].as_u64().unwrap_or_default()).unwrap();
            let count = random.usize(least..least + 4);
            let items = &schema["items"];
            let item =
                |random: &mut Rng| if items.is_object() { value(items, constants, random) } else { json!("word") };
            (0..count).map(|_| item(random)).collect()
        }
        _ => object(schema, constants, random),
    }
}

fn string(schema: &Json, constants: &[String], random: &mut Rng) -> Json {
    let examples: Vec<&str> = schema["examples"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let all: Vec<&str> = STRINGS.into_iter().chain(examples).chain(constants.iter().map(String::as_str)).collect();
    json!(all[random.usize(0..all.len())])
}

fn object(schema: &Json, constants: &[String], random: &mut Rng) -> Json {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let mut object = Map::new();
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        if required.contains(&name.as_str()) || random.bool() {
            object.insert(name.clone(), value(inner, constants, random));
        }
    }
    if random.u8(0..8) == 0 && schema["additionalProperties"] != json!(false) {
        object.insert("zz_other".to_owned(), json!("word"));
    }
    Json::Object(object)
}
