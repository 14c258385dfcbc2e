//! Foresight: of the templates that any random payload loses, how many the search foresees, and that it never claims what
//! is not so.

use fastrand::Rng;
use inkproof::liquid::{Arena, json};
use inkproof::message::{CompiledTemplate, RenderOptions, SentData, Trial, TrialOutput};
use inkproof::search::{Effort, SearchOptions};

use super::generator::Generated;
use super::subject::{Subject, render_options};

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
}

/// The payloads that each template is rendered with.
const PAYLOADS: usize = 1_000;
/// Of so many proofs, one is compared with a thorough search.
const PROOFS_CHECKED: usize = 10;

fn foresight(templates: usize, seed: u64) -> Foresight {
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
        let report =
            subject.search_compiled(compiled, &SearchOptions { effort: Effort::Normal, seed: 0, render_options });
        self.searching += started.elapsed();
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
            let thorough = SearchOptions { effort: Effort::Thorough, seed: 1, render_options };
            let thorough = if self.proved.is_multiple_of(PROOFS_CHECKED) {
                subject.search_compiled(compiled, &thorough).counterexamples
            } else {
                Vec::new()
            };
            let is_proof = losing.is_none() && thorough.is_empty();
            assert!(is_proof, "{}\n{losing:?}\n{thorough:?}", generated.content);
        }
        let likely = report.counterexamples.iter().find(|counterexample| counterexample.is_likely);
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

#[test]
fn losses_are_foreseen() {
    run();
}

pub(crate) fn run() {
    let templates = std::env::var("FORESIGHT").ok().and_then(|count| count.parse().ok()).unwrap_or(60);
    let seed = std::env::var("FORESIGHT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let foresight = foresight(templates, seed);
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
}
