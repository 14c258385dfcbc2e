//! What `check` says of losses and what rendering does: random projects whose templates read snippets that read other
//! snippets, and compare what is missing or null.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use inkproof::diagnostics::Severity;
use inkproof::liquid::{Limits, Mode};
use inkproof::message::RenderOptions;
use inkproof::project::Project;
use inkproof::rules::{JudgeOptions, judge};
use serde_json::json;

use super::analysis_soundness::Generator;

const TEMPLATES: usize = 20;
const REQUESTS: usize = 25;
/// How many projects are tried, unless `INKPROOF_PROJECTS` says otherwise, from the number in `INKPROOF_FIRST_PROJECT` on.
const PROJECTS: u64 = 6;

/// What each snippet reads beside `trigger`: others, but none that reads it.
const SNIPPETS: [(&str, &[&str]); 3] = [
    ("s0", &["snippets.s1", "snippets.s2", "customer.a", "customer.list"]),
    ("s1", &["snippets.s2", "customer.b"]),
    ("s2", &[]),
];
/// What templates read.
const OTHERS: [&str; 5] = ["customer.a", "customer.list", "snippets.s0", "snippets.s1", "snippets.s2"];

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Writes a random project.
fn generate(root: &Path, seed: u64) {
    let mut generator = Generator::new(seed);
    for (name, others) in SNIPPETS {
        generator.begin(others);
        // Most are simple, so that most messages are not lost in a snippet.
        let content = match generator.random.u8(..3) {
            0 => generator.nodes(2),
            1 => others.first().map_or("plain".to_owned(), |other| format!("{{{{ {other} }}}}")),
            _ => "plain".to_owned(),
        };
        write(root, &format!("snippets/{name}.liquid"), &content);
    }
    let mut customer = generator.object(2);
    customer.insert("id".to_owned(), json!("user_1"));
    write(root, "fixtures/customers/one.json", &json!(customer).to_string());
    for template in 0..TEMPLATES {
        generator.begin(&OTHERS);
        let nodes = generator.nodes(2);
        let content = format!(
            "---\n---\n{{% capture all %}}{nodes}{{% endcapture %}}{{\"title\": \"t\", \"body\": {{{{ all | append: 'b' | json }}}}}}"
        );
        write(root, &format!("templates/t{template}.liquid"), &content);
        for request in 0..REQUESTS {
            let request_text = json!({
                "transactional_message_id": format!("t{template}"),
                "identifiers": {"id": "user_1"},
                "message_data": generator.object(3),
            });
            write(root, &format!("fixtures/requests/t{template}/r{request}.json"), &request_text.to_string());
        }
    }
}

#[test]
fn check_and_rendering_agree_on_losses() {
    let first = std::env::var("INKPROOF_FIRST_PROJECT").map_or(0, |first| first.parse::<u64>().unwrap());
    let projects = std::env::var("INKPROOF_PROJECTS").map_or(PROJECTS, |count| count.parse().unwrap());
    let (mut sent, mut lost, mut claimed) = (0, 0, 0);
    for seed in first..first + projects {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        generate(root, seed);
        let project = Project::open(root).unwrap();
        let render_options = RenderOptions {
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
            mode: Mode::Live,
            seed: Some(1),
            limits: Limits::default(),
            asks_test_send: false,
        };
        let mut outcomes = HashMap::new();
        let each = |case: &inkproof::project::Case<'_>, rendering: inkproof::message::Rendering| {
            outcomes.insert(case.request.name().to_owned(), rendering.message.is_some());
            Ok::<_, std::convert::Infallible>(())
        };
        let Ok(()) = project.render(&project.cases(), &render_options, each);
        let judgement = judge(
            &project,
            &project.select_templates(&[]).unwrap(),
            &project.cases(),
            &JudgeOptions::new(&project, render_options),
        );
        let errors: Vec<_> = judgement.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        for (case, is_sent) in &outcomes {
            let named = format!("`{case}`");
            let claim = errors
                .iter()
                .find(|finding| finding.code.as_str() == "missing-data" && finding.message.contains(&named));
            match (is_sent, claim) {
                (true, Some(claim)) => {
                    let file = |path: String| fs::read_to_string(root.join(path)).unwrap();
                    let template = file(format!("templates/{}.liquid", case.split('/').next().unwrap_or_default()));
                    let request = file(format!("fixtures/requests/{case}.json"));
                    let snippets = SNIPPETS.map(|(name, _)| file(format!("snippets/{name}.liquid")));
                    let message = &claim.message;
                    panic!(
                        "seed {seed}: {case} is sent, but check says: {message}\n{template}\n{request}\n{snippets:?}"
                    );
                }
                (true, None) => sent += 1,
                (false, claim) => {
                    lost += 1;
                    claimed += usize::from(claim.is_some());
                    assert!(!errors.is_empty(), "seed {seed}: {case} is lost, and check says nothing");
                }
            }
        }
    }
    println!("{sent} sent, {lost} lost, {claimed} claimed");
    let requests = usize::try_from(projects).unwrap() * TEMPLATES * REQUESTS;
    assert_eq!(sent + lost, requests);
    assert!(sent > requests / 10 && claimed > requests / 10, "{sent} sent, {lost} lost, {claimed} claimed");
}
