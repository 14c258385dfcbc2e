//! The session: initialization, documents, diagnostics, and the end.

use serde_json::json;

use crate::client::Client;
use crate::{ONE, ORDER, SHOP};

#[test]
fn reports_findings_while_typing_and_takes_them_back() {
    let mut client = Client::new(SHOP);
    client.open("templates/order.liquid", ORDER);
    client.wait_for("templates/order.liquid", &[]);
    client.change("templates/order.liquid", &ORDER.replace("trigger.number", "trigger.nmber"));
    // Both requests lack it.
    client.wait_for("templates/order.liquid", &["5:19 missing-data", "5:19 missing-data"]);
    client.change("templates/order.liquid", ORDER);
    client.wait_for("templates/order.liquid", &[]);
    assert_eq!(client.end().code(), Some(0));
}

#[test]
fn publishes_the_diagnostics_of_every_version() {
    let mut client = Client::new(SHOP);
    client.open("templates/order.liquid", ORDER);
    client.wait_for_version("templates/order.liquid", 1);
    // A file that is opened after the project has been checked.
    client.open("snippets/greeting.liquid", "Hello {{ customer.name }}");
    client.wait_for_version("snippets/greeting.liquid", 1);
    // The same text again.
    client.change("templates/order.liquid", ORDER);
    client.wait_for_version("templates/order.liquid", 2);
}

#[test]
fn what_the_editor_shows_takes_precedence_over_the_disk() {
    let mut client = Client::new(SHOP);
    client.open("templates/order.liquid", ORDER);
    client.open("fixtures/requests/order/one.json", &ONE.replace("number", "nummer"));
    client.wait_for("templates/order.liquid", &["5:19 missing-data"]);
    client.save("fixtures/requests/order/one.json", ONE);
    client.close("fixtures/requests/order/one.json");
    client.wait_for("templates/order.liquid", &[]);
}

#[test]
fn follows_changes_on_disk() {
    let mut client = Client::new(SHOP);
    client.open("templates/order.liquid", ORDER);
    client.wait_for("templates/order.liquid", &[]);
    client.save("fixtures/requests/order/three.json", &ONE.replace("number", "nummer"));
    client.wait_for("templates/order.liquid", &["5:19 missing-data"]);
}

#[test]
fn asks_a_client_that_can_watch_files_to_do_so() {
    let watches = json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}});
    let mut client = Client::with_capabilities(SHOP, &watches);
    client.open("templates/order.liquid", ORDER);
    client.wait_for("templates/order.liquid", &[]);
    assert_eq!(client.asked[0]["method"], "client/registerCapability");
    client.save("fixtures/requests/order/three.json", &ONE.replace("number", "nummer"));
    let uri = client.uri("fixtures/requests/order/three.json");
    client.notify("workspace/didChangeWatchedFiles", &json!({"changes": [{"uri": uri, "type": 1}]}));
    client.wait_for("templates/order.liquid", &["5:19 missing-data"]);
}

#[test]
fn answers_a_client_that_asks_for_diagnostics() {
    let pulls = json!({"textDocument": {"diagnostic": {}}});
    let mut client = Client::with_capabilities(SHOP, &pulls);
    client.open("templates/order.liquid", &ORDER.replace("trigger.number", "trigger.nmber"));
    let params = json!({"textDocument": {"uri": client.uri("templates/order.liquid")}});
    let report = client.request("textDocument/diagnostic", &params).unwrap();
    assert_eq!(report["kind"], "full");
    assert_eq!(crate::client::shown(&report["items"]), ["5:19 missing-data", "5:19 missing-data"]);
    assert!(client.published.is_empty());
}

#[test]
fn follows_the_protocol_from_start_to_end() {
    let mut client = Client::start(SHOP);
    let code = |answer: Result<_, serde_json::Value>| answer.unwrap_err()["code"].as_i64().unwrap();
    assert_eq!(code(client.request("textDocument/hover", &json!({}))), -32002);
    assert_eq!(code(client.request("initialize", &json!({"capabilities": 5}))), -32602);
    assert!(client.request("initialize", &json!({"capabilities": {}})).is_ok());
    assert_eq!(code(client.request("initialize", &json!({"capabilities": {}}))), -32600);
    assert_eq!(code(client.request("textDocument/unheardOf", &json!({}))), -32601);
    assert_eq!(code(client.request("textDocument/definition", &json!({"position": 5}))), -32602);
    client.send_raw(b"Content-Length: 1\r\n\r\n{");
    assert_eq!(client.receive()["error"]["code"], -32700);
    client.request("shutdown", &json!(null)).unwrap();
    assert_eq!(code(client.request("textDocument/hover", &json!({}))), -32600);
    client.notify("exit", &json!(null));
    assert_eq!(client.hang_up().code(), Some(0));
}

#[test]
fn exits_with_an_error_without_shutdown() {
    let mut client = Client::new(SHOP);
    client.notify("exit", &json!(null));
    assert_eq!(client.hang_up().code(), Some(1));
    assert_eq!(Client::new(SHOP).hang_up().code(), Some(1));
}
