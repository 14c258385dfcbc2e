//! The inbox API, its event stream, and the analytics events of Customer.io's clients.

use std::io::{BufRead, BufReader, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Chunks, Server};

const ADA: &str = "dXNlcl8xMjM=";
const WEB: [(&str, &str); 2] = [("x-gist-encoded-user-token", ADA), ("x-cio-client-platform", "web")];

#[test]
fn the_inbox_returns_messages_in_the_format_of_the_client() {
    let server = Server::start(&["--now", "2026-01-01T00:00:00Z", "--poll", "3"]);
    let id = server.deliver("order_shipped", "user_123", &json!({ "order_id": 7 }));
    let answer = server.ask("POST", "/api/v4/users?sessionId=s", &WEB, "{}");
    for (name, value) in [
        ("x-gist-queue-polling-interval", "3"),
        ("x-cio-use-sse", "true"),
        ("x-cio-inbox-enabled", "false"),
        ("content-type", "application/json"),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "x-gist-queue-polling-interval,x-cio-use-sse,x-cio-inbox-enabled"),
    ] {
        assert_eq!(answer.headers.get(name).map(String::as_str), Some(value), "{name}");
    }
    let expected = json!({
        "inAppMessages": [],
        "inboxMessages": [{
            "queueId": format!("queue-{id}"), "deliveryId": id, "userToken": "user_123", "messageType": "inbox", "messageId": "",
            "type": "order", "priority": 5, "topics": ["orders", "shipping"],
            "sentAt": "2026-01-01T00:00:00Z", "expiry": "2026-01-03T00:00:00Z", "opened": false,
            "properties": { "title": "Order 7", "body": "For user_123" },
        }],
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn messages_are_marked_opened_unopened_and_deleted() {
    let server = Server::start(&[]);
    let id = server.deliver("hello", "user_123", &json!({ "title": "Hi" }));
    let path = format!("/api/v1/messages/queue-{id}?sessionId=s");
    let opened = || server.get(&format!("/inkproof/api/messages/{id}"))["opened"].clone();
    for state in [true, false] {
        let answer = server.ask("PATCH", &path, &WEB, &json!({ "opened": state }).to_string());
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
        assert_eq!(opened(), state);
    }
    let another = [("x-gist-encoded-user-token", "dXNlcl80NTY="), ("x-cio-client-platform", "web")];
    assert_eq!(server.ask("PATCH", &path, &another, "{\"opened\": true}").status, 404, "it belongs to another user");
    let mixed_up = server.ask("PATCH", &format!("/api/v1/messages/{id}"), &WEB, "{\"opened\": true}");
    assert_eq!(mixed_up.error(), format!("the user has no message `{id}`: this is a `delivery_id`, not a `queueId`"));
    assert_eq!(server.ask("PATCH", "/api/v1/messages/none", &WEB, "{\"opened\": true}").status, 404);
    assert_eq!(server.ask("PATCH", &path, &WEB, "{\"opened\": 1}").status, 400);
    assert_eq!(server.ask("PATCH", &path, &[], "{\"opened\": true}").status, 400);
    assert_eq!(server.ask("POST", &format!("/api/v1/logs/queue/queue-{id}"), &WEB, "{}").status, 200);
    assert!(server.inbox(ADA).is_empty());
    assert_eq!(server.get(&format!("/inkproof/api/messages/{id}"))["status"], "deleted");
}

#[test]
fn accepts_tokens_of_browsers_and_of_phones() {
    let server = Server::start(&[]);
    server.deliver("hello", "usér", &json!({ "title": "Hi" }));
    server.deliver("hello", "用户", &json!({ "title": "Hi" }));
    for (token, platform, count) in [
        ("dXPpcg==", "web", 1),
        ("dXPDqXI=", "web", 0),
        ("dXPDqXI=", "reactnative-android", 1),
        ("55So5oi3", "ios-apple", 1),
    ] {
        let headers = [("x-gist-encoded-user-token", token), ("x-cio-client-platform", platform)];
        let answer = server.ask("POST", "/api/v4/users", &headers, "{}").json();
        assert_eq!(answer["inboxMessages"].as_array().unwrap().len(), count, "{token} {platform}");
    }
    // A customer is found by each of its identifiers.
    server.deliver("hello", "user_123", &json!({ "title": "Hi" }));
    assert_eq!(server.inbox("YWRhQGV4YW1wbGUuY29t").len(), 1);
}

#[test]
fn preflights_allow_any_origin_for_the_inbox_api_only() {
    let server = Server::start(&[]);
    for path in ["/api/v4/users?sessionId=s", "/api/v1/messages/q1", "/api/v1/logs/queue/q1"] {
        let answer = server.ask("OPTIONS", path, &[("origin", "https://shop.example")], "");
        assert_eq!((answer.status, answer.headers["access-control-allow-origin"].as_str()), (204, "*"), "{path}");
        for header in [
            "content-type",
            "x-cio-client-platform",
            "x-cio-site-id",
            "x-gist-encoded-user-token",
            "x-gist-user-anonymous",
        ] {
            assert!(answer.headers["access-control-allow-headers"].contains(header), "{header}");
        }
        assert!(answer.headers["access-control-allow-methods"].contains("PATCH"));
    }
    let guarded = server.ask("OPTIONS", "/v1/send/inbox_message", &[("origin", "https://shop.example")], "");
    assert_eq!(guarded.status, 403);
    assert!(!guarded.headers.contains_key("access-control-allow-origin"));
}

/// Reads the next event of a stream.
fn event(reader: &mut impl BufRead) -> (String, Value) {
    let (mut name, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0, "the stream ended");
        if let Some(text) = line.strip_prefix("event: ") {
            text.trim().clone_into(&mut name);
        }
        if let Some(text) = line.strip_prefix("data: ") {
            return (name, serde_json::from_str(text.trim()).unwrap());
        }
    }
}

#[test]
fn the_stream_sends_the_complete_inbox_on_each_change() {
    let server = Server::start(&[]);
    let first = server.deliver("hello", "user_123", &json!({ "title": "one" }));
    let mut stream = server.connect();
    write!(
        stream,
        "GET /api/v3/sse?userToken={ADA}&siteId=s&sessionId=t&platform=web HTTP/1.1\r\nHost: {}\r\n\r\n",
        server.address
    )
    .unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0, "the head ends");
    }
    let mut reader = BufReader::new(Chunks::new(reader));
    assert_eq!(event(&mut reader), ("connected".to_owned(), json!({ "heartbeat": 30 })));
    let ids = |(name, messages): (String, Value)| {
        assert_eq!(name, "inbox_messages");
        messages
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["deliveryId"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(event(&mut reader)), std::slice::from_ref(&first));
    server.deliver("hello", "somebody else", &json!({ "title": "not for Ada" }));
    let sent = Instant::now();
    let second = server.deliver("hello", "user_123", &json!({ "title": "two" }));
    assert_eq!(ids(event(&mut reader)), [second, first.clone()]);
    // Not only with the next beat, which comes after 25 seconds.
    assert!(sent.elapsed() < Duration::from_secs(20), "{:?}", sent.elapsed());
    // A message can also arrive just because time passes.
    server.ask("PUT", "/inkproof/api/clock", &[], &json!({ "advance": 100 * 24 * 3600 }).to_string());
    assert!(ids(event(&mut reader)).is_empty());
    assert_eq!(server.ask("GET", "/api/v3/sse", &[], "").status, 400);
}

