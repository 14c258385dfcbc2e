//! The captured-messages API.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Server;

#[test]
fn messages_are_filtered_and_paged() {
    let server = Server::start(&[]);
    server.deliver("order_shipped", "user_123", &json!({ "order_id": "A-1" }));
    server.deliver("hello", "user_123", &json!({ "title": "Good morning" }));
    server.deliver("hello", "user_456", &json!({ "title": "Good night" }));
    server.deliver("hello", "user_456", &json!({}));
    for (query, total) in [
        ("", 4),
        ("to=user_123", 2),
        ("to=ada@example.com", 2),
        ("to=ada%40example.com&template=HELLO", 1),
        ("topic=orders", 1),
        ("type=order", 1),
        ("status=failed", 1),
        ("status=delivered", 3),
        ("opened=true", 0),
        ("text=good", 2),
        ("text=NIGHT&to=user_456", 1),
        ("limit=1", 4),
    ] {
        assert_eq!(server.get(&format!("/inkproof/api/messages?{query}"))["total"], total, "{query}");
    }
    let page = server.get("/inkproof/api/messages?limit=1&offset=1");
    assert_eq!(page["messages"][0]["message"]["properties"]["title"], "Good night");
    for (query, error) in [
        (
            "topics=a",
            "there is no filter `topics`: expected one of channel, to, template, topic, type, status, opened, text",
        ),
        ("limit=0", "expected a whole number from 1 to 10000 as `limit`, found `0`"),
        (
            "status=lost",
            "expected one of failed, draft, scheduled, captured, delivered, expired, deleted as `status`, found `lost`",
        ),
        ("opened=1", "expected `true` or `false` as `opened`, found `1`"),
    ] {
        let answer = server.ask("GET", &format!("/inkproof/api/messages?{query}"), &[], "");
        assert_eq!((answer.status, answer.error().as_str()), (400, error), "{query}");
    }
}

#[test]
fn messages_are_deleted_one_by_one_by_filter_and_by_reset() {
    let server = Server::start(&[]);
    let ids: Vec<_> =
        (0..4).map(|number| server.deliver("hello", &format!("u{number}"), &json!({ "title": "Hi" }))).collect();
    let path = format!("/inkproof/api/messages/{}", ids[0]);
    assert_eq!(server.ask("DELETE", &path, &[], "").status, 200);
    assert_eq!(server.ask("DELETE", &path, &[], "").status, 404);
    assert_eq!(server.ask("GET", &path, &[], "").status, 404);
    assert_eq!(server.ask("DELETE", "/inkproof/api/messages?to=u1", &[], "").json()["deleted"], 1);
    server.ask("POST", "/inkproof/api/faults", &[], "{\"status\": 500}");
    assert_eq!(server.ask("POST", "/inkproof/api/reset", &[], "").json()["deleted"], 2);
    assert_eq!(server.get("/inkproof/api/messages")["total"], 0);
    assert_eq!(server.get("/inkproof/api/faults")["faults"], json!([]));
}

#[test]
fn wait_responds_once_enough_messages_match() {
    let server = Server::start(&[]);
    let start = Instant::now();
    let answer = server.ask("GET", "/inkproof/api/wait?timeout=0.2", &[], "");
    assert_eq!((answer.status, answer.error().as_str()), (408, "0 of 1 messages arrived within 0.2 seconds"));
    assert!(start.elapsed() >= Duration::from_millis(200));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| server.get("/inkproof/api/wait?count=2&to=user_123&timeout=50"));
        std::thread::sleep(Duration::from_millis(50));
        for user in ["user_123", "user_456", "user_123"] {
            server.deliver("hello", user, &json!({ "title": "Hi" }));
        }
        assert_eq!(waiting.join().unwrap()["total"], 2);
    });
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
}

#[test]
fn faults_are_injected_and_used_up() {
    let server = Server::start(&[]);
    let body = r#"{"transactional_message_id": "hello", "identifiers": {"id": "a"}, "message_data": {"title": "Hi"}}"#;
    let fault = |fault: serde_json::Value| {
        let answer = server.ask("POST", "/inkproof/api/faults", &[], &fault.to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    fault(json!({ "status": 429, "retry_after": 7, "times": 1 }));
    let limited = server.send(body);
    assert_eq!((limited.status, limited.headers["retry-after"].as_str()), (429, "7"));
    assert_eq!(limited.error(), "too many requests (injected fault)");
    fault(json!({ "drop": true, "times": 1 }));
    assert_eq!(server.send(body).status, 0, "no response at all");
    fault(json!({ "latency_ms": 200, "times": 1 }));
    let start = Instant::now();
    assert_eq!(server.send(body).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(200));
    fault(json!({ "status": 503 }));
    assert_eq!(server.send(body).status, 503);
    assert_eq!(server.ask("DELETE", "/inkproof/api/faults", &[], "").status, 200);
    assert_eq!(server.send(body).status, 200);
    for wrong in ["{}", "{\"status\": 200}", "{\"code\": 500}", "[]", "{\"latency_ms\": -1}"] {
        assert_eq!(server.ask("POST", "/inkproof/api/faults", &[], wrong).status, 400, "{wrong}");
    }
}

#[test]
fn the_clock_can_be_set_frozen_and_moved() {
    let server = Server::start(&[]);
    let set = |body: &str| server.ask("PUT", "/inkproof/api/clock", &[], body);
    assert_eq!(set(r#"{"now": "2030-01-01T00:00:00Z", "frozen": true}"#).json()["now"], "2030-01-01T00:00:00Z");
    assert_eq!(set(r#"{"advance": 86400}"#).json(), json!({ "now": "2030-01-02T00:00:00Z", "frozen": true }));
    assert_eq!(set(r#"{"advance": -9223372036854775808}"#).status, 400);
    assert_eq!(set(r#"{"advance": -1000000000000}"#).json()["now"], "1970-01-01T00:00:00Z");
    assert_eq!(
        set(r#"{"now": "2026"}"#).error(),
        "the body is not valid: `2026` is not a timestamp: expected one with a time zone, such as 2026-01-01T00:00:00Z"
    );
    let late = set(r#"{"now": "9999-12-31T23:59:59Z"}"#).error();
    assert!(late.contains("`9999-12-31T23:59:59Z` is out of range: expected a timestamp from -009999-01-"), "{late}");
    assert_eq!(server.ask("DELETE", "/inkproof/api/clock", &[], "").json()["frozen"], false);
}

#[test]
fn text_is_found_as_its_reader_sees_it() {
    let server = Server::start(&[]);
    let body = r#"{"transactional_message_id": "hello", "identifiers": {"id": "user_123"},
        "message_data": {"title": "Gr\u00fc\u00dfe \u003cb\u003e", "path": "C:\\new \"x\"", "price_\u20ac": 12.50, "cut": "\ud83d"}}"#;
    assert_eq!(server.send(body).status, 200);
    for (text, total) in [
        ("gr%C3%BC%C3%9Fe", 1),
        ("%3Cb%3E", 1),
        ("C:%5CNew", 1),
        ("%22X%22", 1),
        ("price_%E2%82%AC", 1),
        ("12.50", 1),
        ("TITLE", 1),
        ("u003c", 0),
        ("%5C%5C", 0),
        ("%22:", 0),
    ] {
        assert_eq!(server.get(&format!("/inkproof/api/messages?text={text}"))["total"], total, "{text}");
    }
    assert_eq!(server.ask("DELETE", "/inkproof/api/messages?text=%3Cb", &[], "").json()["deleted"], 1);
}
