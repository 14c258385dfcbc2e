//! Templates of which it is known whether and how data loses them.

use inkproof::search::{Effort, SearchOptions};

use super::generator::Generated;
use super::subject::{Subject, render_options, summary};

/// The changes of each counterexample that is found: `path = value` each, `?` before those unlike any seen.
fn found(content: &str, data: &[&str], customers: &[&str]) -> Vec<String> {
    let report = Subject::new(content, data, customers).search(Effort::Normal);
    let shown = |counterexample: &inkproof::search::Counterexample| {
        let changes: Vec<_> = counterexample.changes.iter().map(ToString::to_string).collect();
        let code = counterexample.reasons[0].problem.code.as_str();
        format!("{}{}: {}", if counterexample.is_likely { "" } else { "? " }, code, changes.join(", "))
    };
    report.counterexamples.iter().map(shown).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of templates")]
fn the_smallest_change_is_found() {
    for (content, data, customers, expected) in [
        (
            r#"{"title":"{{ trigger.items[0].title | default: "" }}","body":"b"}"#,
            &[r#"{"items":[{"title":"Tea for two"}]}"#][..],
            &[][..],
            &[r#"invalid-json: trigger.items[0].title = "say \"hi\"""#][..],
        ),
        (
            r#"{"title":"t","body":"{{ trigger.items | map: "title" | join: ", " }}"}"#,
            &[r#"{"items":[{"title":"Tea for two"}]}"#],
            &[],
            &[r#"invalid-json: trigger.items[0].title = "say \"hi\"""#],
        ),
        (
            r#"{% capture c %}Hi {{ trigger.name }}{% endcapture %}{"title":"{{ c }}","body":"b"}"#,
            &[r#"{"name":"Ada Lovelace"}"#],
            &[],
            &[r#"invalid-json: trigger.name = "say \"hi\"""#],
        ),
        (
            r#"{% assign p = trigger.name | split: " " %}{"title":"{{ p[0] | default: "x" }}","body":"b"}"#,
            &[r#"{"name":"Ada Lovelace"}"#],
            &[],
            &[r#"invalid-json: trigger.name = "two\nlines""#],
        ),
        (
            r#"{% if trigger.k == "x" %}{% assign v = "1" %}{% endif %}{"title":"{{ v | default: "n" }}","body":"x"}"#,
            &[r#"{"k":"x"}"#, r#"{"k":"y"}"#],
            &[],
            &[],
        ),
        (
            r#"{% for i in trigger.items %}{% assign total = total | plus: 1 %}{% endfor %}{"title":"{{ total | default: 0 }}","body":"x"}"#,
            &[r#"{"items":[1,2]}"#],
            &[],
            &[],
        ),
        (
            r#"{% assign f = trigger.items | first %}{"title":{{ f.title | json }},"body":"b"}"#,
            &[r#"{"items":[{"title":"Tea"}]}"#],
            &[],
            &["undefined-variable: trigger.items = []"],
        ),
        (
            r#"{% assign p = trigger.name | split: " " %}{"title":{{ p[1] | json }},"body":"b"}"#,
            &[r#"{"name":"Ada Lovelace"}"#],
            &[],
            &[r#"undefined-variable: trigger.name = "Ada""#],
        ),
        (
            r#"{"title":"t","body":"b","l":[{% for i in trigger.l %}{% if i.ok %}{% unless forloop.first %},{% endunless %}{{ i.v | json }}{% endif %}{% endfor %}]}"#,
            &[r#"{"l":[{"ok":true,"v":1},{"ok":true,"v":2}]}"#],
            &[],
            &["invalid-json: trigger.l[0].ok = false"],
        ),
        (
            r#"{% assign c = "" %}{"title":"t","body":"b","l":[{% for i in trigger.l %}{{ c }}{{ i }}{% assign c = "," %}{% endfor %}]}"#,
            &[r#"{"l":[1,2]}"#],
            &[],
            &[],
        ),
        (
            r#"{"title":"t","body":"b","avg":{{ trigger.total | divided_by: trigger.n }}}"#,
            &[r#"{"total":6,"n":2}"#],
            &[],
            &["invalid-json: trigger.n = 0"],
        ),
        (
            r#"{"title":"t","body":"{{ trigger.at | date: "%H:%M", customer.timezone }}"}"#,
            &[r#"{"at":1767312000}"#],
            &[r#"{"id":"u1","timezone":"Europe/London"}"#],
            &[r#"render-error: customer.timezone = "word""#],
        ),
        // A word in a branch that no request takes is part of the JSON too.
        (
            r#"{"title":{% if trigger.b %}True{% else %}1{% endif %},"body":"b"}"#,
            &[r#"{"b":false}"#],
            &[],
            &["invalid-json: trigger.b = true"],
        ),
        (
            r#"{"title":{% if trigger.b %}{{ "01" }}{% else %}1{% endif %},"body":"b"}"#,
            &[r#"{"b":false}"#],
            &[],
            &["invalid-json: trigger.b = true"],
        ),
        (
            r#"{"title":tru{% if trigger.b %}e{% endif %},"body":"b"}"#,
            &[r#"{"b":true}"#],
            &[],
            &["invalid-json: trigger.b = false"],
        ),
        // A loop over an object reads all that is in it.
        (
            r#"{"title":"{% for p in trigger.d %}{{ p[1].t }}{% endfor %}","body":"b"}"#,
            &[r#"{"d":{"a":{"t":"two words"}}}"#],
            &[],
            &[r#"invalid-json: trigger.d.a.t = "say \"hi\"""#],
        ),
        (
            r#"{"title":{{ trigger.at | date: "%m" }},"body":"b"}"#,
            &[r#"{"at":"2026-10-15"}"#],
            &[],
            &[r#"invalid-json: trigger.at = "2031-01-02""#],
        ),
        (
            r#"{"title":{{ trigger.zip }},"body":"b"}"#,
            &[r#"{"zip":"12345"}"#],
            &[],
            &[r#"invalid-json: trigger.zip = "007""#],
        ),
        (
            r#"{"title":{% if trigger.s != blank %}{{ trigger.s | split: "," | first | json }}{% else %}1{% endif %},"body":"b"}"#,
            &[r#"{"s":"ada b"}"#],
            &[],
            &[r#"invalid-json: trigger.s = ",""#],
        ),
        (
            r#"{"title":"{% if trigger.name contains "vip" %}{{ trigger.name }}{% endif %}","body":"b"}"#,
            &[r#"{"name":"two words"}"#],
            &[],
            &[r#"invalid-json: trigger.name = "\"vip""#],
        ),
        (
            r#"{"title":"{% unless trigger.vip %}{{ trigger.plan }}{% endunless %}","body":"b"}"#,
            &[r#"{"vip":true,"plan":"gold"}"#],
            &[],
            &[r#"? invalid-json: trigger.vip = false, trigger.plan = "say \"hi\"""#],
        ),
        (
            r#"{"title":{% if trigger.country == "DE" and trigger.plan == "pro" %}1 1{% else %}1{% endif %},"body":"b"}"#,
            &[r#"{"country":"US","plan":"free"}"#],
            &[],
            &[r#"invalid-json: trigger.country = "DE", trigger.plan = "pro""#],
        ),
        (
            r#"{"title":{% if trigger.l.size == 5 %}1 1{% else %}1{% endif %},"body":"b"}"#,
            &[r#"{"l":["a"]}"#],
            &[],
            &[r#"invalid-json: trigger.l = ["a","a","a","a","a"]"#],
        ),
        // A condition that does not hold for once.
        (
            r#"{% assign v = trigger.t %}{% if trigger.k != "Ada" %}{% assign v = "z" %}{% endif %}{"title":{{ v | split: "@" | last | json }},"body":"b"}"#,
            &[r#"{"t":"a b","k":"b c"}"#],
            &[],
            &[r#"invalid-json: trigger.t = "", trigger.k = "Ada""#],
        ),
        // The only word that is a number.
        (
            r#"{"title":{{ trigger.zip | floor }},"body":"b"}"#,
            &[r#"{"zip":"77"}"#],
            &[],
            &[r#"? invalid-json: trigger.zip = "Infinity""#],
        ),
        // Whatever is cut off, and whatever of quotes is escaped.
        (
            r#"{"title":"{{ trigger.n | slice: 0 | escape }}","body":"b"}"#,
            &[r#"{"n":"Ada Byron"}"#],
            &[],
            &[r#"invalid-json: trigger.n = "\\""#],
        ),
        (
            r#"{"title":"{{ trigger.n | strip | truncate: 3 | escape }}","body":"b"}"#,
            &[r#"{"n":"Ada Byron"}"#],
            &[],
            &[r#"invalid-json: trigger.n = "\\""#],
        ),
        (
            r#"{"title":{{ trigger.n | slice: -2, 2 | url_decode | json }},"body":"b"}"#,
            &[r#"{"n":"Ada Byron"}"#],
            &[],
            &[r#"render-error: trigger.n = "100%""#],
        ),
        // What a filter does something with is not what the data is.
        (
            r#"{"title":{{ trigger.when | date: "%Y", "Europe/London" }},"body":"b"}"#,
            &[r#"{"when":"2023-12-31T23:30:00Z"}"#],
            &[],
            &[r#"? invalid-json: trigger.when = "word""#],
        ),
        (
            r#"{"title":{% if trigger.when == "never" %}never{% else %}1{% endif %},"body":"b"}"#,
            &[r#"{"when":"2023-12-31T23:30:00Z"}"#],
            &[],
            &[r#"invalid-json: trigger.when = "never""#],
        ),
        // Years before 1000 begin with a zero.
        (
            r#"{"title":{{ trigger.at | date: "%Y" }},"body":"b"}"#,
            &[r#"{"at":1767225600}"#],
            &[],
            &["invalid-json: trigger.at = -62135596800"],
        ),
        // Half a pair of surrogates.
        (
            r#"{"title":"{{ trigger.n | split: "" | reverse | join | url_encode }}","body":"b"}"#,
            &[r#"{"n":"Ada Byron"}"#],
            &[],
            &[r#"render-error: trigger.n = "😀 Zoë ü😀""#],
        ),
        // Stars: a number is how often a loop runs.
        (
            r#"{"title":"{% for i in trigger.items %}{% for s in (1..i.q) %}*{% endfor %}{% endfor %}","body":"{% unless trigger.b %}{{ trigger.name }}{% endunless %}"}"#,
            &[r#"{"items":[{"q":3},{"q":5}],"b":true,"name":"Ada Lovelace"}"#],
            &[],
            &[
                "render-error: trigger.items[0].q = 1e+21",
                r#"invalid-json: trigger.b = false, trigger.name = "say \"hi\"""#,
            ],
        ),
        (r#"{"title":"a","body":"{% if trigger.vpi %}VIP{% else %}no{% endif %}"}"#, &[r#"{"vip":true}"#], &[], &[]),
    ] {
        assert_eq!(found(content, data, customers), expected, "{content}");
    }
}

#[test]
fn the_same_is_found_every_time() {
    let mut random = fastrand::Rng::with_seed(3);
    let mut subjects: Vec<Subject> = (0..12)
        .map(|_| {
            let generated = Generated::new(&mut random);
            let requests = generated.requests(&mut random);
            let data: Vec<_> = requests.iter().map(String::as_str).collect();
            Subject::new(&generated.content, &data, &[&Generated::customer()])
        })
        .collect();
    let much: Vec<_> = (0..20_000).map(|at| format!(r#"{{"n":{at},"t":"some words"}}"#)).collect();
    let much = format!(r#"{{"items":[{}],"k":"a b","b":true,"n":2}}"#, much.join(","));
    let content = r#"{"title":"{{ trigger.k }}{{ trigger.n | times: 2 }}","l":[{% for i in trigger.items %}{{ i.n }},{% endfor %}{% if trigger.b %}0{% endif %}]}"#;
    subjects.push(Subject::new(content, &[&much], &[]));
    let all = &|is_parallel| -> Vec<String> {
        let render_options = render_options();
        let options = SearchOptions { effort: Effort::Quick, seed: 0, render_options: &render_options, is_parallel };
        let search = |subject: &Subject| subject.compiled(|compiled| subject.search_compiled(compiled, &options));
        subjects.iter().map(|subject| summary(&search(subject))).collect()
    };
    let alone = all(false);
    assert_eq!(all(true), alone);
    let beside: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = [false, true, true].into_iter().map(|how| scope.spawn(move || all(how))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(beside.iter().all(|other| *other == alone));
}

#[test]
fn much_data_takes_a_bounded_amount_of_memory_and_work() {
    let items: Vec<_> = (0..20_000).map(|at| format!(r#"{{"n":{at},"t":"some words"}}"#)).collect();
    let data = format!(r#"{{"items":[{}],"k":"a b"}}"#, items.join(","));
    let content = r#"{"title":"{{ trigger.k }}","l":[{% for i in trigger.items %}{{ i.n }},{% endfor %}0]}"#;
    let report = Subject::new(content, &[&data], &[]).search(Effort::Normal);
    assert_eq!(report.verdict, inkproof::search::Verdict::Loses);
    // The list alone would take hundreds of megabytes otherwise.
    assert!(report.renders < 400, "{}", report.renders);
    let changes: Vec<_> = report.counterexamples[0].changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, [r#"trigger.k = "say \"hi\"""#]);
}

#[test]
fn places_beyond_the_number_of_renders_are_changed_together() {
    let losing = [7, 60, 119];
    let loops: Vec<_> = (0..120)
        .map(|at| {
            let end = if losing.contains(&at) { "{% if forloop.index == 11 %}x{% endif %}" } else { "" };
            format!(
                r#""l{at}":[{{% for i in trigger.l{at} %}}{{{{ i | json }}}}{end}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}]"#
            )
        })
        .collect();
    let content = format!(r#"{{"title":"t","body":"b",{}}}"#, loops.join(","));
    let lists: Vec<_> = (0..120).map(|at| format!(r#""l{at}":["tea","a kettle"]"#)).collect();
    let found = found(&content, &[&format!("{{{}}}", lists.join(","))], &[]);
    assert_eq!(found.len(), losing.len(), "{found:?}");
    for (at, found) in losing.iter().zip(found) {
        assert!(found.starts_with(&format!("invalid-json: trigger.l{at} = [")), "{found}");
    }
}
