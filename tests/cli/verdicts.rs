//! The verdicts of `inkproof check`, in every format, and what it requires and saves.

use super::sandbox::Sandbox;

/// Three templates: one is proved, one is searched, one loses.
fn three() -> Sandbox {
    let request = |template: &str, data: &str| {
        format!(r#"{{"transactional_message_id":"{template}","identifiers":{{"id":"u1"}},"message_data":{data}}}"#)
    };
    Sandbox::new()
        .file("fixtures/customers/u1.json", r#"{"id":"u1","plan":"free"}"#)
        .file("templates/a.liquid", "---\n---\n{\"title\": {{ trigger.name | json }}, \"body\": \"b\"}")
        .file("fixtures/requests/a/r.json", request("a", r#"{"name":"Ada B"}"#))
        .file("templates/b.liquid", "---\n---\n{\"title\": \"{{ trigger.id }}\", \"body\": \"b\"}")
        .file("fixtures/requests/b/r.json", request("b", r#"{"id":"A-17"}"#))
        .file(
            "templates/c.liquid",
            "---\n---\n{\"title\": {{ trigger.l.first | json }}, \"body\": {% if customer.plan == \"free\" %}\"b\"{% endif %}}",
        )
        .file("fixtures/requests/c/r.json", request("c", r#"{"l":[1]}"#))
}

#[test]
fn every_format_has_the_verdicts() {
    let sandbox = three();
    let full = sandbox.run(&["check"]).stdout;
    assert!(full.ends_with("\n2 warnings, 1 info\n3 templates: 1 proved, 1 searched, 1 loses\n"), "{full}");
    for format in ["json", "jsonl"] {
        let out = sandbox.run(&["check", "--format", format]);
        let all: Vec<serde_json::Value> =
            if format == "json" { serde_json::from_str(&out.stdout).unwrap() } else { out.lines() };
        let verdicts: Vec<_> = all.iter().filter(|entry| entry["code"] == "verdict").collect();
        let words: Vec<_> = verdicts.iter().map(|entry| entry["verdict"]["verdict"].as_str().unwrap()).collect();
        assert_eq!(words, ["proved", "searched", "loses"]);
        assert_eq!(verdicts[1]["file"], "templates/b.liquid");
        assert!(verdicts[1]["verdict"]["renders"].as_u64().unwrap() > 10, "{verdicts:?}");
        assert_eq!((&verdicts[2]["verdict"]["branches"], &verdicts[2]["verdict"]["reached"]), (&1.into(), &1.into()));
    }
    for (format, expected) in [
        ("sarif", r#""verdict":{"template":"a","language":null,"file":"templates/a.liquid","verdict":"proved""#),
        ("junit", "<testcase name=\"verdict\" classname=\"templates/a.liquid\">"),
        ("github", "::notice title=verdicts::templates/a.liquid: proved%0Atemplates/b.liquid: searched: "),
    ] {
        let out = sandbox.run(&["check", "--format", format]).stdout;
        assert!(out.contains(expected), "{format}: {out}");
    }
    let table = sandbox.run(&["check", "--table"]).stdout;
    assert!(table.contains("a: no branches, 100.0 %\na: proved\n"), "{table}");
    let table = sandbox.run(&["check", "--table", "--format", "json"]).stdout;
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    assert_eq!(table["templates"][2]["verdict"], "loses");
}

#[test]
fn requires_a_verdict() {
    let sandbox = three();
    for (names, require, code, expected) in [
        (&["a"][..], "proved", 0, ""),
        (&["a", "b"], "searched", 0, ""),
        (&["b"], "proved", 1, "templates/b.liquid: searched: "),
        (&["c"], "searched", 1, "templates/c.liquid: loses: expected searched\n"),
    ] {
        let checked = sandbox.run(&[&["check", "--require", require, "--format", "concise"], names].concat());
        assert_eq!(checked.code, code, "{names:?} {require}: {checked:?}");
        assert!(checked.stderr.starts_with(expected), "{names:?} {require}: {checked:?}");
    }
    let unknown = sandbox.run(&["check", "--require", "loses"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    // What cannot be parsed is not proved, whether a finding is reported or not.
    let broken =
        Sandbox::with_template("{{ 1 | nope }}", "{}").file("inkproof.toml", "[rules]\nunknown-filter = \"off\"");
    let checked = broken.run(&["check", "--require", "searched"]);
    assert_eq!((checked.code, checked.stderr.as_str()), (1, "templates/t.liquid: loses: expected searched\n"));
}

#[test]
fn declared_strings_without_quotes_are_proved() {
    for (property, is_proved) in [
        (r#"{"type": "string", "pattern": "^[A-Z0-9-]+$"}"#, true),
        (r#"{"type": "string", "format": "uri"}"#, true),
        (r#"{"type": "string", "format": "email"}"#, false),
        (r#"{"type": "string", "pattern": "^[A-Z]"}"#, false),
        (r#"{"type": "string"}"#, false),
    ] {
        let schema = format!(r#"{{"type": "object", "properties": {{"v": {property}}}, "required": ["v"]}}"#);
        let value = match property {
            _ if property.contains("uri") => "https://example.com/",
            _ if property.contains("email") => "ada@example.com",
            _ => "A-17",
        };
        let content = "---\nmessage_data: schemas/t.json\n---\n{\"title\": \"{{ trigger.v }}\", \"body\": \"b\",}";
        let sandbox = Sandbox::with_template("", &format!(r#"{{"v": "{value}"}}"#))
            .file("templates/t.liquid", content)
            .file("schemas/t.json", schema);
        let checked = sandbox.run(&["check"]);
        assert_eq!(checked.stdout.ends_with("1 template: 1 proved\n"), is_proved, "{property}: {checked:?}");
    }
}

#[test]
fn nothing_is_proved_from_what_a_template_does() {
    let sandbox = three().file("templates/d.liquid", "---\n---\n{\"title\": {{ trigger.x | json }}, \"body\": \"b\"}");
    let checked = sandbox.run(&["check", "d"]);
    assert!(checked.stdout.ends_with("1 template: 1 searched\n"), "{checked:?}");
    let sandbox =
        three().file("templates/d.liquid", "---\n---\n{\"title\": \"t\", \"body\": {% if trigger.x %}1{% endif %}}");
    let checked = sandbox.run(&["check", "d", "--format", "concise"]);
    assert!(
        checked.stdout.contains("warning[invalid-json]") && checked.stdout.contains("; with trigger."),
        "{checked:?}"
    );
}

#[test]
fn a_template_that_loses_a_request_loses() {
    let sandbox = Sandbox::with_template("{\"title\": {{ trigger.x | json }}, \"body\": \"b\"}", "{}");
    let checked = sandbox.run(&["check"]);
    assert!(checked.stdout.ends_with("1 error\n1 template: 1 loses\n"), "{checked:?}");
}

#[test]
fn saves_counterexamples_as_requests_and_never_overwrites_a_file() {
    let folder = "fixtures/requests/lost";
    let mine = r#"{"transactional_message_id":"c","identifiers":{"id":"u1"},"message_data":{"l":[2]}}"#;
    let sandbox = three().file("fixtures/requests/lost/c/missing-data-3-14.json", mine);
    let saved = sandbox.run(&["check", "a", "b", "c", "--save-counterexamples", folder, "--format", "concise"]);
    assert_eq!(saved.stderr, format!("3 files written to `{folder}`, 1 existed already\n"), "{saved:?}");
    let file = |name: &str| sandbox.path().join(folder).join(name);
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap();
    assert_eq!(read("c/missing-data-3-14.json"), mine);
    let request: serde_json::Value = serde_json::from_str(&read("b/json-unsafe-3-12.json")).unwrap();
    assert_eq!(request["identifiers"], serde_json::json!({"id": "u1"}));
    assert!(request["message_data"]["id"].as_str().unwrap().contains('"'), "{request}");
    let again = sandbox.run(&["check", "a/r", "b/r", "c/r", "--save-counterexamples", folder, "--format", "concise"]);
    assert_eq!(again.stderr, format!("0 files written to `{folder}`, 4 existed already\n"), "{again:?}");
    let lost = sandbox.run(&["render", "lost/b/json-unsafe-3-12"]);
    assert_eq!(lost.code, 1, "{lost:?}");
    // The customer differs, so it is saved too.
    let names = std::fs::read_dir(file("c")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let customers: Vec<_> = names.filter(|name| name.ends_with(".customer")).collect();
    let [customer] = &customers[..] else { panic!("{customers:?}") };
    let request = format!("lost/c/{}", customer.replace(".customer", ""));
    assert_eq!(sandbox.run(&["render", &request]).code, 0);
    std::fs::copy(file("c").join(customer), sandbox.path().join("fixtures/customers/u1.json")).unwrap();
    assert_eq!(sandbox.run(&["render", &request]).code, 1);
    for outside in ["..", "../elsewhere", "/tmp/inkproof-elsewhere", "."] {
        let refused = sandbox.run(&["check", "--save-counterexamples", outside]);
        assert_eq!(refused.code, 2, "{outside}: {refused:?}");
    }
}

#[test]
fn the_effort_sets_how_much_is_rendered() {
    let content = r#"{"title": "{{ trigger.a }} {{ trigger.b }}", "l": [{% for i in trigger.l %}{% if i.x %}1{% else %}2{% endif %},{% endfor %}0], "body": "b"}"#;
    let sandbox = Sandbox::with_template(content, r#"{"a": "A-1", "b": 2, "l": [{"x": true}]}"#);
    let renders = |arguments: &[&str]| {
        let checked = sandbox.run(&[&["check", "--format", "jsonl"], arguments].concat());
        checked.lines().last().unwrap()["verdict"]["renders"].as_u64().unwrap()
    };
    let (quick, normal, thorough) = (renders(&["--effort", "quick"]), renders(&[]), renders(&["--effort", "thorough"]));
    assert!(quick < normal && normal < thorough, "{quick} {normal} {thorough}");
    std::fs::write(sandbox.path().join("inkproof.toml"), "[check]\neffort = \"quick\"\n").unwrap();
    assert_eq!(renders(&[]), quick);
    assert_eq!(renders(&["--effort", "normal"]), normal);
}

#[test]
fn a_time_of_expiration_that_has_passed_is_no_warning() {
    let schema = r#"{"properties":{"ends_at":{"type":"string","format":"date-time"}},"required":["ends_at"]}"#;
    let check = |settings: &str, ends_at: &str| {
        let template = format!(
            "---\n{settings}expiration: \"{{{{ trigger.ends_at }}}}\"\n---\n{{\"title\": \"t\", \"body\": \"b\"}}\n"
        );
        let request = format!(
            r#"{{"transactional_message_id":"p","identifiers":{{"id":"u1"}},"message_data":{{"ends_at":"{ends_at}"}}}}"#
        );
        let sandbox = Sandbox::new()
            .file("fixtures/customers/u1.json", r#"{"id":"u1"}"#)
            .file("p.schema.json", schema)
            .file("templates/p.liquid", template)
            .file("fixtures/requests/p.json", request);
        sandbox.run(&["check", "--now", "2026-01-01T00:00:00Z"])
    };
    for settings in ["", "message_data: p.schema.json\n"] {
        let found = check(settings, "2026-02-20T00:00:00Z");
        assert_eq!(found.code, 0, "{}", found.stdout);
        for expected in [
            "info[expiration-invalid]: the message expires at 1969-12-31T",
            "note: a message that has expired is not shown, as it is meant",
            "1 template: 1 searched",
        ] {
            assert!(found.stdout.contains(expected), "{}", found.stdout);
        }
    }
    // What is no time at all is not meant.
    let found = check("", "60 days");
    assert_eq!(found.code, 1, "{}", found.stdout);
    assert!(found.stdout.contains("warning[expiration-invalid]"), "{}", found.stdout);
}
