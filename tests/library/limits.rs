//! Limits hold inside of a single node: comparisons, filters, sorts and loops without a body count their steps.
//!
//! Nothing here looks at a clock. A render whose time is over at once must end after few steps, and a render that is
//! cheap must take few.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::time::Duration;

use inkproof::customerio::{CUSTOMERIO, LEGACY};
use inkproof::liquid::value::json;
use inkproof::liquid::{Arena, LIQUIDJS, Language, Limits, Mode, Options, Output, Template};
use inkproof::message::RenderOptions;
use inkproof::project::Project;

const LATEST: &[Dialect] = &[Dialect::LiquidJs, Dialect::Latest];
const ALL: &[Dialect] = &[Dialect::LiquidJs, Dialect::Latest, Dialect::Legacy];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    LiquidJs,
    Latest,
    Legacy,
}

impl Dialect {
    fn language(self) -> &'static Language {
        match self {
            Self::LiquidJs => &LIQUIDJS,
            Self::Latest => &CUSTOMERIO,
            Self::Legacy => &LEGACY,
        }
    }
}

/// The beginning of what a template prints, or the message of its error, and how many steps it takes.
fn steps(language: Dialect, template: &str, data: &str, limits: Limits) -> (Result<String, String>, u64) {
    let (arena, language) = (Arena::new(), language.language());
    let parsed = Template::parse(template, language, &arena).unwrap_or_else(|errors| panic!("{template}: {errors:?}"));
    let data = json::read(data, &arena).unwrap();
    let before = arena.steps();
    let options = Options { limits, seed: Some(1), now: Some(0.0), ..Options::default() };
    let mut out = Output::new();
    let result = parsed.render(data, &options, &arena, &mut out);
    let result = result
        .map(|()| out.into_text().chars().take(100).collect::<String>())
        .map_err(|error| error.message().to_owned());
    (result, arena.steps() - before)
}

/// Two equal arrays that contain the same array twice on each of `levels` levels, and so 2^levels elements.
fn doubled(levels: usize) -> String {
    let assign = "{% assign x = 'a,b' | split: ',' %}{% assign y = 'a,b' | split: ',' %}";
    format!("{assign}{}", "{% assign x = x | push: x %}{% assign y = y | push: y %}".repeat(levels))
}

#[test]
fn comparing_nested_arrays_is_not_exponential() {
    for &language in ALL {
        for (after, expected) in [
            ("{% if x == y %}a{% endif %}", "a"),
            ("{% if x != y %}a{% else %}b{% endif %}", "b"),
            ("{% case x %}{% when y %}a{% else %}b{% endcase %}", "a"),
            ("{% assign y = y | push: 1 %}{% assign x = x | push: 2 %}{% if x == y %}a{% else %}b{% endif %}", "b"),
        ] {
            let (result, steps) = steps(language, &(doubled(60) + after), "{}", Limits::default());
            assert_eq!(result.as_deref(), Ok(expected), "{} {after}", language.language().name());
            assert!(steps < 50_000, "{}: {steps} steps for {after}", language.language().name());
        }
        let all = "x == y and ".repeat(2000);
        let (result, steps) =
            steps(language, &format!("{}{{% if {all}true %}}a{{% endif %}}", doubled(21)), "{}", Limits::default());
        assert_eq!(result.as_deref(), Ok("a"));
        assert!(steps < 4_000_000, "{}: {steps} steps", language.language().name());
    }
    let where_exp = doubled(21) + "{{ (1..1000) | where_exp: 'i', 'x == y' | size }}";
    for &language in LATEST {
        let (result, steps) = steps(language, &where_exp, "{}", Limits::default());
        assert_eq!(result.as_deref(), Ok("1000"));
        assert!(steps < 2_000_000, "{}: {steps} steps", language.language().name());
    }
}

