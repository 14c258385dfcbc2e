//! The table of common mistakes: each row of `mistakes/*.jsonl` is a template with a mistake. Its findings must be exactly
//! those of the row, at their positions, and after their fixes the message must be what was meant.
//!
//! `UPDATE_MISTAKES=1 cargo test --test library mistakes` writes what is found into the rows. Read every difference.

use std::fs;
use std::path::Path;

use inkproof::diagnostics::{Diagnostic, Fix};
use inkproof::liquid::{Limits, Mode};
use inkproof::message::RenderOptions;
use inkproof::project::Project;
use inkproof::rules::{JudgeOptions, judge};
use serde_json::{Map, Value, json};

const DATA: &str = r#"{"name": "Ada", "n": 1, "x": "a", "ok": true, "plan": null, "url": "https://example.com",
    "items": [{"name": "A", "price": 3}, {"name": "B", "price": 4}]}"#;
const CUSTOMER: &str = r#"{"id": "user_1", "email": "ada@example.com", "first_name": "Ada"}"#;
/// Rules about other things than mistakes: what the data of all rows has, and how a value is printed.
const UNRELATED: [&str; 9] = [
    "blank-value",
    "constant-condition",
    "fragile-collection",
    "json-unsafe",
    "missing-title",
    "suspicious-comparison",
    "trailing-comma",
    "uncovered-branch",
    "unused-data",
];
/// Where the content begins, after the lines of the settings.
const SETTINGS_LINES: usize = 2;

fn render_options() -> RenderOptions {
    RenderOptions {
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        mode: Mode::Live,
        seed: Some(1),
        limits: Limits::default(),
        asks_test_send: false,
    }
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A project of one row: the file of its template, with its settings.
fn project(row: &Map<String, Value>, file: &str) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "fixtures/customers/ada.json", CUSTOMER);
    write(folder.path(), "templates/example.liquid", file);
    let data = row.get("data").map_or_else(|| DATA.to_owned(), Value::to_string);
    let request = format!(
        r#"{{"transactional_message_id": "example", "identifiers": {{"id": "user_1"}}, "message_data": {data}}}"#
    );
    write(folder.path(), "fixtures/requests/example/request.json", &request);
    for (name, text) in row.get("files").and_then(Value::as_object).into_iter().flatten() {
        write(folder.path(), name, text.as_str().unwrap());
    }
    let project = Project::open(folder.path()).unwrap();
    (folder, project)
}

fn findings(project: &Project) -> Vec<Diagnostic> {
    let templates = project.select_templates(&[]).unwrap();
    let judgement = judge(project, &templates, &project.cases(), &JudgeOptions::new(project, render_options()));
    judgement.findings.iter().filter(|finding| !UNRELATED.contains(&finding.code.as_str())).cloned().collect()
}

/// A finding in one line: its position in the content (with its file, if it is another one), its code, message, other
/// places and help.
fn shown(finding: &Diagnostic, settings_lines: usize) -> String {
    let place = finding.location().map(|location| {
        let (start, name) = (location.start(), location.source().name());
        match name {
            "templates/example.liquid" => format!("{}:{}", start.line.saturating_sub(settings_lines), start.column),
            name => format!("{name}:{}:{}", start.line, start.column),
        }
    });
    let secondary = finding.secondary.iter().filter(|label| !label.text.is_empty()).map(|label| {
        let start = label.location.start();
        format!(" ({}:{} {})", start.line.saturating_sub(settings_lines), start.column, label.text)
    });
    let secondary: String = secondary.collect();
    let fix = finding.fix.iter().map(|fix| fix.title.as_str());
    let advice: Vec<&str> = finding.help.iter().map(String::as_str).chain(fix).collect();
    let advice = if advice.is_empty() { String::new() } else { format!(" | {}", advice.join(" | ")) };
    format!("{} {}: {}{secondary}{advice}", place.unwrap_or_default(), finding.code, finding.message)
}

