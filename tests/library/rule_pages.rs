//! Rule pages: the example of each page has exactly the findings that the page states, and the corrected example has
//! none.

use std::fs;
use std::path::Path;

use inkproof::liquid::{Limits, Mode};
use inkproof::message::RenderOptions;
use inkproof::project::Project;
use inkproof::rules::{JudgeOptions, RULES, Rule, codes, judge, page};

const CUSTOMER: &str = r#"{"id": "user_1", "email": "ada@example.com", "first_name": "Ada"}"#;

/// A code block of a page.
struct Block<'p> {
    /// The words after the backticks: the language, and the path of the file if it has one.
    info: &'p str,
    text: &'p str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("```") {
        let (info, after) = rest[start + 3..].split_once('\n').unwrap();
        let (text, next) = after.split_once("\n```").unwrap();
        blocks.push(Block { info, text });
        rest = next;
    }
    blocks
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The findings of one rule in a project that consists of a section's blocks, as `line:column code`. A template without
/// settings gets empty ones, whose lines do not count.
fn found(rule: &Rule, section: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "fixtures/customers/ada.json", CUSTOMER);
    let mut data = "{}";
    let mut added_lines = 0;
    for block in blocks(section) {
        let (language, path) = block.info.split_once(' ').unwrap_or((block.info, ""));
        match (language, path) {
            ("liquid", path) => {
                let path = if path.is_empty() { "templates/example.liquid" } else { path };
                if block.text.starts_with("---") {
                    write(root, path, block.text);
                } else {
                    added_lines = 2;
                    write(root, path, &format!("---\n---\n{}\n", block.text));
                }
            }
            ("json", "") => data = block.text,
            ("json" | "toml", path) if !path.is_empty() => write(root, path, block.text),
            _ => {}
        }
    }
    if root.join("templates/example.liquid").exists() {
        let request = format!(
            r#"{{"transactional_message_id": "example", "identifiers": {{"id": "user_1"}}, "message_data": {data}}}"#
        );
        write(root, "fixtures/requests/example/request.json", &request);
    }
    let project = Project::open(root).unwrap();
    let templates = project.select_templates(&[]).unwrap();
    let render_options = RenderOptions {
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        mode: Mode::Live,
        seed: Some(1),
        limits: Limits::default(),
        asks_test_send: false,
    };
    let judgement = judge(&project, &templates, &project.cases(), &JudgeOptions::new(&project, render_options));
    let own = judgement.findings.iter().filter(|finding| finding.code == rule.code);
    let shown = own.map(|finding| {
        let location = finding.location().unwrap();
        let is_template = location.source().name() == "templates/example.liquid";
        let line = location.start().line - if is_template { added_lines } else { 0 };
        format!("{line}:{} {}", location.start().column, finding.code)
    });
    shown.collect()
}

#[test]
fn finds_what_each_page_states_and_nothing_in_its_correction() {
    let mut failures = Vec::new();
    for rule in RULES.iter() {
        let page = rule.page;
        assert!(page.starts_with(&format!("# {}\n\n", rule.code)), "{}: the title", rule.code);
        let (_, example) = page.split_once("## Example").unwrap_or_else(|| panic!("{}: an example", rule.code));
        let (example, instead) = example.split_once("## Instead").unwrap_or((example, ""));
        let blocks = blocks(example);
        let expected = blocks.iter().find(|block| block.info == "text").unwrap();
        let expected: Vec<_> = expected.text.lines().collect();
        let example = found(rule, example);
        if example != expected {
            failures.push(format!("{}: {example:?}, not {expected:?}", rule.code));
        }
        let instead = if instead.is_empty() { Vec::new() } else { found(rule, instead) };
        if !instead.is_empty() {
            failures.push(format!("{}: instead: {instead:?}", rule.code));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The codes in the source files of a folder, except those in tests and examples.
fn codes_in(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            codes_in(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let own = text.split("#[cfg(test)]\nmod ").next().unwrap();
            for line in own.lines().filter(|line| !line.trim_start().starts_with("//")) {
                let names = line.split("Code::new(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
                found.extend(names);
            }
        }
    }
}

#[test]
fn every_code_has_a_page() {
    let mut found = Vec::new();
    codes_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 30, "{found:?}");
    found.retain(|code| page(code).is_none());
    assert!(found.is_empty(), "these have no page in docs/rules: {found:?}");
    let codes = codes();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
}