/// Templates of which one node takes very many steps.
const LONG: [(&[Dialect], &str); 20] = [
    (
        &[Dialect::Latest],
        "{{ (1..1000000) | json_array_uniq | json_array_uniq | json_array_uniq | json_array_uniq | size }}",
    ),
    (LATEST, "{{ (1..1000000) | sample: 1000000 | sort_natural | sort_natural | sort_natural | size }}"),
    (LATEST, "{{ (1..1000000) | sample: 1000000 | sort | reverse | sort | reverse | sort | size }}"),
    (ALL, "{% assign a = (1..1000000) %}{% for i in a %}{% for j in a %}{% endfor %}{% endfor %}"),
    (ALL, "{% assign a = (1..1000000) %}{% for i in a %}{% tablerow j in a %}{% endtablerow %}{% endfor %}"),
    (LATEST, "{{ (1..1000000) | uniq | uniq | uniq | uniq | uniq | uniq | size }}"),
    (LATEST, "{{ (1..1000000) | group_by_exp: 'i', 'i' | size }}{{ (1..1000000) | sum | plus: 1 }}"),
    (
        LATEST,
        "{{ (1..1000000) | sum | append: '' }}{{ (1..1000000) | sum }}{{ (1..1000000) | sum }}{{ (1..1000000) | sum }}",
    ),
    (LATEST, "{{ (1..1000000) | map: 'a' | map: 'a' | map: 'a' | map: 'a' | map: 'a' | map: 'a' | size }}"),
    (LATEST, "{{ (1..1000000) | where: 'a' }}"),
    (
        ALL,
        "{% assign a = (1..1000000) %}{% if a contains 0 or a contains 0 or a contains 0 or a contains 0 %}{% endif %}",
    ),
    (ALL, "{% assign a = (1..1000000) | join: ' ' %}{% if a contains 'x' %}{% endif %}{{ a | split: ' ' | join: '' }}"),
    (LATEST, "{% assign a = (1..300000) | join: '' %}{{ a | plus: a | plus: a | plus: a | plus: a | plus: a }}"),
    (LATEST, "{% assign a = (1..300000) | join: '' %}{{ a | slugify | slugify | slugify | slugify | slugify }}"),
    (LATEST, "{% assign a = (1..300000) | join: '' %}{{ a | sha256 }}{{ a | hmac_sha256: a }}"),
    (LATEST, "{% assign a = (1..300000) | join: '%Y' %}{{ 0 | date: a }}"),
    (&[Dialect::Latest], "{% assign a = (1..300000) | join: '' %}{{ a | md5 }}{{ a | sha1 }}{{ a | hmac_sha1: a }}"),
    (&[Dialect::Latest], "{% assign a = (1..300000) | json %}{{ a | from_json | json | from_json | json | size }}"),
    (&[Dialect::Legacy], "{% assign a = (1..1000000) %}{{ a | sort | join | size }}"),
    // The time is over while the expression is parsed.
    (ALL, "{% for y in (1..1000000) %}{{ (1..100) | find_index_exp: 'i', (1..100) }}{% endfor %}"),
];

#[test]
fn a_render_ends_in_the_middle_of_a_node() {
    let limits = Limits { render_time: Duration::ZERO, memory: f64::INFINITY, ..Limits::default() };
    for (languages, template) in LONG {
        for &language in languages {
            let (result, steps) = steps(language, template, "{}", limits);
            assert_eq!(
                result.as_deref().map_err(String::as_str),
                Err("template render limit exceeded"),
                "{}: {template}",
                language.language().name()
            );
            // A range, and whatever is copied in one piece, counts at once.
            assert!(steps < 5_000_000, "{}: {steps} steps for {template}", language.language().name());
        }
    }
}

#[test]
fn strings_of_nested_arrays_end_in_time() {
    let limits = Limits { render_time: Duration::ZERO, ..Limits::default() };
    for &language in ALL {
        for after in ["{{ x }}", "{{ x | join: '' }}", "{{ x | json }}", "{% if x contains 'q' and x < y %}{% endif %}"]
        {
            if language == Dialect::Legacy && after.starts_with("{%") {
                continue;
            }
            let (result, steps) = steps(language, &(doubled(60) + after), "{}", limits);
            assert!(result.is_err(), "{}: {after}", language.language().name());
            assert!(steps < 100_000, "{}: {steps} steps for {after}", language.language().name());
        }
    }
}

/// Templates that would take more than the memory limit, mostly outside of the arena.
const LARGE: [&str; 9] = [
    "{{ s | split: '' | sort | uniq | size }}",
    "{{ s | split: '' | uniq | reverse | sort | size }}",
    "{{ s | split: '' | sort_natural | size }}",
    "{{ s | split: '' | concat: a | concat: a | concat: a | size }}",
    "{% capture a %}{% for i in (1..8) %}{{ s }}{% endfor %}{% capture b %}{% for i in (1..8) %}{{ s }}{% endfor %}{% endcapture %}{% endcapture %}",
    "{{ s | split: '' | group_by_exp: 'c', 'c' | size }}",
    "{{ s | split: '' | sample: 2000000 | size }}",
    "{% for i in (1..100) %}{% cycle s: 'a' %}{% assign s = s | append: 'a' %}{% endfor %}",
    "{{ s | split: '' | join: s | size }}",
];

