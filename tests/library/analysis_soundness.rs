//! Soundness of the analysis: random templates are rendered with random data, before and after a key is removed from
//! the data, and the difference is compared with what the analysis predicts.

use inkproof::analysis::{MissingBehavior, Needs, Path, PathStep, Read};
use inkproof::customerio::{CUSTOMERIO, LEGACY};
use inkproof::liquid::value::json;
use inkproof::liquid::{Arena, Options, Output, Template, Trace};
use serde_json::{Map, Value, json};

/// How many templates are tried, each with several data.
const TEMPLATES: u64 = 600;
const KEYS: [&str; 6] = ["a", "b", "c", "name", "list", "box"];

/// Generates random templates and data.
pub(crate) struct Generator {
    pub(crate) random: fastrand::Rng,
    /// The names that loops and `assign` have defined so far.
    names: Vec<&'static str>,
    /// What is read beside `trigger`, such as a snippet.
    others: &'static [&'static str],
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), names: Vec::new(), others: &[] }
    }

    /// Begins another template, which also reads these.
    pub(crate) fn begin(&mut self, others: &'static [&'static str]) {
        self.names.clear();
        self.others = others;
    }

    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.random.usize(..choices.len())]
    }

    fn path(&mut self) -> String {
        let mut path = match self.random.u8(..3) {
            0 if !self.names.is_empty() => self.names[self.random.usize(..self.names.len())].to_owned(),
            1 if !self.others.is_empty() && self.random.bool() => self.pick(self.others).to_owned(),
            _ => format!("trigger.{}", self.pick(&KEYS)),
        };
        while self.random.u8(..3) == 0 {
            match self.random.u8(..8) {
                0 => path.push_str(self.pick(&[".first", ".last", ".size", "[0]", "[trigger.a]", "['name']"])),
                _ => path = format!("{path}.{}", self.pick(&KEYS)),
            }
        }
        path
    }

    fn operand(&mut self) -> String {
        match self.random.u8(..4) {
            0 => self.pick(&["'x'", "1", "nil", "blank", "true", "empty", "(1..2)"]).to_owned(),
            _ => self.path(),
        }
    }

    fn filter(&mut self) -> String {
        let operand = self.operand();
        let key = self.pick(&KEYS);
        match self.random.u8(..16) {
            0..=2 => format!(" | default: {operand}"),
            3 => " | upcase".to_owned(),
            4 => " | json".to_owned(),
            5 => " | size".to_owned(),
            6 => format!(" | where: '{key}'"),
            7 => format!(" | map: '{key}'"),
            8 => " | first".to_owned(),
            9 => format!(" | append: {operand}"),
            10 => format!(" | sort: '{key}'"),
            11 => format!(" | where_exp: 'i', 'i.{key} == {}'", operand.replace('\'', "")),
            12 => " | reverse".to_owned(),
            13 => format!(" | find: '{key}', {operand}"),
            14 => format!(" | concat: {operand}"),
            _ => format!(" | group_by: '{key}'"),
        }
    }

    fn value(&mut self) -> String {
        let mut value = self.operand();
        while self.random.u8(..3) == 0 {
            value.push_str(&self.filter());
        }
        value
    }

    fn condition(&mut self) -> String {
        let one = |generator: &mut Self| {
            let left = generator.operand();
            match generator.random.u8(..6) {
                0 | 1 => left,
                2 => format!("{left} != blank"),
                3 => format!("not {left}"),
                4 => format!("{left}.size > 0"),
                _ => {
                    let operator = generator.pick(&["==", "!=", "<", "<=", ">", ">=", "contains"]);
                    let right = match generator.random.u8(..3) {
                        0 => generator.pick(&["0", "5", "-1", "''", "nil"]).to_owned(),
                        _ => generator.operand(),
                    };
                    if generator.random.u8(..4) == 0 {
                        format!("{right} {operator} {left}")
                    } else {
                        format!("{left} {operator} {right}")
                    }
                }
            }
        };
        match self.random.u8(..4) {
            0 => format!("{} and {}", one(self), one(self)),
            1 => format!("{} or {}", one(self), one(self)),
            2 => format!("{}{}", one(self), self.filter()),
            _ => one(self),
        }
    }

    pub(crate) fn nodes(&mut self, depth: u8) -> String {
        (0..self.random.u8(1..4)).map(|_| self.node(depth)).collect()
    }

    fn node(&mut self, depth: u8) -> String {
        if depth == 0 {
            return format!("{{{{ {} }}}}", self.value());
        }
        let inner = depth - 1;
        match self.random.u8(..12) {
            0..=2 => format!("{{{{ {} }}}}", self.value()),
            3 => {
                let value = self.value();
                let name = self.pick(&["x", "y"]);
                self.names.push(name);
                format!("{{% assign {name} = {value} %}}")
            }
            4 => {
                let body = self.nodes(inner);
                let name = self.pick(&["x", "y"]);
                self.names.push(name);
                format!("{{% capture {name} %}}{body}{{% endcapture %}}")
            }
            5 | 6 => format!(
                "{{% if {} %}}{}{{% elsif {} %}}{}{{% else %}}{}{{% endif %}}",
                self.condition(),
                self.nodes(inner),
                self.condition(),
                self.nodes(inner),
                self.nodes(inner)
            ),
            7 => format!("{{% unless {} %}}{}{{% endunless %}}", self.condition(), self.nodes(inner)),
            8 => format!(
                "{{% case {} %}}{{% when {}, {} %}}{}{{% else %}}{}{{% endcase %}}",
                self.value(),
                self.operand(),
                self.operand(),
                self.nodes(inner),
                self.nodes(inner)
            ),
            9 if self.random.bool() => {
                format!("{{% if {} %}}{}{{% endif %}}", self.condition(), self.pick(&["{% break %}", "{% continue %}"]))
            }
            _ => {
                let collection = self.path();
                let name = self.pick(&["p", "q"]);
                self.names.push(name);
                let arguments = self.pick(&["", " limit: 1", " reversed", " offset: trigger.b"]);
                let body = self.nodes(inner);
                self.names.pop();
                format!("{{% for {name} in {collection}{arguments} %}}{body}{{% else %}}e{{% endfor %}}")
            }
        }
    }

    fn data(&mut self, depth: u8) -> Value {
        match self.random.u8(..if depth == 0 { 6 } else { 10 }) {
            0 => json!("x"),
            1 => json!(1),
            2 => json!(true),
            3 => json!(""),
            4 => json!("name"),
            5 => Value::Null,
            6 | 7 => (0..self.random.u8(1..3)).map(|_| self.data(depth - 1)).collect(),
            _ => Value::Object(self.object(depth - 1)),
        }
    }

    pub(crate) fn object(&mut self, depth: u8) -> Map<String, Value> {
        let mut object = Map::new();
        for key in KEYS {
            if self.random.u8(..5) > 0 {
                object.insert(key.to_owned(), self.data(depth));
            }
        }
        object
    }
}

