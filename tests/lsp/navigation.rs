//! Definition, references, highlights and rename.

use serde_json::{Value, json};

use crate::client::Client;
use crate::{ONE, ORDER, SHOP, marked};

const TEMPLATE: &str = "templates/order.liquid";
const REQUEST: &str = "fixtures/requests/order/one.json";

/// Locations as `file line:character`, from 1.
fn places(client: &Client, locations: &Value) -> Vec<String> {
    let root = client.uri("");
    let places = locations.as_array().unwrap().iter().map(|location| {
        let start = &location["range"]["start"];
        let number = |key: &str| start[key].as_u64().unwrap() + 1;
        let file = location["uri"].as_str().unwrap().strip_prefix(&root).unwrap();
        format!("{file} {}:{}", number("line"), number("character"))
    });
    places.collect()
}

#[test]
fn finds_definitions() {
    let mut client = Client::new(SHOP);
    for (file, text, at, expected) in [
        // A key of the data: in every request.
        (
            TEMPLATE,
            ORDER,
            "number }}",
            &["fixtures/requests/order/one.json 4:21", "fixtures/requests/order/two.json 4:34"][..],
        ),
        // A property of the elements of a loop.
        (
            TEMPLATE,
            ORDER,
            "title |",
            &["fixtures/requests/order/one.json 4:45", "fixtures/requests/order/one.json 4:63"],
        ),
        // Local variables.
        (TEMPLATE, ORDER, "total }}", &["templates/order.liquid 4:11"]),
        (TEMPLATE, ORDER, "item.title", &["templates/order.liquid 7:20"]),
        (TEMPLATE, ORDER, "greeting |", &["snippets/greeting.liquid 1:1"]),
        // From a request to the template, to the customer, and to the reads of a key.
        (REQUEST, ONE, "order\"", &["templates/order.liquid 1:1"]),
        (REQUEST, ONE, "ada\"", &["fixtures/customers/ada.json 1:1"]),
        (REQUEST, ONE, "items\"", &["templates/order.liquid 4:27", "templates/order.liquid 7:36"]),
    ] {
        let found = client.at("textDocument/definition", file, &marked(text, at), &json!({})).unwrap();
        assert_eq!(places(&client, &found), expected, "{at}");
    }
    let nothing = client.at("textDocument/definition", TEMPLATE, &marked(ORDER, "type: order"), &json!({})).unwrap();
    assert_eq!(nothing, Value::Null);
}

#[test]
fn finds_references() {
    let mut client = Client::new(SHOP);
    let all = json!({"context": {"includeDeclaration": true}});
    let reads = json!({"context": {"includeDeclaration": false}});
    for (at, context, expected) in [
        (
            "items | size",
            &all,
            &[
                "fixtures/requests/order/one.json 4:34",
                "fixtures/requests/order/two.json 4:21",
                "templates/order.liquid 4:27",
                "templates/order.liquid 7:36",
            ][..],
        ),
        ("items | size", &reads, &["templates/order.liquid 4:27", "templates/order.liquid 7:36"]),
        ("total =", &all, &["templates/order.liquid 4:11", "templates/order.liquid 5:41"]),
        ("type: order", &all, &["fixtures/requests/order/one.json 2:31", "fixtures/requests/order/two.json 2:31"]),
    ] {
        let found = client.at("textDocument/references", TEMPLATE, &marked(ORDER, at), context).unwrap();
        assert_eq!(places(&client, &found), expected, "{at}");
    }
}

