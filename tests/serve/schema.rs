//! Schemas: what a template needs, and sends that the schema of their template rejects.

use serde_json::{Value, json};

use crate::client::{Server, eventually, inkproof, project};

#[test]
fn gives_the_schema_that_the_command_prints() {
    let server = Server::start(&[]);
    for (query, flags) in [
        ("hello", vec!["hello"]),
        ("HELLO", vec!["hello"]),
        ("42", vec!["order_shipped"]),
        ("42?customer", vec!["order_shipped", "--customer"]),
        ("42?customer=true&closed=true", vec!["order_shipped", "--customer", "--closed"]),
        ("42?customer=false&closed", vec!["order_shipped", "--closed"]),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_inkproof"));
        let printed = command.arg("-C").arg(server.folder.path()).arg("schema").args(flags).output().unwrap();
        let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
        assert_eq!(server.get(&format!("/inkproof/api/schema/{query}")), printed, "{query}");
    }
    assert_eq!(server.get("/inkproof/api/schema/hello")["required"], json!(["title"]));
}

#[test]
fn explains_why_there_is_no_schema() {
    let server = Server::start(&[]);
    std::fs::write(
        server.folder.path().join("templates/hello.liquid"),
        "---\n---\n{\"title\": {{ trigger.title | json }",
    )
    .unwrap();
    let ask = |path: &str| server.ask("GET", &format!("/inkproof/api/schema/{path}"), &[], "");
    for (path, status, error) in [
        ("order_shiped", 404, "there is no template `order_shiped`: did you mean `order_shipped`?"),
        ("nothing", 404, "there is no template `nothing`"),
        ("42?customers", 400, "there is no parameter `customers`: expected `customer` or `closed`"),
        ("42?customer=yes", 400, "expected `true` or `false` as `customer`, found `yes`"),
    ] {
        let answer = ask(path);
        assert_eq!((answer.status, answer.error().as_str()), (status, error));
    }
    // A change is noticed a moment after it was saved.
    let broken = eventually("the change of the template", || Some(ask("hello")).filter(|answer| answer.status != 200));
    assert_eq!((broken.status, broken.error().as_str()), (422, "the template `hello` cannot be parsed"));
    assert_eq!(broken.json()["diagnostics"][0]["file"], "templates/hello.liquid");
}

/// A server whose template `hello` declares a schema.
fn with_schema(configuration: &str) -> Server {
    let folder = project();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "templates/hello.liquid",
        "---\nmessage_data: schemas/hello.json\n---\n{\"title\": {{ trigger.title | json }}}\n",
    );
    write(
        "schemas/hello.json",
        r#"{"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}, "count": {"type": "integer"}}}"#,
    );
    write("inkproof.toml", configuration);
    let mut command = inkproof(folder.path(), &[]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    Server::of(folder, command)
}

const SENT: &str = "{\"transactional_message_id\": \"hello\",\n \"identifiers\": {\"id\": \"user_123\"},\n \
    \"message_data\": {\"title\": 5, \"count\": \"é2\"}}";

/// The violations of the schema in the findings of a message.
fn violations(message: &Value) -> Vec<Value> {
    let findings = message["diagnostics"].as_array().unwrap().iter();
    findings.filter(|finding| finding["code"] == "schema-violation").cloned().collect()
}

#[test]
fn a_send_that_the_schema_rejects_is_marked_in_its_json() {
    let server = with_schema("");
    let answer = server.send(SENT);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = answer.json()["delivery_id"].as_str().unwrap().to_owned();
    let message = server.get(&format!("/inkproof/api/messages/{id}"));
    // The message is delivered all the same.
    assert_eq!(message["status"], "delivered");
    let found: Vec<_> = violations(&message)
        .iter()
        .map(|finding| {
            let range = finding["start"]["offset"].as_u64().unwrap()..finding["end"]["offset"].as_u64().unwrap();
            let marked = &SENT[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
            json!([finding["severity"], finding["file"], finding["start"]["line"], finding["start"]["column"], marked])
        })
        .collect();
    assert_eq!(
        found,
        [json!(["warning", "request.json", 3, 28, "5"]), json!(["warning", "request.json", 3, 40, "\"é2\""])]
    );
    assert!(message["explanation"].as_str().unwrap().contains("request.json:3:28"), "{}", message["explanation"]);

    // A dry run finds the same, and what is missing as well.
    let body = json!({ "request": SENT.replace("\"title\": 5, ", "") }).to_string();
    let tried = server.ask("POST", "/inkproof/api/render", &[], &body).json();
    let messages: Vec<_> = violations(&tried).iter().map(|finding| finding["message"].clone()).collect();
    assert!(
        messages.iter().any(|message| message.as_str().unwrap().contains("`message_data.title` is missing")),
        "{messages:?}"
    );

    let fine = server.deliver("hello", "user_123", &json!({ "title": "Hi" }));
    assert_eq!(violations(&server.get(&format!("/inkproof/api/messages/{fine}"))), [] as [Value; 0]);
}

#[test]
fn the_configuration_and_changes_of_the_schema_apply() {
    let server = with_schema("[rules]\nschema-violation = \"info\"\n");
    let message = |server: &Server| {
        let id = server.send(SENT).json()["delivery_id"].as_str().unwrap().to_owned();
        server.get(&format!("/inkproof/api/messages/{id}"))
    };
    assert_eq!(violations(&message(&server))[0]["severity"], "info");
    std::fs::write(server.folder.path().join("schemas/hello.json"), "{\"type\": \"object\"}").unwrap();
    eventually("the change of the schema", || violations(&message(&server)).is_empty().then_some(()));
    assert_eq!(violations(&message(&with_schema("[rules]\nschema-violation = \"off\"\n"))), [] as [Value; 0]);
}
