//! Runs known cases of Customer.io's Liquid: documented and measured examples with additional cases around them
//! (`examples.jsonl`), and dates (`dates.jsonl`).

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Escape, Switches, TimezoneOffsets, language};
use crate::liquid::{Limits, Mode, Options};

/// 2026-07-03 12:00:00 UTC, in milliseconds.
const NOW: f64 = 1_783_080_000_000.0;

/// A template and its expected result.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleCase {
    /// The topic of the case.
    section: String,
    template: String,
    #[serde(default)]
    data: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    switches: ExampleSwitches,
    #[serde(default)]
    lax: bool,
    /// The expected output, or else the expected error message.
    output: Option<String>,
    error: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExampleSwitches {
    percent: bool,
    east: bool,
}

impl ExampleCase {
    fn render(&self) -> Result<String, String> {
        let switches = Switches {
            version: crate::customerio::Version::Latest,
            escape: if self.switches.percent { Escape::Percent } else { Escape::Html },
            timezone_offsets: if self.switches.east {
                TimezoneOffsets::MinutesEast
            } else {
                TimezoneOffsets::MinutesWest
            },
        };
        let mode = if self.lax { Mode::Lax } else { Mode::Live };
        let options = Options { mode, now: Some(NOW), seed: Some(7), ..Options::default() };
        let data = serde_json::to_string(&self.data).unwrap();
        language(switches).render(&self.template, &data, &options).map_err(|error| error.message().to_owned())
    }
}

/// Runs all cases, and fails with a list of those with another result.
fn run(cases: &str) -> usize {
    let mut failures = Vec::new();
    for (line, text) in cases.lines().enumerate() {
        let case: ExampleCase = serde_json::from_str(text).unwrap_or_else(|error| panic!("line {}: {error}", line + 1));
        let expected = match (&case.output, &case.error) {
            (Some(output), None) => Ok(output.clone()),
            (None, Some(error)) => Err(error.clone()),
            _ => panic!("line {}: expected `output` or `error`", line + 1),
        };
        let got = case.render();
        if got != expected {
            let (section, template) = (&case.section, &case.template);
            failures.push(format!(
                "line {} ({section}): {template}\n  expected {expected:?}\n  got      {got:?}",
                line + 1
            ));
        }
    }
    assert!(failures.is_empty(), "{} cases came out otherwise\n{}", failures.len(), failures.join("\n"));
    cases.lines().count()
}

#[test]
fn renders_every_example() {
    assert!(run(include_str!("examples.jsonl")) > 400);
}

#[test]
fn renders_every_date() {
    assert!(run(include_str!("dates.jsonl")) > 130);
}

/// A rendered string may be deeply nested, contain deeply nested tags, and render another string. Nothing may exhaust
/// the stack.
#[test]
fn nested_rendered_strings_do_not_exhaust_the_stack() {
    let too_deep = "texts that render texts are nested deeper than 100 levels: make sure that none renders itself";
    let render = |template: &str, text: &str, leaf: &str| {
        let data = serde_json::json!({ "text": text, "leaf": leaf }).to_string();
        let rendered = language(Switches::default()).render(template, &data, &Options::default());
        rendered.map_err(|error| error.message().to_owned())
    };
    for (open, close) in [
        ("{% if true %}", "{% endif %}"),
        ("{% for i in (1..1) %}", "{% endfor %}"),
        ("{% case 1 %}{% when 1 %}", "{% endcase %}"),
        ("{% capture x %}", "{% endcapture %}{{ x }}"),
        ("{% block x %}", "{% endblock %}"),
    ] {
        let nested = |depth, inside: &str| format!("{}{inside}{}", open.repeat(depth), close.repeat(depth));
        let (template, leaf) = (nested(90, "{% render_liquid text %}"), nested(190, "leaf"));
        assert_eq!(render(&template, "{% render_liquid leaf %}", &leaf).unwrap(), "leaf", "{open}");
        assert_eq!(render(&template, &nested(190, "{% render_liquid leaf %}"), &leaf).unwrap_err(), too_deep, "{open}");
    }
    // Two at each level would take 2^100 steps.
    let twice = "{% render_liquid text %}{% render_liquid text %}";
    assert_eq!(render(twice, twice, "").unwrap_err(), too_deep);
    assert_eq!(render(twice, &"a".repeat(3 << 20), "").unwrap_err(), "parse length limit exceeded");
}

/// A string that renders for as long as it is allowed to, without deep nesting.
#[test]
fn rendered_strings_respect_the_time_limit() {
    let text = "{% assign n = n | plus: 1 %}".to_owned() + &"{{ n }} ".repeat(20_000);
    let data = serde_json::json!({ "text": text, "n": 0 }).to_string();
    let template = "{% for i in (1..100000) %}{% render_liquid text %}{% endfor %}";
    let limits = Limits { render_time: Duration::from_millis(200), ..Limits::default() };
    let started = Instant::now();
    let error =
        language(Switches::default()).render(template, &data, &Options { limits, ..Options::default() }).unwrap_err();
    assert_eq!(error.message(), "template render limit exceeded");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn random_output_is_reproducible_with_a_seed() {
    let template = "{% generate_uuid %} {% random 1000000 %} {{ 1000000 | random }}";
    let render = |seed| {
        let options = Options { seed: Some(seed), ..Options::default() };
        language(Switches::default()).render(template, "{}", &options).unwrap()
    };
    assert_eq!(render(1), render(1));
    assert_ne!(render(1), render(2));
}

/// The output of `render_liquid` is attributed to its tag, and that of `cio_link` to the pieces of its URL.
#[test]
fn source_map_points_into_the_template() {
    use crate::liquid::value::json;
    use crate::liquid::{Arena, Output, Template};
    let (arena, source) = (Arena::new(), "a{% render_liquid t %}{% cio_link url:https://x.y/{{- t | size -}}?q %}");
    let template = Template::parse(source, language(Switches::default()), &arena).unwrap();
    let data = json::read(r#"{"t": "{{ 1 }}{{ 22 }}"}"#, &arena).unwrap();
    let mut out = Output::with_marks();
    template.render(data, &Options::default(), &arena, &mut out).unwrap();
    let marks: Vec<_> =
        out.marks().iter().map(|mark| (&out.text()[mark.written.clone()], mark.span.of(source))).collect();
    let expected = [
        ("a", "a"),
        ("122", "{% render_liquid t %}"),
        ("https://x.y/", "https://x.y/"),
        ("15", "{{- t | size -}}"),
        ("?q", "?q"),
    ];
    assert_eq!(marks, expected);
}

#[test]
fn finds_variables_inside_tags() {
    use crate::liquid::syntax::variables;
    use crate::liquid::{Arena, Template};
    let source = "{% cio_link url:https://x.y/{{ a.b }}/{{c|append:d}} %}{% render_liquid e.f %}{% random g %}";
    let arena = Arena::new();
    let template = Template::parse(source, language(Switches::default()), &arena).unwrap();
    let paths: Vec<_> = variables::read_by(template.nodes).iter().map(|variable| variable.span.of(source)).collect();
    assert_eq!(paths, ["a.b", "c", "d", "e.f", "g"]);
}
