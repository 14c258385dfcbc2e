//! Hover and signature help.

use serde_json::json;

use crate::client::Client;
use crate::{ORDER, SHOP, marked};

const TEMPLATE: &str = "templates/order.liquid";

#[test]
fn describes_what_is_at_the_cursor() {
    let mut client = Client::new(SHOP);
    client.open(TEMPLATE, ORDER);
    client.wait_for(TEMPLATE, &[]);
    for (at, expected) in [
        (
            "number }}",
            &["`trigger.number`", "If it is missing, the message fails.", "| order/one | `7` |", "| order/two | `8` |"]
                [..],
        ),
        ("title |", &["`trigger.items[].title`", "| order/one | `\"Tea\", \"Milk\"` |", "| order/two | *missing* |"]),
        ("total }}", &["a variable of this template", "assign total = trigger.items | size"]),
        ("size %}", &["# Filter `size`", "Result: number"]),
        ("for item", &["# Tag `for`"]),
        ("type: order", &["`type` · The message's type"]),
        ("}}: {{ total", &["| order/one | `7` |", "| order/two | `8` |"]),
    ] {
        let hover = client.at("textDocument/hover", TEMPLATE, &marked(ORDER, at), &json!({})).unwrap();
        let text = hover["contents"]["value"].as_str().unwrap_or_else(|| panic!("{at}: {hover}"));
        for part in expected {
            assert!(text.contains(part), "{at}: {part} in {text}");
        }
    }
    let nothing = client.at("textDocument/hover", TEMPLATE, &marked(ORDER, "\"title\""), &json!({})).unwrap();
    assert!(nothing.is_null());
}

#[test]
fn hover_counts_utf16_units() {
    let mut client = Client::new(SHOP);
    // The emoji before it has two.
    let position = json!({
        "textDocument": {"uri": client.uri(TEMPLATE)},
        "position": {"line": 4, "character": "  \"title\": \"🎉 {{ trigger.".encode_utf16().count()},
    });
    let hover = client.request("textDocument/hover", &position).unwrap();
    assert_eq!(hover["range"]["start"], json!({"line": 4, "character": 26}));
    assert_eq!(hover["range"]["end"], json!({"line": 4, "character": 32}));
}

#[test]
fn names_the_arguments_of_a_filter() {
    let mut client = Client::new(SHOP);
    for (written, label, active) in [
        ("{{ trigger.number | truncate: ", "truncate[: length, ellipsis]", 0),
        ("{{ trigger.number | truncate: 5, ", "truncate[: length, ellipsis]", 1),
        ("{{ trigger.number | upcase | append: \"a", "append: suffix", 0),
    ] {
        client.open(TEMPLATE, written);
        let help = client.at("textDocument/signatureHelp", TEMPLATE, &format!("{written}^"), &json!({})).unwrap();
        assert_eq!(help["signatures"][0]["label"], label);
        assert_eq!(help["activeParameter"], active, "{written}");
        client.close(TEMPLATE);
    }
    client.open(TEMPLATE, "{{ trigger.number");
    let nothing = client.at("textDocument/signatureHelp", TEMPLATE, "{{ trigger.^", &json!({})).unwrap();
    assert!(nothing.is_null());
}
