//! Foresight: of the templates that any random payload loses, how many the search foresees, and that it never claims what
//! is not so.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use inkproof::diagnostics::{Diagnostic, Severity};
use inkproof::liquid::{Arena, json};
use inkproof::message::{CompiledTemplate, RenderOptions, SentData, Trial, TrialOutput};
use inkproof::project::Project;
use inkproof::rules::{JudgeOptions, judge};
use inkproof::search::{Effort, SearchOptions};

use super::generator::Generated;
use super::subject::{Subject, render_options, summary};

/// The results of many templates.
#[derive(Debug, Default)]
struct Foresight {
    templates: usize,
    /// Those that some payload loses.
    lost: usize,
    /// Those of them that the search foresees, strings unlike any seen left out.
    foreseen: usize,
    /// Those that no payload loses, but of which the search has a counterexample.
    beyond: usize,
    /// Those that are proved never to be lost.
    proved: usize,
    renders: usize,
    searching: std::time::Duration,
    missed: Vec<String>,
    surprises: Vec<String>,
    outcomes: Vec<Outcome>,
}

/// What is known of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Some payload loses it.
    Lost,
    /// No payload loses it, but the search has a counterexample.
    LostBeyond,
    /// Nothing is known to lose it.
    Sent,
}

/// The rules about mistakes that lose no message.
const OTHER_MISTAKES: [&str; 7] = [
    "misspelled-name",
    "printed-object",
    "suspicious-date",
    "mixed-and-or",
    "suspicious-comparison",
    "constant-condition",
    "trailing-comma",
];
/// The payloads that each template is rendered with.
const PAYLOADS: usize = 1_000;
/// Of so many proofs, one is compared with a thorough search.
const PROOFS_CHECKED: usize = 10;
/// Of so many templates, one is searched on all cores as well.
const PARALLEL_CHECKED: usize = 4;

fn foresight(templates: usize, seed: u64, project: &Path) -> Foresight {
    let mut random = Rng::with_seed(seed);
    let mut foresight = Foresight::default();
    let render_options = render_options();
    while foresight.templates < templates {
        let generated = Generated::new(&mut random);
        let customer = Generated::customer();
        let clean = |data: &String| {
            let subject = Subject::new(&generated.content, &[data], &[&customer]);
            subject.compiled(|compiled| {
                compiled.render(&subject.customers[0], &subject.requests[0], &render_options).message.is_some()
            })
        };
        let requests: Vec<String> = generated.requests(&mut random);
        // Requests are clean: a template that loses its own requests needs no foresight.
        if !requests.iter().all(clean) {
            continue;
        }
        write_template(project, foresight.templates, &generated.content, &requests);
        foresight.templates += 1;
        let data: Vec<_> = requests.iter().map(String::as_str).collect();
        let subject = Subject::new(&generated.content, &data, &[&customer]);
        subject.compiled(|compiled| foresight.judge(&generated, &subject, compiled, &render_options, &mut random));
    }
    foresight
}

impl Foresight {
    fn judge(
        &mut self,
        generated: &Generated,
        subject: &Subject,
        compiled: &CompiledTemplate<'_>,
        render_options: &RenderOptions,
        random: &mut Rng,
    ) {
        let trial = Trial::new(compiled, render_options);
        let mut out = TrialOutput::default();
        let mut is_lost = |trigger: &str, customer: &str| {
            let arena = Arena::new();
            let read = |text| json::read(text, &arena).unwrap();
            let objects = read("{}");
            trial
                .run(SentData { trigger: read(trigger), customer: read(customer), objects }, &arena, &mut out)
                .is_some()
        };
        let losing = (0..PAYLOADS)
            .map(|_| (generated.payload(random), generated.random_customer(random)))
            .find(|(trigger, customer)| is_lost(trigger, customer));
        let started = std::time::Instant::now();
        let options = SearchOptions { effort: Effort::Normal, seed: 0, render_options, is_parallel: false };
        let report = subject.search_compiled(compiled, &options);
        self.searching += started.elapsed();
        if self.templates.is_multiple_of(PARALLEL_CHECKED) {
            let parallel = subject.search_compiled(compiled, &SearchOptions { is_parallel: true, ..options });
            assert_eq!(summary(&parallel), summary(&report), "{}", generated.content);
        }
        self.renders += report.renders;
        for counterexample in &report.counterexamples {
            assert!(
                is_lost(&counterexample.trigger, &counterexample.customer),
                "{}\n{}",
                generated.content,
                counterexample.trigger
            );
        }
        if report.verdict == inkproof::search::Verdict::Proved {
            self.proved += 1;
            let thorough = SearchOptions { effort: Effort::Thorough, seed: 1, ..options };
            let thorough = if self.proved.is_multiple_of(PROOFS_CHECKED) {
                subject.search_compiled(compiled, &thorough).counterexamples
            } else {
                Vec::new()
            };
            let is_proof = losing.is_none() && thorough.is_empty();
            assert!(is_proof, "{}\n{losing:?}\n{thorough:?}", generated.content);
        }
        let likely = report.counterexamples.iter().find(|counterexample| counterexample.is_likely);
        self.outcomes.push(match (&losing, likely) {
            (Some(_), _) => Outcome::Lost,
            (None, Some(_)) => Outcome::LostBeyond,
            (None, None) => Outcome::Sent,
        });
        match (&losing, likely) {
            (Some((trigger, customer)), None) => {
                self.lost += 1;
                self.missed.push(format!(
                    "{}\n    {trigger} {customer}\n    {:?}",
                    generated.content,
                    generated.requests(random)
                ));
            }
            (Some(_), Some(_)) => {
                self.lost += 1;
                self.foreseen += 1;
            }
            (None, Some(counterexample)) => {
                self.beyond += 1;
                let changes: Vec<_> = counterexample.changes.iter().map(ToString::to_string).collect();
                self.surprises.push(format!(
                    "{}\n    {}: {}",
                    generated.content,
                    counterexample.reasons[0].problem.message,
                    changes.join(", ")
                ));
            }
            (None, None) => {}
        }
    }
}

