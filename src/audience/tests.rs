use std::fs;
use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::*;
use crate::diagnostics::Source;
use crate::liquid::{Arena, Limits, Mode, Value};
use crate::message::{no_fields, parse_timestamp};
use crate::records::{Input, Records, Stop};

const TEMPLATE: &str = "---
type: \"{{ customer.plan | default: 'free' }}\"
topics: [news, \"{{ customer.city }}\"]
expiration: \"{{ customer.days | default: 3 }} days\"
---
{
  \"title\": \"Hi {{ customer.name | default: '' }}, welcome!\",
  \"body\": \"{% if customer.vip %}{{ customer.company }}{% else %}{{ customer.city }}{% endif %}\",
}
";

/// The customer with a number: each kind of loss, warning and invalid record occurs.
fn customer(number: u64) -> String {
    let name = ["Ada", "Al \\\"x\\\"", "", "Grace"][usize::try_from(number % 4).unwrap()];
    match number % 23 {
        0 => "{\"id\": ".to_owned(),
        1 => "[1]".to_owned(),
        2 => format!("{{\"id\":\"{number}\",\"vip\":true,\"city\":\"Rome\"}}"),
        3 => format!("{{\"id\":{number},\"days\":0,\"city\":\"Oslo\"}}"),
        4 => format!("{{\"email\":\"u{number}@example.com\",\"days\":{number}99,\"city\":\"Oslo\"}}"),
        5 => format!("{{\"id\":\"{number}\"}}"),
        6 => format!("{{\"id\":\"{number}\",\"days\":90,\"language\":\"fr\",\"city\":\"x{number}\"}}"),
        _ => format!("{{\"id\":\"{number}\",\"name\":\"{name}\",\"city\":\"Paris\",\"plan\":\"p{}\"}}", number % 3),
    }
}

/// An audience of customers who get the same message.
pub(super) fn of_customers<'p>(template: &'p Template, trigger: Value<'p>) -> Audience<'p> {
    Audience {
        workspace: Workspace::default(),
        template,
        lines: Lines::Customers { trigger, language: None },
        options: RenderOptions {
            now: parse_timestamp("2026-01-01T00:00:00Z").unwrap(),
            mode: Mode::Live,
            seed: Some(0),
            limits: Limits::default(),
            asks_test_send: false,
        },
        language: None,
        reveal: Reveal::Nothing,
        is_ordered: true,
        writes_failures: false,
        writes_messages: false,
        keeps_records: false,
        reads_snippets: false,
        combined_with: String::new(),
    }
}

/// The part of a run over some files of lines.
fn part(files: &[(String, String)], is_ordered: bool, reveal: Reveal, threads: usize, sample: Option<usize>) -> Part {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files.iter().map(|(name, text)| {
        fs::write(folder.path().join(name), text).unwrap();
        Input::File(name.clone(), folder.path().join(name))
    });
    let records = Records::new(inputs.collect(), None, Stop::default()).unwrap();
    let template = Template::read("welcome", Source::new("welcome.liquid", TEMPLATE)).unwrap();
    let arena = Arena::new();
    let audience = Audience {
        reveal,
        is_ordered,
        keeps_records: reveal == Reveal::All,
        ..of_customers(&template, no_fields(&arena))
    };
    let sample = sample.and_then(NonZeroUsize::new).map(|size| (size, 7));
    let (part, errors) = run(&audience, records, threads, sample, &mut Output::default(), &|_| ()).unwrap();
    assert!(errors.is_empty());
    // As a file of a part.
    Part::parse("part", &part.to_text().unwrap()).unwrap()
}

fn lines(numbers: impl IntoIterator<Item = u64>) -> String {
    numbers.into_iter().map(|number| customer(number) + "\n").collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn parts_merge_to_the_same_bytes_as_one_run(
        numbers in prop::collection::vec(0_u64..400, 1..300),
        places in prop::collection::vec(0_usize..5, 300),
        order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle(),
        cut in 1_usize..4,
        is_ordered in any::<bool>(),
        reveals in any::<bool>(),
    ) {
        let reveal = if reveals { Reveal::All } else { Reveal::Nothing };
        let mut split: Vec<Vec<u64>> = vec![Vec::new(); 5];
        for (number, place) in numbers.iter().zip(places) {
            split[place].push(*number);
        }
        let file = |at: usize| (format!("{at}.jsonl"), lines(split[at].iter().copied()));
        let files: Vec<_> = (0..5).map(file).collect();
        let whole = part(&files, is_ordered, reveal, 2, None);
        let parts = order.iter().map(|at| (at.to_string(), part(&[file(*at)], is_ordered, reveal, 1, None)));
        let parts: Vec<_> = parts.collect();
        // Some parts are merged first, and the results afterwards.
        let (left, right) = parts.split_at(cut);
        let merged = |parts: &[(String, Part)]| Part::merge(parts.to_vec()).unwrap().unwrap();
        let merged = Part::merge(vec![("r".to_owned(), merged(right)), ("l".to_owned(), merged(left))]).unwrap().unwrap();
        prop_assert_eq!(merged.to_text().unwrap(), whole.to_text().unwrap());
        if !is_ordered {
            // Without lines, the order of the records does not matter either.
            let mut numbers = numbers.clone();
            numbers.reverse();
            let reversed = part(&[("0.jsonl".to_owned(), lines(numbers))], false, reveal, 3, None);
            prop_assert_eq!(reversed.to_text().unwrap(), whole.to_text().unwrap());
        }
    }
}

#[test]
fn parts_of_another_run_are_rejected() {
    let files = [("a.jsonl".to_owned(), lines(0..50))];
    let part = |is_ordered, reveal| part(&files, is_ordered, reveal, 1, None);
    let others = vec![
        ("1".to_owned(), part(true, Reveal::Nothing)),
        ("2".to_owned(), part(false, Reveal::Id)),
        ("3".to_owned(), part(true, Reveal::Nothing)),
        ("4".to_owned(), part(false, Reveal::Nothing)),
    ];
    let errors = Part::merge(others).unwrap_err();
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "`2` does not belong to `1`: `--reveal`, `--unordered` differ",
            "`4` does not belong to `1`: `--unordered` differs"
        ]
    );
    let text = part(true, Reveal::Nothing).to_text().unwrap();
    for (broken, reason) in [
        (
            text.replace("\"inkproof_audience_part\":1", "\"inkproof_audience_part\":2"),
            "expected version 1 of the format, found 2",
        ),
        (text[..text.len() / 2].to_owned(), "EOF while parsing"),
        ("{}".to_owned(), "missing field"),
        (text.replace("\"branches\":[[", "\"branches\":[[9,"), "its branches do not match its template"),
    ] {
        let error = Part::parse("p", &broken).unwrap_err().to_string();
        assert!(error.starts_with("`p` is not a part of a report: ") && error.contains(reason), "{error}");
    }
}

