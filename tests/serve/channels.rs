//! The channels that are captured and not rendered, and addresses with and without `/v1`.

use serde_json::{Value, json};

use crate::client::Server;

const KEY: [(&str, &str); 1] = [("authorization", "Bearer key")];

fn email() -> Value {
    json!({ "to": "Ada <ada@example.com>", "identifiers": { "email": "ada@example.com" }, "transactional_message_id": "receipt",
        "subject": "Your receipt", "body": "<b>Thank you</b>", "message_data": { "total": 5 }, "headers": {} })
}

#[test]
fn every_channel_is_accepted_and_captured_as_it_was_sent() {
    let server = Server::start(&[]);
    for (channel, body, content) in [
        (
            "email",
            email(),
            json!({ "to": "Ada <ada@example.com>", "subject": "Your receipt", "body": "<b>Thank you</b>", "headers": {} }),
        ),
        (
            "email",
            json!({ "to": "a@b.c", "identifiers": { "id": "x" }, "from": "shop@b.c", "subject": "Hi", "body": "Hello" }),
            json!({ "to": "a@b.c", "from": "shop@b.c", "subject": "Hi", "body": "Hello" }),
        ),
        (
            "push",
            json!({ "identifiers": { "id": "user_123" }, "transactional_message_id": 4, "title": "Hi",
                "custom_device": { "platform": "ios" } }),
            json!({ "title": "Hi", "custom_device": { "platform": "ios" } }),
        ),
        (
            "sms",
            json!({ "identifiers": { "id": "user_123" }, "transactional_message_id": 4, "to": "+1555", "attachments": {} }),
            json!({ "to": "+1555", "attachments": {} }),
        ),
        ("in_app", json!({ "identifiers": { "cio_id": "a1" }, "transactional_message_id": "4" }), json!({})),
        (
            "whatsapp",
            json!({ "identifiers": { "id": "user_123" }, "transactional_message_id": 4, "to": "+1", "from": "+2",
                "tracked": true }),
            json!({ "to": "+1", "from": "+2" }),
        ),
    ] {
        let answer = server.ask("POST", &format!("/v1/send/{channel}"), &KEY, &body.to_string());
        assert_eq!(answer.status, 200, "{channel}: {}", answer.body);
        let accepted = answer.json();
        assert!(accepted["queued_at"].is_i64() && accepted.get("send_at").is_none(), "{accepted}");
        let id = accepted["delivery_id"].as_str().unwrap();
        let captured = server.get(&format!("/inkproof/api/messages/{id}"));
        assert_eq!(captured["channel"], channel);
        assert_eq!(captured["status"], "captured");
        assert_eq!(captured["content"], content);
        assert_eq!(captured["message"], Value::Null);
        assert_eq!(captured["diagnostics"], json!([]), "{channel}");
        assert_eq!(captured["request"]["body"], body.to_string());
    }
    for (query, total) in [
        ("channel=email", 2),
        ("channel=email&to=user_123", 1),
        ("to=ada@example.com", 5),
        ("channel=inbox", 0),
        ("status=captured", 6),
        ("channel=email&template=receipt&text=thank", 1),
    ] {
        assert_eq!(server.get(&format!("/inkproof/api/messages?{query}"))["total"], total, "{query}");
    }
    assert_eq!(server.get("/inkproof/api/wait?channel=sms")["total"], 1);
    let wrong = server.ask("GET", "/inkproof/api/messages?channel=mail", &[], "");
    assert_eq!(
        wrong.error(),
        "expected one of inbox, email, push, sms, in_app, whatsapp, broadcast as `channel`, found `mail`: did you mean \
         `email`?"
    );
    assert!(server.inbox("dXNlcl8xMjM=").is_empty(), "only the inbox channel is in an inbox");
}