fn write(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Adds a template and its requests to a project.
fn write_template(project: &Path, number: usize, content: &str, requests: &[String]) {
    write(project.join(format!("templates/t{number}.liquid")), &format!("---\n---\n{content}"));
    for (at, data) in requests.iter().enumerate() {
        let request =
            format!(r#"{{"transactional_message_id":"t{number}","identifiers":{{"id":"u1"}},"message_data":{data}}}"#);
        write(project.join(format!("fixtures/requests/t{number}/r{at}.json")), &request);
    }
}

/// Checks the project as `inkproof check` does. Returns the templates that are lost without an error or a warning, and the
/// claims of a loss about templates that nothing loses.
fn check(project: &Path, outcomes: &[Outcome]) -> (Vec<String>, Vec<String>) {
    let project = Project::open(project).unwrap();
    let templates = project.select_templates(&[]).unwrap();
    let judgement = judge(&project, &templates, &project.cases(), &JudgeOptions::new(&project, render_options()));
    let mut claims: HashMap<&str, Vec<&Diagnostic>> = HashMap::new();
    for finding in judgement.findings.iter().filter(|finding| finding.severity != Severity::Info) {
        let Some(label) = &finding.primary else { panic!("{finding:?}") };
        claims.entry(label.location.source().name()).or_default().push(finding);
    }
    let (mut missed, mut false_alarms) = (Vec::new(), Vec::new());
    for (number, outcome) in outcomes.iter().enumerate() {
        let name = format!("templates/t{number}.liquid");
        let claims = claims.get(name.as_str()).map_or(&[][..], |claims| claims);
        let mut losses = claims.iter().filter(|claim| !OTHER_MISTAKES.contains(&claim.code.as_str()));
        match (outcome, losses.next()) {
            (Outcome::Lost, None) => missed.push(name),
            (Outcome::Sent, Some(claim)) => {
                false_alarms.push(format!("{name}: {}: {}", claim.code.as_str(), claim.message));
            }
            _ => {}
        }
    }
    (missed, false_alarms)
}

#[test]
fn losses_are_foreseen() {
    run();
}

pub(crate) fn run() {
    let templates = std::env::var("FORESIGHT").ok().and_then(|count| count.parse().ok()).unwrap_or(60);
    let seed = std::env::var("FORESIGHT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let project = tempfile::tempdir().unwrap();
    write(project.path().join("fixtures/customers/u1.json"), Generated::customer().as_str());
    let foresight = foresight(templates, seed, project.path());
    let Foresight { lost, foreseen, beyond, proved, renders, searching, .. } = foresight;
    println!(
        "{templates} templates: {lost} lost, {foreseen} foreseen, {beyond} beyond the payloads, {proved} proved, {renders} renders in {searching:?}"
    );
    for missed in foresight.missed.iter().take(12) {
        println!("missed: {missed}");
    }
    for surprise in foresight.surprises.iter().take(12) {
        println!("beyond: {surprise}");
    }
    assert!(lost > templates / 4, "the generator makes too few templates that data loses");
    assert!(foreseen * 100 >= lost * 99, "{foreseen} of {lost}");
    let (unreported, false_alarms) = check(project.path(), &foresight.outcomes);
    println!("check: {} of {lost} reported, {} false alarms", lost - unreported.len(), false_alarms.len());
    assert!(unreported.len() * 100 <= lost, "{unreported:#?}");
    assert!(false_alarms.is_empty(), "{false_alarms:#?}");
}
