//! The `OpenAPI` document: every path exists, and every response matches its schema.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::client::{Answer, Server};

/// All pairs of method and path in the document.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        methods.map(move |method| (method.as_str(), path.as_str()))
    })
}

const EMAIL: &str = r#"{"to": "ada@example.com", "identifiers": {"id": "user_123"}, "from": "shop@example.com",
    "subject": "Thank you", "body": "<p>Thank you</p>", "headers": {}, "attachments": {"a.txt": "YQ=="}}"#;
const AUDIENCE: &str = "{\"id\": 1, \"language\": \"fr\"}\n[]\n{\"email\": \"a@example.com\"}\n";
const OPERATION: &str =
    r#"{"type": "person", "action": "identify", "identifiers": {"id": 1}, "attributes": {"plan": "pro"}}"#;
const NAMED: &str = r#"{"transactional_message_id": 3, "identifiers": {"id": 5}, "to": "+15551234567"}"#;

/// Requests about people: method, path and body.
const PEOPLE: [(&str, &str, &str); 40] = [
    ("post", "/inkproof/api/audience?template=42&file=a.jsonl", AUDIENCE),
    ("post", "/inkproof/api/audience?template=hello&request=hello/one", AUDIENCE),
    ("post", "/inkproof/api/audience?template=none", AUDIENCE),
    ("post", "/inkproof/api/audience?template=broken", "{}"),
    ("post", "/inkproof/api/audience?none", ""),
    ("put", "/api/v1/customers/{id}", r#"{"email": "new@example.com"}"#),
    ("put", "/api/v1/customers/{id}/devices", r#"{"device": {"id": "d", "platform": "ios"}}"#),
    ("get", "/v1/customers", ""),
    ("get", "/v1/customers/{id}/attributes", ""),
    ("get", "/v1/customers/{id}/messages", ""),
    ("get", "/v1/transactional/{id}/messages", ""),
    ("get", "/inkproof/api/people", ""),
    ("get", "/inkproof/api/webhooks", ""),
    ("post", "/v1/exports/customers", r#"{"filters": {}}"#),
    ("post", "/v1/exports/deliveries", r#"{"newsletter_id": 1}"#),
    ("get", "/v1/exports", ""),
    ("get", "/v1/exports/customers", ""),
    ("get", "/v1/exports/deliveries", ""),
    ("get", "/v1/exports/{id}", ""),
    ("delete", "/api/v1/customers/{id}/devices/{device}", ""),
    ("delete", "/api/v1/customers/{id}", ""),
    ("post", "/api/v1/customers/{id}/suppress", ""),
    ("post", "/api/v1/customers/{id}/unsuppress", ""),
    ("post", "/api/v1/customers/{id}/events", r#"{"name": "bought"}"#),
    ("post", "/api/v1/events", r#"{"name": "bought"}"#),
    ("post", "/api/v1/events", "{}"),
    ("post", "/api/v1/push/events", "{}"),
    ("post", "/api/v1/metrics", "{}"),
    ("post", "/api/v1/merge_customers", r#"{"primary": {"id": 1}, "secondary": {"id": 2}}"#),
    ("get", "/api/v1/accounts/region", ""),
    ("post", "/api/v2/entity", OPERATION),
    ("post", "/api/v2/batch", r#"{"batch": [{"type": "person", "action": "delete", "identifiers": {"id": "1"}}]}"#),
    ("post", "/api/v2/batch", r#"{"batch": [{}]}"#),
    ("post", "/v1/identify", r#"{"userId": "1"}"#),
    ("post", "/v1/track", r#"{"userId": "1", "event": "bought"}"#),
    ("post", "/v1/page", r#"{"userId": "1"}"#),
    ("post", "/v1/screen", r#"{"userId": "1"}"#),
    ("post", "/v1/group", r#"{"userId": "1", "groupId": "g"}"#),
    ("post", "/v1/alias", r#"{"userId": "1", "previousId": "2"}"#),
    ("post", "/v1/batch", r#"{"batch": [{"type": "page", "userId": "1"}]}"#),
];

/// Whether the response is a stream, which does not end.
fn is_stream(path: &str) -> bool {
    path.ends_with("/changes")
}

#[test]
fn every_documented_path_exists() {
    let server = Server::start(&[]);
    let document = server.get("/inkproof/api/openapi.json");
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (method, path) in operations(&document).filter(|(_, path)| !is_stream(path)) {
        let path = path
            .replace("{id}", "none")
            .replace("{device}", "none")
            .replace("{name}", "none")
            .replace("{template}", "none");
        let path = if path.ends_with("/wait") { format!("{path}?timeout=0") } else { path };
        let answer = server.ask(&method.to_uppercase(), &path, &[("authorization", "Bearer key")], "{}");
        assert!(answer.status != 405 && !answer.error_or_empty().starts_with("there is nothing at"), "{method} {path}");
    }
    assert_eq!(server.get("/inkproof/api/health")["status"], "ok");
}

/// Validates responses against the document.
struct Description {
    document: Value,
    answered: BTreeSet<(String, String)>,
}

impl Description {
    fn from_server(server: &Server) -> Self {
        let mut document = server.get("/inkproof/api/openapi.json");
        forbid_additional(&mut document);
        Self { document, answered: BTreeSet::new() }
    }

    /// Validates the response to a method and path of the document.
    fn validate(&mut self, method: &str, path: &str, answer: &Answer) {
        let response = &self.document["paths"][path][method]["responses"][answer.status.to_string()];
        assert!(response.is_object(), "{method} {path}: {} is not documented: {}", answer.status, answer.body);
        let response = match response["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => response,
        };
        let mut schema = response["content"]["application/json"]["schema"].clone();
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&answer.json()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{method} {path}: {errors:#?}\n{}", answer.body);
        if answer.status == 200 {
            self.answered.insert((method.to_owned(), path.to_owned()));
        }
    }
}

/// Forbids undocumented properties in all objects of a schema.
fn forbid_additional(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut()
        && object.get("properties").is_some_and(Value::is_object)
        && object.get("type").is_some_and(|kind| kind == "object")
    {
        object.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    match schema {
        Value::Object(object) => object.values_mut().for_each(forbid_additional),
        Value::Array(items) => items.iter_mut().for_each(forbid_additional),
        _ => {}
    }
}

/// A request to render with another text of its template.
fn edited_trial(request: &str) -> Value {
    let text = "---\n---\n{\"title\": \"{{ trigger.title }}\", \"n\": {{ 1 | plus: 1 }}}";
    json!({ "request": request, "with_source": true, "edited": { "file": "templates/hello.liquid", "text": text } })
}

/// An address of the table, with an id and names in place of its parameters.
fn filled(address: &str, id: &str) -> String {
    let query = if address == "/v1/customers" { "?email=ada%40example.com" } else { "" };
    let parameters = [("{id}", id), ("{device}", "d"), ("{name}", "used"), ("{template}", "hello")];
    parameters.iter().fold(format!("{address}{query}"), |url, (name, value)| url.replace(name, value))
}

#[test]
fn the_report_on_an_audience_is_described_as_it_is_published() {
    let published = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/audience.schema.json")).unwrap();
    let published = published.replace("#/$defs/", "#/components/schemas/Audience");
    let mut published: Value = serde_json::from_str(&published).unwrap();
    let report = published.as_object_mut().unwrap();
    let definitions = report.remove("$defs").unwrap();
    report.retain(|key, _| key != "$schema" && key != "title");
    let server = Server::start(&[]);
    let schemas = &server.get("/inkproof/api/openapi.json")["components"]["schemas"];
    assert_eq!(schemas["AudienceReport"], published);
    for (name, definition) in definitions.as_object().unwrap() {
        assert_eq!(&schemas[format!("Audience{name}")], definition, "{name}");
    }
}

#[test]
fn every_response_matches_its_schema() {
    let server = Server::start(&["--strict"]);
    server.get("/namespace/used/inkproof/api/health");
    let mut description = Description::from_server(&server);
    let request = |data: Value| json!({ "transactional_message_id": "hello", "identifiers": { "id": "user_123" }, "message_data": data });
    let (fine, failing) = (request(json!({ "title": "Hi" })).to_string(), request(json!({})).to_string());
    let later = json!({ "transactional_message_id": "42", "identifiers": { "email": "ada@example.com" },
        "message_data": { "order_id": 1 }, "send_at": 4_000_000_000_u32 })
    .to_string();
    let trial = json!({ "request": fine }).to_string();
    let origin = format!("http://{}", server.address);
    let edited = edited_trial(&fine);
    let check_edited = json!({ "template": "hello", "trial": edited }).to_string();
    let edited = edited.to_string();
    let snapshot = &server.get("/inkproof/api/snapshots/hello")["snapshots"][0];
    let accepted = json!({ "name": snapshot["name"], "contents": snapshot["contents"] }).to_string();
    let saved = json!({ "name": "two", "request": fine, "replace": false }).to_string();
    let message = json!({ "template": "hello", "trial": { "request": failing } }).to_string();

    let requests = [
        ("post", "/v1/send/inbox_message", fine.as_str()),
        ("post", "/v1/send/inbox_message", &failing),
        ("post", "/v1/send/inbox_message", &later),
        ("post", "/v1/send/inbox_message", "{}"),
        ("post", "/v1/send/email", EMAIL),
        ("post", "/v1/send/push", NAMED),
        ("post", "/v1/send/sms", NAMED),
        ("post", "/v1/send/in_app", NAMED),
        ("post", "/v1/send/whatsapp", NAMED),
        ("post", "/v1/campaigns/{id}/triggers", r#"{"ids": ["user_123"]}"#),
        ("get", "/inkproof/api/messages", ""),
        ("delete", "/inkproof/api/messages", ""),
        ("post", "/v1/send/inbox_message", fine.as_str()),
        ("get", "/v1/transactional", ""),
        ("get", "/v1/transactional/{id}", ""),
        ("get", "/inkproof/api/health", ""),
        ("get", "/v1/messages/{id}", ""),
        ("get", "/inkproof/api/messages", ""),
        ("get", "/inkproof/api/messages/{id}", ""),
        ("get", "/inkproof/api/wait", ""),
        ("get", "/inkproof/api/namespaces", ""),
        ("delete", "/inkproof/api/namespaces/{name}", ""),
        ("delete", "/inkproof/api/namespaces/{name}", ""),
        ("get", "/inkproof/api/refused", ""),
        ("delete", "/inkproof/api/refused", ""),
        ("get", "/inkproof/api/events", ""),
        ("get", "/inkproof/api/templates", ""),
        ("get", "/inkproof/api/schema/{template}", ""),
        ("get", "/inkproof/api/schema/{template}?customer&closed=true", ""),
        ("get", "/inkproof/api/schema/{template}?customers", ""),
        ("post", "/inkproof/api/render", &trial),
        ("post", "/inkproof/api/render", &edited),
        ("post", "/inkproof/api/check", &check_edited),
        ("get", "/inkproof/api/gallery", ""),
        ("get", "/inkproof/api/gallery?limit=0", ""),
        ("get", "/inkproof/api/snapshots/{template}", ""),
        ("put", "/inkproof/api/snapshots", &accepted),
        ("put", "/inkproof/api/snapshots", r#"{"name": "hello/one", "contents": ""}"#),
        ("put", "/inkproof/api/snapshots", r#"{"name": "none", "contents": ""}"#),
        ("post", "/inkproof/api/render", &json!({ "request": failing }).to_string()),
        ("post", "/inkproof/api/render", &json!({ "request": "{" }).to_string()),
        ("post", "/inkproof/api/check", &message),
        ("post", "/inkproof/api/check", r#"{"template": "order_shipped"}"#),
        ("post", "/inkproof/api/check", r#"{"template": "broken"}"#),
        ("post", "/inkproof/api/check", r#"{"template": "nothing"}"#),
        ("put", "/inkproof/api/requests", &saved),
        ("put", "/inkproof/api/requests", &saved),
        ("post", "/inkproof/api/faults", r#"{"status": 503, "times": 1, "path": "/none"}"#),
        ("post", "/inkproof/api/faults", r#"{"latency_ms": 1}"#),
        ("post", "/inkproof/api/faults", r#"{"preset": "gateway_html", "path": "/none"}"#),
        ("post", "/inkproof/api/faults", "{}"),
        ("get", "/inkproof/api/faults", ""),
        ("delete", "/inkproof/api/faults", ""),
        ("put", "/inkproof/api/clock", r#"{"advance": 1}"#),
        ("get", "/inkproof/api/clock", ""),
        ("delete", "/inkproof/api/clock", ""),
        ("delete", "/inkproof/api/messages/{id}", ""),
        ("delete", "/inkproof/api/messages", ""),
        ("post", "/inkproof/api/reset", ""),
    ];
    for (method, address, body) in PEOPLE.into_iter().chain(requests) {
        let path = address.split('?').next().unwrap();
        let id = match path {
            "/v1/exports/{id}" => "1".to_owned(),
            _ if path.starts_with("/v1/messages") || path.starts_with("/inkproof/api/messages") => {
                server.get("/inkproof/api/messages")["messages"][0]["id"].as_str().unwrap_or("none").to_owned()
            }
            _ => "42".to_owned(),
        };
        let document = &description.document["paths"][path][method];
        let key = if document["security"][0]["basic"].is_array() { "Basic a2V5Og==" } else { "Bearer key" };
        let headers = [("authorization", key), ("origin", origin.as_str())];
        let url = filled(address, &id);
        let answer = server.ask(&method.to_uppercase(), &url, &headers, body);
        description.validate(method, path, &answer);
    }
    let document = &description.document;
    let succeeds = |method: &str, path: &str| document["paths"][path][method]["responses"]["200"].is_object();
    for (method, path) in operations(document).filter(|(method, path)| !is_stream(path) && succeeds(method, path)) {
        let is_answered = description.answered.contains(&(method.to_owned(), path.to_owned()));
        assert!(is_answered, "nothing asks for {method} {path}");
    }
}
