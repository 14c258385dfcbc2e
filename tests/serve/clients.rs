//! Requests as Customer.io's clients write them on the wire, header by header, for the clients whose packages the tests do not
//! install: recorded from customerio-ruby 6.2.0 and go-customerio 3.8.0.

use serde_json::{Value, json};

use crate::client::Server;

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
