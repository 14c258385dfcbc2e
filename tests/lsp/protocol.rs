//! Malformed and unexpected messages: the server answers with the protocol's error codes and goes on.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::SHOP;
use crate::client::Client;

/// Every method that the server answers, and some that it does not.
const METHODS: &[&str] = &[
    "initialize",
    "initialized",
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didClose",
    "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders",
    "$/cancelRequest",
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/diagnostic",
    "textDocument/documentHighlight",
    "textDocument/documentLink",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/hover",
    "textDocument/inlayHint",
    "textDocument/prepareRename",
    "textDocument/references",
    "textDocument/rename",
    "textDocument/selectionRange",
    "textDocument/semanticTokens/full",
    "textDocument/signatureHelp",
    "workspace/executeCommand",
    "workspace/symbol",
    "textDocument/unheardOf",
    "",
];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z:/.{}%]{0,12}".prop_map(Value::from),
        Just(json!("file:///nowhere/a.liquid")),
        Just(json!("untitled:1")),
        Just(json!({"line": 4_000_000_000_u32, "character": 7})),
        Just(json!({"uri": "file:///a%ZZ", "version": 1})),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop_oneof![
            Just("textDocument"),
            Just("position"),
            Just("range"),
            Just("uri"),
            Just("contentChanges"),
            Just("text"),
            Just("context"),
            Just("newName"),
            Just("arguments"),
            Just("command"),
            Just("query"),
            Just("event"),
            Just("id"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let framed = |text: String| format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes();
    let call = (prop::sample::select(METHODS), json_value(), prop::option::of(json_value())).prop_map(
        |(method, params, id)| {
            let mut message = json!({"jsonrpc": "2.0", "method": method, "params": params});
            if let Some(id) = id {
                message["id"] = id;
            }
            message.to_string()
        },
    );
    prop_oneof![
        6 => call.prop_map(framed),
        1 => json_value().prop_map(move |value| framed(value.to_string())),
        1 => "[ -~]{0,30}".prop_map(framed),
        1 => "[ -~]{0,30}\r\n".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn survives_whatever_is_sent(messages in prop::collection::vec(message(), 1..25)) {
        let mut client = Client::new(SHOP);
        for message in &messages {
            client.send_raw(message);
        }
        // Headers that were not finished swallow nothing but themselves.
        client.send_raw(b"\r\n\r\n");
        let id = client.ask("textDocument/unheardOf", &json!({}));
        let answer = client.answer(id).unwrap_err();
        prop_assert_eq!(answer["code"].clone(), json!(-32601));
    }
}
