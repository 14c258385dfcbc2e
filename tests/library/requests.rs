//! Requests: what `inkproof request` writes is sent, and reaches every branch that any data reaches.

use std::fs;
use std::path::Path;

use fastrand::Rng;
use inkproof::liquid::{Arena, NodeId, json};
use inkproof::message::{SentData, Trial, TrialOutput, Workspace};
use inkproof::project::Project;
use inkproof::scaffold::{Name, Plan, request_for, requests_for_all_branches};

use super::search::generator::Generated;
use super::search::subject::render_options;

/// How many templates are generated.
const TEMPLATES: usize = 200;
/// How many payloads show which branches of a template any data reaches.
const PAYLOADS: usize = 400;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A project with one template `t`.
fn project(content: &str) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "templates/t.liquid", content);
    write(folder.path(), "fixtures/customers/ada.json", &Generated::customer());
    let project = Project::open(folder.path()).unwrap();
    (folder, project)
}

/// The requests of a plan that are sent, and the others.
fn rendered(folder: &Path, plan: &Plan) -> (Vec<String>, Vec<String>) {
    plan.write(folder).unwrap();
    let project = Project::open(folder).unwrap();
    assert!(!project.problems().has_errors(), "{:?}", project.problems());
    let (mut sent, mut lost) = (Vec::new(), Vec::new());
    let _: Result<(), ()> = project.render(&project.cases(), &render_options(), |case, rendering| {
        let text = case.request.source().text().to_owned();
        if rendering.message.is_some() {
            sent.push(text);
        } else {
            lost.push(text);
        }
        Ok(())
    });
    (sent, lost)
}

#[test]
fn a_request_is_sent_for_every_use() {
    let cases = include_str!("requests/uses.jsonl");
    let mut failures = Vec::new();
    for line in cases.lines() {
        let content: String = serde_json::from_str(line).unwrap();
        let (folder, project) = project(&content);
        let template = &project.templates()[0];
        let planned = request_for(&project, template, &Name::parse("r").unwrap(), None, &render_options()).unwrap();
        let (sent, lost) = rendered(folder.path(), &planned.plan);
        if !planned.is_sent || sent.len() != 1 || !lost.is_empty() {
            failures.push(content);
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.lines().count(), failures.join("\n"));
}

#[test]
fn says_so_if_no_data_is_sent() {
    for content in [
        "{\"title\": \"x\" {% if trigger.a %}!{% endif %}",
        "{\"title\": {{ trigger.a | default: \"\" | strip | slice: 0, 0 }}}",
    ] {
        let (folder, project) = project(content);
        let template = &project.templates()[0];
        let name = Name::parse("r").unwrap();
        let planned = request_for(&project, template, &name, None, &render_options()).unwrap();
        assert!(!planned.is_sent, "{content}");
        assert_eq!(rendered(folder.path(), &planned.plan).1.len(), 1);
        let all = requests_for_all_branches(&project, template, &name, &render_options()).unwrap();
        assert_eq!((all.is_sent, all.count), (false, 0), "{content}");
    }
}

/// Which branches of a template a payload reaches; `None` if its message is lost.
fn reached(trial: &Trial<'_>, branches: &[NodeId], trigger: &str, customer: &str) -> Option<Vec<bool>> {
    let (arena, mut out) = (Arena::new(), TrialOutput::default());
    let read = |text| json::read(text, &arena).unwrap();
    let data = SentData { trigger: read(trigger), customer: read(customer), objects: read("{}") };
    let is_sent = trial.run(data, &arena, &mut out).is_none();
    is_sent.then(|| branches.iter().map(|branch| out.trace.has(*branch)).collect())
}

#[test]
fn requests_for_all_branches_reach_what_any_data_reaches() {
    let mut random = Rng::with_seed(11);
    let (mut reachable, mut covered, mut requests, mut templates) = (0, 0, 0, 0);
    let mut missed = Vec::new();
    for _ in 0..TEMPLATES {
        let generated = Generated::new(&mut random);
        let (folder, project) = project(&generated.content);
        let template = &project.templates()[0];
        let arena = Arena::new();
        let workspace = Workspace::default();
        let compiled = template.compile(&workspace, &arena).unwrap();
        let options = render_options();
        let trial = Trial::new(&compiled, &options);
        let found = inkproof::analysis::branches_in(&compiled.texts()[0], template.source());
        let (places, nodes): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let planned = requests_for_all_branches(&project, template, &Name::parse("r").unwrap(), &options).unwrap();
        let (sent, lost) = rendered(folder.path(), &planned.plan);
        assert!(lost.is_empty(), "{}: {lost:?}", generated.content);
        assert_eq!(sent.len(), planned.count);
        let written = Project::open(folder.path()).unwrap();
        let mut ours = vec![false; nodes.len()];
        for case in written.cases() {
            let data = case.request.message_data(inkproof::liquid::value::number::Numbers::JavaScript, &arena).unwrap();
            let mut text = String::new();
            json::write(data, None, &mut text).unwrap();
            let found = reached(&trial, &nodes, &text, case.customer.source().text()).unwrap();
            ours.iter_mut().zip(found).for_each(|(ours, found)| *ours |= found);
        }
        let mut any = ours.clone();
        for _ in 0..PAYLOADS {
            let (trigger, customer) = (generated.payload(&mut random), generated.random_customer(&mut random));
            if let Some(found) = reached(&trial, &nodes, &trigger, &customer) {
                any.iter_mut().zip(found).for_each(|(any, found)| *any |= found);
            }
        }
        let is_sendable = any.contains(&true) || planned.is_sent;
        templates += usize::from(is_sendable);
        requests += planned.count;
        reachable += any.iter().filter(|any| **any).count();
        covered += ours.iter().filter(|ours| **ours).count();
        // As few as possible: none is superfluous.
        assert!(planned.count <= nodes.len().max(1), "{}", generated.content);
        for (at, _) in any.iter().zip(&ours).enumerate().filter(|(_, (any, ours))| **any && !**ours) {
            missed.push(format!("{:?}: {}", places[at].span, generated.content));
        }
    }
    println!("{templates} templates, {requests} requests, {covered} of {reachable} branches");
    assert!(covered * 100 >= reachable * 95, "{covered} of {reachable}:\n{}", missed.join("\n"));
}
