//! Requests as Customer.io's clients write them on the wire, header by header, for the clients whose packages the tests do not
//! install: recorded from customerio-ruby 6.2.0, go-customerio 3.8.0, and `customerio` 3.2.0 for Python.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::client::{Answer, Server};

struct Recorded {
    client: &'static str,
    /// What comes before `Content-Length`, with `HOST` for the server's address.
    head: &'static str,
    /// What comes after it.
    tail: &'static str,
    body: &'static str,
    /// The fields of the body as they arrive.
    template: Value,
    name: &'static str,
}

fn recorded() -> [Recorded; 4] {
    const RUBY: &str = "POST PATH HTTP/1.1\r\nUser-Agent: Customer.io Ruby Client/6.2.0\r\nAuthorization: Bearer APP_KEY\r\n\
        Content-Type: application/json\r\nHost: HOST\r\n";
    const GO: &str = "POST PATH HTTP/1.1\r\nHost: HOST\r\nUser-Agent: Customer.io Go Client/3.8.0\r\n";
    const GO_TAIL: &str =
        "Authorization: Bearer APP_KEY\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n";
    [
        Recorded {
            client: "Ruby Client/6.2.0",
            head: RUBY,
            tail: "",
            body: r#"{"transactional_message_id":3,"identifiers":{"id":"user_123"},"message_data":{"name":"Zoë <b>"},"language":null}"#,
            template: json!(3),
            name: "Zoë <b>",
        },
        Recorded {
            client: "Ruby Client/6.2.0",
            head: RUBY,
            tail: "",
            body: r#"{"transactional_message_id":"hello","identifiers":{"email":"a@example.com"},"message_data":{"name":"Zoë"}}"#,
            template: json!("hello"),
            name: "Zoë",
        },
        Recorded {
            client: "Go Client/3.8.0",
            head: GO,
            tail: GO_TAIL,
            body: r#"{"message_data":{"name":"Zoë \u003cb\u003e"},"transactional_message_id":"3","identifiers":{"id":"user_123"}}"#,
            template: json!("3"),
            name: "Zoë <b>",
        },
        Recorded {
            client: "Go Client/3.8.0",
            head: GO,
            tail: GO_TAIL,
            body: r#"{"message_data":{"name":"Zoë"},"transactional_message_id":"hello","identifiers":{"cio_id":"a3000001"}}"#,
            template: json!("hello"),
            name: "Zoë",
        },
    ]
}

fn sent(server: &Server, recorded: &Recorded, path: &str) -> String {
    let head = recorded.head.replace("HOST", &server.address).replace("PATH", path);
    let (tail, body) = (recorded.tail, recorded.body);
    let length = body.len();
    server.raw(format!("{head}Content-Length: {length}\r\n{tail}Connection: close\r\n\r\n{body}").as_bytes())
}

