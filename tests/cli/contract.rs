//! `contract`: which side has to be deployed first.

use std::process::Command;

use serde_json::{Value as Json, json};

use super::sandbox::Sandbox;

const OLD: &str = r#"{"title": "{{ trigger.a }}", "body": "b"}"#;
const NEW: &str = r#"{"title": "{{ trigger.a }} {{ trigger.b }}", "body": "b"}"#;

/// Two folders with a project each.
fn folders(old: &str, new: &str) -> Sandbox {
    let request = |data: &str| {
        format!(r#"{{"transactional_message_id": "t", "identifiers": {{"id": "u1"}}, "message_data": {data}}}"#)
    };
    let mut sandbox = Sandbox::new();
    for (folder, content, data) in [("old", old, r#"{"a": "x"}"#), ("new", new, r#"{"a": "x", "b": "y"}"#)] {
        sandbox = sandbox
            .file(&format!("{folder}/templates/t.liquid"), format!("---\n---\n{content}"))
            .file(&format!("{folder}/fixtures/customers/u1.json"), r#"{"id": "u1"}"#)
            .file(&format!("{folder}/fixtures/requests/t/a.json"), request(data));
    }
    sandbox
}

#[test]
fn two_folders() {
    let project = folders(OLD, NEW);
    let shown = project.run(&["contract", "old...new"]);
    assert_eq!(
        (shown.code, shown.stdout.as_str()),
        (
            0,
            "t: backend first\n  needs now: `b` is required\n  template first: unsafe: this message would be lost\n    with \
             {\"a\":\"x\"}\n    undefined variable: trigger.b  templates/t.liquid:3:31\n  backend first: safe: nothing more is \
             needed\n\n1 template changed; 1 cannot be deployed in any order\n"
        ),
        "{shown:?}"
    );
    for (order, code) in [("any-order", 1), ("backend-first", 0), ("template-first", 1)] {
        assert_eq!(project.run(&["contract", "old...new", "--require", order]).code, code, "{order}");
    }
    let same = folders(OLD, OLD).run(&["contract", "old...new", "--require", "any-order"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, "no template changed\n"));
}

#[test]
fn a_renamed_variable_says_nothing_of_the_others() {
    let content = |name: &str| {
        format!(r#"{{"title": {{{{ trigger.{name} | json }}}}, "body": {{{{ trigger.b | map: "name" | json }}}}}}"#)
    };
    let request = r#"{"transactional_message_id": "t", "identifiers": {"id": "u1"}, "message_data": {"a": "x", "b": [{"name": "y"}]}}"#;
    // No request has what the newer template reads.
    let project = folders(&content("a"), &content("c"))
        .file("old/fixtures/requests/t/a.json", request)
        .file("new/fixtures/requests/t/a.json", request);
    let shown = project.run(&["contract", "old...new", "--format", "json"]);
    let changes: Json = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(changes[0]["added"], json!([{"path": "c", "what": "is required"}]), "{shown:?}");
    assert_eq!(changes[0]["dropped"], json!([{"path": "a", "what": "is required"}]), "{shown:?}");
}

#[test]
fn formats() {
    let project = folders(OLD, NEW);
    let run = |format: &str| project.run(&["contract", "old...new", "--format", format]).stdout;
    assert_eq!(run("concise"), "t: backend first\n");
    let one: Json = serde_json::from_str(&run("jsonl")).unwrap();
    assert_eq!(
        one,
        json!({
            "template": "t",
            "verdict": "backend-first",
            "added": [{"path": "b", "what": "is required"}],
            "dropped": [],
            "template_first": {
                "safe": false,
                "evidence": "lost",
                "message_data": {"a": "x"},
                "customer": {"id": "u1"},
                "problem": "undefined variable: trigger.b",
                "place": "templates/t.liquid:3:31",
            },
            "backend_first": {"safe": true, "evidence": "proved"},
        })
    );
    assert_eq!(serde_json::from_str::<Json>(&run("json")).unwrap(), json!([one]));
    let markdown = run("markdown");
    assert!(markdown.contains("| <code>t</code> | **backend first** | <code>b</code> is required |  |"), "{markdown}");
    assert!(markdown.contains("<details><summary>t: lost if the template is first</summary>"), "{markdown}");
    let sarif: Json = serde_json::from_str(&run("sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("deployment-order"), &json!("warning")));
    assert!(result["message"]["text"].as_str().unwrap().contains(r#"the message of {"a":"x"} is lost"#), "{result}");
}

#[test]
fn git_revisions() {
    let project = Sandbox::with_template(OLD, r#"{"a": "x"}"#);
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"];
        let git = Command::new("git").current_dir(project.path()).args(identity).args(arguments).output().unwrap();
        assert!(git.status.success(), "{git:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    std::fs::write(
        project.path().join("templates/t.liquid"),
        "---\n---\n{\"title\": \"{{ trigger.c }}\", \"body\": \"b\"}",
    )
    .unwrap();
    std::fs::write(project.path().join("templates/u.liquid"), "---\n---\n{\"title\": \"t\", \"body\": \"b\"}").unwrap();
    let expected = "t: unsafe in either order: add a default for `c`, or for a while accept both\nu: template first\n";
    let shown = project.run(&["contract", "HEAD", "--format", "concise"]);
    assert_eq!((shown.code, shown.stdout.as_str()), (0, expected), "{shown:?}");
    git(&["add", "."]);
    git(&["commit", "-qm", "two"]);
    let shown = project.run(&["contract", "HEAD~1...HEAD", "--format", "concise", "--require", "any-order"]);
    assert_eq!((shown.code, shown.stdout.as_str()), (1, expected), "{shown:?}");
    let shown = project.run(&["contract", "nowhere...HEAD"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (2, "error: there is no revision `nowhere`\n"));
}

#[test]
fn a_template_that_cannot_be_parsed_is_reported() {
    let project = folders(OLD, r#"{"title": "{% if %}"}"#);
    let shown = project.run(&["contract", "old...new"]);
    assert_eq!(shown.code, 2, "{shown:?}");
    assert!(shown.stderr.contains("templates/t.liquid:3:"), "{shown:?}");
}
