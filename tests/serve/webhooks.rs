//! Webhooks: what they say, in which order, and how often.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::client::{Server, eventually};

const BEARER: [(&str, &str); 1] = [("authorization", "Bearer key")];
const WEB: [(&str, &str); 2] = [("x-gist-encoded-user-token", "dXNlcl8xMjM="), ("x-cio-client-platform", "web")];

/// Reads a request with a body, and answers with a status.
fn receive(listener: &TcpListener, status: &str) -> (String, Value) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut text = Vec::new();
    let mut part = [0; 4096];
    loop {
        let length = stream.read(&mut part).unwrap();
        text.extend_from_slice(&part[..length]);
        let seen = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = seen.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let (_, wanted) = lower.split_once("content-length: ").unwrap();
        if body.len() >= wanted.lines().next().unwrap().parse().unwrap() {
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
            return (lower, serde_json::from_str(body).unwrap());
        }
    }
}

#[test]
fn webhooks_report_what_happens_and_are_retried() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks?a=b", listener.local_addr().unwrap());
    let server = Server::start(&["--webhook", &url, "--webhook-key", "secret"]);
    server.deliver("hello", "user_123", &json!({}));
    let (_, refused) = receive(&listener, "500 Internal Server Error");
    let (head, failed) = receive(&listener, "200 OK");
    assert_eq!(refused, failed, "it is sent again");
    assert!(head.starts_with("post /hooks?a=b http/1.1") && head.contains("x-cio-timestamp: "), "{head}");
    let (_, signature) = head.split_once("x-cio-signature: ").unwrap();
    assert_eq!(signature.lines().next().unwrap().len(), 64);
    assert_eq!((&failed["metric"], &failed["object_type"]), (&json!("failed"), &json!("inbox")));
    assert!(failed["data"]["failure_message"].as_str().unwrap().contains("undefined variable"), "{failed}");
    let id = server.deliver("hello", "user_123", &json!({ "title": "Hi" }));
    let (_, sent) = receive(&listener, "204 No Content");
    assert_eq!((&sent["metric"], &sent["data"]["delivery_id"]), (&json!("sent"), &json!(id)));
    for _ in 0..2 {
        server.ask("PATCH", &format!("/api/v1/messages/queue-{id}"), &WEB, r#"{"opened": true}"#);
    }
    let metrics: Vec<_> = (0..2).map(|_| receive(&listener, "200 OK").1["metric"].clone()).collect();
    assert_eq!(metrics, ["delivered", "opened"]);
    let email =
        json!({ "to": "a@b.c", "identifiers": { "id": "a" }, "transactional_message_id": 1, "queue_draft": true });
    server.ask("POST", "/v1/send/email", &BEARER, &email.to_string());
    let (_, drafted) = receive(&listener, "200 OK");
    assert_eq!((&drafted["metric"], &drafted["object_type"]), (&json!("drafted"), &json!("email")));
    let later = jiff::Timestamp::now().as_second() + 3600;
    let scheduled = json!({ "transactional_message_id": "hello", "identifiers": { "id": "a" }, "send_at": later,
        "message_data": { "title": "Hi" } });
    server.send(&scheduled.to_string());
    server.ask("PUT", "/inkproof/api/clock", &[], r#"{"advance": 3601}"#);
    let (_, sent) = receive(&listener, "200 OK");
    assert_eq!((&sent["metric"], &sent["timestamp"]), (&json!("sent"), &json!(later)));
    let log = eventually("the sixth report", || {
        let log = server.get("/inkproof/api/webhooks");
        (log["webhooks"].as_array().unwrap().len() == 6).then_some(log)
    });
    assert_eq!(log["webhooks"][5]["tries"], 2);
    assert_eq!(log["webhooks"][5]["error"], "the receiver answered 500 Internal Server Error");
}

/// A receiver, and the arguments of a server that reports to it.
fn receiver() -> (TcpListener, [String; 2]) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://ada:p%40ss@{}/hooks", listener.local_addr().unwrap());
    (listener, ["--webhook".to_owned(), url])
}

/// The metrics and the messages of the next reports.
fn next(listener: &TcpListener, count: usize) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pair = |event: &Value| (text(&event["metric"]), text(&event["data"]["delivery_id"]));
    (0..count).map(|_| pair(&receive(listener, "200 OK").1)).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(metric, id)| ((*metric).to_owned(), (*id).to_owned())).collect()
}

/// Sends a message with a further field.
fn send(server: &Server, field: &str, value: &Value) -> String {
    let mut body = json!({ "transactional_message_id": 42, "identifiers": { "id": "user_123" }, "message_data": { "order_id": 1 } });
    body[field] = value.clone();
    server.send(&body.to_string()).json()["delivery_id"].as_str().unwrap().to_owned()
}