#[test]
fn requests_are_checked_per_channel() {
    let server = Server::start(&[]);
    for (channel, body, error) in [
        (
            "email",
            json!({}),
            "the request has no `to`; the request has no `identifiers`; the request has neither \
            `transactional_message_id` nor all of `from`, `subject`, `body`: `from`, `subject`, `body` is missing",
        ),
        (
            "email",
            json!({ "to": "a", "identifiers": { "id": "x" }, "from": "b", "subject": "c" }),
            "the request has neither `transactional_message_id` nor all of `from`, `subject`, `body`: `body` is missing",
        ),
        ("push", json!({ "identifiers": { "id": "x" } }), "the request has no `transactional_message_id`"),
        (
            "sms",
            json!({ "transactional_message_id": [], "identifiers": "x", "to": 5, "queue_draft": "yes", "send_at": 1.5 }),
            "expected a name or whole number under `transactional_message_id`; expected an object under `identifiers`; expected \
             `true` or `false` under `queue_draft`; expected whole seconds since 1970 under `send_at`; expected a string \
             under `to`",
        ),
        (
            "in_app",
            json!({ "transactional_message_id": 1, "identifiers": { "id": "x", "email": "y" } }),
            "`identifiers` names the customer more than once: name the customer by exactly one of `id`, `email` and `cio_id`",
        ),
        (
            "push",
            json!({ "transactional_message_id": 1, "identifiers": { "id": "x" }, "send_at": 99_999_999_999_u64 }),
            "`send_at` is more than 90 days ahead",
        ),
    ] {
        let answer = server.ask("POST", &format!("/v1/send/{channel}"), &KEY, &body.to_string());
        assert_eq!((answer.status, answer.error().as_str()), (400, error), "{channel} {body}");
    }
    assert_eq!(server.ask("POST", "/v1/send/email", &[], &email().to_string()).status, 401);
    assert_eq!(server.ask("POST", "/v1/send/email", &KEY, "[]").status, 400);
    let unknown = server.ask("POST", "/v1/send/emial", &KEY, "{}");
    assert_eq!((unknown.status, unknown.error().contains("did you mean `email`?")), (404, true), "{}", unknown.body);
    assert_eq!(server.get("/inkproof/api/messages")["total"], 0);
}

#[test]
fn what_customerio_may_refuse_is_accepted_with_a_warning() {
    let server = Server::start(&[]);
    let body = json!({ "transactional_message_id": 1, "identifiers": { "id": 5 }, "titel": "Hi" }).to_string();
    let answer = server.ask("POST", "/v1/send/sms", &KEY, &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let captured = server.get("/inkproof/api/messages?to=5")["messages"][0].clone();
    let codes: Vec<_> = captured["diagnostics"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["unknown-field", "missing-field", "numeric-identifier"]);
    let strict = [KEY[0], ("x-validate", "strict")];
    let answer = server.ask("POST", "/v1/send/push", &strict, &body);
    assert_eq!(answer.error(), "Customer.io has no request field `titel`: did you mean `title`?");
    let inbox = r#"{"transactional_message_id": "hello", "identifiers": {"id": 5}, "message_data": {"title": "Hi"}, "bogus": 1}"#;
    let answer = server.ask("POST", "/v1/send/inbox_message", &strict, inbox);
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "Customer.io has no request field `bogus`: put data for the template into `message_data`")
    );
    assert_eq!(server.send(inbox).status, 200);
    assert_eq!(server.get("/inkproof/api/messages?channel=inbox&to=5")["total"], 1);
}

