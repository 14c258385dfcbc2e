//! `inkproof check --fix` and `--diff`

use std::fs;
use std::time::{Duration, Instant};

use super::sandbox::Sandbox;

fn template_source(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.path().join("templates/t.liquid")).unwrap()
}

#[test]
fn fixes_are_idempotent_and_do_not_change_messages() {
    let content = r#"{
  "title": "{{ trigger.a }}",
  "body": "Hi {{ trigger.b | upcase | default: "there" }}, {{ a }}",
  "c": "x {{ trigger.c }} y", "d": {{ trigger.d }},
}
"#;
    for data in [
        r#"{"a": "a b", "b": "b", "c": null, "d": 1}"#,
        r#"{"a": "Zoë", "b": "", "c": {"x": 1}, "d": "[]"}"#,
        r#"{"a": "a\"b", "b": "b", "c": ["x"], "d": 1}"#,
        r#"{"a": "1.50", "b": false, "c": [], "d": "{}"}"#,
    ] {
        let content = if data.contains("1.50") { content.replace("{{ a }}", "") } else { content.to_owned() };
        let sandbox = Sandbox::with_template(&content, data);
        let before = sandbox.run(&["render", "--now", "2026-01-01T00:00:00Z"]).lines();
        let file = sandbox.path().join("templates/t.liquid");
        let untouched = fs::read_to_string(&file).unwrap();
        let diff = sandbox.run(&["check", "--diff"]);
        assert_eq!(fs::read_to_string(&file).unwrap(), untouched);
        assert!(diff.stdout.contains("+  \"title\": {{ trigger.a | append: \"\" | json }},"), "{diff:?}");
        sandbox.run(&["check", "--fix"]);
        let once = fs::read_to_string(&file).unwrap();
        assert_ne!(once, untouched);
        sandbox.run(&["check", "--fix"]);
        assert_eq!(fs::read_to_string(&file).unwrap(), once);
        let after = sandbox.run(&["render", "--now", "2026-01-01T00:00:00Z"]).lines();
        if !before[0]["message"].is_null() {
            assert_eq!(before[0]["message"], after[0]["message"], "{once}");
        }
    }
}

#[test]
fn applies_thousands_of_fixes_in_bounded_time() {
    let count = 1_000;
    let texts: Vec<_> = (0..count).map(|at| format!("\"t{at}\": \"{{{{ trigger.t }}}}{{{{ trigger.t }}}}\"")).collect();
    let plain: Vec<_> = (0..count).map(|at| format!("\"p{at}\": \"{{{{ trigger.t }}}}\"")).collect();
    let content = format!("{{\"title\": \"Hi\", \"body\": \"Hi\",\n{},\n{}}}", texts.join(",\n"), plain.join(",\n"));
    let sandbox = Sandbox::with_template(&content, r#"{"t": "x"}"#);
    let start = Instant::now();
    let fixed = sandbox.run(&["check", "--fix", "--format", "concise"]);
    assert!(start.elapsed() < Duration::from_secs(300), "{:?}", start.elapsed());
    assert_eq!(fixed.stderr, format!("templates/t.liquid: {} fixed\n", 2 * count));
    let once = template_source(&sandbox);
    for name in ["text ", "text_2 ", "text_1000 "] {
        assert_eq!(once.matches(&format!("{{% capture {name}%}}")).count(), 1, "{name}");
    }
    assert!(sandbox.run(&["check", "--diff", "--format", "concise"]).stdout.is_empty());
}

#[test]
fn skips_only_the_fixes_that_would_change_a_message() {
    let texts: Vec<_> = (0..20).map(|at| format!("\"t{at}\": \"{{{{ trigger.t }}}}\"")).collect();
    let content = format!(
        "{{\"title\": \"{{{{ trigger.n }}}}\", \"body\": \"Hi\",\n{},\n\"h\": \"{{{{ trigger.h }}}}\",\n\"last\": \"x\",}}",
        texts.join(",\n")
    );
    // The value of `h` is escaped already; a fix would escape it twice.
    let sandbox = Sandbox::with_template(&content, r#"{"t": "x", "n": "Ada", "h": "a\\\"b"}"#);
    let before = sandbox.run(&["render", "--now", "2026-01-01T00:00:00Z"]).lines();
    let fixed = sandbox.run(&["check", "--fix"]);
    assert!(fixed.stderr.starts_with("templates/t.liquid: 22 fixed"), "{fixed:?}");
    assert!(template_source(&sandbox).contains("\"h\": \"{{ trigger.h }}\""), "{}", template_source(&sandbox));
    let after = sandbox.run(&["render", "--now", "2026-01-01T00:00:00Z"]).lines();
    assert_eq!(before[0]["message"], after[0]["message"]);
}

#[test]
fn fixes_templates_with_random_values() {
    let content = "{% generate_uuid %}{\"title\": \"Hi {{ trigger.list | sample }}\", \"body\": \"Hi\",}";
    let content = content.replace("{% generate_uuid %}{", "{\"id\": \"{% generate_uuid %}\", ");
    let sandbox = Sandbox::with_template(&content, r#"{"list": ["a", "b", "c", "d", "e", "f", "g", "h"]}"#);
    let fixed = sandbox.run(&["check", "--fix"]);
    assert!(fixed.stderr.contains("fixed"), "{fixed:?}");
    assert!(!template_source(&sandbox).contains(",}"), "{}", template_source(&sandbox));
}

#[test]
fn rejects_a_diff_in_formats_for_programs() {
    let sandbox = Sandbox::with_template(r#"{"title": "Hi", "body": "Hi",}"#, "{}");
    for format in ["json", "jsonl", "sarif", "junit", "github", "gitlab"] {
        let refused = sandbox.run(&["check", "--diff", "--format", format]);
        let expected =
            format!("error: the format `{format}` does not support `--diff`: expected `full` or `concise`\n");
        assert_eq!((refused.code, refused.stdout.as_str(), refused.stderr.as_str()), (2, "", expected.as_str()));
    }
    let concise = sandbox.run(&["check", "--diff", "--format", "concise"]);
    assert!(concise.stdout.contains("-{\"title\": \"Hi\", \"body\": \"Hi\",}\n"), "{concise:?}");
}
