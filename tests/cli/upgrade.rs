//! `inkproof upgrade`, and legacy templates in other commands.

use super::sandbox::Sandbox;

const CUSTOMER: &str = r#"{"id": "user_1", "email": "ada@example.com"}"#;

const REQUEST: &str = r#"{
  "transactional_message_id": "order", "identifiers": {"id": "user_1"},
  "message_data": {"minutes": 90, "count": "5", "at": 1700000000, "address": "a&b", "item": {"a": 1}, "name": "Ada"}
}"#;

fn project(template: &str) -> Sandbox {
    Sandbox::new()
        .file("templates/order.liquid", template)
        .file("fixtures/customers/ada.json", CUSTOMER)
        .file("fixtures/requests/order/standard.json", REQUEST)
}

#[test]
fn six_differences_are_named_where_they_stand() {
    let template = r#"---
liquid: legacy
---
{
  "title": "{{ trigger.minutes | divided_by: 60 }}",
  "body": "{% if trigger.count == 5 %}five{% endif %}",
  "at": "{{ trigger.at | timezone: 'America/New_York' | date: '%H:%M' }}",
  "link": "{{ trigger.address | escape }}",
  "item": "{{ trigger.item | remove: '"' }}",
  "list": "{{ trigger.item.a | times: 2.0 }}"
}
"#;
    let sandbox = project(template);
    let outcome = sandbox.run(&["upgrade", "order", "--now", "2026-01-01T00:00:00Z"]);
    insta::assert_snapshot!(outcome.stdout);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let places: Vec<_> =
        outcome.stdout.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")).collect();
    assert_eq!(
        places,
        [
            "  5:34  divided_by: 60",
            "  6:18  trigger.count == 5",
            "  7:26  timezone: 'America/New_York'",
            "  8:33  escape",
            "  9:12  {{ trigger.item | remove: '\"' }}",
            "  10:32  times: 2.0",
            "  order/standard",
        ]
    );
}

#[test]
fn reports_nothing_if_nothing_changes() {
    let sandbox = project("---\nliquid: legacy\n---\n{\"title\": \"{{ trigger.name | upcase }}\", \"body\": \"Hi\"}\n");
    let outcome = sandbox.run(&["upgrade", "order"]);
    assert_eq!(outcome.stdout, "templates/order.liquid\n  nothing changes\n");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
}

