//! Complexity: nothing grows faster than n^1.5. Inputs of many shapes are doubled, and the steps of parsing, rendering in
//! each dialect and analyzing are counted, so that the speed of the machine does not matter.

use inkproof::analysis::Needs;
use inkproof::customerio::{CUSTOMERIO, LEGACY};
use inkproof::liquid::value::json;
use inkproof::liquid::{Arena, LIQUIDJS, Language, Options, Output, Template};

/// The size from which an input is doubled.
const SIZE: usize = 250;
/// How often it is doubled.
const DOUBLINGS: u32 = 3;
/// What a doubled input may take: 2^1.5.
const GROWTH: f64 = 2.829;

/// Makes a template and its data, as JSON, of about this size.
type Shape = fn(usize) -> (String, String);

fn without_data(template: String) -> (String, String) {
    (template, "{}".to_owned())
}

fn repeated(text: &str, size: usize) -> (String, String) {
    without_data(text.repeat(size))
}

/// A text with `#` as the number of each repetition.
fn numbered(text: &str, size: usize) -> String {
    (0..size).map(|number| text.replace('#', &number.to_string())).collect()
}

fn with_list(template: &str, size: usize) -> (String, String) {
    let items: Vec<_> = (0..size)
        .map(|n| serde_json::json!({ "n": (n * 7919) % size, "name": format!("{}", (n * 31) % size) }))
        .collect();
    let numbers: Vec<_> = (0..size).map(|n| (n * 7919) % size).collect();
    let data = serde_json::json!({ "items": items, "numbers": numbers, "text": "a, b. ".repeat(size) });
    (template.to_owned(), data.to_string())
}

/// Two equal arrays with the same array twice on each level.
fn doubled(levels: usize) -> String {
    let step = "{% assign x = e | push: x | push: x %}{% assign y = e | push: y | push: y %}";
    format!("{{% assign e = '' | split: '' %}}{{% assign x = e %}}{{% assign y = e %}}{}", step.repeat(levels))
}

