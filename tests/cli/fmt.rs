//! `inkproof fmt`

use std::fs;

use super::sandbox::{Sandbox, run as run_in};

const UGLY: &str = "{\n\"title\":\"{{trigger.a}}\",\n      \"body\" : {{trigger.a|json}} }\n";
const TIDY: &str = "{\n  \"title\": \"{{ trigger.a }}\",\n  \"body\": {{ trigger.a | json }}\n}\n";

fn content(sandbox: &Sandbox) -> String {
    let text = fs::read_to_string(sandbox.path().join("templates/t.liquid")).unwrap();
    text.strip_prefix("---\n---\n").unwrap().to_owned()
}

#[test]
fn formats_templates_in_place() {
    let sandbox = Sandbox::with_template(UGLY, r#"{"a": "x"}"#);
    let run = sandbox.run(&["fmt"]);
    assert_eq!((run.stdout.as_str(), run.code), ("templates/t.liquid\n", 0));
    assert_eq!(run.stderr, "1 template formatted, 0 unchanged, 0 left as they are\n");
    assert_eq!(content(&sandbox), TIDY);
    let again = sandbox.run(&["fmt"]);
    assert_eq!((again.stdout.as_str(), again.code), ("", 0));
    assert_eq!(again.stderr, "0 templates formatted, 1 unchanged, 0 left as they are\n");
}

#[test]
fn checks_without_writing() {
    let sandbox = Sandbox::with_template(UGLY, r#"{"a": "x"}"#);
    let run = sandbox.run(&["fmt", "--check"]);
    assert_eq!((run.stdout.as_str(), run.code), ("templates/t.liquid\n", 1));
    let run = sandbox.run(&["fmt", "--diff"]);
    assert!(run.stdout.contains("-\"title\":\"{{trigger.a}}\",\n"), "{run:?}");
    assert!(run.stdout.contains("+  \"title\": \"{{ trigger.a }}\",\n"), "{run:?}");
    assert_eq!((content(&sandbox).as_str(), run.code), (UGLY, 0));
    assert_eq!(sandbox.run(&["fmt", "t", "--check", "--diff"]).code, 1);
}

#[test]
fn leaves_alone_what_it_cannot_format() {
    for (content_before, reason) in [
        ("{\"title\":\"{{ trigger.a \"}", "its Liquid has syntax errors, which `inkproof check` reports"),
        (
            "{\"title\":{% if trigger.a %}\"x{% else %}\"y{% endif %}z\"}",
            "a bracket or string is not closed in the Liquid block in which it is opened",
        ),
    ] {
        let sandbox = Sandbox::with_template(content_before, r#"{"a": "x"}"#);
        let run = sandbox.run(&["fmt"]);
        assert!(run.stderr.starts_with(&format!("templates/t.liquid: left as it is: {reason}\n")), "{run:?}");
        assert_eq!((content(&sandbox).as_str(), run.code), (content_before, 0));
    }
}

#[test]
fn formats_standard_input() {
    let sandbox = Sandbox::new();
    let run = run_in(sandbox.path(), &["fmt", "-"], UGLY);
    assert_eq!((run.stdout.as_str(), run.code), (TIDY, 0));
    assert_eq!(run_in(sandbox.path(), &["fmt", "-", "--check"], UGLY).code, 1);
    assert_eq!(run_in(sandbox.path(), &["fmt", "-", "--check"], TIDY).code, 0);
    let settings = format!("---\ntype: order\n---\n{UGLY}");
    let run = run_in(sandbox.path(), &["fmt", "-"], &settings);
    assert_eq!(run.stdout, format!("---\ntype: order\n---\n{TIDY}"));
    let run = run_in(sandbox.path(), &["fmt", "-"], "{{ a");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("standard input cannot be formatted"), "{run:?}");
}