#[test]
fn settings_set_the_version_of_a_template() {
    let content = r#"{"title": "{% ifchanged %}a{% endifchanged %}", "body": "b"}"#;
    let sandbox = project(&format!("---\n---\n{content}\n"));
    let outcome = sandbox.run(&["check", "order"]);
    assert!(outcome.stdout.contains("the legacy Liquid can parse this"), "{}", outcome.stdout);
    let content = r#"{"title": "{% for i in (1..2) %}{% break %}{% endfor %}", "body": "b"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    let outcome = sandbox.run(&["check", "order"]);
    assert!(outcome.stdout.contains("Unknown tag 'break'"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("only the latest Liquid can parse this"), "{}", outcome.stdout);
}

#[test]
fn the_configuration_sets_the_version_of_all_templates() {
    let sandbox = project("---\n---\n{\"title\": \"{{ 7 | divided_by: 2 }}\", \"body\": \"b\"}\n");
    let sandbox = sandbox.file("inkproof.toml", "[liquid]\nversion = \"legacy\"\n");
    let outcome = sandbox.run(&["render"]);
    assert!(outcome.stdout.contains(r#""title":"3""#), "{}", outcome.stdout);
}

#[test]
fn check_fix_applies_safe_rewrites() {
    let content = r#"{"title": "{{ 7 | divided_by: 2 }}", "body": "{{ 'a' | nosuch }}"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    sandbox.run(&["check", "--fix"]);
    let fixed = std::fs::read_to_string(sandbox.path().join("templates/order.liquid")).unwrap();
    assert!(fixed.contains(r#"{"title": "{{ 7 | divided_by: 2 | floor }}", "body": "{{ 'a' }}"}"#), "{fixed}");
    assert!(sandbox.run(&["upgrade", "order"]).stdout.ends_with("nothing changes\n"));
}

/// The places and texts of the expressions that are named.
fn named(stdout: &str) -> Vec<&str> {
    let is_named = |line: &&str| line.starts_with("  ") && !line.starts_with("   ") && line.contains(':');
    stdout.lines().filter(is_named).map(str::trim).collect()
}

#[test]
fn reports_expressions_after_one_that_fails() {
    let template = r#"---
liquid: legacy
---
{
  "title": "{{ trigger.list[9] }}{{ trigger.list[8] }}",
  "times": {{ 2.0 | times: 3 }},
  "body": "{% if trigger.count == 5 %}five{% endif %}",
  "first": "{{ trigger.empty.first }}"
}
"#;
    let request = r#"{"transactional_message_id": "order", "identifiers": {"id": "user_1"},
      "message_data": {"list": [1], "empty": [], "count": "5"}}"#;
    let sandbox = project(template).file("fixtures/requests/order/standard.json", request);
    let outcome = sandbox.run(&["upgrade", "order", "--now", "2026-01-01T00:00:00Z"]);
    assert_eq!(
        named(&outcome.stdout),
        [
            "5:16  trigger.list[9]",
            "5:37  trigger.list[8]",
            "6:12  {{ 2.0 | times: 3 }}",
            "7:18  trigger.count == 5",
            "8:16  trigger.empty.first",
        ],
        "{}",
        outcome.stdout
    );
    let reported = "fails with the latest Liquid: undefined variable: trigger.list.9";
    assert!(outcome.stdout.contains(reported), "{}", outcome.stdout);
}

#[test]
fn a_syntax_error_does_not_hide_other_findings() {
    let content = r#"{"title": "{{ 'a' | nosuch }}", "body": "{% if trigger.count == 5 %}5{% endif %}{{ trigger.item }}",
"c": "{% ifchanged %}x{% endifchanged %}"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    let outcome = sandbox.run(&["upgrade", "order"]);
    assert_eq!(
        named(&outcome.stdout),
        ["4:21  nosuch", "4:48  trigger.count == 5", "4:81  {{ trigger.item }}", "5:7  {% ifchanged %}"],
        "{}",
        outcome.stdout
    );
}

#[test]
fn omits_consequences_of_another_failure() {
    let content = r#"{"title": "t", "body": "{% assign plan = customer.plan %}{{ plan }}"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    let outcome = sandbox.run(&["upgrade", "order"]);
    assert_eq!(named(&outcome.stdout), ["4:42  customer.plan"], "{}", outcome.stdout);
}

#[test]
fn reports_why_a_message_fails_in_both_versions() {
    let content = r#"{"title": "{{ trigger.nothing }}", "body": "b"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    let outcome = sandbox.run(&["upgrade", "order"]);
    for reported in [
        "the legacy Liquid fails: templates/order.liquid:4:15: ",
        "the latest Liquid fails: templates/order.liquid:4:15: ",
    ] {
        assert!(outcome.stdout.contains(reported), "{}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains("nothing changes"), "{}", outcome.stdout);
    assert_eq!(outcome.code, 1);
}

#[test]
fn reports_expressions_in_snippets_with_their_file() {
    let content = r#"{"title": "{{ snippets.a }}", "body": "b"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"))
        .file("snippets/a.liquid", "{{ snippets.b }}{{ 7 | divided_by: 2 }}\n")
        .file("snippets/b.liquid", "a\n{% if trigger.count == 5 %}five{% endif %}\n");
    let outcome = sandbox.run(&["upgrade", "order"]);
    let named = named(&outcome.stdout);
    for place in ["snippets/a.liquid:1:24  divided_by: 2", "snippets/b.liquid:2:7  trigger.count == 5"] {
        assert!(named.contains(&place), "{}", outcome.stdout);
    }
}

#[test]
fn compares_every_language_once() {
    let template = |title: &str| format!("---\nliquid: legacy\n---\n{{\"title\": \"{title}\", \"body\": \"Hi\"}}");
    let sandbox =
        project(&template("Hi")).file("templates/order.fr.liquid", template("{{ trigger.minutes | divided_by: 60 }}"));
    for name in ["order", "order/standard"] {
        let upgrade = sandbox.run(&["upgrade", name]);
        assert_eq!(upgrade.stdout.matches("templates/order.fr.liquid").count(), 1, "{upgrade:?}");
        assert!(upgrade.stdout.contains("\n  order/standard\n"), "{upgrade:?}");
    }
}

#[test]
fn prints_json_objects() {
    let content = r#"{"title": "{{ 7 | divided_by: 2 }}", "body": "b"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    let expected = serde_json::json!({
        "template": "order",
        "language": null,
        "file": "templates/order.liquid",
        "expressions": [{
            "file": "templates/order.liquid",
            "start": {"line": 4, "column": 19},
            "end": {"line": 4, "column": 32},
            "text": "divided_by: 2",
            "message": "the legacy Liquid rounds integer division down; the latest keeps the fraction",
        }],
        "requests": [{
            "request": "order/standard",
            "changes": [{"field": "properties.title", "from": "3", "to": "3.5"}],
            "legacy": [],
            "latest": [],
        }],
        "diagnostics": [],
    });
    let now = ["--now", "2026-01-01T00:00:00Z"];
    let lines = sandbox.run(&[&["upgrade", "order", "--format", "jsonl"][..], &now].concat()).lines();
    assert_eq!(lines, std::slice::from_ref(&expected));
    let array = sandbox.run(&[&["upgrade", "order", "--format", "json"][..], &now].concat()).lines();
    assert_eq!(array, [serde_json::json!([expected])]);
    let refused = sandbox.run(&["upgrade", "order", "--format", "sarif"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("[possible values: full, concise, json, jsonl]"), "{}", refused.stderr);
}

#[test]
fn reports_fields_that_only_one_version_renders() {
    let content =
        r#"{"title": "t"{% if trigger.count == 5 %}, "five": 5{% endif %}, "list": ["a", "{{ 7 | divided_by: 2 }}"]}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    let concise = sandbox.run(&["upgrade", "order", "--format", "concise"]).stdout;
    let list = "order/standard: properties.list[1]: \"3\" → \"3.5\"\n";
    let five = "order/standard: properties.five: 5 → no such field\n";
    assert!(concise.contains(list) && concise.contains(five), "{concise}");
    let report = sandbox.run(&["upgrade", "order", "--format", "jsonl"]).lines().remove(0);
    let expected = serde_json::json!([
        {"field": "properties.five", "from": 5},
        {"field": "properties.list[1]", "from": "3", "to": "3.5"},
    ]);
    assert_eq!(report["requests"][0]["changes"], expected);
    let full = sandbox.run(&["upgrade", "order"]).stdout;
    assert!(full.contains("    properties.five\n      legacy  5\n      latest  no such field\n"), "{full}");
}
