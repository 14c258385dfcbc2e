//! Soundness of the content proof: its verdicts on interpolations, with random contents that are rendered with hostile
//! values; and its breaks, with careless contents that are rendered on every path.

use inkproof::analysis::{BranchCondition, BranchDecision, ContentProof, Verdict};
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
fn safe_interpolations_never_break_and_witnesses_do() {
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
            assert!(
                proof.interpolations.iter().any(|interpolation| interpolation.verdict != Verdict::Safe),
                "seed {seed}: {source}"
            );
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
            match &interpolation.verdict {
                Verdict::Safe => {
                    safe += 1;
                    for value in hostile() {
                        assert_ne!(with(&value), Some(false), "{value}: {}", context());
                    }
                }
                Verdict::Unsafe { variable, witness } => {
                    assert_eq!(*variable, format!("trigger.{name}"));
                    // If the branch is rendered, the witness must break the JSON.
                    let is_rendered =
                        with(&json!("\u{1}\"unlikely")) == Some(false) || with(&json!("]")) == Some(false);
                    if is_rendered {
                        broken += 1;
                        let witness: Value = serde_json::from_str(witness).unwrap();
                        assert_eq!(with(&witness), Some(false), "{witness}: {}", context());
                    }
                }
                Verdict::Unproven => {}
            }
        }
    }
    println!("{safe} safe, {broken} broken");
    assert!(safe > 1000 && broken > 1000, "{safe} safe, {broken} broken");
}

/// Pieces of careless contents: one path prints what another one lacks.
const PIECES: [&str; 16] = [
    "\"k\": 1,",
    "\"k\": {% if V %}1{% endif %},",
    "\"k\": {% if V %}1{% else %}[]{% endif %},",
    "{% if V %}\"k\": 1,{% endif %}",
    "{% if V %}\"k\": 1{% endif %},",
    "{% unless V %}\"k\": {% endunless %}1,",
    "\"k\": [{% for i in trigger.list %}1{% endfor %}],",
    "\"k\": [{% for i in trigger.list %}1{% unless forloop.last %},{% endunless %}{% endfor %}],",
    "\"k\": {% for i in trigger.list %}1{% else %}2{% endfor %},",
    "\"k\": [{% for i in trigger.list %}{% if i.a %}1,{% else %},{% endif %}{% endfor %}],",
    "\"k\": {% if V %}[{% endif %}1{% if V %}]{% endif %},",
    "\"k\": {% if V and W %}1{% elsif W %}2{% endif %},",
    "\"k\": {% case trigger.n %}{% when 1 %}1{% when 2, 3 %}2{% else %}{% endcase %},",
    "{% assign x = V %}\"k\": {% if x %}1{% endif %},",
    "\"k\": {% if trigger.list.size > 1 %}1{% endif %},",
    "\"k\": {% if V or true %}1{% endif %},",
];

/// Data for all combinations that the paths of a careless content depend on.
fn every_data() -> Vec<Map<String, Value>> {
    let mut all = Vec::new();
    for flags in 0..8_u8 {
        for elements in 0..4 {
            for n in 0..4 {
                let element = json!({"a": flags & 1 > 0});
                let list: Vec<_> = (0..elements).map(|_| element.clone()).collect();
                let data = json!({"v1": flags & 1 > 0, "v2": flags & 2 > 0, "v3": flags & 4 > 0, "list": list, "n": n});
                all.extend(data.as_object().cloned());
            }
        }
    }
    all
}

/// Whether a render with this `trigger` makes a decision. `None` if this test cannot evaluate its condition.
fn makes(decision: &BranchDecision<'_>, trigger: &Map<String, Value>) -> Option<bool> {
    let elements = trigger["list"].as_array().unwrap().len();
    let answer = match decision.condition {
        BranchCondition::Holds(condition) => trigger.get(condition.strip_prefix("trigger.")?)?.as_bool()?,
        BranchCondition::HasAny(_) => elements > 0,
        BranchCondition::HasSeveral(_) => elements > 1,
        BranchCondition::IsOneOf(_, values) => values.contains(&trigger["n"].to_string()),
    };
    Some(answer == decision.answer)
}

#[test]
fn reports_exactly_the_paths_that_break() {
    let data = every_data();
    let (mut reported, mut taken, mut missed, mut sound) = (0, 0, 0, 0);
    for seed in 0..400 {
        let mut random = fastrand::Rng::with_seed(seed);
        let pieces = (0..random.usize(1..4)).map(|_| {
            let mut variable = || format!("trigger.v{}", random.u8(1..4));
            let (v, w) = (variable(), variable());
            PIECES[random.usize(..PIECES.len())].replace('V', &v).replace('W', &w)
        });
        let source = format!("{{ {}\"last\": 1}}", pieces.collect::<String>());
        let arena = Arena::new();
        let template = Template::parse(&source, &CUSTOMERIO, &arena).unwrap();
        let proof = ContentProof::prove(template);
        for broken in &proof.breaks {
            reported += 1;
            let context = || format!("seed {seed}: {broken:?}\n{source}");
            let own: Value = serde_json::from_str(&broken.data).unwrap();
            let own = own.get("trigger").and_then(Value::as_object).cloned().unwrap_or_default();
            assert_eq!(is_json(template, &own), Some(false), "{}", context());
            for data in &data {
                if broken.decisions.iter().all(|decision| makes(decision, data) == Some(true)) {
                    taken += 1;
                    assert_ne!(is_json(template, data), Some(true), "{data:?} {}", context());
                }
            }
        }
        if data.iter().any(|data| is_json(template, data) == Some(false)) {
            missed += u32::from(proof.breaks.is_empty());
        } else {
            sound += 1;
            assert!(proof.breaks.is_empty(), "seed {seed}: {:?}\n{source}", proof.breaks);
        }
    }
    println!("{reported} reported, {taken} taken, {missed} missed, {sound} sound");
    assert!(reported > 200 && taken > 2_000 && missed == 0 && sound > 20, "{reported} {taken} {missed} {sound}");
}
