//! Soundness: over random templates, a payload that the schema admits is never lost because of a missing key or a wrong kind,
//! a key that it calls optional can be removed from any request, and removing a required key loses some message.

use std::collections::BTreeMap;

use fastrand::Rng;
use inkproof::liquid::{Arena, json as liquid_json};
use inkproof::message::{CompiledTemplate, SentData, Trial, TrialOutput, Workspace};
use inkproof::schema::{Openness, SchemaOptions, TemplateModel};
use serde_json::{Value as Json, json};

use super::payload::value;
use crate::search::generator::Generated;
use crate::search::subject::{Subject, render_options};

/// How many payloads are made from each schema.
const PAYLOADS: usize = 100;
const OPTIONS: SchemaOptions = SchemaOptions { is_customer: false, openness: Openness::Open };
const WORDS: [&str; 5] = ["paid", "open", "void", "sent", "lost"];

/// The results over many templates.
#[derive(Debug, Default)]
struct Tally {
    templates: usize,
    payloads: usize,
    lost: usize,
    /// Payloads that are lost because of a missing key or a wrong kind.
    unsound: Vec<String>,
    removals: usize,
    /// Optional keys without which a request is lost.
    fatal: Vec<String>,
    required: usize,
    /// Required keys without which no message is lost.
    needless: Vec<String>,
    renders: usize,
    rejected_requests: Vec<String>,
    time: std::time::Duration,
}

/// Renders `message_data` for the customer of all requests.
struct Judge<'t> {
    trial: Trial<'t>,
    out: TrialOutput,
    customer: String,
}

impl<'t> Judge<'t> {
    fn new(compiled: &'t CompiledTemplate<'t>) -> Self {
        Self {
            trial: Trial::new(compiled, &render_options()),
            out: TrialOutput::default(),
            customer: Generated::customer(),
        }
    }

    fn is_sent(&mut self, data: &Json) -> bool {
        let arena = Arena::new();
        let text = data.to_string();
        let read = |text: &str| liquid_json::read(arena.alloc_str(text), &arena).unwrap();
        let sent = SentData { trigger: read(&text), customer: read(&self.customer), objects: read("{}") };
        self.trial.run(sent, &arena, &mut self.out).is_none()
    }
}

/// The values that requests have at each place, by its keys, with `[]` for elements.
fn seen(value: &Json, path: &str, found: &mut BTreeMap<String, Vec<Json>>) {
    found.entry(path.to_owned()).or_default().push(value.clone());
    match value {
        Json::Object(object) => object.iter().for_each(|(key, value)| seen(value, &format!("{path}.{key}"), found)),
        Json::Array(items) => items.iter().for_each(|item| seen(item, &format!("{path}[]"), found)),
        _ => {}
    }
}

fn kind(value: &Json) -> usize {
    match value {
        Json::Null => 0,
        Json::Bool(_) => 1,
        Json::Number(_) => 2,
        Json::String(_) => 3,
        Json::Array(_) => 4,
        Json::Object(_) => 5,
    }
}

/// The payload with every key that the schema knows, and values of the kinds that requests have, each the one that is `at`
/// among them.
fn complete(value: &Json, schema: &Json, path: &str, known: &BTreeMap<String, Vec<Json>>, at: usize) -> Json {
    let of_requests = known.get(path).map(Vec::as_slice).unwrap_or_default();
    let is_usual = of_requests.is_empty() || of_requests.iter().any(|other| kind(other) == kind(value));
    // Where requests have booleans, another kind is replaced by the boolean with the same truth value, by `true`, and by
    // `false`: if the message is lost with one of them, its loss is not due to the kind.
    let is_flag = of_requests.iter().all(Json::is_boolean);
    let value = match value {
        value if is_usual => value.clone(),
        value if is_flag => json!([!value.is_null(), true, false][at % 3]),
        _ => of_requests[at % of_requests.len()].clone(),
    };
    match value {
        Json::Object(mut object) => {
            for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
                let path = format!("{path}.{key}");
                let of_requests = known.get(&path).map(Vec::as_slice).unwrap_or_default();
                if let Some(current) = object.get(key).cloned() {
                    object.insert(key.clone(), complete(&current, inner, &path, known, at));
                } else if !of_requests.is_empty() {
                    object.insert(key.clone(), of_requests[at % of_requests.len()].clone());
                }
            }
            Json::Object(object)
        }
        Json::Array(items) => {
            items.iter().map(|item| complete(item, &schema["items"], &format!("{path}[]"), known, at)).collect()
        }
        other => other,
    }
}

/// Every object of a payload with one key less, and whether the schema requires that key.
fn without_keys(value: &Json, schema: &Json) -> Vec<(String, bool, Json)> {
    let mut found = Vec::new();
    match value {
        Json::Object(object) => {
            let required = schema["required"].as_array();
            for (key, inner) in object {
                let of_key = &schema["properties"][key];
                let is_required = required.is_some_and(|names| names.contains(&json!(key)));
                let mut other = object.clone();
                other.shift_remove(key);
                found.push((format!(".{key}"), is_required, Json::Object(other)));
                for (path, is_required, changed) in without_keys(inner, of_key) {
                    let mut other = object.clone();
                    other.insert(key.clone(), changed);
                    found.push((format!(".{key}{path}"), is_required, Json::Object(other)));
                }
            }
        }
        Json::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for (path, is_required, changed) in without_keys(item, &schema["items"]) {
                    let mut other = items.clone();
                    other[at] = changed;
                    found.push((format!("[]{path}"), is_required, Json::Array(other)));
                }
            }
        }
        _ => {}
    }
    found
}

