//! Compares this engine with recorded answers of the real LiquidJS: every template must render to the same bytes, or
//! fail with the same message.
//!
//! `answers/*.jsonl` holds the cases of `tests/e2e/differential/record.mjs`, one per line, after a header that says how they
//! were recorded. The answers are compared as JSON strings, so that nothing is lost between the file and the
//! comparison.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::thread;

use inkproof_liquid::{Arena, LIQUIDJS, Limits, Mode, Options, Output, Template, json};
use serde::Deserialize;
use serde_json::value::RawValue;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/answers");
/// The files, each with the minimum number of its cases.
const PARTS: [(&str, usize); 6] = [
    ("filters", 10_000),
    ("expressions", 3_500),
    ("tags", 4_000),
    ("errors", 1_300),
    ("limits", 900),
    ("random", 3_500),
];
const LIQUIDJS_VERSION: &str = "10.30.1";
const RECORDER: &str = "tests/e2e/differential/record.mjs";
/// Maximum number of wrong answers that are shown.
const SHOWN: usize = 20;

/// The first line of a file.
#[derive(Deserialize)]
struct Header<'a> {
    part: &'a str,
    cases: usize,
    liquidjs: &'a str,
    options: EngineOptions,
    now: f64,
    seed: u64,
    recorder: &'a str,
}

/// The options of LiquidJS in the recording, which are those that this engine reproduces.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EngineOptions {
    strict_variables: bool,
    lenient_if: bool,
    strict_filters: bool,
    timezone_offset: i32,
    render_limit: f64,
    memory_limit: f64,
    parse_limit: f64,
}

/// The options that the answers were recorded with.
const RECORDED_OPTIONS: EngineOptions = EngineOptions {
    strict_variables: true,
    lenient_if: true,
    strict_filters: true,
    timezone_offset: 0,
    render_limit: 2000.0,
    memory_limit: 1e8,
    parse_limit: 1e8,
};

/// Any other line of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedCase<'a> {
    id: &'a str,
    template: String,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default)]
    limits: CaseLimits,
    /// Whether LiquidJS rejects the template before it renders anything.
    #[serde(default)]
    rejected: bool,
    #[serde(borrow)]
    live: &'a RawValue,
    /// Omitted if it is the same as `live`.
    #[serde(borrow)]
    lax: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseLimits {
    memory: Option<f64>,
    parse: Option<usize>,
}

impl CaseLimits {
    fn parse_length(&self) -> usize {
        self.parse.unwrap_or(Limits::default().parse_length)
    }
}

impl RecordedCase<'_> {
    fn expected(&self, mode: Mode) -> &str {
        match (mode, self.lax) {
            (Mode::Lax, Some(lax)) => lax.get(),
            _ => self.live.get(),
        }
    }

    /// This engine's answer as a JSON string.
    fn answer(&self, mode: Mode, now: f64) -> String {
        let mut answer = String::new();
        match self.render(mode, now) {
            Ok(text) => {
                answer.push_str("{\"output\":");
                json::write_string(&text, &mut answer);
                answer.push('}');
            }
            Err(error) => {
                let message = error.to_string();
                answer.push_str("{\"error\":{\"name\":");
                json::write_string(error.name(), &mut answer);
                answer.push_str(",\"message\":");
                json::write_string(message.split('\n').next().unwrap_or_default(), &mut answer);
                answer.push_str("}}");
            }
        }
        answer
    }

    fn render(&self, mode: Mode, now: f64) -> inkproof_liquid::Result<String> {
        let defaults = Limits::default();
        let limits = Limits {
            memory: self.limits.memory.unwrap_or(defaults.memory),
            parse_length: self.limits.parse_length(),
            // The recorded answers do not depend on the time limit, and a debug build is slow.
            render_time: std::time::Duration::from_secs(600),
            ..defaults
        };
        let options = Options { mode, now: Some(now), seed: Some(1), limits };
        let arena = Arena::new();
        let template = Template::parse_limited(&self.template, &LIQUIDJS, &arena, options.limits.parse_length);
        let template = template.map_err(|mut errors| errors.swap_remove(0))?;
        let mut out = Output::new();
        template.render(json::read(self.data.get(), &arena).expect("data"), &options, &arena, &mut out)?;
        Ok(out.into_text())
    }
}