/// The texts of the files after an edit.
fn applied(client: &Client, edit: &Value, files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for (name, text) in files {
        let Some(edits) = edit["changes"].get(client.uri(name)) else { continue };
        let mut edits: Vec<_> = edits.as_array().unwrap().iter().collect();
        let offset = |position: &Value| {
            let line = position["line"].as_u64().unwrap();
            let start: usize = text.split_inclusive('\n').take(usize::try_from(line).unwrap()).map(str::len).sum();
            let units = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
            let mut left = units;
            let inside = text[start..].char_indices().find(|(_, character)| {
                let is_there = left == 0;
                left = left.saturating_sub(character.len_utf16());
                is_there
            });
            start + inside.map_or(text.len() - start, |(at, _)| at)
        };
        edits.sort_by_key(|edit| std::cmp::Reverse(offset(&edit["range"]["start"])));
        let mut text = (*text).to_owned();
        for edit in edits {
            let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
            text.replace_range(range, edit["newText"].as_str().unwrap());
        }
        texts.push(((*name).to_owned(), text));
    }
    texts
}

#[test]
fn renames_a_key_in_templates_and_requests_at_once() {
    let mut client = Client::new(SHOP);
    let new = json!({"newName": "products"});
    let edit = client.at("textDocument/rename", TEMPLATE, &marked(ORDER, "items | size"), &new).unwrap();
    let texts = applied(&client, &edit, SHOP);
    let expected: Vec<_> = SHOP
        .iter()
        .filter(|(name, _)| name.contains("order"))
        .map(|(name, text)| {
            let text = text.replace("trigger.items", "trigger.products").replace("\"items\"", "\"products\"");
            ((*name).to_owned(), text)
        })
        .collect();
    assert_eq!(texts, expected);
}

#[test]
fn renames_a_local_variable() {
    let mut client = Client::new(SHOP);
    let new = json!({"newName": "count"});
    let edit = client.at("textDocument/rename", TEMPLATE, &marked(ORDER, "total }}"), &new).unwrap();
    let texts = applied(&client, &edit, SHOP);
    assert_eq!(texts, [(TEMPLATE.to_owned(), ORDER.replace("total", "count"))]);
    let prepared = client.at("textDocument/prepareRename", TEMPLATE, &marked(ORDER, "total }}"), &json!({})).unwrap();
    assert_eq!(prepared["placeholder"], "total");
}

#[test]
fn refuses_renames_that_would_change_something_else() {
    let mut client = Client::new(SHOP);
    for (at, new, expected) in [
        ("items | size", "number", "`number` is already in use at fixtures/requests/order/one.json:4:21"),
        ("items | size", "my items", "`my items` is not a name"),
        ("total }}", "item", "`item` is already in use at templates/order.liquid:7:20"),
        ("total }}", "trigger", "`trigger` is already in use at templates/order.liquid:4:19"),
        ("trigger.number", "t", "`trigger` is a name of Customer.io"),
        ("size %", "s", "`size` is a filter of Liquid"),
        ("for item", "s", "`for` is a tag of Liquid"),
    ] {
        let refused = client.at("textDocument/rename", TEMPLATE, &marked(ORDER, at), &json!({"newName": new}));
        let message = refused.unwrap_err()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(expected), "{at}: {message}");
    }
    // A computed key depends on the name, but cannot be renamed.
    let computed = ORDER.replace("trigger.number", "trigger[trigger.key] }}{{ trigger.number");
    let request = ONE.replace("\"number\"", "\"key\": \"number\", \"number\"");
    client.open(TEMPLATE, &computed);
    client.open(REQUEST, &request);
    client.open("fixtures/requests/order/two.json", &request);
    let refused =
        client.at("textDocument/rename", TEMPLATE, &marked(&computed, "number }}"), &json!({"newName": "no"}));
    let message = refused.unwrap_err()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("the message of request `order/one` would change"), "{message}");
}

#[test]
fn highlights_the_same_name() {
    let mut client = Client::new(SHOP);
    let found = client.at("textDocument/documentHighlight", TEMPLATE, &marked(ORDER, "total }}"), &json!({})).unwrap();
    let kinds: Vec<_> = found.as_array().unwrap().iter().map(|found| found["kind"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [3, 2]);
}

const SCHEMA: &str = r##"{
  "required": ["number"],
  "properties": {
    "number": {"type": "integer"},
    "items": {"items": {"$ref": "#/$defs/item"}}
  },
  "$defs": {"item": {"required": ["title"], "properties": {"title": {"type": "string"}}}}
}"##;

