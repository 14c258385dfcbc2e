//! Compares `inkproof liquid --jsonl` with recorded answers of LiquidJS. The crate of the language compares all answers;
//! this tests only how the binary reads and writes lines, so the random cases are enough.

use std::fmt::Write as _;
use std::fs;

use serde_json::value::RawValue;

use super::sandbox::{repository, run};

const NOW: &str = "2026-01-02T03:04:05.678Z";

#[derive(serde::Deserialize)]
struct Case<'a> {
    id: &'a str,
    #[serde(borrow)]
    template: &'a RawValue,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(borrow)]
    live: &'a RawValue,
    /// Omitted if equal to `live`.
    #[serde(borrow)]
    lax: Option<&'a RawValue>,
}

/// Runs all cases through the binary in one mode, and returns those with a different answer.
fn differing(cases: &[Case<'_>], is_lax: bool) -> Vec<String> {
    let input = cases.iter().fold(String::new(), |mut input, case| {
        let _ = writeln!(input, r#"{{"template":{},"context":{},"lax":{is_lax}}}"#, case.template, case.data);
        input
    });
    let arguments = ["liquid", "--dialect", "liquidjs", "--now", NOW, "--jsonl"];
    let answers = run(&repository(), &arguments, &input).stdout;
    let answers: Vec<_> = answers.lines().collect();
    assert_eq!(answers.len(), cases.len());
    let expected = |case: &Case<'_>| case.lax.filter(|_| is_lax).unwrap_or(case.live).get().to_owned();
    let pairs = cases.iter().zip(answers);
    pairs
        .filter(|(case, answer)| expected(case) != *answer)
        .map(|(case, answer)| format!("{}, lax {is_lax}: expected {}, found {answer}", case.id, expected(case)))
        .collect()
}

#[test]
fn gives_the_recorded_answers_of_liquidjs() {
    let path = repository().join("crates/inkproof-liquid/tests/answers/random.jsonl");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    let cases: Vec<Case<'_>> = text.lines().skip(1).map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(cases.len() > 3_500, "{}", cases.len());
    for is_lax in [false, true] {
        let differing = differing(&cases, is_lax);
        let shown = differing[..differing.len().min(20)].join("\n");
        assert!(differing.is_empty(), "{} of {}:\n{shown}", differing.len(), cases.len());
    }
    println!("{} recorded answers agree in both modes", cases.len());
}
