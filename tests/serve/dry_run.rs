//! Dry runs: rendering a request and checking a template without sending a message.

use serde_json::json;

use crate::client::{Server, eventually};

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
    let finding = |checked: &serde_json::Value| {
        let findings = checked["diagnostics"].as_array().unwrap().iter();
        findings.clone().find(|finding| finding["code"] == "json-unsafe").cloned()
    };
    let checked = eventually("the change of the template", || {
        let checked = server.ask("POST", "/inkproof/api/check", &[], "{\"template\": \"hello\"}").json();
        finding(&checked).is_some().then_some(checked)
    });
    assert_eq!(finding(&checked).unwrap()["file"], "templates/hello.liquid");
    let explanation = checked["explanation"].as_str().unwrap();
    assert!(explanation.contains("[json-unsafe]"), "{explanation}");
}

const REQUEST: &str = r#"{"transactional_message_id": "hello", "identifiers": {"id": "user_123"}, "message_data": {"title": "Hi \"you\"", "n": 5}}"#;

#[test]
fn shows_what_each_expression_of_an_edited_template_printed() {
    let server = Server::start(&[]);
    let text = "---\ntype: greeting\n---\n{\"title\": \"{{ customer.first_name }}: {{ trigger.title | size }}\",\n\
        {% if trigger.n > 3 %}\"list\": [{{ trigger.n }}]{% else %}\"few\": true{% endif %}}\n";
    let trial = json!({ "request": REQUEST, "with_source": true, "edited": { "file": "templates/hello.liquid", "text": text } });
    let render = |trial: &serde_json::Value| server.ask("POST", "/inkproof/api/render", &[], &trial.to_string()).json();
    let rendered = render(&trial);
    assert_eq!(rendered["message"]["type"], "greeting");
    assert_eq!(rendered["message"]["properties"], json!({ "title": "Ada: 8", "list": [5] }));
    let source = &rendered["source"];
    let parts = source["parts"].as_array().unwrap();
    let whole: String = parts.iter().map(|part| part["text"].as_str().unwrap()).collect();
    assert_eq!(whole, text);
    let kinds: Vec<_> =
        parts.iter().map(|part| (part["kind"].as_str().unwrap(), part["text"].as_str().unwrap())).collect();
    assert_eq!(kinds[0], ("settings", "---\ntype: greeting\n---\n"));
    assert!(kinds.contains(&("expression", "{{ trigger.n }}")), "{kinds:?}");
    assert!(kinds.iter().any(|(kind, text)| *kind == "unrendered" && text.contains("few")), "{kinds:?}");
    assert_eq!(
        source["printed"],
        json!({
            "/title": [{ "expression": 0, "text": "Ada" }, { "text": ": " }, { "expression": 1, "text": "8" }],
            "/list/0": [{ "expression": 2, "text": "5" }],
        })
    );
    // The edited text is checked, too, and the file is as it was.
    let checked =
        server.ask("POST", "/inkproof/api/check", &[], &json!({ "template": "hello", "trial": trial }).to_string());
    let paths: Vec<_> = checked.json()["variables"].as_array().unwrap().iter().map(|row| row["path"].clone()).collect();
    assert!(paths.contains(&json!("trigger.n")), "{paths:?}");
    let file = std::fs::read_to_string(server.folder.path().join("templates/hello.liquid")).unwrap();
    assert_ne!(file, text);
    let saved = render(&json!({ "request": REQUEST, "with_source": true }));
    assert_eq!(saved["source"]["parts"][0]["text"], "---\n---\n");
    assert_eq!(render(&json!({ "request": REQUEST }))["source"], json!(null));
}

#[test]
fn an_edited_template_may_be_a_variant_but_no_other_file() {
    let server = Server::start(&[]);
    let render = |file: &str, text: &str, language: &str| {
        let request = json!({ "transactional_message_id": "42", "identifiers": { "id": "user_123" }, "language": language,
            "message_data": { "order_id": 5 } });
        let edited = json!({ "file": file, "text": text });
        let trial = json!({ "request": request.to_string(), "with_source": true, "edited": edited });
        server.ask("POST", "/inkproof/api/render", &[], &trial.to_string()).json()
    };
    let text = "---\n---\n{\"title\": \"Colis {{ trigger.order_id }}\"}\n";
    let french = render("templates/order_shipped.fr.liquid", text, "fr");
    assert_eq!(french["message"]["properties"]["title"], "Colis 5");
    assert_eq!(
        (&french["source"]["language"], &french["source"]["file"]),
        (&json!("fr"), &json!("templates/order_shipped.fr.liquid"))
    );
    assert_eq!(render("templates/order_shipped.fr.liquid", text, "en")["message"]["properties"]["title"], "Order 5");
    let broken = render("templates/order_shipped.liquid", "---\ntpye: x\n---\n{}", "en");
    let finding = &broken["diagnostics"][0];
    assert_eq!(
        (&broken["message"], &finding["file"], &finding["start"]["line"]),
        (&json!(null), &json!("templates/order_shipped.liquid"), &json!(2))
    );
    for file in ["fixtures/customers/ada.json", "../x.liquid", "/etc/passwd", "templates/none.liquid", ""] {
        let refused = render(file, text, "en");
        assert_eq!(refused["diagnostics"][0]["message"], format!("there is no template in `{file}`"));
    }
}