/// The project with a schema that its template declares.
fn declared() -> Vec<(&'static str, String)> {
    let declared = |name: &str, text: &str| match name {
        TEMPLATE => text.replacen("type: order", "type: order\nmessage_data: schemas/order.json", 1),
        _ => text.to_owned(),
    };
    let files = SHOP.iter().map(|(name, text)| (*name, declared(name, text)));
    files.chain([("schemas/order.json", SCHEMA.to_owned())]).collect()
}

#[test]
fn follows_keys_into_the_declared_schema_and_back() {
    let files = declared();
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let template = files.iter().find(|(name, _)| *name == TEMPLATE).unwrap().1;
    let mut client = Client::new(&files);
    for (file, text, at, method, expected) in [
        (
            TEMPLATE,
            template,
            "number }}",
            "definition",
            &[
                "fixtures/requests/order/one.json 4:21",
                "fixtures/requests/order/two.json 4:34",
                "schemas/order.json 4:6",
            ][..],
        ),
        (
            "schemas/order.json",
            SCHEMA,
            "title\": {",
            "references",
            &[
                "fixtures/requests/order/one.json 4:45",
                "fixtures/requests/order/one.json 4:63",
                "schemas/order.json 7:36",
                "schemas/order.json 7:61",
                "templates/order.liquid 8:52",
            ],
        ),
        ("schemas/order.json", SCHEMA, "number\": {", "definition", &["templates/order.liquid 6:27"]),
        ("schemas/order.json", SCHEMA, "number\"]", "definition", &["templates/order.liquid 6:27"]),
    ] {
        let more = json!({"context": {"includeDeclaration": true}});
        let found = client.at(&format!("textDocument/{method}"), file, &marked(text, at), &more).unwrap();
        assert_eq!(places(&client, &found), expected, "{at}");
    }
}

#[test]
fn renames_a_key_in_the_declared_schema_as_well() {
    let files = declared();
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let template = files.iter().find(|(name, _)| *name == TEMPLATE).unwrap().1;
    let mut client = Client::new(&files);
    for (file, text, at) in
        [(TEMPLATE, template, "number }}"), ("schemas/order.json", SCHEMA, "number\"]"), (REQUEST, ONE, "number\"")]
    {
        let new = json!({"newName": "count"});
        let edit = client.at("textDocument/rename", file, &marked(text, at), &new).unwrap();
        let texts = applied(&client, &edit, &files);
        let expected: Vec<_> = files
            .iter()
            .filter(|(_, text)| text.contains("number"))
            .map(|(name, text)| ((*name).to_owned(), text.replace("number", "count")))
            .collect();
        assert_eq!(texts, expected, "{file}");
    }
    let taken = json!({"newName": "items"});
    let refused = client.at("textDocument/rename", "schemas/order.json", &marked(SCHEMA, "number\"]"), &taken);
    assert!(refused.unwrap_err()["message"].as_str().unwrap().contains("`items` is already in use"), "refused");
}

#[test]
fn refuses_to_rename_a_key_that_a_schema_shares_with_another_path() {
    let shared = SCHEMA
        .replace("\"number\": {\"type\": \"integer\"}", "\"number\": {}, \"first\": {\"$ref\": \"#/$defs/item\"}");
    let mut files = declared();
    files.retain(|(name, _)| *name != "schemas/order.json");
    files.push(("schemas/order.json", shared));
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let template = files.iter().find(|(name, _)| *name == TEMPLATE).unwrap().1;
    let mut client = Client::new(&files);
    let new = json!({"newName": "label"});
    let refused = client.at("textDocument/rename", TEMPLATE, &marked(template, "title |"), &new);
    let reason = refused.unwrap_err()["message"].as_str().unwrap().to_owned();
    assert!(reason.contains("`trigger.first.title`"), "{reason}");
}