#[test]
fn drafts_and_scheduled_messages_are_marked_as_such() {
    let server = Server::start(&["--now", "2026-01-01T00:00:00Z"]);
    let send = |field: &str, value: Value| {
        let mut body = email();
        body[field] = value;
        server.ask("POST", "/v1/send/email", &KEY, &body.to_string()).json()
    };
    send("queue_draft", true.into());
    assert_eq!(send("send_at", 1_767_229_200.into())["send_at"], 1_767_229_200);
    let total = |status: &str| server.get(&format!("/inkproof/api/messages?status={status}"))["total"].clone();
    assert_eq!([total("draft"), total("scheduled"), total("captured")], [1, 1, 0]);
    server.ask("PUT", "/inkproof/api/clock", &[], r#"{"advance": 3600}"#);
    assert_eq!([total("draft"), total("scheduled"), total("captured")], [1, 0, 1]);
}

#[test]
fn broadcasts_are_triggered() {
    let server = Server::start(&[]);
    let trigger = |body: &str| server.ask("POST", "/v1/campaigns/12/triggers", &KEY, body);
    assert!(
        trigger(r#"{"data": {"headline": "Hi"}, "ids": ["user_123", 7], "id_ignore_missing": true}"#).json()["id"]
            .is_i64()
    );
    assert_eq!(trigger("").status, 200);
    assert_eq!(trigger(r#"{"ids": [], "emails": []}"#).error(), "expected only one of `ids`, `emails`");
    assert_eq!(trigger(r#"{"ids": 5}"#).error(), "expected an array under `ids`");
    let own = r#"{"per_user_data": [{"email": "mary@Example.com", "data": {"id": "5"}}, {"id": 9}]}"#;
    assert_eq!(trigger(own).status, 200);
    for (query, total) in [
        ("channel=broadcast", 3),
        ("template=12", 3),
        ("to=user_123", 1),
        ("to=7", 1),
        ("to=nobody", 0),
        ("to=Mary@example.com", 1),
        ("to=9", 1),
    ] {
        assert_eq!(server.get(&format!("/inkproof/api/messages?{query}"))["total"], total, "{query}");
    }
}

#[test]
fn the_address_may_lack_v1_and_a_wrong_one_is_explained() {
    let server = Server::start(&[]);
    for path in ["/send/email", "//send/email", "/v1/send/email"] {
        assert_eq!(server.ask("POST", path, &KEY, &email().to_string()).status, 200, "{path}");
    }
    for (path, error) in [
        ("/v1/v1/send/email", "http://HOST:PORT for Python, Ruby and Go"),
        ("/api/v1/send/email", "http://HOST:PORT/v1 for Node"),
        ("/v1/newsletters", "inkproof does not have this part of the API"),
    ] {
        let answer = server.ask("POST", path, &KEY, "{}");
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.error().contains(error), "{}", answer.body);
    }
}

#[test]
fn refused_requests_are_kept_with_reason_and_body() {
    let server = Server::start(&["--strict"]);
    let body = r#"{"transactional_message_id": "hello", "identifiers": {"id": "a"}}"#;
    server.ask("POST", "/v1/send/email", &[("x-secret", "s"), ("cookie", "c00kie")], "{\"to\": 1}");
    server.send(body);
    server.ask("GET", "/nowhere", &[("host", "inkproof:3010")], "");
    server.ask("POST", "/inkproof/api/faults", &[], r#"{"drop": true, "times": 1}"#);
    server.send(body);
    let refused = server.get("/inkproof/api/refused");
    let refused = refused["refused"].as_array().unwrap();
    let seen: Vec<_> = refused.iter().map(|one| (&one["path"], &one["status"], &one["request"]["body"])).collect();
    let null = Value::Null;
    let (send, email, nowhere) = (json!("/v1/send/inbox_message"), json!("/v1/send/email"), json!("/nowhere"));
    assert_eq!(
        seen,
        [
            (&send, &null, &json!(body)),
            (&nowhere, &json!(403), &json!("")),
            (&send, &json!(400), &json!(body)),
            (&email, &json!(401), &json!("{\"to\": 1}")),
        ]
    );
    assert!(refused[1]["error"].as_str().unwrap().ends_with("or pass `--allow-host inkproof`"), "{}", refused[1]);
    assert!(refused[2]["diagnostics"].to_string().contains("undefined-variable"), "{}", refused[2]);
    assert!(!refused[3].to_string().contains("c00kie"));
    let wait = server.ask("GET", "/inkproof/api/wait?timeout=0", &[], "");
    assert!(
        wait.error().contains("the last request that was refused: POST /v1/send/inbox_message: the connection"),
        "{}",
        wait.body
    );
    assert_eq!(server.ask("DELETE", "/inkproof/api/refused", &[], "").json()["deleted"], 4);
    assert_eq!(server.get("/inkproof/api/refused")["refused"], json!([]));
}

#[test]
fn faults_may_accept_a_request_and_then_fail() {
    let server = Server::start(&[]);
    let send = || server.ask("POST", "/v1/send/email", &KEY, &email().to_string());
    let total = || server.get("/inkproof/api/messages")["total"].clone();
    for (fault, status, stored) in [
        (json!({ "status": 500 }), 500, 0),
        (json!({ "status": 500, "accept": true }), 500, 1),
        (json!({ "drop": true, "accept": true }), 0, 2),
        (json!({ "drop": true }), 0, 2),
        (json!({ "preset": "accepted_but_500", "status": 503 }), 503, 3),
        (json!({ "preset": "gateway_html" }), 502, 3),
        (json!({ "preset": "rate_limited" }), 429, 3),
    ] {
        let mut once = fault.clone();
        once["times"] = 1.into();
        assert_eq!(server.ask("POST", "/inkproof/api/faults", &[], &once.to_string()).status, 200, "{fault}");
        let answer = send();
        assert_eq!((answer.status, total()), (status, stored.into()), "{fault}");
        if status == 502 {
            assert!(answer.body.starts_with("<html>"), "{}", answer.body);
            assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        }
    }
    let invalid =
        server.ask("POST", "/inkproof/api/faults", &[], r#"{"status": 500, "accept": true, "body": "{}", "times": 1}"#);
    assert_eq!(invalid.status, 200);
    let refused = server.ask("POST", "/v1/send/email", &KEY, "{}");
    assert_eq!(refused.status, 400, "an invalid request is not accepted by the fault");
}

#[test]
fn every_api_reads_json_as_the_inbox_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.db");
    let arguments = ["--store", file.to_str().unwrap()];
    let server = Server::start(&arguments);
    let deep = "[".repeat(400) + &"]".repeat(400);
    for odd in [r#""cut \ud83d""#, "1e400", &deep] {
        let template = r#""identifiers": {"id": "u"}, "transactional_message_id": "hello""#;
        for (method, path, key, body) in [
            (
                "POST",
                "/v1/send/inbox_message",
                "Bearer k",
                format!(r#"{{{template}, "message_data": {{"title": {odd}}}}}"#),
            ),
            ("POST", "/v1/send/push", "Bearer k", format!(r#"{{{template}, "custom_data": {odd}}}"#)),
            ("POST", "/v1/campaigns/1/triggers", "Bearer k", format!(r#"{{"data": {{"a": {odd}}}}}"#)),
            ("PUT", "/api/v1/customers/u", "Basic k", format!(r#"{{"odd": {odd}}}"#)),
            (
                "POST",
                "/v1/track",
                "Basic k",
                format!(r#"{{"userId": "u", "event": "e", "properties": {{"a": {odd}}}}}"#),
            ),
            ("POST", "/v1/t", "", format!(r#"{{"userId": "u", "event": "e", "properties": {{"a": {odd}}}}}"#)),
        ] {
            let answer = server.ask(method, path, &[("authorization", key)], &body);
            assert_eq!(answer.status, 200, "{path} {odd}: {}", answer.body);
        }
    }
    let person = server.ask("GET", "/v1/customers/u/attributes", &KEY, "");
    assert!(person.body.contains(&deep), "{}", person.body);
    let total = |server: &Server| server.get("/inkproof/api/health")["messages"].clone();
    assert_eq!(total(&server), 9);
    drop(server);
    assert_eq!(total(&Server::start(&arguments)), 9, "they can be read again");
}

#[test]
fn paths_may_be_escaped_and_are_text() {
    let server = Server::start(&[]);
    let inbox = r#"{"transactional_message_id": "hello", "identifiers": {"id": "u"}, "message_data": {"title": "Hi"}}"#;
    assert_eq!(server.ask("POST", "/v1/send/inbox%5Fmessage", &KEY, inbox).status, 200);
    for path in ["/v1/customers/%FF/attributes", "/inkproof/api/messages/%C3", "/v1/transactional/%ff"] {
        let answer = server.ask("GET", path, &KEY, "");
        assert_eq!((answer.status, answer.error().as_str()), (400, "the path is not valid UTF-8"), "{path}");
    }
}

#[test]
fn keys_in_bodies_are_not_kept() {
    let server = Server::start(&[]);
    let event = r#"{"writeKey": "s3cret", "userId": "u", "event": "e"}"#;
    assert_eq!(server.ask("POST", "/v1/track", &[], event).status, 200);
    let batch = format!(r#"{{"writeKey": "s3cret", "batch": [{event}]}}"#);
    assert_eq!(server.ask("POST", "/v1/b", &[], &batch).status, 200);
    assert_eq!(server.ask("POST", "/v1/track", &[], r#"{"writeKey": "s3cret"}"#).status, 400);
    for path in ["/inkproof/api/events", "/inkproof/api/refused"] {
        let kept = server.get(path).to_string();
        assert!(kept.contains("(not kept)") && !kept.contains("s3cret"), "{kept}");
    }
}
