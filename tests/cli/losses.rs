//! `inkproof check` searches for data that loses a message.

use super::sandbox::{Sandbox, run};

/// A template, the `message_data` of its requests, the customer's time zone, and what is found: `line:column severity[code]`
/// and the changed data of each finding but the informative ones.
struct Row {
    content: &'static str,
    data: &'static [&'static str],
    zone: Option<&'static str>,
    found: &'static [&'static str],
}

const fn row(content: &'static str, data: &'static [&'static str], found: &'static [&'static str]) -> Row {
    Row { content, data, zone: None, found }
}

const TEA: &str = r#"{"items":[{"title":"Tea for two"}]}"#;
const ADA: &str = r#"{"name":"Ada Lovelace"}"#;

const ROWS: &[Row] = &[
    row(
        r#"{"title":"{{ trigger.items[0].title | default: "" }}","body":"b"}"#,
        &[TEA],
        &[r#"3:11 warning[json-unsafe] trigger.items[0].title = "say \"hi\"""#],
    ),
    row(
        r#"{"title":"t","body":"{{ trigger.items | map: "title" | join: ", " }}"}"#,
        &[TEA],
        &[r#"3:22 warning[json-unsafe] trigger.items[0].title = "say \"hi\"""#],
    ),
    row(
        r#"{% capture c %}Hi {{ trigger.name }}{% endcapture %}{"title":"{{ c }}","body":"b"}"#,
        &[ADA],
        &[r#"3:63 warning[json-unsafe] trigger.name = "say \"hi\"""#],
    ),
    row(
        r#"{% assign p = trigger.name | split: " " %}{"title":"{{ p[0] | default: "" }}","body":"b"}"#,
        &[ADA],
        &[r#"3:53 warning[json-unsafe] trigger.name = "two\nlines""#],
    ),
    row(
        r#"{% if trigger.k == "x" %}{% assign v = "1" %}{% endif %}{"title":"{{ v | default: "n" }}","body":"x"}"#,
        &[r#"{"k":"x"}"#],
        &[],
    ),
    row(
        r#"{% for i in trigger.items %}{% assign total = total | plus: 1 %}{% endfor %}{"title":"{{ total | default: 0 }}","body":"x"}"#,
        &[r#"{"items":[1,2]}"#],
        &[],
    ),
    row(
        r#"{% assign f = trigger.items | first %}{"title":{{ f.title | json }},"body":"b"}"#,
        &[TEA],
        &["3:51 warning[missing-data] trigger.items = []"],
    ),
    row(r#"{% assign f = trigger.items[0] %}{"title":{{ f.title | json }},"body":"b"}"#, &[TEA], &[]),
    row(
        r#"{% assign p = trigger.name | split: " " %}{"title":{{ p[1] | json }},"body":"b"}"#,
        &[ADA],
        &[r#"3:55 warning[missing-data] trigger.name = "Ada""#],
    ),
    row(
        r#"{"title":"t","body":"b","l":[{% for i in trigger.l %}{% if i.ok %}{% unless forloop.first %},{% endunless %}{{ i.v | json }}{% endif %}{% endfor %}]}"#,
        &[r#"{"l":[{"ok":true,"v":1},{"ok":true,"v":2}]}"#],
        &["3:93 warning[invalid-json] trigger.l[0].ok = false"],
    ),
    row(
        r#"{% assign c = "" %}{"title":"t","body":"b","l":[{% for i in trigger.l %}{{ c }}{{ i }}{% assign c = "," %}{% endfor %}]}"#,
        &[r#"{"l":[1,2]}"#],
        &[],
    ),
    row(
        r#"{"title":"t","body":"b","avg":{{ trigger.total | divided_by: trigger.n }}}"#,
        &[r#"{"total":6,"n":2}"#],
        &["3:31 warning[json-unsafe] trigger.n = 0"],
    ),
    Row {
        content: r#"{"title":"t","body":"{{ trigger.at | date: "%H:%M", customer.timezone }}"}"#,
        data: &[r#"{"at":1767312000}"#],
        zone: Some("Europe/London"),
        found: &[r#"3:22 warning[render-error] customer.timezone = "word""#],
    },
    // An optional key, an element that lacks a key, and a `default` that comes too late for one.
    row(
        r#"{"title":{{ trigger.name | json }},"body":"b"}"#,
        &[ADA, r#"{"name":"Ada","note":1}"#, r#"{"note":2}"#],
        &["3:13 error[missing-data] "],
    ),
    row(
        r#"{"title":{{ trigger.i[0].n | json }},"body":{{ trigger.name | upcase | default: "x" | json }}}"#,
        &[r#"{"i":[{"n":1},{}],"name":"Ada B"}"#, r#"{"i":[{"n":1}],"name":"Ada B"}"#],
        &["3:13 warning[missing-data] trigger.i = []"],
    ),
    row(
        r#"{"title":"t","body":{% if trigger.f %}{{ trigger.name | upcase | default: "x" | json }}{% else %}"b"{% endif %}}"#,
        &[r#"{"f":true,"name":"Ada B"}"#, r#"{"f":false}"#],
        &["3:66 warning[default-too-late] trigger.name = null"],
    ),
];

fn sandbox(row: &Row) -> Sandbox {
    let zone = row.zone.map_or_else(String::new, |zone| format!(r#","timezone":"{zone}""#));
    let mut sandbox = Sandbox::new()
        .file("templates/t.liquid", format!("---\n---\n{}", row.content))
        .file("fixtures/customers/u1.json", format!(r#"{{"id":"u1"{zone}}}"#));
    for (at, data) in row.data.iter().enumerate() {
        let request =
            format!(r#"{{"transactional_message_id":"t","identifiers":{{"id":"u1"}},"message_data":{data}}}"#);
        sandbox = sandbox.file(&format!("fixtures/requests/t/r{at}.json"), request);
    }
    sandbox
}

#[test]
fn finds_what_loses_a_message_and_nothing_else() {
    for row in ROWS {
        let sandbox = sandbox(row);
        let checked = sandbox.run(&["check", "--format", "jsonl"]);
        let found: Vec<_> = checked
            .lines()
            .iter()
            .filter(|line| line["severity"] != "info")
            .map(|line| {
                let changes = line["counterexample"]["changes"].as_array().cloned().unwrap_or_default();
                let changes: Vec<_> = changes
                    .iter()
                    .map(|change| format!("{} = {}", change["path"].as_str().unwrap(), change["to"]))
                    .collect();
                let text = |key: &str| line[key].as_str().unwrap();
                let start = &line["start"];
                format!(
                    "{}:{} {}[{}] {}",
                    start["line"],
                    start["column"],
                    text("severity"),
                    text("code"),
                    changes.join(", ")
                )
            })
            .collect();
        assert_eq!(found, row.found, "{}\n{}", row.content, checked.stdout);
        assert_eq!(checked.code, i32::from(!row.found.is_empty()));
    }
}

#[test]
fn every_counterexample_loses_the_message() {
    let mut rendered = 0;
    for row in ROWS {
        let sandbox = sandbox(row);
        for line in sandbox.run(&["check", "--format", "jsonl"]).lines() {
            let Some(counterexample) = line.get("counterexample") else { continue };
            let folder = sandbox.path();
            let request = counterexample["request"].to_string();
            std::fs::write(folder.join("fixtures/requests/t/lost.json"), request).unwrap();
            std::fs::write(folder.join("fixtures/customers/u1.json"), counterexample["customer"].to_string()).unwrap();
            let sent = run(folder, &["render", "t/lost"], "");
            assert_eq!(sent.code, 1, "{counterexample}: {sent:?}");
            rendered += 1;
        }
    }
    assert!(rendered >= 10, "{rendered}");
}

#[test]
fn fixes_what_breaks_the_json_only_if_the_message_is_sent_then() {
    for (content, data, fixed) in [
        (
            r#"{"title":"Hi {{ trigger.name }}","body":"b"}"#,
            ADA,
            Some(r#"{"title":{{ trigger.name | prepend: "Hi " | json }},"body":"b"}"#),
        ),
        (
            r#"{"title":"Hi {{ trigger.name }}","body":"b"}"#,
            r#"{"name":"say \"hi\""}"#,
            Some(r#"{"title":{{ trigger.name | prepend: "Hi " | json }},"body":"b"}"#),
        ),
        // A colon instead of a comma.
        (
            r#"{"title":"When","body":"{{ trigger.at | date: "%a, %b %d":"America/Los_Angeles" }}"}"#,
            r#"{"at":1767312000}"#,
            Some(r#"{"title":"When","body":"{{ trigger.at | date: "%a, %b %d", "America/Los_Angeles" }}"}"#),
        ),
        // Names contain no spaces: nothing is guessed.
        (r#"{"title":"{{ customer.first name }}","body":"b"}"#, r#"{"name":"Ada"}"#, None),
        // The key cannot be written by `json`, so that the message would still be lost.
        (r#"{"title":"{{ trigger.name }}","body":"b","{{ trigger.name }}":1}"#, ADA, None),
    ] {
        let sandbox = Sandbox::with_template(content, data);
        let fixing = sandbox.run(&["check", "--fix", "--format", "jsonl"]);
        let now = std::fs::read_to_string(sandbox.path().join("templates/t.liquid")).unwrap();
        assert_eq!(now, format!("---\n---\n{}", fixed.unwrap_or(content)), "{fixing:?}");
        // What remains is reported after the fixes.
        let remaining = fixing.lines().iter().filter(|line| line["severity"] != "info").count();
        assert_eq!(remaining > 0, fixed.is_none(), "{fixing:?}");
    }
}

#[test]
fn the_search_is_the_same_in_every_run_and_for_any_number_of_threads() {
    let mut sandbox = Sandbox::new().file("fixtures/customers/u1.json", r#"{"id":"u1","timezone":"Europe/London"}"#);
    for (at, row) in ROWS.iter().enumerate() {
        sandbox = sandbox.file(&format!("templates/t{at}.liquid"), format!("---\n---\n{}", row.content));
        let data = row.data[0];
        let request =
            format!(r#"{{"transactional_message_id":"t{at}","identifiers":{{"id":"u1"}},"message_data":{data}}}"#);
        sandbox = sandbox.file(&format!("fixtures/requests/t{at}/r.json"), request);
    }
    let check = |threads: &str| {
        let arguments = ["check", "--format", "json", "--now", "2026-01-01T00:00:00Z"];
        super::sandbox::run_with(sandbox.path(), &arguments, &[("RAYON_NUM_THREADS", threads)]).stdout
    };
    let alone = check("1");
    assert!(alone.contains("\"counterexample\""));
    assert_eq!(check("4"), alone);
    assert_eq!(check("1"), alone);
}
