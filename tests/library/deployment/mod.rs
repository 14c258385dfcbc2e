//! Pairs of template revisions with their verdicts, each verified by rendering both sides.

use std::fs;
use std::path::Path;

use fastrand::Rng;
use inkproof::deployment::{Evidence, Order, compare_projects};
use inkproof::message::RenderOptions;
use inkproof::project::Project;
use inkproof::schema::{Openness, Payloads, SchemaOptions, TemplateModel};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::schema::payload::value;
use crate::search::subject::render_options;

/// A template in two revisions, each with what its backend sends.
#[derive(Deserialize)]
struct Pair {
    name: String,
    old: Option<String>,
    new: Option<String>,
    data: Vec<Json>,
    data_new: Vec<Json>,
    verdict: String,
    added: Vec<String>,
    dropped: Vec<String>,
}

/// How many payloads of each schema are rendered with both templates.
const PAYLOADS: usize = 30;

fn project(folder: &Path, content: Option<&str>, data: &[Json]) -> Project {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    fs::create_dir_all(folder.join("templates")).unwrap();
    if let Some(content) = content {
        write("templates/t.liquid", &format!("---\n---\n{content}"));
    }
    write("fixtures/customers/u1.json", r#"{"id": "u1", "city": "London"}"#);
    for (at, data) in data.iter().enumerate() {
        let request = json!({"transactional_message_id": "t", "identifiers": {"id": "u1"}, "message_data": data});
        write(&format!("fixtures/requests/t/{at}.json"), &request.to_string());
    }
    Project::open(folder).unwrap()
}

/// Whether a message is sent by the template of a project.
fn is_sent(project: &Project, data: &Json, customer: &Json, options: &RenderOptions) -> bool {
    let workspace = project.workspace();
    let mut payloads = Payloads::new(&project.templates()[0], &workspace, options).unwrap();
    payloads.loss(&json!({"trigger": data, "customer": customer, "objects": {}})).is_none()
}

/// Checks what is claimed of an order by rendering the data of one side with the template of the other.
fn verify(name: &str, order: &Order, sender: &Project, receiver: &Project, options: &RenderOptions) {
    let customer = json!({"id": "u1", "city": "London"});
    match &order.evidence {
        Evidence::Lost(witness) => {
            let (data, customer) = (&witness.data, &witness.customer);
            assert!(is_sent(sender, data, customer, options), "{name}: {data} is not sent");
            assert!(!is_sent(receiver, data, customer, options), "{name}: {data} is not lost");
        }
        // Without the sender's template, nothing is sent.
        Evidence::Proved if sender.templates().is_empty() || receiver.templates().is_empty() => {}
        Evidence::Proved | Evidence::Searched(_) => {
            let model = TemplateModel::derive(sender, &sender.templates()[0], options).unwrap();
            let schema = model.document(SchemaOptions { is_customer: false, openness: Openness::Open });
            let validator = jsonschema::draft202012::new(&schema).unwrap();
            let mut random = Rng::with_seed(1);
            let made = (0..PAYLOADS * 4).map(|_| value(&schema, &[], &mut random));
            // What is sent has values of the kinds that requests have.
            let is_sent_like =
                |data: &Json| validator.is_valid(data) && model.model.is_usual(&json!({"trigger": data}));
            let made: Vec<Json> = made.filter(is_sent_like).take(PAYLOADS).collect();
            for data in made.iter().filter(|data| is_sent(sender, data, &customer, options)) {
                assert!(is_sent(receiver, data, &customer, options), "{name}: {data} is lost");
            }
        }
        Evidence::NoTemplate => assert!(receiver.templates().is_empty(), "{name}"),
        Evidence::NeverSent => panic!("{name}: never sent"),
    }
}

#[test]
fn pairs_of_revisions() {
    let text = include_str!("pairs.json");
    let pairs: Vec<Pair> = serde_json::from_str(text).unwrap();
    assert!(pairs.len() >= 40);
    let options = render_options();
    let mut wrong = Vec::new();
    for pair in pairs {
        let folder = tempfile::tempdir().unwrap();
        let older = project(&folder.path().join("old"), pair.old.as_deref(), &pair.data);
        let newer = project(&folder.path().join("new"), pair.new.as_deref(), &pair.data_new);
        let (found, problems) = compare_projects(Some(&older), Some(&newer), &|_| options);
        assert!(problems.is_empty(), "{}: {problems:#?}", pair.name);
        let [comparison] = &found[..] else { panic!("{}: {found:#?}", pair.name) };
        let paths = |changes: &[inkproof::deployment::NeedChange]| -> Vec<String> {
            let mut paths: Vec<_> = changes.iter().map(|change| change.path.clone()).collect();
            paths.dedup();
            paths
        };
        let told = (comparison.verdict().as_str(), paths(&comparison.added), paths(&comparison.dropped));
        if told != (pair.verdict.as_str(), pair.added.clone(), pair.dropped.clone()) {
            wrong.push(format!("{}: {told:?}", pair.name));
        }
        verify(&pair.name, &comparison.template_first, &older, &newer, &options);
        verify(&pair.name, &comparison.backend_first, &newer, &older, &options);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
