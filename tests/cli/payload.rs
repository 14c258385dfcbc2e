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
    let broken = sandbox.file("broken.json", "[").run(&["check", "t", "--data", "broken.json"]);
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
    assert_eq!(checked.stderr, "body.json: a whole request; its `message_data` is judged\n");
    // The branch that the payload does not take is not reported: requests render it.
    assert_eq!(checked.stdout.lines().count(), 1, "{checked:?}");
    assert!(checked.stdout.contains("info[json-unsafe]"), "{checked:?}");
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
