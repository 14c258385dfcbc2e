//! Over all cases of the oracle, taken as templates: what is found wrong with their Liquid is what LiquidJS finds.
//!
//! The cases stand beside the repository; where they do not, this says so and tests nothing.

use std::fs;
use std::path::Path;

use inkproof::diagnostics::Source;
use inkproof::liquid::{Arena, LIQUIDJS, Template, Value};
use inkproof::message::{LiquidText, Place, of_liquid};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/oracle/cases.jsonl");
const CODES: [&str; 3] = ["liquid-syntax", "unknown-filter", "unknown-tag"];

#[test]
fn syntax_findings_are_those_of_liquidjs() {
    let Ok(cases) = fs::read_to_string(Path::new(CASES)) else {
        eprintln!("SKIPPED: there are no cases at {CASES}");
        return;
    };
    let (mut count, mut with_findings, mut wrong) = (0, 0, Vec::new());
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = case["template"].as_str().unwrap();
        let name = case["live"]["error"]["name"].as_str().unwrap_or_default();
        let is_raised = matches!(name, "ParseError" | "TokenizationError");
        let arena = Arena::new();
        let source = Source::new("case", text);
        let whereabouts =
            LiquidText { source: &source, place: Place::From(0), language: &LIQUIDJS, data: Value::Undefined };
        let errors = Template::parse(text, &LIQUIDJS, &arena).err().unwrap_or_default();
        let findings: Vec<_> = errors.iter().map(|error| of_liquid(error, &whereabouts).code).collect();
        let is_found = findings.iter().any(|code| CODES.contains(&code.as_str()));
        count += 1;
        with_findings += usize::from(is_found);
        if is_found != is_raised {
            wrong.push(format!("{}: {findings:?}, LiquidJS: {}", case["id"], case["live"]));
        }
    }
    println!("{count} cases, {with_findings} with findings");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
