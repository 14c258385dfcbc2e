//! `inkproof check --data`

use super::sandbox::Sandbox;

#[test]
fn reports_a_key_missing_in_the_payload_with_its_branch() {
    let content = "{\"title\": \"{% if trigger.express %}{{ trigger.order_number }}{% endif %}!\", \"body\": \"Hi\"}\n";
    let sandbox = Sandbox::with_template(content, r#"{"express": true, "order_number": 1}"#)
        .file("payload.json", r#"{"express": true, "order_numbr": "1042"}"#)
        .file("fine.json", r#"{"express": false}"#);
    let checked = sandbox.run(&["check", "t", "--data", "payload.json", "--format", "json"]);
    assert_eq!(checked.code, 1, "{checked:?}");
    let findings: serde_json::Value = serde_json::from_str(&checked.stdout).unwrap();
    let missing = findings.as_array().unwrap().iter().find(|finding| finding["code"] == "missing-data").unwrap();
    assert_eq!(missing["message"], "`trigger.order_number` is missing in `payload.json`: the message fails");
    assert_eq!(missing["help"][0], "did you mean `trigger.order_numbr`?");
    assert_eq!((&missing["start"]["line"], &missing["start"]["column"]), (&3.into(), &39.into()));
    assert_eq!(missing["labels"][1]["text"], "in the branch if this is true");
    assert_eq!(missing["labels"][1]["start"]["column"], 18);
    let fine = sandbox.run(&["check", "t", "--data", "fine.json"]);
    assert_eq!(fine.code, 0, "{fine:?}");
    let broken = sandbox.file("broken.json", "{\n").run(&["check", "t", "--data", "broken.json"]);
    assert_eq!(broken.code, 2, "{broken:?}");
}

#[test]
fn accepts_a_whole_request_as_payload() {
    let sandbox = Sandbox::with_template(
        r#"{"title": "{{ trigger.name }}{% if trigger.vip %}!{% endif %}", "body": "Hi"}"#,
        r#"{"name": "Ada", "vip": true}"#,
    )
    .file("body.json", r#"{"identifiers": {"id": "nobody"}, "message_data": {"name": "Ada", "vip": false}}"#)
    .file("broken.json", "{\n  \"name\": Ada\n}");
    let checked = sandbox.run(&["check", "t", "--data", "body.json", "--format", "concise"]);
    assert_eq!(checked.stderr, "note: `body.json` is a whole request: its `message_data` is validated\n");
    // The branch that the payload does not take is not reported: requests render it.
    assert_eq!(checked.stdout, "", "{checked:?}");
    let without_coverage = sandbox.run(&["check", "t", "--data", "body.json", "--min-coverage", "100"]);
    assert_eq!((without_coverage.code, without_coverage.stderr.as_str()), (0, checked.stderr.as_str()));
    let table = sandbox.run(&["check", "t", "--data", "body.json", "--table", "--format", "json"]).stdout;
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    assert_eq!(table["templates"][0]["requests"], serde_json::json!(["body.json"]));
    assert_eq!(table["templates"][0]["coverage"], serde_json::Value::Null);
    let broken = sandbox.run(&["check", "t", "--data", "broken.json"]);
    let expected =
        "error: broken.json:2:11: this is not valid JSON: invalid character 'A' looking for beginning of value\n";
    assert_eq!((broken.code, broken.stderr.as_str()), (2, expected));
}

#[test]
fn labels_every_kind_of_branch() {
    let branches = [
        ("{% if trigger.no %}{% else %}X{% endif %}", "trigger.no", "in the branch if this is false"),
        ("{% unless trigger.no %}X{% endunless %}", "trigger.no", "in the branch if this is false"),
        ("{% unless trigger.yes %}{% else %}X{% endunless %}", "trigger.yes", "in the branch if this is true"),
        ("{% if trigger.no %}{% elsif trigger.yes %}X{% endif %}", "trigger.yes", "in the branch if this is true"),
        ("{% case trigger.n %}{% when 1 %}X{% endcase %}", "1", "in the branch for this value"),
        (
            "{% case trigger.n %}{% when 2 %}{% else %}X{% endcase %}",
            "trigger.n",
            "in the branch if this is none of the values",
        ),
        ("{% for i in trigger.l %}{% else %}X{% endfor %}", "trigger.l", "in the branch if this has no elements"),
    ];
    for (branch, labelled, text) in branches {
        let content = format!(r#"{{"title": "{}", "body": "Hi"}}"#, branch.replace('X', "{{ trigger.x }}"));
        let sandbox = Sandbox::with_template(&content, r#"{"no": false, "yes": true, "n": 1, "l": [], "x": 1}"#)
            .file("payload.json", r#"{"no": false, "yes": true, "n": 1, "l": []}"#);
        let checked = sandbox.run(&["check", "t", "--data", "payload.json", "--format", "jsonl"]);
        let lines = checked.lines();
        let missing = lines.iter().find(|line| line["code"] == "missing-data").unwrap();
        let label = &missing["labels"][1];
        let span = |key: &str| usize::try_from(label[key]["offset"].as_u64().unwrap()).unwrap();
        let file = format!("---\n---\n{content}");
        assert_eq!(
            (file[span("start")..span("end")].trim(), label["text"].as_str().unwrap()),
            (labelled, text),
            "{branch}"
        );
    }
}

/// The findings of `check` in the format `concise`, without their positions.
fn findings(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let checked = sandbox.run(&[&["check", "--format", "concise"], arguments].concat());
    let is_problem = |line: &&str| line.contains("error[") || line.contains("warning[");
    checked
        .stdout
        .lines()
        .filter(is_problem)
        .map(|line| line.split(": ").skip(1).collect::<Vec<_>>().join(": "))
        .collect()
}

#[test]
fn a_payload_is_rendered() {
    for (content, data, expected) in [
        (
            r#"{"title":"{{ trigger.c }}","body":"b"}"#,
            r#"{"c":"say \"hi\""}"#,
            "error[invalid-json]: the content is not valid JSON: invalid character 'h' after object key:value pair",
        ),
        (
            r#"{"title":"t","body":"{{ trigger.msg }}"}"#,
            r#"{"msg":"a\nb"}"#,
            "error[invalid-json]: the content is not valid JSON: invalid character '\\n' in string literal",
        ),
        (
            r#"{"title":"t","body":"{{ trigger.at | date: "%H", customer.zone }}"}"#,
            r#"{"at": 0}"#,
            "error[missing-data]: `customer.zone` is missing in `--data`: the message fails",
        ),
    ] {
        let sandbox = Sandbox::with_template(content, "{}");
        let found = findings(&sandbox, &["t", "--data", data]);
        assert_eq!(found, [expected], "{content}");
        let fixture = Sandbox::with_template(content, data);
        let as_fixture: Vec<_> =
            findings(&fixture, &["t"]).iter().map(|line| line.replace("`t/a`", "`--data`")).collect();
        assert_eq!(found, as_fixture, "{content}");
    }
}

#[test]
fn a_payload_is_rendered_for_each_customer_in_each_language() {
    let content = r#"{"title":"{{ trigger.x }}","body":"{{ customer.plan }}"}"#;
    let sandbox = Sandbox::with_template(content, "{}")
        .file("templates/t.fr.liquid", "---\n---\n{\"title\":\"{{ trigger.fr }}\",\"body\":\"b\"}")
        .file("fixtures/customers/eve.json", r#"{"id": "eve", "plan": "pro"}"#)
        .file("elsewhere/bob.json", r#"{"id": "bob", "plan": "\""}"#);
    let data = r#"{"x": 1}"#;
    let missing = "error[missing-data]: `trigger.fr` is missing in `--data`: the message fails";
    let lost = "error[missing-data]: `customer.plan` is missing in `--data`: the message fails";
    assert_eq!(findings(&sandbox, &["t", "--data", data]), [missing, lost]);
    let shown = sandbox.run(&["check", "t", "--data", data]).stdout;
    assert!(shown.contains("for the customer `user_123` only"), "{shown}");
    for customer in ["eve", "fixtures/customers/eve.json"] {
        assert_eq!(findings(&sandbox, &["t", "--data", data, "--customer", customer]), [missing], "{customer}");
    }
    for customer in ["ada", "user_123", "ada@example.com"] {
        assert_eq!(findings(&sandbox, &["t", "--data", data, "--customer", customer]), [missing, lost], "{customer}");
    }
    let bob = findings(&sandbox, &["t", "--data", data, "--customer", "elsewhere/bob.json"]);
    assert!(bob.len() == 2 && bob[1].starts_with("error[invalid-json]"), "{bob:?}");
    let unknown = sandbox.run(&["check", "t", "--data", data, "--customer", "evee"]);
    assert_eq!(
        (unknown.code, unknown.stderr.as_str()),
        (2, "error: there is no customer `evee`: did you mean `eve`?\n")
    );
    let bare = Sandbox::new().file("templates/t.liquid", format!("---\n---\n{content}"));
    let found = findings(&bare, &["t", "--data", data]);
    assert_eq!(found, [lost]);
}

#[test]
fn a_payload_is_compared_with_the_schema() {
    let sandbox = Sandbox::with_template("", "{}")
        .file("templates/t.liquid", "---\nmessage_data: s.json\n---\n{\"title\":\"{{ trigger.x }}\",\"body\":\"b\"}")
        .file("s.json", r#"{"properties": {"x": {"type": "integer"}}}"#)
        .file("p.json", "{\n  \"x\": \"1\"\n}")
        .file("r.json", r#"{"transactional_message_id": "T", "identifiers": {"id": "x"}, "message_data": {"x": "1"}}"#);
    let checked = sandbox.run(&["check", "t", "--data", "p.json", "--format", "concise"]);
    let expected =
        "p.json:2:8: error[schema-violation]: expected a whole number under `message_data.x`, found `\"1\"`\n";
    assert!(checked.code == 1 && checked.stdout.starts_with(expected), "{checked:?}");
    // A request names its template itself.
    let checked = sandbox.run(&["check", "--data", "r.json", "--format", "concise"]);
    assert!(checked.code == 1 && checked.stdout.starts_with("r.json:1:85: error[schema-violation]"), "{checked:?}");
    let nameless = sandbox.run(&["check", "--data", "p.json"]);
    let expected = "error: `p.json` does not name a template: write `inkproof check NAME --data …`\n";
    assert_eq!((nameless.code, nameless.stderr.as_str()), (2, expected));
}

const PAYLOADS: &str = "{\"c\": \"fine\"}\n{\"c\": \"say \\\"hi\\\"\"}\n\nnonsense\n{}\n[1]\n\
    {\"transactional_message_id\": \"t\", \"identifiers\": {\"id\": \"x\"}, \"message_data\": {\"c\": \"a\\\"b\"}}\n";

#[test]
fn many_payloads_are_grouped_by_cause() {
    let sandbox =
        Sandbox::with_template("{\"title\":\"{{ trigger.c }}\",\"body\":\"b\"}", "{}").file("payloads.jsonl", PAYLOADS);
    let checked = sandbox.run(&["check", "t", "--data", "payloads.jsonl", "--format", "concise"]);
    assert_eq!(
        checked.stdout,
        "payloads.jsonl:4:2: error[invalid-payload]: the record is not valid JSON: invalid character 'o' in literal null \
         (expecting 'u'), at its byte 2: 1 of 6 payloads, the first on line 4\n\
         payloads.jsonl:6:1: error[invalid-payload]: expected a JSON object: a `message_data` or a request: 1 of 6 payloads, \
         the first on line 6\n\
         templates/t.liquid:3:11: error[invalid-json]: the content is not valid JSON: invalid character 'h' after object \
         key:value pair: 2 of 6 payloads, the first on line 2\n\
         templates/t.liquid:3:14: error[undefined-variable]: undefined variable: trigger.c: 1 of 6 payloads, the first on \
         line 5\n\n\
         3 of 4 payloads lose the message; 2 records are not payloads\n",
        "{checked:?}"
    );
    assert_eq!((checked.code, checked.stderr.as_str()), (1, ""));
    // Other forms of the same payloads.
    let valid: Vec<&str> = PAYLOADS.lines().filter(|line| line.starts_with('{')).collect();
    let array = sandbox.file("array.json", format!("[\n{}\n]", valid.join(",\n")));
    let found = array.run(&["check", "t", "--data", "array.json", "--format", "jsonl"]);
    let lines: Vec<_> = found.lines().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].ends_with(": 2 of 4 payloads, the first on line 3"), "{lines:?}");
    assert!(lines[1].ends_with(": 1 of 4 payloads, the first on line 4"), "{lines:?}");
    assert_eq!(found.stderr, "3 of 4 payloads lose the message\n");
    let piped =
        super::sandbox::run(array.path(), &["check", "t", "--data", "-", "--format", "concise"], &valid.join("\n"));
    assert!(piped.stdout.ends_with("\n3 of 4 payloads lose the message\n"), "{piped:?}");
}

#[test]
fn every_format_reports_many_payloads() {
    let sandbox = Sandbox::with_template("{\"title\":\"{{ trigger.c }}\",\"body\":\"b\"}", "{}")
        .file("payloads.jsonl", PAYLOADS)
        .file("fine.jsonl", "{\"c\": 1}\n{\"c\": 2}\n");
    for format in ["full", "concise", "json", "jsonl", "sarif", "junit", "github", "gitlab"] {
        let checked = sandbox.run(&["check", "t", "--data", "payloads.jsonl", "--format", format]);
        assert_eq!(checked.code, 1, "{format}: {checked:?}");
        let both = format!("{}{}", checked.stdout, checked.stderr);
        assert!(both.contains("2 of 6 payloads, the first on line 2"), "{format}: {both}");
        assert!(both.contains("3 of 4 payloads lose the message"), "{format}: {both}");
        let fine = sandbox.run(&["check", "t", "--data", "fine.jsonl", "--format", format]);
        assert_eq!(fine.code, 0, "{format}: {fine:?}");
    }
    let table = sandbox.run(&["check", "t", "--data", "payloads.jsonl", "--table"]);
    assert_eq!((table.code, table.stderr.as_str()), (2, "error: `--table` shows one payload, and there are several\n"));
}

#[test]
fn requests_of_a_stream_name_their_templates() {
    let request = |template: &str, data: &str| {
        format!(
            "{{\"transactional_message_id\": {template}, \"identifiers\": {{\"id\": \"x\"}}, \"message_data\": {data}}}\n"
        )
    };
    let lines = [
        request("\"T\"", "{\"c\": 1}"),
        request("42", "{}"),
        request("\"nope\"", "{}"),
        "{\"c\": 1}\n".to_owned(),
        request("\"t\"", "[]"),
    ];
    let sandbox = Sandbox::with_template("{\"title\":\"{{ trigger.c }}\",\"body\":\"b\"}", "{}")
        .file("templates/u.liquid", "---\nid: 42\n---\n{\"title\":\"{{ trigger.d }}\",\"body\":\"b\"}")
        .file("sent.jsonl", lines.concat());
    let found = findings(&sandbox, &["--data", "sent.jsonl"]);
    assert_eq!(
        found,
        [
            "error[unknown-template]: the payload does not name a template of the project: 2 of 5 payloads, the first on line 3",
            "error[invalid-payload]: expected an object under `message_data`: 1 of 5 payloads, the first on line 5",
            "error[undefined-variable]: undefined variable: trigger.d: 1 of 5 payloads, the first on line 2",
        ]
    );
}

/// A request for a template, with a customer and some data.
fn request(template: &str, customer: &str, data: &str) -> String {
    format!(
        "{{\"transactional_message_id\": \"{template}\", \"identifiers\": {{\"id\": {customer}}}, \"message_data\": {data}}}\n"
    )
}

#[test]
fn a_request_of_many_is_rendered_for_the_customer_that_it_names() {
    let sandbox = Sandbox::with_template(r#"{"title":"{{ customer.email }} {{ trigger.a }}","body":"b"}"#, "{}")
        .file("fixtures/customers/bob.json", r#"{"id": 1234567890123456789}"#)
        .file("one.json", request("t", "\"user_123\"", "{\"a\": 1}"))
        .file("two.jsonl", request("t", "\"user_123\"", "{\"a\": 1}").repeat(2))
        .file("bob.jsonl", request("t", "1234567890123456789", "{\"a\": 1}").repeat(2))
        .file("eve.jsonl", request("t", "1234567890123456788", "{\"a\": 1}").repeat(2));
    for (file, code, summary) in [
        ("one.json", 0, "0 errors"),
        ("two.jsonl", 0, "0 of 2 payloads lose the message"),
        ("bob.jsonl", 1, "2 of 2 payloads lose the message"),
        // Nobody of the project: as data without a customer.
        ("eve.jsonl", 1, "2 of 2 payloads lose the message"),
    ] {
        let checked = sandbox.run(&["check", "--data", file]);
        assert_eq!(checked.code, code, "{file}: {checked:?}");
        assert!(code == 0 && file == "one.json" || checked.stdout.contains(summary), "{file}: {checked:?}");
    }
    let bob = sandbox.run(&["check", "--data", "two.jsonl", "--customer", "bob"]);
    assert!(bob.code == 1 && bob.stdout.contains("2 of 2 payloads lose the message"), "{bob:?}");
}

#[test]
fn requests_for_other_templates_are_counted_and_left_out() {
    let sandbox = Sandbox::with_template(r#"{"title":"{{ trigger.c }}","body":"b"}"#, "{}")
        .file("templates/u.liquid", "---\n---\n{\"title\":\"u\",\"body\":\"b\"}")
        .file("mix.jsonl", request("u", "\"x\"", "{}") + &request("T", "\"x\"", "{}") + "{\"c\": 1}\n");
    let checked = sandbox.run(&["check", "t", "--data", "mix.jsonl", "--format", "concise"]);
    assert!(
        checked.stdout.ends_with("\n1 of 2 payloads loses the message; 1 request is for another template\n"),
        "{checked:?}"
    );
    let other = sandbox.file("u.jsonl", request("u", "\"x\"", "{}").repeat(2) + "[]\n");
    let checked = other.run(&["check", "t", "--data", "u.jsonl", "--format", "concise"]);
    assert!(checked.stdout.contains("0 of 0 payloads lose the message; 1 record is not a payload; 2 requests are for"));
}

#[test]
fn findings_are_where_a_payload_is() {
    let text = "[\n    {\"c\": 1}, {},\n    [], \"\"\n]";
    let sandbox = Sandbox::with_template(r#"{"title":"t","body":"b"}"#, "{}").file("p.json", text);
    let checked = sandbox.run(&["check", "t", "--data", "p.json", "--format", "jsonl"]);
    let start = checked.lines()[0]["start"].clone();
    let offset = text.find("[]").unwrap();
    assert_eq!(start, serde_json::json!({"line": 3, "column": 5, "offset": offset}), "{checked:?}");
}

#[test]
fn requests_in_a_file_inside_the_project_are_checked() {
    let lines = request("t", "\"user_123\"", "{\"c\": 1}") + &request("t", "\"user_123\"", "{}");
    let gzip = |text: &str| {
        use std::io::Write as _;
        let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap()
    };
    let array = format!("[\n{}]", lines.trim_end().replace('\n', ",\n"));
    let sandbox = Sandbox::with_template(r#"{"title":"{{ trigger.c }}","body":"b"}"#, "{}")
        .file("mix.jsonl", &lines)
        .file("mix.json", array)
        .file("mix.gz", gzip(&lines))
        .file("package.json", "{\"name\": \"shop\"}")
        .file("cut.json", &lines[..20])
        .file("log.jsonl", "{\"level\": \"info\"}\n")
        .file("README.md", "# Shop\n");
    for file in ["mix.jsonl", "mix.json", "mix.gz"] {
        let checked = sandbox.run(&["check", file]);
        assert_eq!((checked.code, checked.stderr.as_str()), (1, ""), "{file}: {checked:?}");
        assert!(checked.stdout.contains("1 of 2 payloads loses the message"), "{file}: {checked:?}");
    }
    // Other files may be among those that changed. What may have been meant is named, so that nobody takes it for checked.
    for (file, note) in [
        ("README.md", ""),
        ("package.json", ""),
        ("cut.json", "note: `cut.json` has no requests and is ignored\n"),
        ("log.jsonl", "note: `log.jsonl` has no requests and is ignored\n"),
    ] {
        let checked = sandbox.run(&["check", file]);
        assert_eq!((checked.code, checked.stderr.as_str()), (0, note), "{file}: {checked:?}");
    }
    let preview = sandbox.run(&["preview", "mix.jsonl"]);
    assert_eq!(preview.stderr, "note: `mix.jsonl` is not a request and is ignored\n", "{preview:?}");
}

#[test]
fn each_error_of_a_payload_is_counted() {
    let sandbox = Sandbox::with_template("", "{}")
        .file(
            "templates/t.liquid",
            "---\nexpiration: \"{{ trigger.days }}\"\n---\n{\"title\":\"{{ trigger.c }}\",\"body\":\"b\"}",
        )
        .file("p.jsonl", "{\"c\": \"1\", \"days\": \"2 days\"}\n{\"c\": \"\\\"\", \"days\": \"x\"}\n");
    let found = findings(&sandbox, &["t", "--data", "p.jsonl"]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|finding| finding.ends_with(": 1 of 2 payloads, the first on line 2")), "{found:?}");
}

#[test]
fn payloads_of_a_stream_are_compared_with_the_schema() {
    let sandbox = Sandbox::with_template("", "{}")
        .file("templates/t.liquid", "---\nmessage_data: s.json\n---\n{\"title\":\"{{ trigger.x }}\",\"body\":\"b\"}")
        .file("s.json", r#"{"properties": {"x": {"type": "integer"}}}"#)
        .file("p.jsonl", "{\"x\": 1}\n{\"x\": \"1\"}\n{\"x\": \"2\"}\n");
    let checked = sandbox.run(&["check", "t", "--data", "p.jsonl", "--format", "concise"]);
    assert_eq!(
        checked.stdout,
        "p.jsonl:2:7: error[schema-violation]: expected a whole number under `message_data.x`, found `\"1\"`: 2 of 3 payloads, \
         the first on line 2\n\n0 of 3 payloads lose the message; 2 do not match their schema\n"
    );
    let off = sandbox.file("inkproof.toml", "[rules]\nschema-violation = \"off\"\n");
    assert_eq!(off.run(&["check", "t", "--data", "p.jsonl"]).code, 0);
}