/// The properties of the message, or the reason why there is none.
fn message(project: &Project) -> Value {
    let mut found = Value::Null;
    let cases = project.cases();
    let _: Result<(), std::convert::Infallible> = project.render(&cases, &render_options(), |_, rendering| {
        found = match rendering.message {
            Some(message) => Value::Object(message.properties.into()),
            None => json!(rendering.problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>()),
        };
        Ok(())
    });
    found
}

/// What is found in a row: its findings, its template after the fixes, and the message of that.
fn outcome(row: &Map<String, Value>) -> (Value, Value, Value) {
    let template = row["template"].as_str().unwrap();
    let (file, settings_lines) = if template.starts_with("---") {
        (template.to_owned(), 0)
    } else {
        (format!("---\n---\n{template}"), SETTINGS_LINES)
    };
    let (_folder, before) = project(row, &file);
    let found = findings(&before);
    let is_here = |finding: &&Diagnostic| {
        finding.location().is_some_and(|location| location.source().name() == "templates/example.liquid")
    };
    let fixes: Vec<&Fix> = found.iter().filter(is_here).filter_map(|finding| finding.fix.as_ref()).collect();
    let lines: Vec<_> = found.iter().map(|finding| shown(finding, settings_lines)).collect();
    if fixes.is_empty() {
        // What is no mistake for Liquid must render what was meant.
        let renders = if found.is_empty() { message(&before) } else { Value::Null };
        return (json!(lines), Value::Null, renders);
    }
    let edits = fixes.iter().flat_map(|fix| fix.edits.iter().cloned()).collect();
    let all = Fix { title: String::new(), edits };
    let text = all.apply(&file).unwrap_or_else(|| panic!("{template}: the fixes overlap"));
    let (_folder, after) = project(row, &text);
    let content: Vec<&str> = text.splitn(settings_lines + 1, '\n').collect();
    (json!(lines), json!(content[settings_lines]), message(&after))
}

#[test]
fn every_row_has_its_findings_and_its_fix_renders_what_was_meant() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library/mistakes");
    let is_update = std::env::var_os("UPDATE_MISTAKES").is_some();
    let mut failures = Vec::new();
    let mut rows = 0;
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        let mut updated = String::new();
        for line in fs::read_to_string(&path).unwrap().lines().filter(|line| !line.is_empty()) {
            let mut row: Map<String, Value> =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            let (found, fixed, renders) = outcome(&row);
            let expected = [("findings", found), ("fixed", fixed), ("renders", renders)];
            for (name, actual) in &expected {
                if !is_update && row.get(*name).unwrap_or(&Value::Null) != actual {
                    failures.push(format!("{}: {name}: {actual}", row["template"]));
                }
            }
            rows += 1;
            row.extend(expected.map(|(name, value)| (name.to_owned(), value)));
            row.retain(|_, value| !value.is_null());
            updated.push_str(&serde_json::to_string(&row).unwrap());
            updated.push('\n');
        }
        if is_update {
            fs::write(&path, updated).unwrap();
        }
    }
    assert!(rows > 100, "{rows} rows");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The tables that the page lists, in its order, with their titles.
const TABLES: [(&str, &str); 4] =
    [("liquid", "In Liquid"), ("names", "Names of variables"), ("json", "In JSON"), ("settings", "In settings")];

/// Code in a cell of a table.
fn code(text: &str) -> String {
    let shown = text.replace('\n', "↵").replace('\t', "⇥").replace('\u{feff}', "").replace('|', "\\|");
    if shown.contains('`') { format!("`` {shown} ``") } else { format!("`{shown}`") }
}

/// What is written in a row: the template without the text around it that all rows have, or another file.
fn written(row: &Map<String, Value>) -> String {
    let mut files = row.get("files").and_then(Value::as_object).into_iter().flatten();
    let file = files.find(|(path, _)| !path.starts_with("snippets/"));
    let text = file.map_or(&row["template"], |(_, text)| text).as_str().unwrap();
    let inner = text.strip_prefix("{\"title\":\"").and_then(|rest| rest.strip_suffix("\",\"body\":\"x\"}"));
    code(inner.unwrap_or(text))
}

