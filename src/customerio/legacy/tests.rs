//! Compares the output of the legacy and the latest Liquid for the same templates, with a line for each known
//! difference.

use serde_json::Value;

use crate::customerio::{CUSTOMERIO, LEGACY};
use crate::liquid::{Language, Options};

const CASES: &str = include_str!("cases.jsonl");

fn outcome(language: &Language, case: &Value) -> Value {
    let template = case["template"].as_str().unwrap();
    match language.render(template, &case["data"].to_string(), &Options::default()) {
        Ok(output) => Value::String(output),
        Err(error) => serde_json::json!({ "error": error.message() }),
    }
}

#[test]
fn renders_every_known_difference() {
    let mut wrong = Vec::new();
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        for (version, language) in [("legacy", &*LEGACY), ("latest", &*CUSTOMERIO)] {
            let outcome = outcome(language, &case);
            if outcome != case[version] {
                wrong.push(format!("{} ({version}): {outcome}, not {}", case["row"], case[version]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
