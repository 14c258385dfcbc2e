//! Soundness of the content proof: random contents are rendered with hostile values.

use inkproof::analysis::ContentProof;
use inkproof::customerio::CUSTOMERIO;
use inkproof::liquid::value::json;
use inkproof::liquid::{Arena, Options, Output, Template};
use serde_json::{Map, Value, json};

const CONTENTS: u64 = 1500;

/// Values that a hostile sender may send instead of a plain one.
fn hostile() -> Vec<Value> {
    vec![
        json!("say \"hi\""),
        json!("back\\slash"),
        json!("two\nlines"),
        json!("\t"),
        json!("a word"),
        json!(""),
        json!("{"),
        json!("}}, {"),
        Value::Null,
        json!(true),
        json!(1.5),
        json!({"a": "\""}),
        json!(["\"", "\\"]),
        json!([]),
    ]
}

/// Generates random contents, with a new variable for each interpolation.
struct Generator {
    random: fastrand::Rng,
    variables: usize,
}

impl Generator {
    fn variable(&mut self) -> String {
        self.variables += 1;
        format!("trigger.v{}", self.variables)
    }

    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.random.usize(..choices.len())]
    }

    fn expression(&mut self) -> String {
        let filters = [
            "",
            "",
            " | json",
            " | upcase",
            " | url_encode",
            " | size",
            " | plus: 1",
            " | escape",
            " | default: 0",
            " | default: 0 | json",
            " | strip",
            " | append: 'x' | json",
        ];
        let filter = self.pick(&filters);
        format!("{}{filter}", self.variable())
    }

    fn value(&mut self, depth: u8) -> String {
        let inner = depth.saturating_sub(1);
        match self.random.u8(..if depth == 0 { 4 } else { 9 }) {
            0 => format!("{{{{ {} }}}}", self.expression()),
            1 => format!("\"a {{{{ {} }}}}\"", self.expression()),
            2 => format!("{{{{ {} | json }}}}", self.variable()),
            3 => self.pick(&["1", "\"x\"", "null", "[]"]).to_owned(),
            4 => format!(
                "{{% if {} %}}{}{{% else %}}{}{{% endif %}}",
                self.variable(),
                self.value(inner),
                self.value(inner)
            ),
            5 => format!(
                "[{{% for i in trigger.list %}}{}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}]",
                self.value(inner)
            ),
            6 => format!("[{{% for i in trigger.list %}}{},{{% endfor %}}]", self.value(inner)),
            _ => self.object(inner),
        }
    }

    fn object(&mut self, depth: u8) -> String {
        let count = self.random.usize(1..4);
        let entries: Vec<_> = (0..count).map(|at| format!("\"k{at}\": {}", self.value(depth))).collect();
        format!("{{{}}}", entries.join(", "))
    }
}

/// Whether the content is valid JSON with this `trigger`. `None` if rendering fails.
fn is_json(template: Template<'_>, trigger: &Map<String, Value>) -> Option<bool> {
    let arena = Arena::new();
    let text = json!({ "trigger": trigger }).to_string();
    let data = json::read(arena.alloc_str(&text), &arena).unwrap();
    let options = Options { now: Some(0.0), seed: Some(1), ..Options::default() };
    let mut out = Output::new();
    template.render(data, &options, &arena, &mut out).ok()?;
    let arena = Arena::new();
    Some(json::read_with_trailing_commas(out.text(), &arena).is_ok())
}

#[test]
fn safe_interpolations_never_break() {
    let (mut safe, mut broken) = (0, 0);
    for seed in 0..CONTENTS {
        let mut generator = Generator { random: fastrand::Rng::with_seed(seed), variables: 0 };
        let source = generator.object(3);
        let arena = Arena::new();
        let template = Template::parse(&source, &CUSTOMERIO, &arena).unwrap();
        let proof = ContentProof::prove(template);
        assert!(proof.is_complete, "{source}");
        let mut plain = Map::new();
        for at in 1..=generator.variables {
            plain.insert(format!("v{at}"), json!(1));
        }
        plain.insert("list".to_owned(), json!([1, 2]));
        if is_json(template, &plain) == Some(false) {
            // A string in quotes that contains quotes itself.
            assert!(proof.interpolations.iter().any(|interpolation| !interpolation.is_safe), "seed {seed}: {source}");
            continue;
        }
        for interpolation in &proof.interpolations {
            let name = format!(
                "v{}",
                interpolation.span.of(&source).split("trigger.v").nth(1).unwrap().split(' ').next().unwrap()
            );
            let with = |value: &Value| {
                let mut data = plain.clone();
                data.insert(name.clone(), value.clone());
                is_json(template, &data)
            };
            let context = || format!("seed {seed}: {name} {interpolation:?}\n{source}");
            if interpolation.is_safe {
                safe += 1;
                for value in hostile() {
                    assert_ne!(with(&value), Some(false), "{value}: {}", context());
                }
            } else if hostile().iter().any(|value| with(value) == Some(false)) {
                broken += 1;
            }
        }
    }
    println!("{safe} safe, {broken} broken");
    assert!(safe > 1000 && broken > 1000, "{safe} safe, {broken} broken");
}