/// A finding with its advice in lines of their own. A bar within code is a part of it.
fn in_lines(finding: &str) -> String {
    let parts = finding.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => part.replace(" | ", "<br>→ "),
        _ => part.replace('|', "\\|"),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// The rows of the table of mistakes in files and commands: the command, and the findings with their help.
fn files_and_commands(root: &Path) -> String {
    let mut rows = String::new();
    for line in fs::read_to_string(root.join("tests/cli/mistakes.jsonl")).unwrap().lines() {
        let row: Map<String, Value> = serde_json::from_str(line).unwrap();
        let texts = |name: &str| -> Vec<String> {
            row[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let is_answer = |line: &&str| {
            ["error", "warning", "╭▸", "├ help", "╰ help", "tip:", "created"]
                .iter()
                .any(|start| line.starts_with(start))
        };
        let printed = texts("printed");
        let answer: Vec<_> = printed.iter().map(|line| line.trim()).filter(is_answer).collect();
        let answer: Vec<_> = answer.iter().map(|line| line.trim_start_matches(['╭', '▸', '├', '╰', ' '])).collect();
        let answer = answer.join("<br>").replace('|', "\\|");
        let mistake = row["mistake"].as_str().unwrap();
        rows = format!(
            "{rows}| {mistake} | {} | {answer} |\n",
            code(&texts("run").iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" "))
        );
    }
    format!("\n## In files and commands\n\n| mistake | command | answer |\n|---|---|---|\n{rows}")
}

/// A word as a shell takes it literally.
fn shell_word(word: &str) -> String {
    let is_plain = |next: char| next.is_alphanumeric() || "-_./:=@%+,".contains(next);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The page of the documentation with the rows that have a name.
fn page(folder: &Path) -> String {
    let mut page = "# Common mistakes\n\nWhat `inkproof check` says about mistakes that many people make, with its position, and what its fix \
                    renders. A fix is applied by `inkproof check --fix`, or in your editor. `tests/library/mistakes` has \
                    several hundred more, among them those of other languages.\n\n\
                    `tests/library/mistakes.rs` writes this page: `UPDATE_MISTAKES=1 cargo test --test library mistakes`.\n"
        .to_owned();
    for (name, title) in TABLES {
        page = format!(
            "{page}\n## {title}\n\n| mistake | written | finding and help | the fix renders |\n|---|---|---|---|\n"
        );
        for line in fs::read_to_string(folder.join(name).with_extension("jsonl")).unwrap().lines() {
            let row: Map<String, Value> = serde_json::from_str(line).unwrap();
            let Some(mistake) = row.get("mistake") else { continue };
            let mistake = mistake.as_str().unwrap().replace('|', "\\|");
            let findings: Vec<_> = row["findings"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
            let finding = findings.iter().map(|finding| in_lines(finding)).collect::<Vec<_>>().join("<br>");
            let finding = if finding.is_empty() { "none".to_owned() } else { finding };
            let title = row.get("fixed").and_then(|_| row["renders"].get("title")).and_then(Value::as_str);
            let renders = title
                .map_or_else(String::new, |title| if title.is_empty() { "nothing".to_owned() } else { code(title) });
            page = format!("{page}| {mistake} | {} | {finding} | {renders} |\n", written(&row));
        }
    }
    page
}

#[test]
fn the_page_lists_the_rows_with_a_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let expected = page(&root.join("tests/library/mistakes")) + &files_and_commands(root);
    let path = root.join("docs/mistakes.md");
    if std::env::var_os("UPDATE_MISTAKES").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(published == expected, "docs/mistakes.md is out of date: run this test with UPDATE_MISTAKES=1");
}
