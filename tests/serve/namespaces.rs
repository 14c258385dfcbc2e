//! Namespaces: each has its own messages, clock, faults and people.

use base64::Engine as _;
use serde_json::json;

use crate::client::{Server, eventually};

const BODY: &str =
    r#"{"transactional_message_id": "hello", "identifiers": {"id": "user_123"}, "message_data": {"title": "Hi"}}"#;

#[test]
fn namespaces_are_separate() {
    let server = Server::start(&["--now", "2026-01-01T00:00:00Z"]);
    let send = |path: &str, key: &str, headers: &[(&str, &str)]| {
        let mut all = vec![("authorization", key)];
        all.extend_from_slice(headers);
        let answer = server.ask("POST", path, &all, BODY);
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    send("/v1/send/inbox_message", "Bearer key", &[]);
    send("/namespace/a/v1/send/inbox_message", "Bearer key", &[]);
    send("/namespace/a/send/inbox_message", "Bearer key", &[]);
    send("/namespace/a//v1/send/inbox_message", "Bearer key", &[]);
    send("/v1/send/inbox_message", "Bearer namespace-b", &[]);
    send("/v1/send/inbox_message", "Bearer key", &[("x-inkproof-namespace", "b")]);
    let total =
        |prefix: &str, query: &str| server.get(&format!("{prefix}/inkproof/api/messages{query}"))["total"].clone();
    assert_eq!([total("", ""), total("/namespace/a", ""), total("/namespace/b", "")], [1, 3, 2]);
    let by_header = server.ask("GET", "/inkproof/api/messages", &[("x-inkproof-namespace", "b")], "");
    assert_eq!(by_header.json()["total"], 2);
    // Clients of the browser, by their site id
    let inbox = |site: &str| {
        let headers =
            [("x-gist-encoded-user-token", "dXNlcl8xMjM="), ("x-cio-client-platform", "web"), ("x-cio-site-id", site)];
        server.ask("POST", "/api/v4/users", &headers, "{}").json()["inboxMessages"].as_array().unwrap().len()
    };
    assert_eq!([inbox("site"), inbox("namespace-a"), inbox("namespace-b"), inbox("namespace-c")], [1, 3, 2, 0]);
    // Clock, faults and people
    server.ask("PUT", "/namespace/a/inkproof/api/clock", &[], r#"{"advance": 86400}"#);
    assert_eq!(server.get("/inkproof/api/clock")["now"], "2026-01-01T00:00:00Z");
    server.ask("POST", "/namespace/a/inkproof/api/faults", &[], r#"{"status": 500}"#);
    assert_eq!(server.ask("POST", "/namespace/a/v1/send/inbox_message", &[], BODY).status, 500);
    assert_eq!(server.send(BODY).status, 200);
    assert_eq!(server.get("/inkproof/api/refused")["refused"], json!([]));
    let basic = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode("namespace-b:key"));
    server.ask("PUT", "/api/v1/customers/user_123", &[("authorization", &basic)], r#"{"plan": "pro"}"#);
    let people =
        |prefix: &str| server.get(&format!("{prefix}/inkproof/api/people"))["people"].as_array().unwrap().len();
    assert_eq!([people(""), people("/namespace/a"), people("/namespace/b")], [0, 0, 1]);
    server.ask("POST", "/namespace/a/inkproof/api/reset", &[], "");
    assert_eq!([total("", ""), total("/namespace/a", ""), total("/namespace/b", "")], [2, 0, 2]);
    let list = server.get("/inkproof/api/namespaces");
    assert_eq!(list["namespaces"][1], json!({ "name": "b", "messages": 2 }));
    assert_eq!(server.ask("DELETE", "/inkproof/api/namespaces/b", &[], "").status, 200);
    assert_eq!(server.ask("DELETE", "/inkproof/api/namespaces/b", &[], "").status, 404);
    assert_eq!(total("/namespace/b", ""), 0);
}

#[test]
fn names_are_checked_and_their_number_is_limited() {
    let server = Server::start(&[]);
    let wrong = server.ask("GET", "/namespace/%2e%2f/v1/transactional", &[("authorization", "Bearer k")], "");
    assert_eq!(wrong.status, 400, "{}", wrong.body);
    let unnamed = server.ask("POST", "/namespace//v1/send/inbox_message", &[("authorization", "Bearer k")], BODY);
    assert_eq!(unnamed.status, 400, "{}", unnamed.body);
    assert!(unnamed.error().starts_with("`` is not a name of a namespace"), "{}", unnamed.body);
    for number in 0..256 {
        assert_eq!(server.ask("GET", &format!("/namespace/n{number}/inkproof/api/clock"), &[], "").status, 200);
    }
    let full = server.ask("GET", "/namespace/more/inkproof/api/clock", &[], "");
    assert_eq!((full.status, full.error().as_str()), (409, "there are 256 namespaces already: delete them first"));
    // Pages of other origins cannot reach the API through a namespace.
    let foreign = [("origin", "https://evil.example")];
    assert_eq!(server.ask("GET", "/namespace/n1/inkproof/api/messages", &foreign, "").status, 403);
    assert_eq!(server.ask("POST", "/namespace/n1/v1/send/inbox_message", &foreign, BODY).status, 403);
}

#[test]
fn whoever_waits_in_a_namespace_that_is_deleted_is_told() {
    let server = Server::start(&[]);
    std::thread::scope(|scope| {
        let stream = |path: &str| {
            let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
            scope.spawn({
                let server = &server;
                move || server.raw(request.as_bytes())
            })
        };
        let inbox = stream("/namespace/a/api/v3/sse?userToken=dXNlcl8xMjM=&platform=web");
        let changes = stream("/namespace/b/inkproof/api/changes");
        let wait = scope.spawn(|| server.ask("GET", "/namespace/c/inkproof/api/wait?timeout=120", &[], ""));
        for name in ["a", "b", "c"] {
            let path = format!("/inkproof/api/namespaces/{name}");
            eventually("the namespace", || (server.ask("DELETE", &path, &[], "").status == 200).then_some(()));
        }
        for ended in [inbox, changes] {
            assert!(ended.join().unwrap().contains("event: connected"));
        }
        let wait = wait.join().unwrap();
        let expected = "0 of 1 messages arrived before the server stopped or the namespace was deleted";
        assert_eq!((wait.status, wait.error().as_str()), (408, expected));
    });
}