#[test]
fn memory_outside_of_the_arena_counts() {
    let limits = Limits {
        render_time: Duration::from_secs(3600),
        memory: f64::INFINITY,
        arena: 24_000_000,
        ..Limits::default()
    };
    let setup = format!("{{% assign s = 'ab' %}}{}", "{% assign s = s | append: s %}".repeat(19));
    for &language in LATEST {
        let (result, _) = steps(language, &format!("{setup}{{{{ s | size }}}}"), "{}", limits);
        assert_eq!(result.as_deref(), Ok("1048576"));
        for template in LARGE {
            let (result, _) = steps(language, &(setup.clone() + template), "{}", limits);
            assert_eq!(
                result.as_deref().map_err(String::as_str),
                Err("memory alloc limit exceeded"),
                "{}: {template}",
                language.language().name()
            );
        }
    }
}

#[test]
fn the_source_map_of_an_output_counts() {
    let limits = Limits { render_time: Duration::from_secs(3600), arena: 24_000_000, ..Limits::default() };
    let template = "{% for i in list %}{% for j in list %}{{ '' }}{% endfor %}{% endfor %}";
    let data = serde_json::json!({ "list": vec![0; 1000] }).to_string();
    for &language in LATEST {
        let arena = Arena::new();
        let template = Template::parse(template, language.language(), &arena).unwrap();
        let data = json::read(&data, &arena).unwrap();
        for (mut out, is_small) in [(Output::new(), true), (Output::with_marks(), false)] {
            let render_arena = Arena::new();
            let options = Options { limits, ..Options::default() };
            let result = template.render(data, &options, &render_arena, &mut out);
            assert_eq!(result.is_ok(), is_small, "{}: {result:?}", language.language().name());
        }
    }
}

/// The standard library's sort may panic if the order is inconsistent, as it is for numbers and strings.
#[test]
fn sorting_values_without_an_order_fails() {
    for size in [3, 50, 5_000] {
        let mixed = (0..size).map(|at| if at % 3 == 0 { (at * 7919 % size).to_string() } else { format!("\"{at}a\"") });
        let data = format!(r#"{{"mixed": [{}]}}"#, mixed.collect::<Vec<_>>().join(","));
        let (result, _) = steps(Dialect::Legacy, "{{ mixed | sort | join }}", &data, Limits::default());
        let error = result.unwrap_err();
        assert!(error.starts_with("comparison of ") && error.ends_with(" failed"), "{error}");
    }
}

#[test]
fn a_message_and_its_snippets_share_the_limits() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("templates/one.liquid", "---\n---\n{\"title\": \"{{ snippets.a }}\", \"body\": \"b\"}"),
        ("templates/two.liquid", "---\n---\n{\"title\": \"{{ snippets.a }}{{ snippets.b }}\", \"body\": \"b\"}"),
        ("snippets/a.liquid", "{% assign list = (1..50000) %}{{ list | size }}"),
        ("snippets/b.liquid", "{% assign list = (1..50000) %}{{ list | size }}"),
        ("fixtures/customers/1.json", r#"{"id": "1"}"#),
        ("fixtures/requests/one.json", r#"{"transactional_message_id": "one", "identifiers": {"id": "1"}}"#),
        ("fixtures/requests/two.json", r#"{"transactional_message_id": "two", "identifiers": {"id": "1"}}"#),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let project = Project::open(folder.path()).unwrap();
    let options = RenderOptions {
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        mode: Mode::Live,
        seed: Some(1),
        // Enough for one of the lists.
        limits: Limits { arena: 3_000_000, ..Limits::default() },
        asks_test_send: false,
    };
    let mut sent = BTreeMap::new();
    let each = |case: &inkproof::project::Case<'_>, rendering: inkproof::message::Rendering| {
        sent.insert(case.request.name().to_owned(), (rendering.message.is_some(), rendering.is_out_of_memory));
        Ok::<_, Infallible>(())
    };
    let Ok(()) = project.render(&project.cases(), &options, each);
    assert_eq!(sent, BTreeMap::from([("one".to_owned(), (true, false)), ("two".to_owned(), (false, true))]));
}
