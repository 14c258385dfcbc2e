//! The formatter on generated templates: a second pass changes nothing, and every message stays as it was.

use fastrand::Rng;
use inkproof::diagnostics::Source;
use inkproof::formatter::{FormatError, format_content, format_template};
use inkproof::liquid::syntax::dialect::Reading;
use inkproof::message::{Properties, Template};
use inkproof::project::Project;

use crate::search::generator::Generated;
use crate::search::subject::{Subject, render_options};

/// How many templates are formatted. `FORMATTED=5000` formats more.
const COUNT: usize = 150;
/// How many random payloads each is rendered with.
const PAYLOADS: usize = 10;

/// The properties of the messages of a content, one for each payload; none for a message that is lost.
fn messages(content: &str, data: &[&str], customers: &[&str]) -> Vec<Option<Properties>> {
    let subject = Subject::new(content, data, customers);
    subject.compiled(|compiled| {
        let render = |request| compiled.render(&subject.customers[0], request, &render_options()).message;
        subject.requests.iter().map(|request| render(request).map(|message| message.properties)).collect()
    })
}

/// Adds and removes whitespace where it means nothing to JSON: around the lines of a content.
fn disturbed(content: &str, random: &mut Rng) -> String {
    let spaces = ["", "  ", "\t", "\n", "\n\n\n"];
    let mut text = String::new();
    for line in content.split_inclusive('\n') {
        text.push_str(spaces[random.usize(..spaces.len())]);
        text.push_str(line);
    }
    text
}

#[test]
fn formats_generated_templates_without_changing_a_message() {
    let count = std::env::var("FORMATTED").ok().and_then(|count| count.parse().ok()).unwrap_or(COUNT);
    let (mut formatted_count, mut skipped) = (0, 0);
    for seed in 0..count {
        let mut random = Rng::with_seed(seed as u64);
        let generated = Generated::new(&mut random);
        let mut data = generated.requests(&mut random);
        data.extend((0..PAYLOADS).map(|_| generated.payload(&mut random)));
        let data: Vec<&str> = data.iter().map(String::as_str).collect();
        let customer = Generated::customer();
        for content in [generated.content.clone(), disturbed(&generated.content, &mut random)] {
            let formatted = match format_content(&content, Reading::Exact) {
                Ok(formatted) => formatted,
                Err(FormatError::Nesting { .. }) => {
                    skipped += 1;
                    continue;
                }
                Err(error) => panic!("seed {seed}: {error}\n{content}"),
            };
            let again = format_content(&formatted, Reading::Exact);
            assert_eq!(again.as_deref(), Ok(&*formatted), "seed {seed}: a second pass of\n{content}");
            let (before, after) = (messages(&content, &data, &[&customer]), messages(&formatted, &data, &[&customer]));
            assert_eq!(before, after, "seed {seed}:\n{content}\n{formatted}");
            formatted_count += 1;
        }
    }
    println!("{formatted_count} templates formatted, {skipped} left as they are");
    assert!(formatted_count > skipped * 9, "{formatted_count} formatted, {skipped} not");
}

#[test]
fn formats_the_samples_without_changing_a_message() {
    let project = Project::open(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
    let cases = project.in_every_language(&project.cases());
    for template in project.templates().iter().flat_map(Template::with_variants) {
        let own: Vec<_> = cases.iter().filter(|case| std::ptr::eq(case.template, template)).copied().collect();
        let formatted = format_template(&project, template, &own, &render_options()).unwrap();
        let again = Template::read(template.name(), Source::new("again.liquid", formatted.as_str())).unwrap();
        assert_eq!(format_content(again.content(), Reading::Exact).as_deref(), Ok(again.content()));
    }
}
