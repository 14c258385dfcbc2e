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
fn nothing_is_named_where_nothing_changes() {
    let sandbox = project("---\nliquid: legacy\n---\n{\"title\": \"{{ trigger.name | upcase }}\", \"body\": \"Hi\"}\n");
    let outcome = sandbox.run(&["upgrade", "order"]);
    assert_eq!(outcome.stdout, "templates/order.liquid\n  nothing changes\n");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
}

#[test]
fn a_template_of_one_version_says_which() {
    let content = r#"{"title": "{% ifchanged %}a{% endifchanged %}", "body": "b"}"#;
    let sandbox = project(&format!("---\n---\n{content}\n"));
    let outcome = sandbox.run(&["check", "order"]);
    assert!(outcome.stdout.contains("the legacy Liquid can read this"), "{}", outcome.stdout);
    let content = r#"{"title": "{% for i in (1..2) %}{% break %}{% endfor %}", "body": "b"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    let outcome = sandbox.run(&["check", "order"]);
    assert!(outcome.stdout.contains("Unknown tag 'break'"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("only the latest Liquid can read this"), "{}", outcome.stdout);
}

#[test]
fn the_configuration_sets_the_version_of_all_templates() {
    let sandbox = project("---\n---\n{\"title\": \"{{ 7 | divided_by: 2 }}\", \"body\": \"b\"}\n");
    let sandbox = sandbox.file("inkproof.toml", "[liquid]\nversion = \"legacy\"\n");
    let outcome = sandbox.run(&["render"]);
    assert!(outcome.stdout.contains(r#""title":"3""#), "{}", outcome.stdout);
}

#[test]
fn safe_rewrites_are_carried_out() {
    let content = r#"{"title": "{{ 7 | divided_by: 2 }}", "body": "{{ 'a' | nosuch }}"}"#;
    let sandbox = project(&format!("---\nliquid: legacy\n---\n{content}\n"));
    sandbox.run(&["check", "--fix"]);
    let fixed = std::fs::read_to_string(sandbox.path().join("templates/order.liquid")).unwrap();
    assert!(fixed.contains(r#"{"title": "{{ 7 | divided_by: 2 | floor }}", "body": "{{ 'a' }}"}"#), "{fixed}");
    assert!(sandbox.run(&["upgrade", "order"]).stdout.ends_with("nothing changes\n"));
}
