//! The answered cases of the real LiquidJS, where they are at hand.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::sandbox::{repository, run};

/// Asks the binary all cases in one mode, and gives how many there are and those answered otherwise.
fn differing(cases: &[Value], mode: &str) -> Vec<String> {
    let input = cases.iter().fold(String::new(), |mut input, case| {
        let line = json!({"template": case["template"], "context": case["context"], "lax": mode == "lax"});
        let _ = writeln!(input, "{line}");
        input
    });
    let answers = run(&repository(), &["liquid", "--dialect", "liquidjs", "--jsonl"], &input).stdout;
    let answers: Vec<_> = answers.lines().collect();
    assert_eq!(answers.len(), cases.len());
    // Half a surrogate pair is JSON that this side's reader cannot read: such answers are compared as they are written.
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let pairs = cases.iter().zip(answers);
    pairs
        .filter(|(case, answer)| read(answer) != case[mode])
        .map(|(case, answer)| format!("{} {mode}: expected {}, found {answer}", case["id"], case[mode]))
        .collect()
}

#[test]
fn answered_cases() {
    let path = repository().join("../shared/oracle/cases.jsonl");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("SKIPPED: the answered cases are not here: {}", path.display());
        return;
    };
    let cases: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(cases.len() > 4_000, "{}", cases.len());
    for mode in ["live", "lax"] {
        let differing = differing(&cases, mode);
        assert!(differing.is_empty(), "{} of {}:\n{}", differing.len(), cases.len(), differing.join("\n"));
    }
}
