//! Code actions and commands.

use serde_json::{Value, json};

use crate::client::Client;
use crate::{ORDER, SHOP};

const TEMPLATE: &str = "templates/order.liquid";

/// The code actions for the whole of an open file, by title.
fn actions(client: &mut Client, name: &str, only: &Value) -> Vec<(String, Value)> {
    let params = json!({
        "textDocument": {"uri": client.uri(name)},
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}},
        "context": {"diagnostics": [], "only": only},
    });
    let actions = client.request("textDocument/codeAction", &params).unwrap();
    let actions = actions.as_array().unwrap().iter();
    actions.map(|action| (action["title"].as_str().unwrap().to_owned(), action["edit"].clone())).collect()
}

fn edit_of<'a>(actions: &'a [(String, Value)], title: &str) -> &'a Value {
    let titles: Vec<_> = actions.iter().map(|(title, _)| title).collect();
    let found = actions.iter().find(|(known, _)| known == title);
    &found.unwrap_or_else(|| panic!("{title} in {titles:?}")).1
}

/// What an edit inserts into a file.
fn inserted(client: &Client, edit: &Value, name: &str) -> Vec<String> {
    let edits = edit["changes"][client.uri(name)].as_array().unwrap_or_else(|| panic!("{name} in {edit}"));
    edits.iter().map(|edit| edit["newText"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn supplies_what_a_request_lacks() {
    let mut client = Client::new(SHOP);
    let text = ORDER.replace("{{ total }}", "{{ trigger.count }}");
    client.open(TEMPLATE, &text);
    client.wait_for(TEMPLATE, &["5:41 missing-data", "5:41 missing-data"]);
    let actions = actions(&mut client, TEMPLATE, &json!(["quickfix"]));
    assert_eq!(inserted(&client, edit_of(&actions, "add `default`"), TEMPLATE), [" | default: \"\""]);
    let guard = edit_of(&actions, "print it only if there is a `count`");
    assert_eq!(inserted(&client, guard, TEMPLATE), ["{% if trigger.count %}", "{% endif %}"]);
    let add = edit_of(&actions, "add `count` to request `order/two`");
    assert_eq!(inserted(&client, add, "fixtures/requests/order/two.json"), ["\"count\": \"text\", "]);
    let ignore = edit_of(&actions, "ignore `missing-data` in this template");
    assert_eq!(inserted(&client, ignore, TEMPLATE), ["ignore: [missing-data]\n"]);
}

#[test]
fn ignores_a_finding_with_a_comment() {
    let mut client = Client::new(SHOP);
    let text = ORDER.replace("{{ total }}", "{{ trigger.count }}");
    client.open(TEMPLATE, &text);
    client.wait_for(TEMPLATE, &["5:41 missing-data", "5:41 missing-data"]);
    let here = actions(&mut client, TEMPLATE, &json!(["quickfix"]));
    let here = edit_of(&here, "ignore `missing-data` here");
    let comment = "  {% comment %}inkproof-ignore-next-line: missing-data{% endcomment %}\n";
    assert_eq!(inserted(&client, here, TEMPLATE), [comment]);
    assert_eq!(here["changes"][client.uri(TEMPLATE)][0]["range"]["start"], json!({"line": 4, "character": 0}));
    let text = text.replace("  \"title\"", &format!("{comment}  \"title\""));
    client.change(TEMPLATE, &text);
    client.wait_for(TEMPLATE, &[]);
    // A further rule is added to the comment.
    client.change(TEMPLATE, &text.replace("{{ trigger.count }}", "{{ trigger.count }}{{ 1 | upcse }}"));
    client.wait_for(TEMPLATE, &["6:64 unknown-filter"]);
}

#[test]
fn reports_in_a_request_what_its_template_lacks() {
    let mut client = Client::new(SHOP);
    client.open(TEMPLATE, &ORDER.replace("{{ total }}", "{{ trigger.count }}"));
    client.wait_for("fixtures/requests/order/one.json", &["4:3 missing-data"]);
    client.change(TEMPLATE, &ORDER.replace("{{ total }}", "{{ trigger.items[0].name }}"));
    client.wait_for("fixtures/requests/order/one.json", &["4:33 missing-data"]);
    client.change(TEMPLATE, ORDER);
    client.wait_for("fixtures/requests/order/one.json", &[]);
}

#[test]
fn saves_a_counterexample_as_a_request() {
    let creates = json!({"workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}}});
    let mut client = Client::with_capabilities(SHOP, &creates);
    client.open(TEMPLATE, &ORDER.replace("{{ item.title | json }}", "\"{{ item.title }}\""));
    client.wait_for_code(TEMPLATE, "json-unsafe");
    let actions = actions(&mut client, TEMPLATE, &json!(["quickfix"]));
    let changes = &edit_of(&actions, "save this counterexample as a request")["documentChanges"];
    assert_eq!(changes[0]["uri"], client.uri("fixtures/requests/order/json-unsafe.json"));
    assert_eq!(changes.as_array().unwrap().len(), 2, "{changes}");
    let request: Value = serde_json::from_str(changes[1]["edits"][0]["newText"].as_str().unwrap()).unwrap();
    assert_eq!((&request["transactional_message_id"], &request["identifiers"]["id"]), (&json!("order"), &json!("ada")));
    let titles =
        request["message_data"]["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap());
    assert!(titles.collect::<String>().contains(['"', '\\', '\n']), "{request}");
}

#[test]
fn accepts_messages_as_snapshots() {
    let old = "---\nexpression: inkproof preview order/one\n---\nold\n";
    let mut files = SHOP.to_vec();
    files.push(("tests/snapshots/order/one.snap", old));
    let snapshot = "tests/snapshots/order/one.snap";
    for name in [TEMPLATE, "fixtures/requests/order/one.json"] {
        let mut client = Client::new(&files);
        let text = files.iter().find(|(known, _)| *known == name).unwrap().1;
        client.open(name, text);
        let found = actions(&mut client, name, &json!(["quickfix"]));
        let edit = edit_of(&found, "accept the snapshot of `order/one`");
        let written = inserted(&client, edit, snapshot).concat();
        assert!(written.starts_with("---\n") && written.contains("🎉 7: 2 items"), "{written}");
        let range = &edit["changes"][client.uri(snapshot)][0]["range"];
        assert_eq!(*range, json!({"start": {"line": 0, "character": 0}, "end": {"line": 4, "character": 0}}));
        std::fs::write(client.path(snapshot), written).unwrap();
        let left = actions(&mut client, name, &json!(["quickfix"]));
        assert!(left.iter().all(|(title, _)| !title.contains("snapshot")), "{left:?}");
    }
}

#[test]
fn applies_the_fixes_of_findings() {
    let mut client = Client::new(SHOP);
    let text = ORDER.replace("endfor %}]\n", "endfor %}],\n");
    client.open(TEMPLATE, &text);
    client.wait_for_code(TEMPLATE, "trailing-comma");
    let quick = actions(&mut client, TEMPLATE, &json!(["quickfix"]));
    assert_eq!(inserted(&client, edit_of(&quick, "remove the comma"), TEMPLATE), [""]);
    let all = actions(&mut client, TEMPLATE, &json!(["source.fixAll"]));
    assert_eq!(all.len(), 1);
    let fixed = inserted(&client, edit_of(&all, "apply all safe fixes"), TEMPLATE).concat();
    assert!(fixed.ends_with("endfor %}]\n}\n"), "{fixed}");
    assert!(actions(&mut client, TEMPLATE, &json!(["refactor"])).is_empty());
}

#[test]
fn fixes_what_was_typed_just_now() {
    let mut client = Client::new(SHOP);
    client.open(TEMPLATE, ORDER);
    client.wait_for(TEMPLATE, &[]);
    // Without waiting for the diagnostics.
    client.change(TEMPLATE, &ORDER.replace("endfor %}]\n", "endfor %}],\n"));
    let quick = actions(&mut client, TEMPLATE, &json!(["quickfix"]));
    assert_eq!(inserted(&client, edit_of(&quick, "remove the comma"), TEMPLATE), [""]);
}

#[test]
fn creates_files_for_clients_that_can() {
    let creates = json!({"workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}}});
    let mut client = Client::with_capabilities(SHOP, &creates);
    let text = "---\n---\n{\"title\": \"{{ trigger.a }}\", \"body\": \"{{ snippets.farewell }}\"}\n";
    client.open("templates/new.liquid", text);
    client.wait_for_code("templates/new.liquid", "no-requests");
    let actions = actions(&mut client, "templates/new.liquid", &json!(["quickfix"]));
    let changes = &edit_of(&actions, "create a request")["documentChanges"];
    assert_eq!(changes[0]["kind"], "create");
    assert_eq!(changes[0]["uri"], client.uri("fixtures/requests/new/standard.json"));
    let request = changes[1]["edits"][0]["newText"].as_str().unwrap();
    assert!(request.contains("\"transactional_message_id\": \"new\""), "{request}");
}

#[test]
fn previews_the_messages_of_a_file() {
    let mut client = Client::new(SHOP);
    let params = json!({"command": "inkproof.preview", "arguments": [client.uri(TEMPLATE)]});
    let preview = client.request("workspace/executeCommand", &params).unwrap();
    let text = preview["text"].as_str().unwrap();
    assert!(text.contains("🎉 7: 2 items") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(preview["messages"][1]["request"], "order/two");
    assert_eq!(preview["messages"][1]["sent"], true);
    let unknown = client.request("workspace/executeCommand", &json!({"command": "inkproof.dance"}));
    assert_eq!(unknown.unwrap_err()["code"], -32602);
}
