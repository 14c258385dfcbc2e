//! The send API.

use serde_json::{Value, json};

use crate::client::{Server, eventually};

const BODY: &str = r#"{"transactional_message_id": "order_shipped", "identifiers": {"id": "user_123"}, "message_data": {"order_id": 7}}"#;

#[test]
fn accepts_the_requests_of_all_client_libraries() {
    let server = Server::start(&[]);
    let bearer = [("AUTHORIZATION", "Bearer APP_KEY")];
    for (path, body, title) in [
        ("/v1/send/inbox_message", BODY.to_owned(), "Order 7"),
        // The Python library doubles the slash
        ("//v1/send/inbox_message", BODY.to_owned(), "Order 7"),
        ("/v1/send/inbox_message", BODY.replace("\"order_shipped\"", "42"), "Order 7"),
        ("/v1/send/inbox_message", BODY.replace("order_shipped", "42"), "Order 7"),
        ("/v1/send/inbox_message", BODY.replace("order_shipped", "Order_SHIPPED"), "Order 7"),
        (
            "/v1/send/inbox_message",
            BODY.replace("{\"id\": \"user_123\"}", "{\"email\": \"ADA@example.com\"}"),
            "Order 7",
        ),
        // The escapes of Python and of Go
        ("/v1/send/inbox_message", BODY.replace('7', r#""Zo\u00eb \u003cb\u003e""#), "Order Zoë <b>"),
        ("/v1/send/inbox_message", BODY.replace('7', r#""Zoë""#), "Order Zoë"),
        (
            "/v1/send/inbox_message",
            BODY.replace('7', r#"7, "language": null"#).replace("7, ", "7}, \"x\": {"),
            "Order 7",
        ),
        (
            "/v1/send/inbox_message",
            BODY.replacen('{', "{\"language\": \"fr-CA\", \"disable_message_retention\": false, ", 1),
            "Commande 7",
        ),
    ] {
        let answer = server.ask("POST", path, &bearer, &body);
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/json");
        let accepted = answer.json();
        assert!(accepted["queued_at"].is_i64() && accepted.get("send_at").is_none(), "{accepted}");
        let id = accepted["delivery_id"].as_str().unwrap();
        let captured = server.get(&format!("/inkproof/api/messages/{id}"));
        assert_eq!(captured["message"]["properties"]["title"], title, "{body}");
        assert_eq!(captured["recipient"]["id"], "user_123");
        assert_eq!(captured["request"]["body"], body);
    }
}

#[test]
fn a_quiet_server_captures_the_same() {
    // It renders most messages on the thread that answers, with customers that it has parsed before.
    let server = Server::start(&["--quiet"]);
    let write = |name: &str, text: &str| std::fs::write(server.folder.path().join(name), text).unwrap();
    write("templates/hasty.liquid", "---\n---\n{\"title\": \"Hi {{ customer.first_name }}\", \"list\": [1.0, {}],}\n");
    let is_there = || (server.send(&BODY.replace("order_shipped", "hasty")).status == 200).then_some(());
    eventually("a new template", is_there);
    let captured = |template: &str, user: &str, data: Value| {
        let id = server.deliver(template, user, &data);
        server.get(&format!("/inkproof/api/messages/{id}"))
    };
    for _ in 0..3 {
        let sent = captured("order_shipped", "user_123", json!({ "order_id": 7 }));
        assert_eq!(sent["message"]["properties"], json!({ "title": "Order 7", "body": "For user_123" }));
        assert_eq!((&sent["diagnostics"], &sent["recipient"]["cio_id"]), (&json!([]), &json!("a1")));
        let unknown = captured("order_shipped", "nobody", json!({ "order_id": 7 }));
        assert_eq!(unknown["message"]["properties"]["body"], "For nobody");
        assert_eq!(unknown["diagnostics"][0]["code"], "unknown-customer");
        let hasty = captured("hasty", "user_123", json!({}));
        assert_eq!(hasty["message"]["properties"], json!({ "title": "Hi Ada", "list": [1, {}] }));
        assert_eq!(hasty["diagnostics"][0]["code"], "trailing-comma");
        let lost = captured("order_shipped", "user_123", json!({}));
        assert_eq!((&lost["message"], &lost["diagnostics"][0]["code"]), (&Value::Null, &json!("undefined-variable")));
    }
    write("templates/order_shipped.liquid", "---\n---\n{\"title\": \"{{ customer.first_name }}\"}\n");
    write("fixtures/customers/ada.json", r#"{"id": "user_123", "first_name": "Grace"}"#);
    eventually("a changed customer", || {
        let sent = captured("order_shipped", "user_123", json!({ "order_id": 7 }));
        (sent["message"]["properties"]["title"] == "Grace"
            && sent["recipient"] == json!({ "id": "user_123", "name": "Grace" }))
        .then_some(())
    });
}

#[test]
fn secret_headers_are_not_stored() {
    let server = Server::start(&[]);
    let answer = server.ask("POST", "/v1/send/inbox_message", &[("Authorization", "Bearer s3cret")], BODY);
    assert_eq!(answer.status, 200);
    assert!(!server.get("/inkproof/api/messages").to_string().contains("s3cret"));
}

#[test]
fn rejects_invalid_requests() {
    let server = Server::start(&[]);
    for (body, error) in [
        (
            "{}",
            "the request has no `transactional_message_id`: name a template by its trigger name or its number; the \
            request has no `identifiers`: name the customer by exactly one of `id`, `email` and `cio_id`",
        ),
        (
            r#"{"transactional_message_id": "hello", "identifiers": null}"#,
            "the request has no `identifiers`: name the customer by exactly one of `id`, `email` and `cio_id`",
        ),
        (
            r#"{"transactional_message_id": "helo", "identifiers": {"id": "a"}}"#,
            "transactional_message_id `helo` not found: did you mean `hello`?",
        ),
        (
            r#"{"transactional_message_id": "broken", "identifiers": {"id": "a"}}"#,
            "there is no setting `tpye`: did you mean `type`?",
        ),
        (
            r#"{"transactional_message_id": "hello", "identifiers": {"id": "a"}, "send_at": 99999999999}"#,
            "`send_at` is more than 90 days ahead",
        ),
        (
            r#"{"transactional_message_id": "helo", "identifiers": {"id": "a"}, "send_at": 99999999999}"#,
            "`send_at` is more than 90 days ahead; transactional_message_id `helo` not found: did you mean `hello`?",
        ),
        (
            r#"{"transactional_message_id": "hello", "identifiers": {"id": "a"}, "message_data": [], "language": 7,
                "queue_draft": "yes", "send_at": "soon"}"#,
            "expected an object under `message_data`: a template reads its keys as `trigger.…`; expected a string \
             under `language`, such as \"fr\"; expected `true` or `false` under `queue_draft`; expected whole seconds since \
             1970 under `send_at`",
        ),
    ] {
        let answer = server.send(body);
        assert_eq!((answer.status, answer.error().as_str()), (400, error), "{body}");
    }
    assert_eq!(server.get("/inkproof/api/messages")["total"], 0);
}

#[test]
fn accepts_a_failing_message_and_reports_it_as_failed() {
    let server = Server::start(&[]);
    let id = server.deliver("order_shipped", "user_123", &json!({ "order_number": 7 }));
    let captured = server.get(&format!("/inkproof/api/messages/{id}"));
    assert_eq!(captured["status"], "failed");
    assert_eq!(captured["test_send_looks_fine"], true);
    assert_eq!(captured["diagnostics"][0]["code"], "undefined-variable", "{captured}");
    assert_eq!(captured["diagnostics"][0]["start"]["line"], 8);
    assert!(server.inbox("dXNlcl8xMjM=").is_empty());
}

#[test]
fn strict_rejects_a_failing_message() {
    let server = Server::start(&["--strict"]);
    let answer = server.send(&BODY.replace("order_id", "order_number"));
    assert_eq!(answer.status, 400);
    assert!(
        answer.error().starts_with("`order_shipped` would be lost: templates/order_shipped.liquid:8:"),
        "{}",
        answer.body
    );
    assert_eq!(answer.json()["diagnostics"][0]["severity"], "error");
    assert_eq!(server.get("/inkproof/api/messages")["total"], 0);
    assert_eq!(server.send(BODY).status, 200);
}

#[test]
fn drafts_are_kept_back_and_scheduled_messages_arrive_on_time() {
    let server = Server::start(&["--now", "2026-01-01T00:00:00Z"]);
    let start = 1_767_225_600;
    let draft = server.send(&BODY.replacen('{', "{\"queue_draft\": true, ", 1));
    assert_eq!((draft.status, draft.json()["queued_at"].as_i64()), (200, Some(start)));
    let past = server.send(&BODY.replacen('{', "{\"send_at\": 1700000000, ", 1)).json();
    assert!(past.get("send_at").is_none(), "a time in the past means now: {past}");
    let later = server.send(&BODY.replacen('{', &format!("{{\"send_at\": {}, ", start + 3600), 1)).json();
    assert_eq!(later["send_at"], start + 3600);
    let (past, later) = (past["delivery_id"].as_str().unwrap(), later["delivery_id"].as_str().unwrap());
    assert_eq!(server.inbox("dXNlcl8xMjM="), [past]);
    let status = |wanted: &str| server.get(&format!("/inkproof/api/messages?status={wanted}"))["total"].clone();
    assert_eq!([status("draft"), status("scheduled"), status("delivered")], [1, 1, 1]);

    let advance = |seconds: i64| {
        let answer = server.ask("PUT", "/inkproof/api/clock", &[], &json!({ "advance": seconds }).to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    advance(3600);
    assert_eq!(server.inbox("dXNlcl8xMjM="), [later, past]);
    // The first message expires two days after it was sent, and the second one an hour later.
    advance(47 * 3600);
    assert_eq!(server.inbox("dXNlcl8xMjM="), [later]);
    advance(3600);
    assert!(server.inbox("dXNlcl8xMjM=").is_empty());
    assert_eq!(status("expired"), 2);
}

#[test]
fn warns_about_an_unknown_customer() {
    let server = Server::start(&[]);
    let id = server.deliver("hello", "user_124", &json!({ "title": "Hi" }));
    let captured = server.get(&format!("/inkproof/api/messages/{id}"));
    assert_eq!(captured["status"], "delivered");
    assert_eq!(captured["diagnostics"][0]["code"], "unknown-customer");
    assert_eq!(server.inbox("dXNlcl8xMjQ="), [id]);
}

#[test]
fn lists_templates_as_transactional_messages() {
    let server = Server::start(&[]);
    let bearer = [("authorization", "bearer key")];
    let list = server.ask("GET", "/v1/transactional", &bearer, "").json();
    let names: Vec<_> = list["messages"].as_array().unwrap().iter().map(|message| message["name"].clone()).collect();
    assert_eq!(names, ["hello", "Order shipped"]);
    for reference in ["42", "ORDER_shipped"] {
        let one = server.ask("GET", &format!("/v1/transactional/{reference}"), &bearer, "").json();
        assert_eq!((&one["message"]["id"], &one["message"]["name"]), (&json!(42), &json!("Order shipped")));
    }
    assert_eq!(server.ask("GET", "/v1/transactional/43", &bearer, "").status, 404);
    assert_eq!(server.ask("GET", "/v1/transactional", &[], "").status, 401);
}

#[test]
fn uses_a_changed_template_immediately() {
    let server = Server::start(&[]);
    let title = || {
        let id = server.deliver("hello", "user_123", &json!({ "title": "Hi" }));
        server.get(&format!("/inkproof/api/messages/{id}"))["message"]["properties"]["title"].clone()
    };
    assert_eq!(title(), "Hi");
    std::fs::write(server.folder.path().join("templates/hello.liquid"), "---\n---\n{\"title\": \"changed\"}").unwrap();
    eventually("the change of the template", || (title() == "changed").then_some(()));
}
