//! A template and JSON data, separated by a zero byte: in both modes, rendering ends within its limits, and a second
//! render gives the same result.

#![no_main]

use std::time::Duration;

use inkproof_liquid::{Arena, LIQUIDJS, Limits, Mode, Options, Output, Template, Value};
use inkproof_liquid::value::json;
use libfuzzer_sys::fuzz_target;

/// Small limits, so that many templates are tried in a short time.
const LIMITS: Limits = Limits {
    parse_length: 4_096,
    render_time: Duration::from_secs(1),
    memory: 20_000.0,
    output: 1 << 16,
    arena: 1 << 20,
};

fuzz_target!(|input: &str| {
    let (source, data) = input.split_once('\0').unwrap_or((input, "{}"));
    let kept = Arena::new();
    let Ok(template) = Template::parse_limited(source, &LIQUIDJS, &kept, LIMITS.parse_length) else { return };
    let data = json::read(data, &kept).unwrap_or(Value::Undefined);
    for mode in [Mode::Live, Mode::Lax] {
        let first = render(template, data, mode);
        assert_eq!(first, render(template, data, mode), "the second render differs");
    }
});

fn render(template: Template<'_>, data: Value<'_>, mode: Mode) -> Result<String, String> {
    let options = Options { mode, now: Some(1_700_000_000_000.0), seed: Some(7), limits: LIMITS };
    let (arena, mut out) = (Arena::new(), Output::with_marks());
    let result = template.render(data, &options, &arena, &mut out);
    for mark in out.marks() {
        assert!(out.text().get(mark.written.clone()).is_some(), "a mark is outside the output");
    }
    result.map_err(|error| error.to_string())?;
    assert!(out.len() <= LIMITS.output, "the output exceeds its limit");
    Ok(out.into_text())
}
