//! Hostile input: an error in bounded time and memory, never a crash.

use super::sandbox::{Sandbox, repository, run};

/// Templates that exceed a limit: a name, the template, and the expected error.
fn bombs() -> Vec<(&'static str, String, &'static str)> {
    let doubling = "{% assign s = 'x' %}".to_owned() + &"{% assign s = s | append: s %}".repeat(60) + "{{ s }}";
    let capture = "{% capture s %}xxxxxxxx{% endcapture %}".to_owned()
        + &"{% capture s %}{{ s }}{{ s }}{% endcapture %}".repeat(60);
    let nested_lists =
        "{% assign a = '' | split: '' %}".to_owned() + &"{% assign a = a | push: a | push: a %}".repeat(60) + "{{ a }}";
    vec![
        ("ten thousand ifs", "{% if true %}".repeat(10_000), "tags are nested deeper than 200 levels"),
        ("a hundred thousand fors", "{% for i in a %}".repeat(100_000), "tags are nested deeper than 200 levels"),
        ("a million brackets", format!("{{{{ {} }}}}", "[".repeat(1_000_000)), "brackets are nested deeper than 100 levels"),
        ("a million parentheses", format!("{{{{ {} }}}}", "(".repeat(1_000_000)), "brackets are nested deeper than 100 levels"),
        ("a huge range", "{% for i in (1..100000000000) %}{% endfor %}".to_owned(), "memory alloc limit exceeded"),
        ("a range without end", "{% for i in (9007199254740992..9007199254740999) %}{% endfor %}".to_owned(), "memory alloc limit exceeded"),
        ("doubling a string", doubling, "limit exceeded"),
        ("doubling by capture", capture, "Invalid string length"),
        ("lists in lists", nested_lists, "Maximum call stack size exceeded"),
        ("loops in loops", "{% for i in (1..9999) %}{% for j in (1..9999) %}{% for k in (1..9999) %}{% endfor %}{% endfor %}{% endfor %}".to_owned(), "limit exceeded"),
        ("a wide date", "{{ 0 | date: '%999999999d' }}".to_owned(), "limit exceeded"),
        ("an unclosed quote", "{{ '".repeat(100_000), "not closed"),
        ("openers only", "{%".repeat(200_000), "not closed"),
    ]
}

#[test]
fn limits_hostile_templates() {
    for (name, template, expected) in bombs() {
        let run = run(&repository(), &["liquid", "--dialect", "liquidjs", "--format", "concise"], &template);
        // A slow machine may reach the limit of time first.
        let is_limited = run.stderr.contains(expected) || run.stderr.contains("template render limit exceeded");
        assert!(run.code == 1 && is_limited, "{name}: {} {}", run.code, &run.stderr[..run.stderr.len().min(500)]);
    }
}

#[test]
fn limits_the_depth_of_data() {
    let sandbox = Sandbox::new().file("deep.json", "[".repeat(1_000_000)).file("t.liquid", "{{ x }}");
    let run = sandbox.run(&["liquid", "t.liquid", "--data", "deep.json"]);
    assert!(run.code == 2 && run.stderr.contains("exceeded max depth of 500"), "{run:?}");
}

#[test]
fn limits_nested_tags_in_a_project() {
    let nested = "{% if true %}".repeat(10_000) + &"{% endif %}".repeat(10_000);
    let run = Sandbox::with_template(&nested, "{}").run(&["preview", "--format", "concise"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("templates/t.liquid:3:2601: error[liquid-too-deep]: tags are nested deeper"),
        "{}",
        run.stdout
    );
}

#[test]
fn checks_large_templates_in_bounded_time() {
    let many = |piece: &str| (0..1500).map(|n| piece.replace('N', &n.to_string())).collect::<String>();
    let names = many("{% assign aN = trigger.xN %}");
    let loops = many("{% for i in trigger.lN %}{% if aN and i.x %}{{ i.y }}{% endif %}{% endfor %}\n");
    let conditions = many("\"kN\": {% if trigger.xN %}1{% endif %},\n");
    for content in [format!("{names}{loops}{{\"title\": \"t\"}}"), format!("{{ {conditions}\"title\": \"t\"}}")] {
        let start = std::time::Instant::now();
        let run = Sandbox::with_template(&content, "{}").run(&["check", "--format", "concise"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_an_end_are_not_read() {
    for arguments in [
        &["liquid", "/dev/zero"][..],
        &["liquid", "{{ x }}", "--data", "/dev/zero"],
        &["render", "t", "--data", "/dev/zero"],
        &["types", "--lang", "go", "--check", "/dev/zero"],
    ] {
        let run = Sandbox::with_template("{}", "{}").run(arguments);
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (2, "error: cannot read `/dev/zero`: it has more than 256 MiB, and is not read\n"),
            "{arguments:?}"
        );
    }
}

/// Schemas that demand more data than fits into memory.
#[cfg(target_os = "linux")]
#[test]
fn schemas_that_demand_much_data_need_little_memory() {
    let nested = |levels: usize, least: u64| {
        let (open, close) = (format!(r#"{{"type": "array", "minItems": {least}, "items": "#), "}");
        format!(r#"{}{{"type": "string"}}{}"#, open.repeat(levels), close.repeat(levels))
    };
    for (levels, least) in [(1, 1_000_000_000), (2, 3000), (5, 60), (8, 12), (15, 3)] {
        let schema = format!(
            r#"{{"type": "object", "required": ["list"], "properties": {{"list": {}}}}}"#,
            nested(levels, least)
        );
        let template = "---\nmessage_data: s.json\n---\n{\"title\": \"{{ trigger.list }}\", \"body\": \"b\"}";
        let sandbox = Sandbox::with_template("", "{}").file("templates/t.liquid", template).file("s.json", schema);
        let limited = "ulimit -v 3000000; exec \"$0\" check --format concise";
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", limited, env!("CARGO_BIN_EXE_inkproof")]).current_dir(sandbox.path());
        let output = shell.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{levels} {least}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