fn body_of(answer: &str) -> Value {
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

#[test]
fn recorded_requests_are_rendered() {
    let server = Server::start(&[]);
    let template = "---\nid: 3\n---\n{\"title\": {{ trigger.name | json }}, \"body\": \"b\"}\n";
    std::fs::write(server.folder.path().join("templates/numbered.liquid"), template).unwrap();
    let content = "---\n---\n{\"title\": {{ trigger.name | json }}, \"body\": \"b\"}\n";
    std::fs::write(server.folder.path().join("templates/hello.liquid"), content).unwrap();
    let is_known = || sent(&server, &recorded()[0], "/v1/send/inbox_message").starts_with("HTTP/1.1 200");
    while !is_known() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    for recorded in recorded() {
        let answer = sent(&server, &recorded, "/v1/send/inbox_message");
        assert!(answer.starts_with("HTTP/1.1 200"), "{}: {answer}", recorded.client);
        let id = body_of(&answer)["delivery_id"].as_str().unwrap().to_owned();
        let captured = server.get(&format!("/inkproof/api/messages/{id}"));
        assert_eq!(captured["message"]["properties"]["title"], recorded.name, "{}", recorded.client);
        let body: Value = serde_json::from_str(captured["request"]["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["transactional_message_id"], recorded.template);
        let headers = captured["request"]["headers"].to_string();
        assert!(headers.contains(recorded.client), "{headers}");
    }
}

/// What Go writes for a map that is not set.
#[test]
fn missing_recipients_are_explained() {
    let server = Server::start(&[]);
    let body = r#"{"transactional_message_id":"hello","identifiers":null}"#;
    for (at, path) in [(2, "/v1/send/inbox_message"), (2, "/v1/send/push"), (0, "/v1/send/in_app")] {
        let of_client = recorded().into_iter().nth(at).unwrap();
        let answer = sent(&server, &Recorded { body, ..of_client }, path);
        assert!(answer.starts_with("HTTP/1.1 400"), "{path}: {answer}");
        let error = body_of(&answer)["meta"]["error"].to_string();
        assert!(error.contains("`identifiers`"), "{path}: {error}");
    }
}

/// What Customer.io's tests of its client for Python send, without the calls that the client itself refuses.
const PYTHON: [(&str, &str, &str); 18] = [
    (
        "POST",
        "/v1/send/email",
        r#"{"transactional_message_id": 100, "identifiers": {"id": "customer_1"}, "to": "a@example.com", "subject": "transactional message", "attachments": {"sample.csv": "MSwyLDM="}}"#,
    ),
    (
        "POST",
        "/v1/send/push",
        r#"{"transactional_message_id": 100, "identifiers": {"id": "customer_1"}, "title": "transactional push message", "message": "push message content"}"#,
    ),
    ("PUT", "/api/v1/customers/1", r#"{"name": "john", "email": "john@test.com"}"#),
    ("PUT", "/api/v1/customers/1%2F", "{}"),
    ("POST", "/api/v1/customers/1/events", r#"{"name": "sign_up", "data": {"email": "john@test.com"}}"#),
    ("POST", "/api/v1/customers/1%20/events", r#"{"name": "test", "data": {}}"#),
    ("POST", "/api/v1/events", r#"{"name": "sign_up", "data": {"email": "john@test.com"}, "anonymous_id": 123}"#),
    (
        "POST",
        "/api/v1/customers/1/events",
        r#"{"type": "page", "name": "product_1", "data": {"referer": "category_1"}}"#,
    ),
    (
        "POST",
        "/api/v1/customers/1/events",
        r#"{"name": "signup", "data": {"email": "john@test.com"}, "timestamp": 1234567890}"#,
    ),
    ("PUT", "/api/v1/customers/1/devices", r#"{"device": {"id": "device_1", "platform": "ios"}}"#),
    (
        "PUT",
        "/api/v1/customers/1/devices",
        r#"{"device": {"last_used": 1234567890, "id": "device_2", "platform": "android"}}"#,
    ),
    ("DELETE", "/api/v1/customers/1/devices/device_1", "{}"),
    ("DELETE", "/api/v1/customers/1%2F/devices/2%20", "{}"),
    ("POST", "/api/v1/customers/2/suppress", "{}"),
    ("POST", "/api/v1/customers/2/unsuppress", "{}"),
    (
        "POST",
        "/api/v1/merge_customers",
        r#"{"primary": {"id": "CIO123"}, "secondary": {"email": "person1@company.com"}}"#,
    ),
    ("POST", "/api/v1/merge_customers", r#"{"primary": {"cio_id": "CIO456"}, "secondary": {"id": "MyCustomId"}}"#),
    ("DELETE", "/api/v1/customers/1%2F", "{}"),
];

/// A request as the client for Python writes it, except that the connection ends afterwards.
fn python(server: &Server, (method, path, body): (&str, &str, &str)) -> Answer {
    let key = if path.starts_with("/v1/") { "Bearer app_api_key" } else { "Basic c2l0ZWlkOmFwaWtleQ==" };
    let (host, length) = (&server.address, body.len());
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Customer.io Python Client/3.2.0\r\n\
         Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: close\r\nAuthorization: {key}\r\n\
         Content-Length: {length}\r\nContent-Type: application/json\r\n\r\n{body}"
    );
    Answer::read(&server.raw(request.as_bytes()))
}

#[test]
fn what_the_tests_of_the_client_for_python_send_is_accepted() {
    let server = Server::start(&[]);
    for request in PYTHON {
        let answer = python(&server, request);
        assert_eq!(answer.status, 200, "{request:?}: {}", answer.body);
    }
    assert_eq!(server.get("/inkproof/api/refused")["refused"], json!([]));
    let channels = ["email", "push"].map(|channel| {
        let captured = server.get(&format!("/inkproof/api/messages?channel={channel}"));
        (captured["total"].clone(), captured["messages"][0]["content"].clone())
    });
    assert_eq!(channels[0].1["attachments"]["sample.csv"], "MSwyLDM=");
    assert_eq!(
        channels[1],
        (json!(1), json!({ "title": "transactional push message", "message": "push message content" }))
    );
    let events = server.get("/inkproof/api/events");
    assert_eq!(events["events"].as_array().unwrap().len(), PYTHON.len() - channels.len());
    let people = server.get("/inkproof/api/people");
    let of = |id: &str| people["people"].as_array().unwrap().iter().find(|person| person["identifiers"]["id"] == id);
    let john = of("1").unwrap();
    assert_eq!((&john["attributes"]["name"], &john["devices"][0]["id"]), (&json!("john"), &json!("device_2")));
    assert_eq!(john["devices"].as_array().unwrap().len(), 1);
    assert!(of("1/").is_none(), "deleted again");
    assert_eq!(of("CIO123").unwrap()["identifiers"], json!({ "id": "CIO123", "email": null, "cio_id": null }));
}

/// What `customerio-cdp-analytics` for Python sends: with a write key, or with an API key, and compressed if it is asked to.
#[test]
fn batches_of_the_pipelines_client_for_python_are_accepted() {
    let server = Server::start(&[]);
    let batch = |user: &str| {
        let call = json!({ "type": "identify", "userId": user, "traits": { "plan": "pro" }, "context": {}, "integrations": {} });
        json!({ "batch": [call], "sentAt": "2026-01-01T00:00:00+00:00" }).to_string()
    };
    let send = |key: &str, encoding: &str, body: &[u8]| {
        let head = format!(
            "POST /v1/batch HTTP/1.1\r\nHost: {}\r\nUser-Agent: analytics-python/1.1.0\r\nAccept-Encoding: gzip, deflate\r\n\
             Accept: */*\r\nConnection: close\r\nContent-Type: application/json\r\n{encoding}Content-Length: {}\r\n\
             Authorization: {key}\r\n\r\n",
            server.address,
            body.len()
        );
        Answer::read(&server.raw(&[head.as_bytes(), body].concat()))
    };
    let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
    compressed.write_all(batch("c").as_bytes()).unwrap();
    for (key, encoding, body) in [
        ("Basic d3JpdGVfa2V5Og==", "", batch("a").into_bytes()),
        ("Bearer pk_us_1", "", batch("b").into_bytes()),
        ("Basic d3JpdGVfa2V5Og==", "Content-Encoding: gzip\r\n", compressed.finish().unwrap()),
    ] {
        let answer = send(key, encoding, &body);
        assert_eq!(answer.status, 200, "{key} {encoding}: {}", answer.body);
    }
    let people = server.get("/inkproof/api/people");
    assert_eq!(people["people"].as_array().unwrap().len(), 3, "{people}");
    assert!(people["people"].as_array().unwrap().iter().all(|person| person["attributes"]["plan"] == "pro"));
    let refused = send("Digest x", "", b"{}");
    assert_eq!(refused.status, 401, "{}", refused.body);
    let error = server.ask("POST", "/v1/send/inbox_message", &[("authorization", "Basic c2l0ZTprZXk=")], "{}").error();
    assert!(error.ends_with("with an App API key, found `Basic`: that is the key of another API"), "{error}");
}

/// The email that those tests send has no recipient's address, which Customer.io's documentation requires.
#[test]
fn an_email_without_an_address_is_refused() {
    let server = Server::start(&[]);
    let body =
        r#"{"transactional_message_id": 100, "identifiers": {"id": "customer_1"}, "subject": "transactional message"}"#;
    let answer = python(&server, ("POST", "/v1/send/email", body));
    assert_eq!((answer.status, answer.error().contains("`to`")), (400, true), "{}", answer.body);
}