#[test]
fn events_are_recorded_and_clicks_are_reported_on_their_message() {
    let server = Server::start(&[]);
    let id = server.deliver("hello", "user_123", &json!({ "title": "Hi" }));
    let click = json!({
        "type": "track", "event": "Report Delivery Event",
        "properties": { "deliveryId": id, "metric": "clicked", "actionName": "cta" },
    });
    let plain = [("content-type", "text/plain"), ("origin", "https://shop.example")];
    assert_eq!(server.ask("POST", "/v1/t", &plain, &click.to_string()).status, 200);
    assert_eq!(server.ask("POST", "/v1/i", &plain, "{\"type\": \"identify\", \"userId\": \"user_123\"}").status, 200);
    assert_eq!(server.ask("POST", "/v1/b", &plain, &json!({ "batch": [click, {}] }).to_string()).status, 200);
    assert_eq!(server.ask("POST", "/v1/t", &plain, "?").status, 400);
    assert_eq!(server.get("/inkproof/api/events")["events"].as_array().unwrap().len(), 4);
    let reports = &server.get(&format!("/inkproof/api/messages/{id}"))["reports"];
    assert_eq!(reports.as_array().unwrap().len(), 2);
    assert_eq!((&reports[0]["metric"], &reports[0]["action"]), (&json!("clicked"), &json!("cta")));
    let settings = server.get("/v1/projects/writekey/settings");
    let pipelines = json!({ "apiKey": "writekey", "apiHost": format!("{}/v1", server.address), "protocol": "http" });
    assert_eq!(settings["integrations"]["Customer.io Data Pipelines"], pipelines);
}
