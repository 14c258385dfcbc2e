//! Properties that hold for every template, string and number.

use inkproof_liquid::value::{json, number, utf16};
use inkproof_liquid::{Arena, LIQUIDJS, Limits, Mode, Options, Output, Template};
use proptest::prelude::*;

/// Pieces of templates, valid and invalid.
const PIECES: [&str; 62] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{{-",
    "-}}",
    "{%-",
    "-%}",
    "{% if ",
    "{% elsif ",
    "{% else %}",
    "{% endif %}",
    "{% for i in ",
    "{% endfor %}",
    "{% case ",
    "{% when ",
    "{% endcase %}",
    "{% assign x = ",
    "{% capture y %}",
    "{% endcapture %}",
    "{% raw %}",
    "{% endraw %}",
    "{% comment %}",
    "{% endcomment %}",
    "{% liquid\n",
    "{% cycle ",
    "{% tablerow i in ",
    "{% endtablerow %}",
    "{% unless ",
    "{% endunless %}",
    "{% increment n %}",
    "{% break %}",
    "{% # c %}",
    "{% echo ",
    " | ",
    ": ",
    ", ",
    ".",
    "..",
    "(",
    ")",
    "[",
    "]",
    "a",
    "i",
    "x",
    "forloop",
    "nil",
    "blank",
    "'é😀'",
    "\"q",
    "\\u12",
    "1",
    "-2.5",
    " == ",
    " contains ",
    " and ",
    "append",
    "split: ''",
    "json",
    "where_exp: 'i', 'i.a'",
    "\n",
];

fn template() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

/// A string without the private-use characters that represent lone surrogates.
fn any_string() -> impl Strategy<Value = String> {
    ".{0,12}".prop_filter("no stand-ins", |text| !utf16::may_contain_lone_surrogates(text))
}

/// A JSON value, not too large.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        (-1e9..1e9).prop_map(serde_json::Value::from),
        any_string().prop_map(serde_json::Value::from),
    ];
    scalar.prop_recursive(4, 40, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-z0-9]{0,3}", inner, 0..12)
                .prop_map(|entries| entries.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn small_limits() -> Limits {
    Limits { memory: 1e6, output: 1 << 20, ..Limits::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every template is parsed or rejected, and rendered or rejected. The source map covers the output without gaps,
    /// and its spans are inside the template.
    #[test]
    fn every_template_renders_or_fails(source in template(), lax in any::<bool>()) {
        let arena = Arena::new();
        let data = json::read(r#"{"a": [1, "b", {"a": null}], "i": "text", "x": {"a": 2}}"#, &arena).unwrap();
        match Template::parse(&source, &LIQUIDJS, &arena) {
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    let span = error.span().unwrap();
                    prop_assert!(span.start <= source.len() && error.position().is_some(), "{error:?}");
                }
            }
            Ok(template) => {
                let mode = if lax { Mode::Lax } else { Mode::Live };
                let options = Options { mode, limits: small_limits(), ..Options::default() };
                let mut out = Output::with_marks();
                let result = template.render(data, &options, &arena, &mut out);
                if let Err(error) = &result {
                    prop_assert!(error.span().is_some_and(|span| span.end <= source.len()), "{error:?}");
                }
                let mut end = 0;
                for mark in out.marks() {
                    prop_assert!(mark.written.start <= end && mark.written.end >= end, "{:?}", out.marks());
                    prop_assert!(source.get(mark.span.range()).is_some(), "{mark:?}");
                    end = mark.written.end;
                }
                if result.is_ok() {
                    prop_assert_eq!(end, out.len());
                }
            }
        }
    }

    /// Reading and writing JSON only changes the order of keys.
    #[test]
    fn json_survives_a_round_trip(value in value(), indent in prop::option::of(" {0,3}")) {
        let text = value.to_string();
        let arena = Arena::new();
        let mut written = String::new();
        json::write(json::read(&text, &arena).unwrap(), indent.as_deref(), &mut written).unwrap();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), normalized(value), "{}", written);
    }

    /// The two readers of JSON reject the same strings.
    #[test]
    fn both_json_readers_reject_the_same_strings(text in "[\\[\\]{}:,\"a1.e+\\\\ntrue-]{0,10}") {
        let arena = Arena::new();
        prop_assert_eq!(json::read(&text, &arena).is_ok(), serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }

    /// The string of a number parses back to that number.
    #[test]
    fn numbers_survive_a_round_trip(number in any::<f64>().prop_filter("a number", |number| number.is_finite())) {
        prop_assert_eq!(number::parse(&number::to_js_string(number)), number);
    }

    /// A string that is split into lone surrogates is the same again once they are joined.
    #[test]
    fn split_surrogates_join_again(text in any_string()) {
        let halves: String = utf16::units(&text).map(utf16::char_of_unit).collect();
        prop_assert_eq!(utf16::length(&halves), text.encode_utf16().count());
        prop_assert_eq!(utf16::join_surrogates(&halves), text.as_str());
    }
}

/// Writes an integer without a decimal point.
fn normalized(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(number) => {
            let number = number.as_f64().unwrap();
            let text = number::to_js_string(number);
            serde_json::from_str(&text).unwrap()
        }
        serde_json::Value::Array(items) => items.into_iter().map(normalized).collect(),
        serde_json::Value::Object(entries) => {
            entries.into_iter().map(|(name, value)| (name, normalized(value))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other,
    }
}
