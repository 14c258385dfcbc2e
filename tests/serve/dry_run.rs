//! Dry runs: rendering a request and checking a template without sending a message.

use serde_json::json;

use crate::client::Server;

#[test]
fn renders_a_request_without_sending_it() {
    let server = Server::start(&[]);
    let request = |data: &str| {
        format!(r#"{{"transactional_message_id": "hello", "identifiers": {{"id": "x"}}, "message_data": {data}}}"#)
    };
    let render = |trial: serde_json::Value| server.ask("POST", "/inkproof/api/render", &[], &trial.to_string()).json();
    let fine = render(json!({ "request": request(r#"{"title": "Hi"}"#) }));
    assert_eq!(fine["message"]["properties"]["title"], "Hi");
    let failed = render(json!({ "request": request("{}") }));
    assert_eq!((&failed["message"], failed["diagnostics"][0]["severity"].as_str()), (&json!(null), Some("error")));
    assert!(
        render(json!({ "request": "{" }))["diagnostics"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("the request is not valid JSON")
    );
    assert_eq!(render(json!({ "request": request("{}"), "customer": "[]" }))["message"], json!(null));
    assert_eq!(server.get("/inkproof/api/messages")["total"], 0);
    let templates = server.get("/inkproof/api/templates");
    assert_eq!(templates["templates"][0]["requests"][0]["name"], "hello/one");
}

#[test]
fn check_lists_variables_and_coverage() {
    let server = Server::start(&[]);
    let ask = |body: &serde_json::Value| server.ask("POST", "/inkproof/api/check", &[], &body.to_string());
    let typed =
        r#"{"transactional_message_id": "hello", "identifiers": {"id": "user_123"}, "message_data": {"titel": "Hi"}}"#;
    let checked = ask(&json!({ "template": "HELLO", "trial": { "request": typed } })).json();
    assert_eq!(checked["requests"], json!(["hello/one"]));
    let variables = json!([{ "path": "trigger.title", "kind": "anything", "cells": ["there"], "typed": "fails" }]);
    assert_eq!(checked["variables"], variables, "{checked}");
    assert_eq!(checked["coverage"], json!({ "covered": 0, "branches": 0, "missed_lines": [] }));
    assert_eq!(ask(&json!({ "template": "hello" })).json()["variables"][0]["typed"], json!(null));
    assert_eq!(ask(&json!({ "template": "nothing" })).status, 404);
}

#[test]
fn check_reports_the_findings_of_a_template() {
    let server = Server::start(&[]);
    let unsafe_template = "---\n---\n{\"title\": \"{{ trigger.title }}\"}\n";
    std::fs::write(server.folder.path().join("templates/hello.liquid"), unsafe_template).unwrap();
    // A change is noticed a moment after it was saved.
    let mut tries = (0..200).map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        server.ask("POST", "/inkproof/api/check", &[], "{\"template\": \"hello\"}").json()
    });
    let finding = |checked: &serde_json::Value| {
        let findings = checked["diagnostics"].as_array().unwrap().iter();
        findings.clone().find(|finding| finding["code"] == "json-unsafe").cloned()
    };
    let checked = tries.find(|checked| finding(checked).is_some()).unwrap();
    assert_eq!(finding(&checked).unwrap()["file"], "templates/hello.liquid");
    let explanation = checked["explanation"].as_str().unwrap();
    assert!(explanation.contains("[json-unsafe]"), "{explanation}");
}
