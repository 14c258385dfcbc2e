//! Completion, in each kind of file.

use serde_json::{Value, json};

use crate::client::Client;
use crate::{ORDER, SHOP};

/// The labels of the completions at the mark in a file with this text.
fn labels(client: &mut Client, name: &str, marked: &str) -> Vec<String> {
    items(client, name, marked).iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

fn items(client: &mut Client, name: &str, marked: &str) -> Vec<Value> {
    client.open(name, &marked.replace('^', ""));
    let list = client.at("textDocument/completion", name, marked, &json!({})).unwrap();
    client.close(name);
    list["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn completes_names_in_liquid() {
    let mut client = Client::new(SHOP);
    for (marked, first) in [
        ("{\"a\": \"{{ trigger.^", &["items", "number"][..]),
        ("{\"a\": \"{{ trigger.nu^ }}\"}", &["items", "number"]),
        ("{% for item in trigger.items %}{{ item.^ }}{% endfor %}", &["title"]),
        ("{% assign first = trigger.items | first %}{{ first.^", &["title"]),
        ("{{ customer.^", &["id", "name"]),
        ("{{ snippets.^", &["greeting"]),
        ("{% assign mine = 1 %}{{ ^", &["mine", "customer", "trigger"]),
        ("{% for i in trigger.items %}{{ forloop.^", &["index", "index0"]),
        ("{% if customer.^ %}", &["id", "name"]),
    ] {
        let labels = labels(&mut client, "templates/order.liquid", marked);
        assert_eq!(labels.iter().take(first.len()).collect::<Vec<_>>(), first, "{marked}");
    }
    assert!(labels(&mut client, "templates/order.liquid", "{\"a^\": 1}").is_empty());
}

#[test]
fn offers_filters_that_fit_first() {
    let mut client = Client::new(SHOP);
    let position = |labels: &[String], name: &str| labels.iter().position(|label| label == name).unwrap();
    let numbers = labels(&mut client, "templates/order.liquid", "{{ trigger.number | ^");
    assert!(position(&numbers, "plus") < position(&numbers, "upcase"));
    let strings = labels(&mut client, "templates/order.liquid", "{{ customer.name | ^");
    assert!(position(&strings, "upcase") < position(&strings, "plus"));
    let lists = labels(&mut client, "templates/order.liquid", "{{ trigger.items | ^");
    assert!(position(&lists, "where") < position(&lists, "upcase"));
}

#[test]
fn inserts_blocks_with_their_end_tags() {
    let tab_stops = json!({"textDocument": {"completion": {"completionItem": {"snippetSupport": true}}}});
    for (mut client, expected) in [
        (Client::with_capabilities(SHOP, &tab_stops), "if ${1:condition} %}$0{% endif %}"),
        (Client::new(SHOP), "if condition %}{% endif %}"),
    ] {
        let items = items(&mut client, "templates/order.liquid", "{% i^");
        let block = items.iter().find(|item| item["label"] == "if").unwrap();
        assert_eq!(block["textEdit"]["newText"], expected);
        assert_eq!(block["textEdit"]["range"]["start"]["character"], 3);
    }
}

#[test]
fn completes_settings() {
    let mut client = Client::new(SHOP);
    for (marked, expected) in [
        ("---\ntype: a\n^", "name"),
        ("---\nli^", "liquid"),
        ("---\nliquid: ^", "latest"),
        ("---\nignore: [js^", "json-unsafe"),
        ("---\nexpiration: ^", "60 days"),
    ] {
        let labels = labels(&mut client, "templates/new.liquid", marked);
        assert!(labels.iter().any(|label| label == expected), "{marked}: {labels:?}");
    }
    assert!(!labels(&mut client, "templates/new.liquid", "---\ntype: a\n^").contains(&"type".to_owned()));
}

#[test]
fn completes_requests() {
    let mut client = Client::new(SHOP);
    client.open("templates/order.liquid", ORDER);
    client.wait_for("templates/order.liquid", &[]);
    let name = "fixtures/requests/order/new.json";
    for (marked, expected) in [
        ("{\"^", "transactional_message_id"),
        ("{\"transactional_message_id\": \"^", "order"),
        ("{\"identifiers\": {\"^", "email"),
        ("{\"identifiers\": {\"id\": \"^", "ada"),
        ("{\"message_data\": {\"^", "number"),
        ("{\"message_data\": {\"items\": [{\"^", "title"),
    ] {
        let labels = labels(&mut client, name, marked);
        assert!(labels.iter().any(|label| label == expected), "{marked}: {labels:?}");
    }
    let outside = items(&mut client, name, "{\"message_data\": {^");
    assert_eq!(outside[0]["textEdit"]["newText"], "\"items\": ");
}

#[test]
fn completes_the_configuration() {
    let mut client = Client::new(SHOP);
    for (marked, expected) in [
        ("[^", "rules"),
        ("[rules]\ntrail^", "trailing-comma"),
        ("[rules]\ntrailing-comma = ^", "\"error\""),
        ("[liquid]\n^", "version"),
        ("[liquid]\nversion = ^", "\"legacy\""),
        ("[paths]\n^", "templates"),
    ] {
        let labels = labels(&mut client, "inkproof.toml", marked);
        assert!(labels.iter().any(|label| label == expected), "{marked}: {labels:?}");
    }
}
