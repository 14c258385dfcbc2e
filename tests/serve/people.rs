//! People from the Track API and the Pipelines API, and the reading part of the App API.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::client::{Answer, Server, eventually};

const BASIC: [(&str, &str); 1] = [("authorization", "Basic c2l0ZTprZXk=")];
const BEARER: [(&str, &str); 1] = [("authorization", "Bearer key")];
const HELLO: &str =
    "---\ntype: order\n---\n{\"title\": \"{{ trigger.title }} {{ customer.first_name }} of {{ customer.city }}\"}";

fn start(arguments: &[&str]) -> Server {
    let server = Server::start(arguments);
    std::fs::write(server.folder.path().join("templates/greet.liquid"), HELLO).unwrap();
    eventually("the new template", || {
        let templates = server.get("/inkproof/api/templates");
        let has_it = templates["templates"].as_array().unwrap().iter().any(|template| template["name"] == "greet");
        has_it.then_some(())
    });
    server
}

fn ask(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    let key = if path.starts_with("/v1/c") || path.starts_with("/v1/ex") { BEARER } else { BASIC };
    server.ask(method, path, &key, &body.to_string())
}

fn accept(server: &Server, method: &str, path: &str, body: &Value) -> Value {
    let answer = ask(server, method, path, body);
    assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
    answer.json()
}

/// Sends a greeting, and returns the title of the message, or its status.
fn greet(server: &Server, identifiers: &Value) -> String {
    let body =
        json!({ "transactional_message_id": "greet", "identifiers": identifiers, "message_data": { "title": "Hi" } });
    let id = server.send(&body.to_string()).json()["delivery_id"].as_str().unwrap().to_owned();
    let captured = server.get(&format!("/inkproof/api/messages/{id}"));
    captured["message"]["properties"]["title"].as_str().map_or_else(|| captured["status"].to_string(), str::to_owned)
}

#[test]
fn messages_use_the_attributes_that_backends_sent() {
    let server = start(&[]);
    let ada = json!({ "id": "user_123" });
    assert_eq!(greet(&server, &ada), "\"failed\"");
    accept(&server, "PUT", "/api/v1/customers/user_123", &json!({ "city": "Paris" }));
    assert_eq!(greet(&server, &ada), "Hi Ada of Paris", "over the customer's file");
    assert_eq!(greet(&server, &json!({ "email": "ada@example.com" })), "Hi Ada of Paris", "by another identifier");
    accept(
        &server,
        "POST",
        "/v1/identify",
        &json!({ "userId": "user_123", "traits": { "first_name": "Countess", "city": "London" } }),
    );
    assert_eq!(greet(&server, &ada), "Hi Countess of London");
    accept(&server, "PUT", "/api/v1/customers/user_123", &json!({ "first_name": "" }));
    assert_eq!(greet(&server, &ada), "\"failed\"", "an empty string removes an attribute, also that of the file");

    let grace = json!({ "type": "person", "action": "identify", "identifiers": { "id": 7 },
        "attributes": { "first_name": "Grace", "city": "New York", "email": "grace@example.com" } });
    accept(
        &server,
        "POST",
        "/api/v2/batch",
        &json!({ "batch": [grace, { "type": "person", "action": "event",
        "identifiers": { "id": "7" }, "name": "bought" }] }),
    );
    for identifiers in [json!({ "id": "7" }), json!({ "id": 7 }), json!({ "email": "grace@example.com" })] {
        assert_eq!(greet(&server, &identifiers), "Hi Grace of New York", "{identifiers}");
    }
    // What the page renders, too
    let trial = json!({ "request": json!({ "transactional_message_id": "greet", "identifiers": { "id": "7" },
        "message_data": { "title": "Hi" } }).to_string() });
    let rendering = server.ask("POST", "/inkproof/api/render", &[], &trial.to_string()).json();
    assert_eq!(rendering["message"]["properties"]["title"], "Hi Grace of New York");
    let people = server.get("/inkproof/api/people");
    assert_eq!(people["people"][0]["attributes"]["first_name"], "Grace");
    accept(&server, "DELETE", "/api/v1/customers/7", &Value::Null);
    assert_eq!(greet(&server, &json!({ "id": "7" })), "\"failed\"");
    server.ask("POST", "/inkproof/api/reset", &[], "");
    assert_eq!(server.get("/inkproof/api/people")["people"], json!([]));
}

