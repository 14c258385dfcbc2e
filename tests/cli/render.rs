//! `inkproof render`

use serde_json::{Value, json};

use super::sandbox::{ADA, Sandbox, repository, run};

#[test]
fn renders_the_documented_example() {
    let rendered = run(&repository(), &["render", "order_shipped/standard", "--now", "2026-01-01T00:00:00Z"], "");
    assert_eq!((rendered.code, rendered.stderr.as_str()), (0, ""));
    let lines = rendered.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        lines[0]["message"],
        json!({
            "type": "order",
            "topics": ["orders", "shipping"],
            "sentAt": "2026-01-01T00:00:00Z",
            "expiry": "2026-03-02T00:00:00Z",
            "properties": {
                "title": "Order #1042 has shipped!",
                "body": "You can track your order for 1042 here: https://track.example.com/1042",
            },
        })
    );
    assert_eq!(rendered.findings(), ["trailing-comma nothing comes after this comma"]);
}

#[test]
fn reports_the_expression_whose_value_breaks_a_json_string() {
    let content = "{\n  \"title\": \"New: {{ trigger.product_name }}\",\n  \"body\": \"{{ trigger.other }}\"\n}";
    for (name, offset, message) in [
        (r#""12\" \"Blue\" Widget""#, 19, r#"invalid character '"' after object key:value pair"#),
        (r#""5\"""#, 19, r#"invalid character '"' after object key:value pair"#),
        (r#""ends in \\""#, 19, r"invalid character '\n' in string literal"),
        (r#""two\nlines""#, 19, r"invalid character '\n' in string literal"),
        (r#""tab\tbed""#, 19, r"invalid character '\t' in string literal"),
    ] {
        let sandbox = Sandbox::with_template(content, &format!(r#"{{"product_name": {name}, "other": "x"}}"#));
        let rendered = sandbox.run(&["render"]);
        assert_eq!(rendered.code, 1, "{name}");
        let finding = &rendered.lines()[0]["diagnostics"][0];
        assert_eq!(finding["code"], "invalid-json", "{name}");
        assert_eq!(finding["message"], format!("the content is not valid JSON: {message}"), "{name}");
        let start = finding["start"]["offset"].as_u64().unwrap();
        assert_eq!((start, finding["start"]["line"].as_u64()), (offset + 8, Some(4)), "{name}: {finding}");
        let label = finding["labels"][0]["text"].as_str().unwrap();
        assert!(label.starts_with("printed `"), "{name}: {label}");
        assert!(
            finding["help"][0].as_str().unwrap().contains("| append: trigger.product_name | json }}"),
            "{name}: {finding}"
        );
    }
}

#[test]
fn reports_the_expression_that_is_not_a_json_value() {
    for (content, data, blamed) in [
        (r#"{"a": {{ trigger.x }}, "b": 1}"#, r#"{"x": null}"#, "{{ trigger.x }}"),
        (r#"{"a": {{ trigger.x }}}"#, r#"{"x": "word"}"#, "{{ trigger.x }}"),
        (r#"{"a": {{ trigger.x }}}"#, r#"{"x": {"y": 1}}"#, "{{ trigger.x }}"),
        (
            r#"{"a": {% cycle trigger.x %}, "b": "{{ trigger.y }}"}"#,
            r#"{"x": "word", "y": 1}"#,
            "{% cycle trigger.x %}",
        ),
        (
            r#"{"ok": "{{ trigger.y }}", "a": "{{ trigger.x }}", "b": "{{ trigger.y }}"}"#,
            r#"{"x": "\\", "y": 1}"#,
            "{{ trigger.x }}",
        ),
    ] {
        let rendered = Sandbox::with_template(content, data).run(&["render"]);
        let finding = &rendered.lines()[0]["diagnostics"][0];
        let offset =
            |key: &str| usize::try_from(finding[key]["offset"].as_u64().unwrap()).unwrap() - "---\n---\n".len();
        assert_eq!(&content[offset("start")..offset("end")], blamed, "{content} {data}");
    }
}

#[test]
fn reports_invalid_json_in_the_template_at_its_line() {
    let content = "{\n{% if true %}  \"a\": 1\n  \"b\": {{ trigger.x }}\n{% endif %}}";
    let rendered = Sandbox::with_template(content, r#"{"x": 1}"#).run(&["render"]);
    let finding = &rendered.lines()[0]["diagnostics"][0];
    assert_eq!((&finding["start"]["line"], &finding["start"]["column"]), (&json!(5), &json!(3)), "{finding}");
}

#[test]
fn reports_a_missing_variable_with_the_message_of_liquidjs() {
    let content = "{\"title\": \"{{ trigger.order_numbr }}\"}";
    let rendered = Sandbox::with_template(content, r#"{"order_number": 1}"#).run(&["render"]);
    assert_eq!(rendered.code, 1);
    let finding = &rendered.lines()[0]["diagnostics"][0];
    assert_eq!(finding["code"], "undefined-variable");
    assert_eq!(finding["message"], "undefined variable: trigger.order_numbr");
    assert_eq!(finding["help"], json!(["did you mean `order_number`?"]));
    assert_eq!(finding["start"]["offset"], json!(22));
    assert_eq!(rendered.lines()[0]["message"], json!(null));
}

#[test]
fn default_replaces_a_missing_variable_only_as_the_first_filter() {
    for (filters, code) in [("| default: 'there'", 0), ("| upcase | default: 'there'", 1)] {
        let content = format!("{{\"title\": \"{{{{ customer.nickname {filters} }}}}\"}}");
        let rendered = Sandbox::with_template(&content, "{}").run(&["render"]);
        assert_eq!(rendered.code, code, "{rendered:?}");
    }
    let content = "{\"title\": \"{{ customer.nickname | upcase | default: 'there' }}\"}";
    let rendered = Sandbox::with_template(content, "{}").run(&["render"]);
    let help = rendered.lines()[0]["diagnostics"][0]["help"].to_string();
    assert!(help.contains("`default` replaces a missing variable only as the first filter"), "{help}");
}

#[test]
fn renders_liquid_in_front_matter_settings() {
    let template = "---\ntype: \"{{ trigger.kind }}\"\ntopics: [\"{{ trigger.kind }}s\", all]\nexpiration: \"{{ trigger.days }} days\"\n---\n{}";
    let request = |days: u32| {
        format!(
            r#"{{"transactional_message_id": "t", "identifiers": {{"email": "ADA@example.com"}}, "message_data": {{"kind": "order", "days": {days}}}}}"#
        )
    };
    let sandbox = Sandbox::new().file("templates/t.liquid", template).file("fixtures/customers/ada.json", ADA);
    let sandbox = sandbox.file("fixtures/requests/a.json", request(3)).file("fixtures/requests/b.json", request(61));
    let sandbox = sandbox.file("fixtures/requests/c.json", request(0));
    let rendered = sandbox.run(&["render", "--now", "2026-01-01T00:00:00.9Z"]);
    let lines = rendered.lines();
    assert_eq!(lines[0]["message"]["type"], "order");
    assert_eq!(lines[0]["message"]["topics"], json!(["orders", "all"]));
    assert_eq!(lines[0]["message"]["sentAt"], "2026-01-01T00:00:00Z");
    assert_eq!(lines[0]["message"]["expiry"], "2026-01-04T00:00:00Z");
    assert_eq!(lines[1]["diagnostics"][0]["code"], "expiration-too-long");
    assert_eq!(lines[1]["diagnostics"][0]["severity"], "warning");
    assert_eq!(lines[2]["diagnostics"][0]["code"], "expiration-invalid");
    assert_eq!((&lines[2]["message"], rendered.code), (&json!(null), 1));
}

#[test]
fn renders_liquid_snippets_and_json_snippets() {
    let content = concat!(
        r#"{"text": "{{ snippets.line }}", "object": {{ snippets.plans | json }}, "list": {{ snippets.list | json }}, "#,
        r#""outside": "{{ own }}", "own": "{% assign name = 'message' %}{{ snippets.line }}"}"#
    )
    .replace("{{ own }}", "{{ own | default: 'unseen' }}");
    let sandbox = Sandbox::with_template(&content, "{}")
        .file(
            "snippets/line.liquid",
            "{% assign own = 1 %}Hi {{ customer.first_name }} {{ name | default: 'alone' }}\n",
        )
        .file("snippets/plans.json", r#"{"pro": "{{ customer.first_name }}", "list": ["{{ stays }}"], "n": 1}"#)
        .file("snippets/list.json", r#"["{{ stays }}"]"#);
    let rendered = sandbox.run(&["render"]);
    assert_eq!(
        rendered.lines()[0]["message"]["properties"],
        json!({
            "text": "Hi Ada alone",
            "object": {"pro": "Ada", "list": ["{{ stays }}"], "n": 1},
            "list": ["{{ stays }}"],
            "outside": "unseen",
            "own": "Hi Ada alone",
        }),
        "{rendered:?}"
    );
}

#[test]
fn rejects_a_snippet_that_includes_itself() {
    for (content, snippet, expected) in [
        ("{{ snippets.a }}", "{{ snippets.b }}", "the snippet includes itself: `a` → `b` → `a`"),
        ("{{ snippets.a }}", "{% render_liquid snippets.a %}", "the snippet includes itself: `a` → `a`"),
        ("{% render_liquid trigger.text %}", "", "texts that render texts are nested deeper than"),
    ] {
        let data = r#"{"text": "{% render_liquid trigger.text %}"}"#;
        let sandbox = Sandbox::with_template(&format!("{{\"title\": \"{content}\"}}"), data)
            .file("snippets/a.liquid", snippet)
            .file("snippets/b.liquid", "{{ snippets.a }}");
        let rendered = sandbox.run(&["render"]);
        assert_eq!(rendered.code, 1);
        assert!(rendered.findings().iter().any(|finding| finding.contains(expected)), "{:?}", rendered.findings());
    }
}

#[test]
fn resolves_the_names_in_scope() {
    let content = concat!(
        r#"{"campaign": "{{ campaign.type }}", "delivery": "{{ delivery_id }}", "journey": "{{ journey.x }}", "#,
        r#""object": "{{ objects.companies[0].name }}", "literal": "{{ trigger.text }}"}"#
    );
    let sandbox = Sandbox::with_template(content, r#"{"text": "{{ customer.id }}"}"#).file(
        "fixtures/customers/ada.json",
        r#"{"id": "user_123", "objects": {"companies": [{"name": "Analytical Engines"}]}}"#,
    );
    let rendered = sandbox.run(&["render"]);
    let expected = json!({
        "campaign": "transactional_message",
        "delivery": "dgOq6QEBAAABlwAAAAAAAAAAAAAAAAAA",
        "journey": "",
        "object": "Analytical Engines",
        "literal": "{{ customer.id }}",
    });
    assert_eq!(rendered.lines()[0]["message"]["properties"], expected, "{rendered:?}");
    assert_eq!(rendered.findings(), Vec::<String>::new());
    let checked = sandbox.run(&["check", "--format", "concise"]);
    let expected = "warning[wrong-namespace]: `journey` is empty in a transactional message\n";
    assert!(checked.stdout.contains(expected), "{checked:?}");
    let unknown = Sandbox::with_template(r#"{"a": "{{ collection.x }}"}"#, "{}").run(&["render"]);
    assert_eq!(unknown.findings(), ["undefined-variable undefined variable: collection"]);
}

#[test]
fn messages_have_the_numbers_and_names_of_the_configuration() {
    let content =
        r#"{"a": "{{ campaign.id }} {{ campaign.name }} {{ message.id }} {{ message.name }} {{ delivery_id }}"}"#;
    let printed = |sandbox: &Sandbox| sandbox.run(&["render"]).lines()[0]["message"]["properties"]["a"].clone();
    let sandbox = Sandbox::with_template(content, "{}");
    assert_eq!(printed(&sandbox), "1 t 1 t dgOq6QEBAAABlwAAAAAAAAAAAAAAAAAA");
    let sandbox = sandbox.file("templates/t.liquid", format!("---\nid: 42\nname: Hello\n---\n{content}"));
    assert_eq!(printed(&sandbox), "42 Hello 42 Hello dgOq6QEBAAABlwAAAAAAAAAAAAAAAAAA");
    let config = "[message]\ncampaign_id = 7\ncampaign_name = \"C\"\nmessage_id = 8\nmessage_name = \"M\"\ndelivery_id = \"D\"\n";
    let sandbox = sandbox.file("inkproof.toml", config);
    assert_eq!(printed(&sandbox), "7 C 8 M D");
}

#[test]
fn accepts_a_date_as_the_send_time() {
    let sandbox = Sandbox::with_template(r#"{"title": "t"}"#, "{}");
    let sent = |now| sandbox.run(&["render", "--now", now]).lines()[0]["message"]["sentAt"].clone();
    assert_eq!(sent("2026-01-01"), sent("2026-01-01T00:00:00Z"));
    assert_eq!(sandbox.run(&["render", "--now", "2026-13-01"]).code, 2);
}

#[test]
fn selects_the_language_variant_by_request_then_customer() {
    let request = |name: &str, customer: &str, extra: &str| {
        let body = format!(r#"{{"transactional_message_id": "t", "identifiers": {{"id": "{customer}"}}{extra}}}"#);
        (format!("fixtures/requests/{name}.json"), body)
    };
    let mut sandbox = Sandbox::new()
        .file("templates/t.liquid", "---\n---\n{\"title\": \"Hello\"}")
        .file("templates/t.fr.liquid", "---\n---\n{\"title\": \"Bonjour\"}")
        .file("templates/t.zh-TW.liquid", "---\n---\n{\"title\": \"你好\"}")
        .file("fixtures/customers/ada.json", ADA)
        .file("fixtures/customers/jean.json", r#"{"id": "jean", "language": "fr-CA"}"#);
    for (name, customer, extra) in [
        ("1-default", "user_123", ""),
        ("2-customer", "jean", ""),
        ("3-request", "jean", r#", "language": "zh-tw""#),
        ("4-unknown", "jean", r#", "language": "de""#),
    ] {
        let (path, body) = request(name, customer, extra);
        sandbox = sandbox.file(&path, body);
    }
    let rendered = sandbox.run(&["render"]);
    let titles: Vec<_> = rendered.lines().iter().map(|line| line["message"]["properties"]["title"].clone()).collect();
    assert_eq!(titles, ["Hello", "Bonjour", "你好", "Hello"], "{rendered:?}");
    assert!(rendered.lines().iter().all(|line| line["template"] == "t"));
}

#[test]
fn repeats_random_values_and_time_for_equal_seed_and_now() {
    let content = r#"{"a": "{% generate_uuid %} {% random 1000000 %}", "b": "{{ 'now' | date: '%s' }}"}"#;
    let sandbox = Sandbox::with_template(content, "{}");
    let run = |seed: &str| sandbox.run(&["render", "--seed", seed, "--now", "2026-01-01T00:00:00Z"]).stdout;
    assert_eq!(run("1"), run("1"));
    assert_ne!(run("1"), run("2"));
    assert!(run("1").contains(r#""b":"1767225600""#));
}

#[test]
fn applies_the_liquid_options_of_the_configuration() {
    let content = r#"{"a": "{{ 'a b&c' | escape }}", "b": "{{ 0 | date: '%H:%M', -480 }}"}"#;
    for (config, escaped, time) in [
        ("", "a b&amp;c", "08:00"),
        ("[liquid]\nescape = \"percent\"\ntimezone_offsets = \"minutes-east\"\n", "a%20b%26c", "16:00"),
    ] {
        let rendered = Sandbox::with_template(content, "{}").file("inkproof.toml", config).run(&["render"]);
        let properties = &rendered.lines()[0]["message"]["properties"];
        assert_eq!((&properties["a"], &properties["b"]), (&json!(escaped), &json!(time)), "{rendered:?}");
    }
}

#[test]
fn exits_with_0_if_the_pipe_is_closed() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_inkproof"))
        .args(["render"])
        .current_dir(repository())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[test]
fn json_is_one_array_and_other_formats_are_refused() {
    let content = r#"{"title": "t", "body": "{{ trigger.x }}"}"#;
    let sandbox = Sandbox::with_template(content, r#"{"x": 1}"#).file(
        "fixtures/requests/t/b.json",
        r#"{"transactional_message_id": "t", "identifiers": {"id": "user_123"}, "message_data": {"x": 2}}"#,
    );
    let bodies = |arguments: &[&str]| {
        let rendered = sandbox.run(arguments);
        assert_eq!(rendered.code, 0, "{rendered:?}");
        let messages: Value = serde_json::from_str(&rendered.stdout).unwrap();
        let bodies = messages.as_array().unwrap().iter().map(|line| line["message"]["properties"]["body"].clone());
        bodies.collect::<Vec<_>>()
    };
    assert_eq!(bodies(&["render", "--format", "json"]), ["1", "2"]);
    assert_eq!(bodies(&["render", "t/b", "--format", "json"]), ["2"]);
    assert_eq!(sandbox.run(&["render", "--format", "jsonl"]).lines().len(), 2);
    for format in ["sarif", "junit", "github", "gitlab"] {
        let refused = sandbox.run(&["render", "--format", format]);
        assert_eq!(refused.code, 2, "{format}: {refused:?}");
        assert!(refused.stderr.contains("[possible values: full, concise, json, jsonl]"), "{refused:?}");
        let refused = sandbox.run(&["--format", format, "render"]);
        assert!(refused.stderr.contains("expected one of `full`, `concise`, `json`, `jsonl`"), "{refused:?}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_snippet() {
    let content = r#"{"title": "t", "body": "{{ snippets.s }}"}"#;
    for (name, text) in [("snippets/s.liquid", "\u{feff}{{ trigger.x }}\n"), ("snippets/s.json", "\u{feff}\"1\"")] {
        let rendered = Sandbox::with_template(content, r#"{"x": 1}"#).file(name, text).run(&["render"]);
        assert_eq!(rendered.lines()[0]["message"]["properties"]["body"], "1", "{name}");
    }
}

#[test]
fn the_name_of_a_folder_means_all_requests_below_it() {
    let request = |name: &str| {
        format!(
            r#"{{"transactional_message_id": "t", "identifiers": {{"id": "user_123"}}, "message_data": {{"x": "{name}"}}}}"#
        )
    };
    let sandbox = Sandbox::with_template(r#"{"title": "t", "body": "{{ trigger.x }}"}"#, r#"{"x": "a"}"#)
        .file("fixtures/requests/x/s.json", request("s"))
        .file("fixtures/requests/x/y/deep.json", request("deep"))
        .file("fixtures/requests/z/only/deep.json", request("only"))
        .file("fixtures/requests/xy/other.json", request("other"));
    for (name, expected) in [
        ("x", &["x/s", "x/y/deep"][..]),
        ("x/", &["x/s", "x/y/deep"]),
        ("fixtures/requests/x", &["x/s", "x/y/deep"]),
        ("x/y", &["x/y/deep"]),
        ("z", &["z/only/deep"]),
    ] {
        let rendered = sandbox.run(&["render", name]);
        assert_eq!(rendered.code, 0, "{name}: {rendered:?}");
        let lines = rendered.lines();
        assert_eq!(lines.iter().map(|line| line["request"].as_str().unwrap()).collect::<Vec<_>>(), expected, "{name}");
    }
}