/// The results of the cases of one part.
struct FileResult {
    count: usize,
    /// How many answers differ between the modes.
    modes_differ: usize,
    errors: usize,
    wrong: Vec<String>,
}

fn read(part: &str) -> String {
    let path = Path::new(FOLDER).join(part).with_extension("jsonl");
    fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("`{}`: {error}: it belongs to the repository, and `node {RECORDER}` makes it", path.display())
    })
}

fn header(text: &str) -> (Header<'_>, impl Iterator<Item = &str>) {
    let mut lines = text.lines();
    let header = serde_json::from_str(lines.next().expect("a header")).expect("a header");
    (header, lines)
}

fn check(part: &str) -> FileResult {
    let text = read(part);
    let (header, lines) = header(&text);
    let mut outcome = FileResult { count: 0, modes_differ: 0, errors: 0, wrong: Vec::new() };
    for (index, line) in lines.enumerate() {
        let case: RecordedCase<'_> =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{part}.jsonl:{}: {error}", index + 2));
        outcome.count += 1;
        let is_parsed =
            Template::parse_limited(&case.template, &LIQUIDJS, &Arena::new(), case.limits.parse_length()).is_ok();
        if is_parsed == case.rejected {
            outcome
                .wrong
                .push(format!("{part}/{} {:?}: LiquidJS rejects it: {}", case.id, case.template, case.rejected));
        }
        outcome.modes_differ += usize::from(case.lax.is_some());
        outcome.errors += usize::from(case.live.get().starts_with("{\"error\""));
        for mode in [Mode::Live, Mode::Lax] {
            let actual = case.answer(mode, header.now);
            let expected = case.expected(mode);
            if actual != expected {
                outcome.wrong.push(format!(
                    "{part}/{}, {mode:?}\n  template {:?}\n  data     {}\n  expected {expected}\n  actual   {actual}",
                    case.id, case.template, case.data
                ));
            }
        }
    }
    outcome
}

#[test]
fn renders_like_every_recorded_answer() {
    let outcomes = thread::scope(|scope| {
        let threads = PARTS.map(|(part, _)| scope.spawn(move || check(part)));
        threads.map(|thread| thread.join().expect("no panic"))
    });
    let count: usize = outcomes.iter().map(|outcome| outcome.count).sum();
    let modes_differ: usize = outcomes.iter().map(|outcome| outcome.modes_differ).sum();
    let errors: usize = outcomes.iter().map(|outcome| outcome.errors).sum();
    let wrong: Vec<_> = outcomes.into_iter().flat_map(|outcome| outcome.wrong).collect();
    let message = wrong.iter().take(SHOWN).fold(String::new(), |mut message, wrong| {
        let _ = write!(message, "\n{wrong}");
        message
    });
    assert!(wrong.is_empty(), "{} of {} answers are wrong:{message}", wrong.len(), 2 * count);
    println!(
        "{count} recorded answers in live mode ({errors} of them errors) and {count} in lax mode ({modes_differ} of them others) agree"
    );
}

#[test]
fn the_answers_were_recorded_with_this_liquidjs_and_these_options() {
    for (part, fewest) in PARTS {
        let text = read(part);
        let (header, lines) = header(&text);
        assert_eq!(header.part, part);
        assert_eq!(header.liquidjs, LIQUIDJS_VERSION, "{part}");
        assert_eq!(header.options, RECORDED_OPTIONS, "{part}");
        assert_eq!(header.recorder, RECORDER, "{part}");
        assert_eq!(header.seed, 1, "{part}");
        assert_eq!(header.cases, lines.count(), "{part}: cases announced and found");
        assert!(header.cases >= fewest, "{part}: {} cases, expected at least {fewest}", header.cases);
    }
}