/// The paths of all keys in the data.
fn places<'d>(value: &'d Value, path: &Path<'d>, found: &mut Vec<Path<'d>>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = path.then(PathStep::Key(key));
                found.push(path.clone());
                places(value, &path, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                places(item, &path.then(PathStep::Element), found);
            }
        }
        _ => {}
    }
}

/// Removes the keys at a path. Returns whether there were any.
fn remove(value: &mut Value, steps: &[PathStep<'_>]) -> bool {
    match (steps, value) {
        ([PathStep::Key(key)], Value::Object(object)) => object.shift_remove(*key).is_some(),
        ([PathStep::Key(key), rest @ ..], Value::Object(object)) => {
            object.get_mut(*key).is_some_and(|value| remove(value, rest))
        }
        ([PathStep::Element, rest @ ..], Value::Array(items)) => {
            items.iter_mut().fold(false, |any, item| remove(item, rest) | any)
        }
        _ => false,
    }
}

fn render<'a>(template: Template<'a>, data: &'a str, arena: &'a Arena) -> (Result<String, String>, Trace) {
    let data = json::read(data, arena).unwrap();
    let mut out = Output::new();
    let mut trace = Trace::default();
    let options = Options { now: Some(0.0), seed: Some(1), ..Options::default() };
    let result = template.render_traced(data, &options, arena, &mut out, &mut trace);
    (result.map(|()| out.into_text()).map_err(|error| error.to_string()), trace)
}