fn open(server: &Server, id: &str) -> u16 {
    server.ask("PATCH", &format!("/api/v1/messages/queue-{id}"), &WEB, r#"{"opened": true}"#).status
}

fn click(server: &Server, id: &str) {
    let properties = json!({ "deliveryId": id, "metric": "clicked", "actionName": "cta" });
    let event = json!({ "type": "track", "event": "Report Delivery Event", "properties": properties });
    assert_eq!(server.ask("POST", "/v1/t", &[], &event.to_string()).status, 200);
}

#[test]
fn a_message_is_sent_before_it_is_delivered_and_opened() {
    let (listener, [option, url]) = receiver();
    let server = Server::start(&[&option, &url, "--now", "2026-01-01T00:00:00Z"]);
    let later = send(&server, "send_at", &json!(1_767_229_200));
    let draft = send(&server, "queue_draft", &json!(true));
    let failed = send(&server, "message_data", &json!({}));
    let push = json!({ "transactional_message_id": 1, "identifiers": { "id": "user_123" }, "queue_draft": false });
    let push = server.ask("POST", "/v1/send/push", &BEARER, &push.to_string()).json()["delivery_id"].clone();
    let push = push.as_str().unwrap();
    // Nobody has them in their inbox.
    assert_eq!([&later, &draft, &failed, push].map(|id| open(&server, id)), [404; 4]);
    let delete = server.ask("POST", &format!("/api/v1/logs/queue/queue-{draft}"), &WEB, "{}");
    assert_eq!(delete.error(), format!("the user has no message `queue-{draft}`: its status is `draft`"));
    click(&server, &failed);
    assert_eq!(next(&listener, 3), pairs(&[("drafted", &draft), ("failed", &failed), ("sent", push)]));
    server.ask("PUT", "/inkproof/api/clock", &[], r#"{"advance": 3600}"#);
    assert_eq!(open(&server, &later), 200);
    assert_eq!(next(&listener, 3), pairs(&[("sent", &later), ("delivered", &later), ("opened", &later)]));
    let metrics = server.ask("GET", &format!("/v1/messages/{later}"), &BEARER, "").json()["message"]["metrics"].clone();
    assert_eq!([&metrics["sent"], &metrics["delivered"], &metrics["opened"]], [1_767_229_200; 3], "{metrics}");
    // Two events at the same time
    let clicks = [(); 2].map(|()| {
        click(&server, &later);
        let (head, event) = receive(&listener, "200 OK");
        assert!(head.contains("authorization: basic ywrhonbac3m="), "{head}");
        assert!(head.contains("\r\nhost: 127.0.0.1:"), "{head}");
        event
    });
    assert_ne!(clicks[0]["event_id"], clicks[1]["event_id"]);
    // The number of the template, as everywhere
    assert_eq!(clicks[0]["data"]["transactional_message_id"], 42);
    assert_eq!(server.get("/inkproof/api/messages?template=42")["total"], 3);
    assert_eq!(server.get("/inkproof/api/wait?template=42&count=3")["total"], 3);
}

#[test]
fn a_reset_forgets_webhooks_that_wait() {
    let (listener, [option, url]) = receiver();
    let server = Server::start(&[&option, &url]);
    server.deliver("hello", "user_123", &json!({ "title": "it is sent again" }));
    receive(&listener, "500 Internal Server Error");
    server.deliver("hello", "user_123", &json!({ "title": "it waits" }));
    assert_eq!(server.ask("POST", "/inkproof/api/reset", &[], "").status, 200);
    let id = server.deliver("hello", "user_123", &json!({ "title": "new" }));
    assert_eq!(next(&listener, 1), pairs(&[("sent", &id)]));
    let log = eventually("the report", || {
        let log = server.get("/inkproof/api/webhooks")["webhooks"].clone();
        (!log.as_array().unwrap().is_empty()).then_some(log)
    });
    assert_eq!((log.as_array().unwrap().len(), &log[0]["tries"]), (1, &json!(1)));
}

#[test]
fn a_restart_neither_forgets_nor_repeats_webhooks() {
    let (listener, [option, url]) = receiver();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.db");
    let arguments = [&option, &url, "--now", "2026-01-01T00:00:00Z", "--store", file.to_str().unwrap()];
    let server = Server::start(&arguments);
    let opened = send(&server, "queue_draft", &json!(false));
    let later = send(&server, "send_at", &json!(1_767_229_200));
    assert_eq!(open(&server, &opened), 200);
    assert_eq!(next(&listener, 3), pairs(&[("sent", &opened), ("delivered", &opened), ("opened", &opened)]));
    drop(server);
    let server = Server::start(&arguments);
    assert_eq!(open(&server, &opened), 200);
    server.ask("PUT", "/inkproof/api/clock", &[], r#"{"advance": 3600}"#);
    assert_eq!(next(&listener, 1), pairs(&[("sent", &later)]));
    // Its response comes when that is written too.
    assert_eq!(open(&server, &opened), 200);
    drop(server);
    let server = Server::start(&arguments);
    server.ask("PUT", "/inkproof/api/clock", &[], r#"{"advance": 3600}"#);
    click(&server, &opened);
    assert_eq!(next(&listener, 1), pairs(&[("clicked", &opened)]));
}

#[test]
fn webhooks_stay_on_this_machine() {
    let folder = crate::client::project();
    let output = crate::client::inkproof(folder.path(), &["--webhook", "http://10.0.0.1/"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("`http://10.0.0.1/` may be another machine: pass `--webhook-remote`"), "{error}");
}