#[test]
fn a_report_contains_no_data_unless_it_is_revealed() {
    let files = [("a.jsonl".to_owned(), lines(0..200))];
    let text = |reveal| {
        let part = part(&files, true, reveal, 2, None);
        part.to_text().unwrap() + &serde_json::to_string(&part.report()).unwrap()
    };
    let (nothing, id, all) = (text(Reveal::Nothing), text(Reveal::Id), text(Reveal::All));
    assert!(!nothing.contains("Ada") && !nothing.contains("example.com") && !nothing.contains("\"id\":\"2\""));
    assert!(nothing.contains(&hashed("2")));
    assert!(id.contains("\"id\":\"2\"") && !id.contains("Ada"));
    assert!(all.contains("Hi Ada, welcome!") && all.contains("\\\"vip\\\":true"));
}

#[test]
fn samples_are_reproducible_and_of_the_right_size() {
    let files = [("a.jsonl".to_owned(), lines(0..4000))];
    let report = |size, threads| part(&files, true, Reveal::Nothing, threads, Some(size)).report();
    let sample = report(500, 3);
    assert_eq!(sample.sample.as_ref().unwrap().records, 4000);
    let people = &sample.people;
    assert_eq!((people.sent + people.lost + people.invalid, people.records), (500, 4000));
    assert_eq!(serde_json::to_string(&sample).unwrap(), serde_json::to_string(&report(500, 1)).unwrap());
    // Of all 4000 records, a known share is invalid: the sample has about as many.
    let expected = (0..4000).filter(|number| number % 23 < 2).count() as u64 / 8;
    assert!(people.invalid.abs_diff(expected) < 25, "{} {expected}", people.invalid);
    let whole = report(5000, 2).people;
    assert_eq!(whole.sent + whole.lost + whole.invalid, 4000);
}