#[rustfmt::skip]
const SHAPES: [(&str, Shape); 44] = [
    ("text", |n| repeated("some text ", n)),
    ("outputs", |n| repeated("{{ a }}", n)),
    ("tags on one line", |n| repeated("{% if true %}a{% endif %}", n)),
    ("tags that are not closed", |n| repeated("{% if true %}", n)),
    ("ends of nothing", |n| repeated("{% endif %}", n)),
    ("unknown tags", |n| without_data(numbered("{% a# %}{% endb# %}", n))),
    ("unknown filters", |n| repeated("{{ 'a' | none }}", n)),
    ("outputs that are not closed", |n| repeated("{{ a ", n)),
    ("raw that is not closed", |n| without_data(format!("{{% raw %}}{}", "{% endraw ".repeat(n)))),
    ("raw", |n| repeated("{% raw %}{{ a }}{% endraw %}", n)),
    ("comments", |n| repeated("{% comment %}{{ a }}{% endcomment %}", n)),
    ("lines of liquid", |n| without_data(format!("{{% liquid\n{}%}}", "echo 'a'\n".repeat(n)))),
    ("named arguments", |n| without_data(format!("{{% for i in (1..2) {} %}}{{% endfor %}}", numbered("x#: 1 ", n)))),
    ("files", |n| repeated("{% if false %}{% render 'a' %}{% endif %}", n)),
    ("cycle", |n| without_data(format!("{{% cycle {} 'b' %}}", "'a',".repeat(n)))),
    ("when", |n| without_data(format!("{{% case 1 %}}{}{{% endcase %}}", numbered("{% when # %}a", n)))),
    ("elsif", |n| without_data(format!("{{% if false %}}{}{{% endif %}}", "{% elsif 1 == 2 %}a".repeat(n)))),
    ("operators", |n| without_data(format!("{{% if {} true %}}a{{% endif %}}", "1 == 2 or ".repeat(n)))),
    ("a long path", |n| (format!("{{{{ a{} }}}}", ".b".repeat(n)), r#"{"a": {"b": 1}}"#.to_owned())),
    ("a filter chain", |n| without_data(format!("{{{{ 'a'{} }}}}", " | upcase".repeat(n)))),
    ("a long string", |n| without_data(format!("{{{{ '{}' | upcase | escape | size }}}}", "a\\'é".repeat(n)))),
    ("brackets", |n| without_data(format!("{{{{ a{} }}}}", "[".repeat(n)))),
    ("assigns", |n| without_data(numbered("{% assign v# = 'a' %}", n) + &numbered("{{ v# }}", n))),
    ("one assign again and again", |n| repeated("{% assign v = v | append: 'a' | slice: 0 %}", n)),
    ("captures", |n| without_data(numbered("{% capture v# %}{{ 1 }}{% endcapture %}", n))),
    ("increments", |n| without_data(numbered("{% increment v# %}", n))),
    ("a loop", |n| with_list("{% for i in items %}{{ i.name }}{% endfor %}", n)),
    ("a loop without a body", |n| with_list("{% for i in items %}{% endfor %}", n)),
    ("a table", |n| with_list("{% tablerow i in items cols: 3 %}{{ i.n }}{% endtablerow %}", n)),
    ("sort", |n| with_list("{{ numbers | sort | size }}{{ items | sort: 'n' | size }}", n)),
    ("sort_natural", |n| with_list("{{ items | sort_natural: 'name' | size }}", n)),
    ("uniq", |n| with_list("{{ numbers | uniq | size }}{{ numbers | concat: numbers | uniq | size }}", n)),
    ("group_by", |n| with_list("{{ items | group_by: 'n' | size }}", n)),
    ("where_exp", |n| with_list("{{ items | where_exp: 'i', 'i.n > 3' | size }}", n)),
    ("find by a missing value", |n| with_list("{{ items | find: 'n', 'none' }}{{ items | map: 'n' | join | size }}", n)),
    ("json", |n| with_list("{{ items | json | size }}", n)),
    ("split and join", |n| with_list("{{ text | split: '' | join: '' | split: ',' | size }}", n)),
    ("replace", |n| with_list("{{ text | replace: 'a', 'b' | remove: 'b' | strip_html | size }}", n)),
    ("contains", |n| with_list("{% if text contains 'zzz' or numbers contains -1 %}a{% endif %}", n)),
    ("nested arrays that are compared", |n| without_data(doubled(n.min(900)) + "{% if x == y %}a{% endif %}")),
    ("a wide object", |n| (
        "{% for i in o %}{{ i[0] }}{% endfor %}{{ o.k1 }}{{ o | json | size }}".to_owned(),
        format!(r#"{{"o": {{{}"z": 1}}}}"#, numbered(r#""k#": #, "#, n)),
    )),
    ("conditions with their variables", |n| {
        without_data(numbered("{% if trigger.v# %}{{ trigger.v# }}{% endif %}", n))
    }),
    ("dependent assigns", |n| {
        without_data(numbered("{% if trigger.v# %}{% assign v = v | append: trigger.w# %}{% endif %}", n) + "{{ v }}")
    }),
    ("outputs after assigns", |n| {
        without_data(numbered("{% assign v = trigger.a# | append: v %}{{ v }}{{ trigger.b# | default: 1 }}", n))
    }),
];

/// What is counted.
#[derive(Clone, Copy, Debug)]
enum Work {
    Parsing,
    Rendering,
    Analyzing,
}

/// The steps of some work on a template.
fn steps(work: Work, language: &'static Language, (template, data): &(String, String)) -> u64 {
    let arena = Arena::new();
    let parsed = Template::parse(template, language, &arena);
    let parsing = arena.steps();
    let (Ok(parsed), Ok(data)) = (parsed, json::read(data, &arena)) else {
        return if matches!(work, Work::Parsing) { parsing } else { 0 };
    };
    match work {
        Work::Parsing => parsing,
        Work::Rendering => {
            let before = arena.steps();
            let options = Options { now: Some(0.0), seed: Some(1), ..Options::default() };
            let _ = parsed.render(data, &options, &arena, &mut Output::new());
            arena.steps() - before
        }
        Work::Analyzing => {
            let before = arena.steps();
            let needs = Needs::from_templates(&[parsed], language, &|_| Vec::new(), &arena);
            assert!(needs.reads.len() < template.len());
            arena.steps() - before
        }
    }
}

#[test]
fn nothing_grows_faster_than_the_power_of_one_and_a_half() {
    let languages: [&'static Language; 3] = [&LIQUIDJS, &CUSTOMERIO, &LEGACY];
    let mut failures = Vec::new();
    let mut most = 0;
    for (name, shape) in SHAPES {
        for work in [Work::Parsing, Work::Rendering, Work::Analyzing] {
            for language in languages {
                let counts: Vec<u64> =
                    (0..=DOUBLINGS).map(|times| steps(work, language, &shape(SIZE << times))).collect();
                most = most.max(counts.iter().copied().max().unwrap_or_default());
                #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
                let grows = counts.windows(2).any(|pair| pair[1] as f64 > (pair[0] as f64 + 500.0) * GROWTH);
                if grows {
                    failures.push(format!("{work:?} of {name}, {}: {counts:?}", language.name()));
                }
            }
        }
    }
    assert!(most > 100_000, "{most}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
