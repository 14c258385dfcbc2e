//! `inkproof audience`.

use std::fs;

use serde_json::{Value, json};

use super::sandbox::{Run, Sandbox, run};

pub(super) const NOW: &str = "2026-01-01T00:00:00Z";

/// Four of them get the message, three do not, and one line is not valid.
pub(super) const PEOPLE: &str = r#"{"id": "1", "first_name": "Ada", "city": "London"}
{"id": "2", "first_name": "", "city": "Paris", "language": "fr"}
{"id": "3", "first_name": "Al \"the\" Great", "city": "Rome"}
not json
{"id": "4", "first_name": "Grace"}
{"customer": {"id": "5", "identifiers": {"email": "e@example.com"}, "attributes": {"first_name": "Eve", "city": "Oslo"}}}
{"id": "6", "first_name": "Alan", "city": "London", "plan": "pro"}
{"id": "7", "city": "Bern"}
"#;

pub(super) fn sandbox() -> Sandbox {
    Sandbox::new()
        .file("templates/hi.liquid", "---\ntype: greeting\ntopics: [news]\n---\n{\"title\": \"Hi {{ customer.first_name }}, hello\",\n\"body\": \"{% if customer.plan == 'pro' %}Pro{% else %}{{ customer.city }}{% endif %}\"}\n")
        .file("fixtures/customers/ada.json", r#"{"id": "user_123", "first_name": "Ada", "city": "London"}"#)
        .file("fixtures/requests/hi/a.json", r#"{"transactional_message_id": "hi", "identifiers": {"id": "user_123"}}"#)
        .file("people.jsonl", PEOPLE)
}

pub(super) fn audience(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["audience", "hi", "--now", NOW], arguments].concat())
}

