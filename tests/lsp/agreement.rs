//! In every state, the diagnostics are the findings of `inkproof check` on the same bytes.

use std::collections::BTreeMap;
use std::process::Command;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::Client;
use crate::{ADA, ONE, ORDER, SHOP, TWO};

/// A step of somebody who edits the project.
#[derive(Clone, Debug)]
enum Step {
    /// Types a file that is open, or opens it.
    Type(&'static str, String),
    /// Saves what is typed in a file.
    Save(&'static str),
    /// Closes a file without saving.
    Close(&'static str),
}

/// Each file with texts that it can have.
const TEXTS: &[(&str, &[&str])] = &[
    (
        "templates/order.liquid",
        &["", "---\n", "---\ntype: 5\n---\n{}", "---\n---\n{\"title\": \"{{ trigger.number | upcas }}\"}"],
    ),
    ("fixtures/requests/order/one.json", &["{", "[]", "{\"transactional_message_id\": \"order\"}"]),
    (
        "fixtures/requests/order/two.json",
        &["{\"transactional_message_id\": \"ordr\", \"identifiers\": {\"id\": \"ada\"}}"],
    ),
    ("fixtures/customers/ada.json", &["{\"id\": \"bob\"}", "{\"id\": \"ada\", \"name\": \"A\\\"B\"}"]),
    ("snippets/greeting.liquid", &["{{ customer.nme }}", "{% if %}", "plain"]),
    (
        "inkproof.toml",
        &[
            "[rules]\nunused-data = \"off\"\n",
            "[rules]\nnonsense = 5\n",
            "[path",
            "[expect]\nlost = [\"order/two\"]\n",
            "[expect]\nlost = [\"order\", \"other\"]\n",
        ],
    ),
];

fn original(name: &str) -> &'static str {
    match name {
        "templates/order.liquid" => ORDER,
        "fixtures/requests/order/one.json" => ONE,
        "fixtures/requests/order/two.json" => TWO,
        "fixtures/customers/ada.json" => ADA,
        _ => SHOP.iter().find(|(known, _)| *known == name).unwrap().1,
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let typed = (0..TEXTS.len(), any::<prop::sample::Index>()).prop_map(|(file, text)| {
        let (name, texts) = TEXTS[file];
        let at = text.index(texts.len() + 2);
        let text = match texts.get(at) {
            Some(text) => (*text).to_owned(),
            None if at == texts.len() => original(name).to_owned(),
            None => original(name).replace("number", "nr"),
        };
        Step::Type(name, text)
    });
    let name = || (0..TEXTS.len()).prop_map(|file| TEXTS[file].0);
    prop::collection::vec(
        prop_oneof![3 => typed, 1 => name().prop_map(Step::Save), 1 => name().prop_map(Step::Close)],
        1..12,
    )
}

/// The findings of `inkproof check` on these files, by file: `line:column code`.
fn checked(files: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_inkproof"))
        .args(["check", "--format", "jsonl"])
        .current_dir(folder.path())
        .env("INKPROOF_NOW", "2026-01-01T00:00:00Z")
        .output()
        .unwrap();
    let mut findings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let finding: Value = serde_json::from_str(line).unwrap();
        let (Some(file), Some(code)) = (finding["file"].as_str(), finding["code"].as_str()) else { continue };
        if code == "verdict" {
            continue;
        }
        findings.entry(file.to_owned()).or_default().push(format!("{} {code}", finding["start"]["line"]));
    }
    findings
}

/// The diagnostics of the server in its current state.
fn diagnosed(client: &mut Client, files: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for name in files.keys() {
        let report = client.request("textDocument/diagnostic", &json!({"textDocument": {"uri": client.uri(name)}}));
        // In requests, the editor repeats what templates lack.
        let is_repeated = |item: &&Value| name.starts_with("fixtures/requests/") && item["code"] == "missing-data";
        let items: Vec<_> = report.unwrap()["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| !is_repeated(item))
            .map(|item| {
                let line = item["range"]["start"]["line"].as_u64().unwrap() + 1;
                format!("{line} {}", item["code"].as_str().unwrap())
            })
            .collect();
        if !items.is_empty() {
            found.insert(name.clone(), items);
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn diagnostics_are_the_findings_of_check(steps in steps()) {
        let mut client = Client::with_capabilities(SHOP, &json!({"textDocument": {"diagnostic": {}}, "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}}));
        let mut saved: BTreeMap<String, String> = SHOP.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let mut open: BTreeMap<String, String> = BTreeMap::new();
        for step in &steps {
            match step {
                Step::Type(name, text) => {
                    if open.insert((*name).to_owned(), text.clone()).is_some() {
                        client.change(name, text);
                    } else {
                        client.open(name, text);
                    }
                }
                Step::Save(name) => {
                    if let Some(text) = open.get(*name) {
                        client.save(name, text);
                        saved.insert((*name).to_owned(), text.clone());
                        let uri = client.uri(name);
                        client.notify("workspace/didChangeWatchedFiles", &json!({"changes": [{"uri": uri, "type": 2}]}));
                    }
                }
                Step::Close(name) => {
                    if open.remove(*name).is_some() {
                        client.close(name);
                    }
                }
            }
            let mut shown = saved.clone();
            shown.extend(open.clone());
            prop_assert_eq!(diagnosed(&mut client, &shown), checked(&shown), "after {:?}", step);
        }
    }
}
