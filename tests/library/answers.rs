//! Over the recorded answers of LiquidJS: the syntax problems reported in a template are those that LiquidJS reports.

use std::fs;

use inkproof::diagnostics::Source;
use inkproof::liquid::{Arena, LIQUIDJS, Template, Value};
use inkproof::message::{LiquidText, TextPlace, liquid_diagnostic};

const ANSWERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/inkproof-liquid/tests/answers");
/// All but those with limits, which no problem in the syntax is about.
const PARTS: [&str; 5] = ["filters", "expressions", "tags", "errors", "random"];
const CODES: [&str; 3] = ["liquid-syntax", "unknown-filter", "unknown-tag"];
const SHOWN: usize = 20;

#[derive(serde::Deserialize)]
struct Case<'a> {
    id: &'a str,
    template: String,
    /// Whether LiquidJS refuses the template before it renders anything.
    #[serde(default)]
    rejected: bool,
    #[serde(borrow)]
    live: &'a serde_json::value::RawValue,
}

impl Case<'_> {
    /// The codes of the problems that parsing the template finds.
    fn codes(&self) -> Vec<String> {
        let arena = Arena::new();
        let source = Source::new("case", self.template.as_str());
        let text =
            LiquidText { source: &source, place: TextPlace::Verbatim(0), language: &LIQUIDJS, data: Value::Undefined };
        let errors = Template::parse(&self.template, &LIQUIDJS, &arena).err().unwrap_or_default();
        errors.iter().map(|error| liquid_diagnostic(error, &text).code.as_str().to_owned()).collect()
    }
}

#[test]
fn syntax_findings_are_those_of_liquidjs() {
    let (mut count, mut with_findings, mut wrong) = (0, 0, Vec::new());
    for part in PARTS {
        let path = format!("{ANSWERS}/{part}.jsonl");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("`{path}`: {error}"));
        for line in text.lines().skip(1) {
            let case: Case<'_> = serde_json::from_str(line).expect(line);
            let codes = case.codes();
            let is_found = codes.iter().any(|code| CODES.contains(&code.as_str()));
            count += 1;
            with_findings += usize::from(is_found);
            if is_found != case.rejected {
                wrong.push(format!("{part}/{} {:?}: {codes:?}, LiquidJS: {}", case.id, case.template, case.live));
            }
        }
    }
    println!("{count} templates, {with_findings} with findings");
    assert!(with_findings > 1_000, "{with_findings}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong[..wrong.len().min(SHOWN)].join("\n"));
}
