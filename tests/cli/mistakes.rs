//! Mistakes in files and on the command line, as a table: each row of `mistakes.jsonl` is a project with a mistake and a
//! command, and everything that the command prints. (Mistakes in templates are in `tests/library/mistakes`.)
//!
//! `UPDATE_MISTAKES=1 cargo test --test cli mistakes` writes what is printed into the rows. Read every difference.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::sandbox::{ADA, Sandbox, run};

const TEMPLATE: &str = "---\n---\n{\"title\": {{ trigger.name | json }}, \"body\": \"Hello\"}\n";
const REQUEST: &str =
    r#"{"transactional_message_id": "welcome", "identifiers": {"id": "user_123"}, "message_data": {"name": "Ada"}}"#;

/// The project of a row: a sound one, unless the row says otherwise, with the files and symbolic links of the row.
fn sandbox(row: &Map<String, Value>) -> Sandbox {
    let mut sandbox = Sandbox::new();
    if !row.contains_key("empty") {
        sandbox = sandbox
            .file("templates/welcome.liquid", TEMPLATE)
            .file("fixtures/customers/ada.json", ADA)
            .file("fixtures/requests/welcome/standard.json", REQUEST);
    }
    for (path, content) in row.get("files").and_then(Value::as_object).into_iter().flatten() {
        sandbox = sandbox.file(path, content.as_str().unwrap());
    }
    for (path, target) in row.get("links").and_then(Value::as_object).into_iter().flatten() {
        link(target.as_str().unwrap(), &sandbox.path().join(path));
    }
    sandbox
}

#[cfg(unix)]
fn link(target: &str, path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, path).unwrap();
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) {}

/// The exit code of a row's command, and the lines that it prints.
fn outcome(row: &Map<String, Value>) -> (Value, Value) {
    let sandbox = sandbox(row);
    let arguments: Vec<&str> =
        row["run"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect();
    let input = row.get("input").and_then(Value::as_str).unwrap_or_default();
    let run = run(sandbox.path(), &arguments, input);
    let printed = format!("{}{}", run.stdout, run.stderr);
    let folder = sandbox.path().canonicalize().unwrap();
    let printed =
        printed.replace(folder.to_str().unwrap(), "FOLDER").replace(sandbox.path().to_str().unwrap(), "FOLDER");
    (json!(run.code), json!(printed.lines().collect::<Vec<_>>()))
}

#[test]
fn every_mistake_in_files_and_commands_gets_its_advice() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/mistakes.jsonl");
    let is_update = std::env::var_os("UPDATE_MISTAKES").is_some();
    let mut failures = Vec::new();
    let mut updated = String::new();
    let text = fs::read_to_string(&path).unwrap();
    for line in text.lines() {
        let mut row: Map<String, Value> = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        if row.contains_key("links") && cfg!(not(unix)) {
            continue;
        }
        let (code, printed) = outcome(&row);
        for (name, actual) in [("code", code), ("printed", printed)] {
            if !is_update && row.get(name) != Some(&actual) {
                failures.push(format!("{}: {name}: {actual:#}", row["mistake"]));
            }
            row.insert(name.to_owned(), actual);
        }
        updated.push_str(&serde_json::to_string(&row).unwrap());
        updated.push('\n');
    }
    if is_update {
        fs::write(&path, updated).unwrap();
    }
    assert!(text.lines().count() > 40, "the table has {} rows", text.lines().count());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