#[test]
fn identify_joins_the_inboxes_of_id_and_email() {
    let server = start(&[]);
    let by_email = json!({ "transactional_message_id": "hello", "identifiers": { "email": "new@example.com" },
        "message_data": { "title": "Hi" } });
    let first = server.send(&by_email.to_string()).json()["delivery_id"].as_str().unwrap().to_owned();
    let second = server.deliver("hello", "u9", &json!({ "title": "Hi" }));
    let user = "dTk=";
    assert_eq!(server.inbox(user), std::slice::from_ref(&second));
    // As the browser's client sends it
    let identify = json!({ "type": "identify", "userId": "u9", "traits": { "email": "new@example.com" } });
    assert_eq!(server.ask("POST", "/v1/i", &[("content-type", "text/plain")], &identify.to_string()).status, 200);
    assert_eq!(server.inbox(user), [second, first.clone()]);
    let web = [("x-gist-encoded-user-token", user), ("x-cio-client-platform", "web")];
    let path = format!("/api/v1/messages/queue-{first}");
    assert_eq!(server.ask("PATCH", &path, &web, r#"{"opened": true}"#).status, 200);
    assert_eq!(server.get(&format!("/inkproof/api/messages/{first}"))["opened"], true);
}

#[test]
fn people_with_the_same_address_stay_apart() {
    let server = start(&[]);
    let to = |identifiers: Value| {
        let body = json!({ "transactional_message_id": "hello", "identifiers": identifiers, "message_data": { "title": "Hi" } });
        let id = server.send(&body.to_string()).json()["delivery_id"].as_str().unwrap().to_owned();
        server.get(&format!("/inkproof/api/messages/{id}"))["recipient"]["id"].clone()
    };
    // The address is that of `user_123` in the project.
    accept(&server, "PUT", "/api/v1/customers/user_456", &json!({ "email": "ada@example.com", "city": "Rome" }));
    let refused = server.get("/inkproof/api/refused")["refused"][0].clone();
    let why = "the email `ada@example.com` was not given to `user_456`: it is that of `user_123`";
    assert_eq!((&refused["error"], &refused["status"]), (&json!(why), &json!(200)));
    assert_eq!(to(json!({ "id": "user_123" })), "user_123");
    assert_eq!(to(json!({ "id": "user_456" })), "user_456");
    assert_eq!(to(json!({ "email": "ADA@example.com" })), "user_123");
    let inbox = |user: &str| server.inbox(&base64::prelude::BASE64_STANDARD.encode(user)).len();
    assert_eq!([inbox("user_123"), inbox("user_456"), inbox("Ada@Example.com")], [2, 1, 2]);
    // Neither in the project
    let identify = |user: &str, name: &str| {
        let traits = json!({ "email": "new@example.com", "first_name": name });
        accept(&server, "POST", "/v1/identify", &json!({ "userId": user, "traits": traits }));
    };
    identify("u1", "Grace");
    identify("u2", "Mary");
    let attributes = |user: &str| {
        let person = accept(&server, "GET", &format!("/v1/customers/{user}/attributes"), &Value::Null);
        [person["customer"]["attributes"]["first_name"].clone(), person["customer"]["identifiers"]["email"].clone()]
    };
    assert_eq!(attributes("u1"), [json!("Grace"), json!("new@example.com")]);
    assert_eq!(attributes("u2"), [json!("Mary"), Value::Null]);
    assert_eq!(to(json!({ "email": "new@example.com" })), "u1");
}

#[test]
fn letter_case_does_not_count_in_addresses() {
    let server = start(&[]);
    accept(&server, "PUT", "/api/v1/customers/Bob@Example.com", &json!({ "first_name": "Bob", "city": "Rome" }));
    assert_eq!(greet(&server, &json!({ "email": "bob@example.com" })), "Hi Bob of Rome");
    let identify = json!({ "userId": "u1", "traits": { "email": "BOB@example.com" } });
    accept(&server, "POST", "/v1/identify", &identify);
    let email = json!({ "to": "x", "identifiers": { "email": "bob@Example.COM" }, "transactional_message_id": 1 });
    let sent = server.ask("POST", "/v1/send/email", &BEARER, &email.to_string()).json()["delivery_id"].clone();
    let captured = server.get(&format!("/inkproof/api/messages/{}", sent.as_str().unwrap()));
    assert_eq!(captured["recipient"], json!({ "id": "u1", "email": "BOB@example.com", "name": null }));
    for path in ["/inkproof/api/wait?count=2&to=bOB@example.com", "/inkproof/api/messages?to=BOB@EXAMPLE.COM"] {
        assert_eq!(server.get(path)["total"], 2, "{path}");
    }
    let found = accept(&server, "GET", "/v1/customers?email=boB%40example.com", &Value::Null);
    assert_eq!(found["results"][0]["id"], "u1");
    let messages = accept(&server, "GET", "/v1/customers/bOb@example.com/messages?id_type=email", &Value::Null);
    assert_eq!(messages["messages"].as_array().unwrap().len(), 2);
    let inbox = |user: &str| server.inbox(&base64::prelude::BASE64_STANDARD.encode(user)).len();
    assert_eq!([inbox("u1"), inbox("bob@EXAMPLE.com"), inbox("U1")], [1, 1, 0]);
}

#[test]
fn the_track_and_pipelines_apis_are_accepted_and_checked() {
    let server = start(&[]);
    for (method, path, body) in [
        ("PUT", "/api/v1/customers/a%40b.c", json!({ "plan": "pro" })),
        ("POST", "/api/v1/customers/5/events", json!({ "name": "bought", "data": {} })),
        ("POST", "/api/v1/events", json!({ "name": "seen", "anonymous_id": "x" })),
        ("PUT", "/api/v1/customers/5/devices", json!({ "device": { "id": "d", "platform": "ios" } })),
        ("DELETE", "/api/v1/customers/5/devices/d", json!(null)),
        ("POST", "/api/v1/push/events", json!({ "delivery_id": "x", "event": "opened" })),
        ("POST", "/api/v1/metrics", json!({ "delivery_id": "x", "metric": "opened" })),
        ("POST", "/api/v1/customers/5/suppress", json!(null)),
        ("POST", "/api/v1/customers/5/unsuppress", json!(null)),
        ("POST", "/api/v1/merge_customers", json!({ "primary": { "id": "5" }, "secondary": { "email": "a@b.c" } })),
        ("GET", "/api/v1/accounts/region", json!(null)),
        (
            "POST",
            "/api/v2/entity",
            json!({ "type": "object", "action": "identify", "identifiers": { "object_id": "1" } }),
        ),
        ("POST", "/v1/track", json!({ "userId": "5", "event": "bought" })),
        ("POST", "/v1/page", json!({ "anonymousId": "x", "name": "Home" })),
        ("POST", "/v1/screen", json!({ "userId": "5", "name": "Home" })),
        ("POST", "/v1/group", json!({ "userId": "5", "groupId": "g" })),
        ("POST", "/v1/alias", json!({ "userId": "5", "previousId": "4" })),
        (
            "POST",
            "/v1/batch",
            json!({ "batch": [{ "type": "identify", "userId": "5" }, { "type": "track", "userId": 5, "event": "e" }] }),
        ),
        ("POST", "/identify", json!({ "userId": "5" })),
        ("GET", "/v1/exports", json!(null)),
        ("POST", "/v1/exports/customers", json!({ "filters": { "or": [] } })),
        ("GET", "/v1/exports/1", json!(null)),
        ("GET", "/v1/customers?email=a%40b.c", json!(null)),
    ] {
        let answer = ask(&server, method, path, &body);
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        assert_eq!(server.ask(method, path, &[], &body.to_string()).status, 401, "{method} {path}");
    }
    let person = accept(&server, "GET", "/v1/customers/5/attributes", &Value::Null);
    assert_eq!(person["customer"]["identifiers"], json!({ "id": "5", "email": "a@b.c", "cio_id": null }));
    assert_eq!(person["customer"]["attributes"]["plan"], "pro", "merged");
    assert_eq!(server.get("/inkproof/api/events")["events"].as_array().unwrap().len(), 19);
    for (path, body, error) in [
        ("/api/v1/customers/5/events", json!({ "data": {} }), "the event has no `name`"),
        ("/api/v2/entity", json!({ "action": "identify" }), "the operation has no `type`"),
        (
            "/api/v2/entity",
            json!({ "type": "person", "action": "identfy", "identifiers": { "id": 1 } }),
            "expected one of identify,",
        ),
        ("/api/v2/entity", json!({ "type": "person", "action": "identify" }), "the operation has no `identifiers`"),
        ("/api/v2/batch", json!({ "batch": [] }), "expected an array of operations under `batch`"),
        ("/api/v1/merge_customers", json!({ "primary": { "id": "5" } }), "the operation has no `secondary`"),
        ("/v1/identify", json!({ "traits": {} }), "the event has no `userId` or `anonymousId`"),
        ("/v1/batch", json!({ "batch": [{ "type": "track", "userId": "5" }] }), "the event has no `event`"),
    ] {
        let answer = ask(&server, "POST", path, &body);
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.error().starts_with(error), "{path}: {}", answer.body);
    }
    let partly = json!({ "batch": [{ "type": "person", "action": "identify", "identifiers": { "id": "6" } }, 5, {}] });
    let answer = ask(&server, "POST", "/api/v2/batch", &partly);
    assert_eq!(answer.status, 207);
    let errors = answer.json()["errors"].clone();
    assert_eq!((&errors[0]["batch_index"], &errors[1]["field"]), (&json!(1), &json!("type")));
    let refused = server.get("/inkproof/api/refused")["refused"][0].clone();
    assert!(refused["error"].as_str().unwrap().starts_with("2 of 3 operations were refused"), "{refused}");
    assert_eq!(ask(&server, "PUT", "/v1/customers/5", &json!({})).status, 404);
}

#[test]
fn the_app_api_tells_what_happened_to_messages() {
    let server = start(&["--now", "2026-01-01T00:00:00Z"]);
    let failed = json!({ "transactional_message_id": "order_shipped", "identifiers": { "id": "user_123" } });
    let failed = server.send(&failed.to_string()).json()["delivery_id"].as_str().unwrap().to_owned();
    let fine = server.deliver("order_shipped", "user_123", &json!({ "order_id": 7 }));
    let read = |path: &str| {
        let answer = server.ask("GET", path, &BEARER, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    };
    let message = read(&format!("/v1/messages/{failed}"))["message"].clone();
    assert!(message["failure_message"].as_str().unwrap().contains("undefined variable: trigger.order_id"), "{message}");
    assert_eq!(
        message["metrics"],
        json!({ "created": 1_767_225_600, "attempted": 1_767_225_600, "failed": 1_767_225_600 })
    );
    assert_eq!(message["transactional_message_id"], 42);
    assert_eq!(message["customer_identifiers"]["email"], "ada@example.com");
    assert_eq!(read(&format!("/v1/messages/{fine}"))["message"]["failure_message"], Value::Null);
    let ids = |path: &str| -> Vec<String> {
        let list = read(path);
        list["messages"].as_array().unwrap().iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids("/v1/transactional/42/messages?state=failed"), std::slice::from_ref(&failed));
    assert_eq!(ids("/v1/transactional/order_shipped/messages"), [fine.clone(), failed.clone()]);
    assert_eq!(ids("/v1/customers/user_123/messages"), [fine.clone(), failed.clone()]);
    assert_eq!(ids("/v1/customers/ada@example.com/messages?id_type=email&limit=1"), std::slice::from_ref(&fine));
    assert_eq!(ids(&format!("/v1/customers/user_123/messages?start={fine}")), [failed]);
    assert_eq!(read("/v1/customers/user_123/messages?limit=1")["next"], fine);
    assert_eq!(read("/v1/customers/user_123/attributes")["customer"]["attributes"]["first_name"], "Ada");
    for (path, status) in [
        ("/v1/customers/nobody/attributes", 404),
        ("/v1/customers/user_123/attributes?id_type=phone", 400),
        ("/v1/transactional/42/messages?state=lost", 400),
        ("/v1/messages/none", 404),
        ("/v1/customers", 400),
    ] {
        assert_eq!(server.ask("GET", path, &BEARER, "").status, status, "{path}");
    }
}
