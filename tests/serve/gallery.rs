//! The gallery: every request in every language of its template.

use serde_json::{Value, json};

use crate::client::Server;

fn names(answer: &Value) -> Vec<(String, Value, Value)> {
    let messages = answer["messages"].as_array().unwrap().iter();
    let name = |message: &Value| message["name"].as_str().unwrap().to_owned();
    messages.map(|message| (name(message), message["language"].clone(), message["is_sent"].clone())).collect()
}

#[test]
fn lists_every_request_in_every_language() {
    let server = Server::start(&[]);
    let request = json!({ "transactional_message_id": "order_shipped", "identifiers": { "id": "user_123" }, "language": "fr",
        "message_data": { "order_id": 5 } });
    let body = json!({ "name": "first", "request": request.to_string() }).to_string();
    let origin = format!("http://{}", server.address);
    assert_eq!(server.ask("PUT", "/inkproof/api/requests", &[("origin", &origin)], &body).status, 200);
    let all = server.get("/inkproof/api/gallery");
    let expected = [
        ("hello/one".to_owned(), Value::Null, json!(true)),
        ("order_shipped/first".to_owned(), json!("fr"), json!(true)),
        ("order_shipped/first@default".to_owned(), Value::Null, json!(false)),
    ];
    let mut found = names(&all);
    found.sort_by(|left, right| left.0.cmp(&right.0));
    assert_eq!(found, expected);
    let french = all["messages"].as_array().unwrap().iter().find(|message| message["language"] == "fr").unwrap();
    assert_eq!(french["message"]["properties"]["title"], "Commande 5");
    assert_eq!(french["title"], "Order shipped");
    let page = server.get("/inkproof/api/gallery?text=SHIPPED&limit=1&offset=1");
    assert_eq!((&page["total"], page["messages"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(server.ask("GET", "/inkproof/api/gallery?limit=501", &[], "").status, 400);
}