fn report(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let run = audience(sandbox, &[&["--format", "json"], arguments].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

#[test]
fn reports_as_text_markdown_and_junit() {
    let sandbox = sandbox();
    for format in ["full", "markdown", "junit"] {
        let run = audience(&sandbox, &["people.jsonl", "--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""));
        insta::assert_snapshot!(format!("audience_{format}"), run.stdout);
    }
}

#[test]
fn the_json_matches_its_published_schema() {
    let report = report(&sandbox(), &["people.jsonl", "--reveal", "id"]);
    let schema = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/audience.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(
        validator.is_valid(&report),
        "{:?}",
        validator.iter_errors(&report).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    assert_eq!(
        report["people"],
        json!({
            "records": 8, "sent": 4, "lost": 3, "lost_percent": 42.8571, "with_warnings": 0, "invalid": 1, "other_templates": 0,
        })
    );
    let losses: Vec<_> = report["losses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|loss| {
            (loss["code"].as_str().unwrap(), loss["line"].as_u64().unwrap(), loss["first"]["id"].as_str().unwrap())
        })
        .collect();
    assert_eq!(losses, [("invalid-json", 5, "3"), ("undefined-variable", 5, "7"), ("undefined-variable", 6, "4")]);
}

#[test]
fn every_form_of_input_gives_the_same_report() {
    let people = [("1", "Ada", "London"), ("2", "Eve", ""), ("3", "A \"b\"", "Rome")];
    let row = |(id, name, city): &(&str, &str, &str)| format!("{id},\"{}\",{city}", name.replace('"', "\"\""));
    let csv = people.iter().map(row).collect::<Vec<_>>().join("\n");
    let object = |(id, name, city): &(&str, &str, &str)| match *city {
        "" => json!({"id": id, "first_name": name}),
        city => json!({"id": id, "first_name": name, "city": city}),
    };
    let request = |(id, ..): &(&str, &str, &str)| json!({"transactional_message_id": "HI", "identifiers": {"id": id}, "message_data": {}});
    let lines = |values: Vec<Value>| values.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let api: Vec<_> = people
        .iter()
        .map(|person| {
            let mut attributes = object(person);
            let id = attributes.as_object_mut().unwrap().remove("id").unwrap();
            json!({"id": id, "identifiers": {"id": id}, "attributes": attributes, "unsubscribed": false})
        })
        .collect();
    let mut requests: Vec<_> = people.iter().map(request).collect();
    requests.push(json!({"transactional_message_id": "other", "identifiers": {"id": "1"}}));
    requests.push(json!({"transactional_message_id": "hi", "identifiers": {"id": "9"}}));
    let joined = people.iter().map(|person| json!({"customer": object(person), "message_data": {}}));
    let sandbox = sandbox()
        .file("a.jsonl", lines(people.iter().map(object).collect()))
        .file("a.json", Value::from(people.iter().map(object).collect::<Vec<_>>()).to_string())
        .file("a.csv", format!("id,first_name,city\n{csv}"))
        .file("semicolons.csv", format!("id,first_name,city\n{csv}").replace(',', ";"))
        .file("api.json", json!({"customers": api}).to_string())
        .file("joined.jsonl", lines(joined.collect()))
        .file("requests.jsonl", lines(requests));
    let counts = |report: &Value| {
        let losses = report["losses"].as_array().unwrap().iter();
        let losses: Vec<_> = losses.map(|loss| (loss["code"].clone(), loss["first"]["id"].clone())).collect();
        (report["people"]["sent"].clone(), losses)
    };
    let expected = counts(&report(&sandbox, &["a.jsonl"]));
    assert_eq!(expected.0, 1);
    assert_eq!(expected.1.len(), 2);
    for file in ["a.json", "a.csv", "semicolons.csv", "api.json", "joined.jsonl"] {
        assert_eq!(counts(&report(&sandbox, &[file])), expected, "{file}");
    }
    let requests = report(&sandbox, &["requests.jsonl", "--customers", "a.csv"]);
    assert_eq!(counts(&requests), expected);
    assert_eq!(requests["people"]["other_templates"], 1);
    assert_eq!(requests["invalid"][0]["code"], "unknown-customer");
    let payloads = report(&sandbox, &["requests.jsonl", "--customer", "user_123"]);
    assert_eq!((&payloads["people"]["sent"], &payloads["people"]["other_templates"]), (&json!(4), &json!(1)));
    let without = report(&sandbox, &["requests.jsonl"]);
    assert_eq!(without["invalid"][0]["code"], "record-is-request");
}

#[test]
fn records_are_combined_with_a_request() {
    let sandbox = Sandbox::with_template(r#"{"title": "{{ trigger.x }} {{ customer.id }}"}"#, r#"{"x": 1}"#)
        .file("templates/t.fr.liquid", "---\n---\n{\"title\": \"{{ trigger.y }}\"}")
        .file("b.json", r#"{"transactional_message_id": "t", "identifiers": {"id": "z"}, "message_data": {"y": 2}, "language": "fr"}"#)
        .file("c.json", r#"{"y": 3}"#)
        .file("people.csv", "id,language\n1,en\n2,fr\n");
    for (arguments, sent, note) in [
        (&[][..], 1, "note: everyone gets the `message_data` of `fixtures/requests/t/a.json`"),
        (&["--request", "a"], 1, ""),
        (&["--request", "t/a"], 1, ""),
        (&["--request", "b.json"], 2, ""),
        (&["--request", "c.json"], 1, ""),
        (&["--request", "c.json", "--language", "fr"], 2, ""),
        (&["--language", "en"], 2, "note"),
    ] {
        let run = sandbox.run(&[&["audience", "t", "people.csv", "--format", "json"], arguments].concat());
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["people"]["sent"], sent, "{arguments:?}");
        assert!(run.stderr.starts_with(note) && (note.is_empty() == run.stderr.is_empty()), "{}", run.stderr);
    }
    let run = sandbox.run(&["audience", "t", "people.csv", "--request", "nope"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (2, "error: there is no request `nope`: expected its name or its file\n")
    );
}

#[test]
fn the_exit_code_follows_the_share_that_gets_no_message() {
    let sandbox = sandbox();
    // 4 of 8.
    for (limit, code) in [("0", 1), ("49.9%", 1), ("49.999999999999%", 1), ("50%", 0), ("50.000%", 0), ("100", 0)] {
        assert_eq!(audience(&sandbox, &["people.jsonl", "--fail-over", limit]).code, code, "{limit}");
    }
    // 2 of 3.
    let sandbox = sandbox.file("three.jsonl", "{\"id\": \"1\", \"first_name\": \"A\", \"city\": \"x\"}\n{}\n{}\n");
    for (limit, code) in [("66.66666%", 1), ("66.66667%", 0)] {
        assert_eq!(audience(&sandbox, &["three.jsonl", "--fail-over", limit]).code, code, "{limit}");
    }
    let run = audience(&sandbox, &["people.jsonl", "--fail-over", "101%"]);
    assert!(run.code == 2 && run.stderr.contains("expected a percentage from 0% to 100%"), "{run:?}");
}

#[test]
fn failures_and_messages_are_written_in_the_order_of_the_input() {
    let sandbox = sandbox();
    let run = audience(&sandbox, &["people.jsonl", "--failures", "f.jsonl", "--messages", "m.jsonl", "--threads", "3"]);
    assert_eq!(run.code, 1);
    let lines = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(sandbox.path().join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let failures = lines("f.jsonl");
    let summary: Vec<_> =
        failures.iter().map(|line| (line["line"].as_u64().unwrap(), line["code"].as_str().unwrap())).collect();
    assert_eq!(
        summary,
        [(3, "invalid-json"), (4, "record-not-json"), (5, "undefined-variable"), (8, "undefined-variable")]
    );
    assert_eq!(failures[2]["record"], json!({"id": "4", "first_name": "Grace"}));
    assert_eq!(failures[1]["record"], Value::Null);
    assert!(failures[3]["message"].as_str().unwrap().contains("first_name"));
    let messages = lines("m.jsonl");
    let titles: Vec<_> = messages.iter().map(|line| line["message"]["properties"]["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Hi Ada, hello", "Hi , hello", "Hi Eve, hello", "Hi Alan, hello"]);
    assert_eq!(messages[2]["id"], "5");
}

#[test]
fn parts_merge_to_the_bytes_of_one_run() {
    let lines: Vec<_> = PEOPLE.lines().collect();
    let sandbox = sandbox();
    for (at, chunk) in lines.chunks(3).enumerate() {
        let part = run(sandbox.path(), &["audience", "hi", "--now", NOW, "--partial"], &chunk.join("\n"));
        assert_eq!((part.code, part.stderr.as_str()), (0, ""));
        fs::write(sandbox.path().join(format!("{at}.part")), part.stdout).unwrap();
    }
    for format in ["full", "json"] {
        let whole = audience(&sandbox, &["people.jsonl", "--unordered", "--format", format]);
        let merge = |parts: &[&str]| sandbox.run(&[&["audience", "merge", "--format", format], parts].concat());
        let merged = merge(&["2.part", "0.part", "1.part"]);
        assert_eq!((merged.stdout.as_str(), merged.code), (whole.stdout.as_str(), whole.code));
        fs::write(
            sandbox.path().join("x.part"),
            sandbox.run(&["audience", "merge", "--partial", "1.part", "2.part"]).stdout,
        )
        .unwrap();
        assert_eq!(merge(&["x.part", "0.part"]).stdout, whole.stdout);
    }
    assert_eq!(sandbox.run(&["audience", "merge", "0.part", "1.part", "2.part", "--fail-over", "50%"]).code, 0);
    let run = audience(&sandbox, &["people.jsonl", "--partial", "--seed", "3"]);
    fs::write(sandbox.path().join("y.part"), run.stdout).unwrap();
    let run = sandbox.run(&["audience", "merge", "0.part", "y.part", "0.part", "people.jsonl", "z.part"]);
    assert_eq!(run.code, 2);
    for expected in [
        "`y.part` does not belong to `0.part`: `--seed`, `--unordered` differ",
        "`0.part` is given twice",
        "`people.jsonl` is not a part of a report",
        "cannot read `z.part`",
    ] {
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
    }
    let run = sandbox.run(&["audience", "hi", "people.jsonl", "--partial"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (2, "error: `--partial` requires `--now`: all parts of a report have the same time\n")
    );
}

#[test]
fn counterexamples_are_requests_of_invented_people() {
    let sandbox = sandbox();
    let run = audience(&sandbox, &["people.jsonl", "--save-counterexamples"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stderr.matches("created").count(), 6, "{}", run.stderr);
    assert!(!run.stdout.contains("first_name\":"));
    let name = "fixtures/customers/hi_lost_invalid_json_5_15.json";
    let customer = fs::read_to_string(sandbox.path().join(name)).unwrap();
    let customer: Value = serde_json::from_str(&customer).unwrap();
    assert_eq!(customer, json!({"id": "hi_lost_invalid_json_5_15", "first_name": "Xx \"xxx\" Xxxxx", "city": "x"}));
    let lines = sandbox.run(&["render", "hi/lost*"]).lines();
    let codes: Vec<_> = lines
        .iter()
        .map(|line| (line["message"].is_null(), line["diagnostics"][0]["code"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(codes.len(), 3);
    assert!(codes.iter().all(|(is_lost, _)| *is_lost), "{codes:?}");
}

/// What a run saves of these people: each saved customer and request.
fn saved(sandbox: &Sandbox, people: &str) -> (Vec<Value>, String) {
    fs::write(sandbox.path().join("p.jsonl"), people).unwrap();
    let run = sandbox.run(&["audience", "t", "p.jsonl", "--save-counterexamples"]);
    assert_eq!(run.code, 1, "{run:?}");
    let read = |folder: &str| {
        let files = fs::read_dir(sandbox.path().join(folder)).into_iter().flatten();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|file| serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap())
    };
    (read("fixtures/customers").chain(read("fixtures/requests/t")).collect(), run.stderr)
}

fn template(title: &str) -> Sandbox {
    let content = json!({"title": "TITLE", "body": "b"}).to_string().replace("TITLE", title);
    Sandbox::new().file("templates/t.liquid", format!("---\n---\n{content}"))
}

#[test]
fn counterexamples_have_no_numbers_keys_and_flags_of_a_person() {
    const ZZ: &str = "{% if customer.income > 100000 %}{{ customer.zz }}{% endif %}";
    let grace = r#"{"id": "2", "income": 1, "vip": true,
        "friends": {"Alan": {"age": 41}, "Grace Hopper <grace@navy.mil>": {"hiv": true, "name": "Grace"}}}"#
        .replace('\n', "");
    let income = |income: &str| format!(r#"{{"id": "1", "income": {income}, "friends": {{"Ada": 7}}, "vip": true}}"#);
    for (title, person, expected) in [
        (ZZ, income("187654"), json!({"income": 999_999})),
        (ZZ, income("\"187654\""), json!({"income": "999999"})),
        (
            "{% if customer.income > 187000 and customer.income < 190000 %}{{ customer.zz }}{% endif %}",
            income("187654"),
            json!({"income": 187_001}),
        ),
        ("{% for p in customer.friends %}{{ p[1].zz }}{% endfor %}", grace.clone(), json!({"friends": {"x": {}}})),
        (
            "{% for p in customer.friends %}{% if p[1].hiv %}{{ p[1].zz }}{% endif %}{% endfor %}",
            grace,
            json!({"friends": {"x": {"hiv": true}}}),
        ),
    ] {
        let sandbox = template(title);
        let (saved, notes) = saved(&sandbox, &person);
        assert_eq!(saved.len(), 2, "{title} {person}: {notes}");
        let mut customer = saved[0].clone();
        customer.as_object_mut().unwrap().shift_remove("id");
        assert_eq!(customer, expected, "{title} {person}");
        assert!(sandbox.run(&["render", "t/lost*"]).lines()[0]["message"].is_null());
    }
}

#[test]
fn a_counterexample_that_needs_the_data_of_a_person_is_not_saved() {
    // Only this number loses the message, and the template does not say it.
    let sandbox =
        template("{% assign n = customer.n | times: 7 | modulo: 1009 %}{% if n == 17 %}{{ customer.zz }}{% endif %}");
    let (saved, notes) = saved(&sandbox, r#"{"id": "1", "n": 404179}"#);
    assert_eq!(saved, [json!(null); 0], "{notes}");
    assert!(notes.contains("note: no counterexample of `undefined-variable`"), "{notes}");
}

#[test]
fn counterexamples_of_each_language_are_saved() {
    let sandbox = template("{{ customer.zz }}").file(
        "templates/t.fr.liquid",
        fs::read(template("{{ customer.zz }}").path().join("templates/t.liquid")).unwrap(),
    );
    let (saved, notes) = saved(&sandbox, "{\"id\": \"1\"}\n{\"id\": \"2\", \"language\": \"fr\"}\n");
    assert_eq!((saved.len(), notes.matches("created").count()), (4, 4), "{notes}");
    assert_eq!((&saved[2]["language"], &saved[3]["language"]), (&json!(null), &json!("fr")));
}

#[test]
fn failures_are_lines_in_the_order_of_the_records() {
    let sandbox = sandbox()
        .file("p.json", "[{\"id\": \"1\"},\n{\n  \"id\": \"2\",\n  \"n\": 1.0, \"s\": \"a  b\"\n} {\"id\": \"3\"}, {\"id\": \"4\"}]")
        .file("b.jsonl", "{\"id\": \"b\"}\n")
        .file("a.jsonl", "{\"id\": \"a\"}\n");
    let failures = |arguments: &[&str]| -> Vec<String> {
        let run = audience(&sandbox, &[arguments, &["--failures", "f.jsonl"]].concat());
        assert_eq!(run.code, 1, "{run:?}");
        fs::read_to_string(sandbox.path().join("f.jsonl")).unwrap().lines().map(str::to_owned).collect()
    };
    let lines = |failures: &[String]| -> Vec<(u64, Value)> {
        let lines = failures.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| (line["line"].as_u64().unwrap(), line["id"].clone())).collect()
    };
    let of_array = failures(&["p.json"]);
    let expected = [(1, json!("1")), (2, json!("2")), (5, json!(null)), (5, json!("3")), (5, json!("4"))];
    assert_eq!(lines(&of_array), expected);
    assert!(of_array[1].ends_with(r#""record":{"id":"2","n":1.0,"s":"a  b"}}"#), "{}", of_array[1]);
    assert_eq!(lines(&failures(&["p.json", "--sample", "9"])), expected);
    for arguments in [&["b.jsonl", "a.jsonl"][..], &["b.jsonl", "a.jsonl", "--sample", "9"]] {
        assert_eq!(lines(&failures(arguments)), [(1, json!("b")), (1, json!("a"))], "{arguments:?}");
    }
}

#[test]
fn the_report_of_one_line_depends_on_no_threads() {
    let people = (0..40_000).map(|id| json!({"id": format!("u{id}"), "first_name": "Ada", "city": id % 3}).to_string());
    let sandbox = sandbox().file("p.json", format!("[{}]", people.collect::<Vec<_>>().join(",")));
    let run =
        |threads: &str| audience(&sandbox, &["p.json", "--format", "json", "--reveal", "id", "--threads", threads]);
    let one = run("1");
    let report: Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(report["title_length"]["longest_witness"]["id"], "u0");
    for _ in 0..3 {
        assert_eq!(run("4").stdout, one.stdout);
    }
    let lost = template("{{ customer.zz }}").file("p.json", r#"[{"id": "z"}, {"id": "a"}]"#);
    let lost = lost.run(&["audience", "t", "p.json", "--format", "json", "--reveal", "id"]);
    let lost: Value = serde_json::from_str(&lost.stdout).unwrap();
    assert_eq!(lost["losses"][0]["first"]["id"], "z");
}

#[test]
fn large_numeric_ids_are_taken_as_they_are_written() {
    let sandbox = sandbox()
        .file("c.jsonl", "{\"id\": 1234567890123456789, \"first_name\": \"\\\"\"}\n{\"id\": 1234567890123456790, \"first_name\": \"Eve\", \"city\": \"x\"}\n")
        .file("r.jsonl", "{\"transactional_message_id\": \"hi\", \"identifiers\": {\"id\": 1234567890123456790}}\n");
    let joined = report(&sandbox, &["r.jsonl", "--customers", "c.jsonl"]);
    assert_eq!((&joined["people"]["sent"], &joined["people"]["lost"]), (&json!(1), &json!(0)), "{joined}");
    let people = report(&sandbox, &["c.jsonl", "--reveal", "id"]);
    assert_eq!(people["losses"][0]["first"]["id"], "1234567890123456789");
    let hashed = report(&sandbox, &["c.jsonl"]);
    assert_eq!(hashed["losses"][0]["first"]["id"], inkproof::audience::hashed("1234567890123456789"));
}

#[test]
fn customers_of_the_app_api_are_understood_wherever_customers_are() {
    let eve = json!({"id": "5", "attributes": {"email": "e@example.com", "first_name": "Eve", "city": "Oslo"}, "timestamps": {}});
    let request = json!({"transactional_message_id": "hi", "identifiers": {"email": "E@example.com"}});
    let sandbox = sandbox()
        .file("c.json", json!({"customers": [eve]}).to_string())
        .file("eve.json", eve.to_string())
        .file("r.jsonl", request.to_string());
    for arguments in [["--customers", "c.json"], ["--customer", "eve.json"]] {
        let report = report(&sandbox, &[&["r.jsonl"], &arguments[..]].concat());
        assert_eq!(report["people"]["sent"], 1, "{report}");
    }
}

#[test]
fn languages_that_are_not_listed_are_counted() {
    let people = (0..60).map(|at| json!({"id": at, "first_name": "Ada", "city": "x", "language": format!("l{at}")}));
    let sandbox = sandbox().file("p.jsonl", people.map(|person| person.to_string() + "\n").collect::<String>());
    let report = report(&sandbox, &["p.jsonl"]);
    assert_eq!((report["languages"].as_array().unwrap().len(), &report["more_languages"]), (50, &json!(10)));
    assert_eq!((&report["more_types"], &report["more_topics"]), (&json!(0), &json!(0)));
    for (format, expected) in [("full", "\n             and 10 more\n"), ("markdown", "\n| and 10 more | | |\n")] {
        let run = audience(&sandbox, &["p.jsonl", "--format", format]);
        assert!(run.stdout.contains(expected), "{}", run.stdout);
    }
}

#[test]
fn lone_surrogates_are_shown_as_replacement_characters() {
    let sandbox = sandbox().file(
        "p.jsonl",
        r#"{"id": "a\ud800", "first_name": "x\ud800", "city": "x", "language": "l\ud800"}"#.replace("\\\\", "\\"),
    );
    let run = audience(&sandbox, &["p.jsonl", "--format", "json", "--reveal", "all", "--messages", "m.jsonl"]);
    assert_eq!(run.code, 0, "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["languages"][0]["name"], "l\u{fffd}");
    assert_eq!(report["titles"]["most_common"][0]["title"], "Hi x\u{fffd}, hello");
    let message = fs::read_to_string(sandbox.path().join("m.jsonl")).unwrap();
    assert!(message.contains("\"id\":\"a\u{fffd}\""), "{message}");
}

#[test]
fn what_cannot_be_read_is_said_without_quoting_it() {
    let sandbox = sandbox()
        .file("c.jsonl", "{\"id\": \"1\"}\n{\"id\": Q}\n")
        .file("r.jsonl", "{\"transactional_message_id\": \"hi\", \"identifiers\": {\"id\": \"1\"}}\n")
        .file("people", "Name;Age\nAda;7\n");
    let run = audience(&sandbox, &["r.jsonl", "--customers", "c.jsonl"]);
    let expected =
        "warning: 1 customer is not valid; the first: c.jsonl:2: the record is not valid JSON at its byte 8\n";
    assert_eq!(run.stderr, expected);
    let run = audience(&sandbox, &["people"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, "note: no record is JSON: `--input csv` reads them as CSV\n"));
    let run = audience(&sandbox, &["people.jsonl", "./people.jsonl"]);
    assert_eq!((run.code, run.stderr.as_str()), (2, "error: `./people.jsonl` is given twice\n"));
}

#[test]
fn a_file_that_ends_early_is_reported_and_what_was_read_counts() {
    let sandbox = sandbox();
    let gzip = |bytes: &[u8]| {
        use std::io::Write as _;
        let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        file.write_all(bytes).unwrap();
        file.finish().unwrap()
    };
    let whole = gzip(PEOPLE.repeat(20_000).as_bytes());
    let sandbox = sandbox.file("cut.jsonl.gz", &whole[..whole.len() / 2]).file("whole.gz", gzip(PEOPLE.as_bytes()));
    assert_eq!(report(&sandbox, &["whole.gz"])["people"], report(&sandbox, &["people.jsonl"])["people"]);
    let run = audience(&sandbox, &["cut.jsonl.gz", "people.jsonl", "--format", "json"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error: cannot read `cut.jsonl.gz` beyond line "), "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let records = report["people"]["records"].as_u64().unwrap();
    assert!(records > 70_000 && records < 90_000, "{records}");
    assert_eq!(report["incomplete"].as_array().unwrap().len(), 1);
    let run = audience(&sandbox, &["nothing.jsonl"]);
    assert!(run.code == 2 && run.stderr.starts_with("error: cannot read `nothing.jsonl`: "), "{run:?}");
}