/// The keys that a schema requires, wherever they are.
fn required_keys(schema: &Json, path: &str, found: &mut Vec<String>) {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        found.push(format!("{path}.{name}"));
    }
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        required_keys(inner, &format!("{path}.{key}"), found);
    }
    if schema["items"].is_object() {
        required_keys(&schema["items"], &format!("{path}[]"), found);
    }
}

impl Tally {
    fn judge(&mut self, content: &str, requests: &[Json], schema: &Json, judge: &mut Judge<'_>, random: &mut Rng) {
        let validator = jsonschema::draft202012::new(schema).unwrap();
        let constants = WORDS.map(str::to_owned);
        let mut known = BTreeMap::new();
        for request in requests {
            seen(request, "", &mut known);
            if !validator.is_valid(request) {
                let why: Vec<_> = validator.iter_errors(request).map(|error| error.to_string()).collect();
                self.rejected_requests.push(format!("{content}\n    {request}\n    {}", why.join("; ")));
            }
        }
        let mut sent = requests.to_vec();
        let mut made = 0;
        for _ in 0..PAYLOADS * 20 {
            if made == PAYLOADS {
                break;
            }
            let data = value(schema, &constants, random);
            if !validator.is_valid(&data) {
                continue;
            }
            made += 1;
            if judge.is_sent(&data) {
                sent.push(data);
                continue;
            }
            self.lost += 1;
            let is_to_blame = (0..3).all(|at| judge.is_sent(&complete(&data, schema, "", &known, at)));
            if is_to_blame {
                let whole = complete(&data, schema, "", &known, 0);
                self.unsound.push(format!("{content}\n    {data}\n    {whole}\n    {schema}"));
            }
        }
        self.payloads += made;
        for request in requests {
            for (key, is_required, changed) in without_keys(request, schema) {
                if !is_required && validator.is_valid(&changed) {
                    self.removals += 1;
                    if !judge.is_sent(&changed) {
                        self.fatal.push(format!("{content}\n    {key}: {changed}\n    {schema}"));
                    }
                }
            }
        }
        let mut required = Vec::new();
        required_keys(schema, "", &mut required);
        self.required += required.len();
        for data in &sent {
            if required.is_empty() {
                break;
            }
            for (key, _, changed) in without_keys(data, schema) {
                if required.contains(&key) && !judge.is_sent(&changed) {
                    required.retain(|other| *other != key);
                }
            }
        }
        self.needless.extend(required.iter().map(|key| format!("{content}\n    {key}\n    {schema}")));
    }
}

#[test]
fn schemas_are_sound() {
    let count = |name: &str| std::env::var(name).ok().and_then(|count| count.parse().ok());
    let templates = count("SOUNDNESS").unwrap_or(40);
    let mut random = Rng::with_seed(count("SOUNDNESS_SEED").unwrap_or(1) as u64);
    let mut tally = Tally::default();
    while tally.templates < templates {
        let generated = Generated::new(&mut random);
        let requests = generated.requests(&mut random);
        let texts: Vec<&str> = requests.iter().map(String::as_str).collect();
        let subject = Subject::new(&generated.content, &texts, &[&Generated::customer()]);
        let data: Vec<Json> = requests.iter().map(|request| serde_json::from_str(request).unwrap()).collect();
        subject.compiled(|compiled| {
            let mut judge = Judge::new(compiled);
            // Requests are clean: of a template that loses its own requests, nothing is known.
            if !data.iter().all(|data| judge.is_sent(data)) {
                return;
            }
            tally.templates += 1;
            let cases: Vec<_> = subject.requests.iter().map(|request| (request, &subject.customers[0])).collect();
            let started = std::time::Instant::now();
            let model = TemplateModel::from_parts(
                &subject.template,
                &cases,
                &subject.customers,
                &Workspace::default(),
                &render_options(),
            )
            .unwrap();
            tally.time += started.elapsed();
            tally.renders += model.model.renders;
            tally.judge(&generated.content, &data, &model.document(OPTIONS), &mut judge, &mut random);
        });
    }
    let Tally {
        payloads, lost, unsound, removals, fatal, required, needless, renders, rejected_requests, time, ..
    } = &tally;
    println!(
        "{templates} templates, {payloads} payloads, {lost} lost, {} unsound; {removals} removals, {} fatal; {required} required, {} needless; {} requests rejected; {renders} renders in {time:?}",
        unsound.len(),
        fatal.len(),
        needless.len(),
        rejected_requests.len(),
    );
    for (title, list) in
        [("unsound", unsound), ("fatal", fatal), ("needless", needless), ("rejected", rejected_requests)]
    {
        list.iter().take(6).for_each(|one| println!("{title}: {one}"));
    }
    assert!(unsound.is_empty() && fatal.is_empty() && needless.is_empty());
}