/// Whether a render has reached a read whose path is missing, and for which the analysis predicts a failure then.
fn is_predicted_to_fail(needs: &Needs<'_>, data: &str, trace: &Trace) -> bool {
    let arena = Arena::new();
    let data = json::read(data, &arena).unwrap();
    let fails = |read: &Read<'_>| read.missing_behavior == MissingBehavior::Fails && read.presence(data).is_missing();
    needs.reads.iter().any(|read| trace.has(read.node) && fails(read))
}

#[test]
fn predicts_what_happens_without_a_variable() {
    let (mut unneeded, mut predicted, mut fatal, mut harmless) = (0, 0, 0, 0);
    for seed in 0..TEMPLATES {
        let mut generator = Generator::new(seed);
        let source = generator.nodes(3);
        let arena = Arena::new();
        let Ok(template) = Template::parse(&source, &CUSTOMERIO, &arena) else { continue };
        let needs = Needs::from_templates(&[template], &CUSTOMERIO, &|_| Vec::new(), &arena);
        for _ in 0..4 {
            let whole = json!({ "trigger": generator.object(3) });
            let text = whole.to_string();
            let (before, trace) = render(template, arena.alloc_str(&text), &arena);
            let mut found = Vec::new();
            places(&whole["trigger"], &Path::new("trigger"), &mut found);
            found.sort();
            found.dedup();
            for path in &found {
                let mut less = whole.clone();
                assert!(remove(&mut less["trigger"], &path.steps), "{path}");
                let text = less.to_string();
                let (after, trace_after) = render(template, arena.alloc_str(&text), &arena);
                let context = || format!("seed {seed}: {path}\n{source}\n{whole}\n{before:?}\n{after:?}");
                if !needs.may_read(path) {
                    unneeded += 1;
                    assert_eq!(before, after, "not needed: {}", context());
                }
                if is_predicted_to_fail(&needs, &text, &trace_after) {
                    predicted += 1;
                    assert!(after.is_err(), "predicted to fail: {}", context());
                }
                if before.is_err() {
                    continue;
                }
                let reads: Vec<_> = needs.reads.iter().filter(|read| read.path == *path).collect();
                let is_fatal =
                    reads.iter().any(|read| read.missing_behavior == MissingBehavior::Fails && trace.has(read.node));
                if is_fatal {
                    fatal += 1;
                    assert!(after.is_err(), "fatal: {}", context());
                }
                let mut below = needs.reads.iter().filter(|read| read.path.is_within(path));
                if !needs.reads_anything && below.all(|read| read.missing_behavior < MissingBehavior::MayFail) {
                    harmless += 1;
                    let named = format!("undefined variable: {path},");
                    assert!(!after.as_ref().is_err_and(|error| error.starts_with(&named)), "harmless: {}", context());
                }
            }
        }
    }
    println!("{unneeded} unneeded, {predicted} predicted, {fatal} fatal, {harmless} harmless");
    assert!(
        unneeded > 10_000 && predicted > 1000 && fatal > 200 && harmless > 10_000,
        "{unneeded} {predicted} {fatal} {harmless}"
    );
}

/// With the legacy Liquid, `assign` and `default` do not accept missing variables, so more renders fail.
#[test]
fn predicted_failures_happen_with_the_legacy_liquid() {
    let mut predicted = 0;
    for seed in 0..TEMPLATES {
        let mut generator = Generator::new(seed);
        let source = generator.nodes(3);
        let arena = Arena::new();
        let Ok(template) = Template::parse(&source, &LEGACY, &arena) else { continue };
        let needs = Needs::from_templates(&[template], &LEGACY, &|_| Vec::new(), &arena);
        for _ in 0..40 {
            let text = json!({ "trigger": generator.object(3) }).to_string();
            let (rendered, trace) = render(template, arena.alloc_str(&text), &arena);
            if is_predicted_to_fail(&needs, &text, &trace) {
                predicted += 1;
                assert!(rendered.is_err(), "seed {seed}: {source}\n{text}\n{rendered:?}");
            }
        }
    }
    assert!(predicted > 1000, "{predicted}");
}
