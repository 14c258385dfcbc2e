//! `inkproof check` and `inkproof explain`

use std::fs;

use inkproof::diagnostics::Format;
use inkproof::rules::RULES;

use super::sandbox::{ADA, Sandbox, repository, run};
use super::scratch::Scratch;
use super::terminal::Terminal;

/// The findings of a run, each as `line:column code`.
fn found(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let checked = sandbox.run(&[&["check", "--format", "jsonl"], arguments].concat());
    let place = |line: &serde_json::Value| {
        let start = &line["start"];
        format!("{}:{} {}", start["line"], start["column"], line["code"].as_str().unwrap())
    };
    checked.lines().iter().map(place).collect()
}

#[test]
fn the_samples_are_clean_but_for_what_they_show() {
    let samples = run(&repository(), &["check", "--format", "jsonl"], "");
    let grave = samples.lines().into_iter().filter(|line| line["severity"] != "info");
    let grave: Vec<_> = grave.map(|line| format!("{} {}", line["file"], line["code"])).collect();
    assert_eq!(grave, [r#""templates/order_shipped.liquid" "trailing-comma""#]);
}

/// A project with one violation of each rule, in a template or request that is called like it.
#[test]
fn each_rule_is_found_once_at_its_place_in_every_format() {
    let seeded = repository().join("tests/cli/seeded");
    let check = |format: Format| {
        run(&seeded, &["check", "--now", "2026-01-01T00:00:00Z", "--format", format.as_str()], "").stdout
    };
    insta::assert_snapshot!("seeded_concise", check(Format::Concise));
    insta::assert_snapshot!("seeded_full", check(Format::Full));
    let lines = check(Format::JsonLines);
    let findings: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut codes: Vec<_> = findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, RULES.iter().map(|rule| rule.code.as_str()).collect::<Vec<_>>());
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&check(Format::Json)).unwrap(), findings);
    for format in [Format::Full, Format::Concise, Format::Sarif, Format::Junit, Format::Github, Format::Gitlab] {
        let out = check(format);
        for finding in &findings {
            let text = |key: &str| finding[key].as_str().unwrap();
            let (code, file, severity, message) = (text("code"), text("file"), text("severity"), text("message"));
            let (line, column) = (&finding["start"]["line"], &finding["start"]["column"]);
            assert!(file.contains(code), "{code} in {file}");
            let told = match format {
                Format::Concise => format!("{file}:{line}:{column}: {severity}[{code}]"),
                Format::Sarif => format!("\"ruleId\":\"{code}\""),
                Format::Junit => format!("<testcase name=\"{code} at {line}:{column}\" classname=\"{file}\">"),
                Format::Github => format!(" title={code},file={file},line={line},"),
                Format::Gitlab => format!("\"check_name\":\"{code}\""),
                _ => format!("{severity}[{code}]: {message}\n"),
            };
            assert_eq!(out.matches(&told).count(), 1, "{format}: {told}\n{out}");
        }
    }
}

#[test]
fn the_table_of_the_samples() {
    let table = run(&repository(), &["check", "weekly_digest", "--table"], "").stdout;
    let rows: Vec<_> = table.lines().skip_while(|line| !line.starts_with("weekly_digest ")).collect();
    let rows: Vec<_> = rows.iter().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        rows[..6],
        [
            "weekly_digest busy_week quiet_week",
            "customer.first_name there there",
            "trigger.posts there there",
            "trigger.posts[].author guarded not read",
            "trigger.posts[].likes guarded not read",
            "trigger.posts[].title there not read",
        ]
    );
}

#[test]
fn a_payload_that_lacks_a_fatal_key_is_told_with_its_branch() {
    let content = "{\"title\": \"{% if trigger.express %}{{ trigger.order_number }}{% endif %}!\", \"body\": \"Hi\"}\n";
    let sandbox = Sandbox::with_template(content, r#"{"express": true, "order_number": 1}"#)
        .file("payload.json", r#"{"express": true, "order_numbr": "1042"}"#)
        .file("fine.json", r#"{"express": false}"#);
    let checked = sandbox.run(&["check", "t", "--data", "payload.json", "--format", "json"]);
    assert_eq!(checked.code, 1, "{checked:?}");
    let findings: serde_json::Value = serde_json::from_str(&checked.stdout).unwrap();
    let missing = findings.as_array().unwrap().iter().find(|finding| finding["code"] == "missing-data").unwrap();
    assert_eq!(missing["message"], "`trigger.order_number` is missing in `payload.json`: the message fails");
    assert_eq!(missing["help"][0], "did you mean `trigger.order_numbr`?");
    assert_eq!((&missing["start"]["line"], &missing["start"]["column"]), (&3.into(), &39.into()));
    assert_eq!(missing["labels"][1]["text"], "in the branch where this is true");
    assert_eq!(missing["labels"][1]["start"]["column"], 18);
    let fine = sandbox.run(&["check", "t", "--data", "fine.json"]);
    assert_eq!(fine.code, 0, "{fine:?}");
    let broken = sandbox.file("broken.json", "[").run(&["check", "t", "--data", "broken.json"]);
    assert_eq!(broken.code, 2, "{broken:?}");
}

/// A template with five branches, of which its two requests come to three.
fn five_branches() -> Sandbox {
    let content = r#"{
  "title": {% if trigger.a %}
    {{ trigger.a | json }}
  {% elsif trigger.b %}
    "B"
  {% else %}
    "C"
  {% endif %},
  "body": [{% for i in trigger.list %}
    {{ i }}
  {% else %}
    "none"
  {% endfor %}]
}
"#;
    let request =
        r#"{"transactional_message_id": "t", "identifiers": {"id": "user_123"}, "message_data": {"b": 1, "list": []}}"#;
    Sandbox::with_template(content, r#"{"a": "A", "list": []}"#).file("fixtures/requests/t/b.json", request)
}

#[test]
fn coverage_is_counted_by_branches() {
    let sandbox = five_branches();
    let checked = sandbox.run(&["check", "--min-coverage", "61", "--lcov", "lcov.info", "--format", "concise"]);
    assert_eq!(checked.code, 1, "{checked:?}");
    let expected = "templates/t.liquid: requests render 3 of 5 branches, 60.0 %, not 61 %\n";
    assert_eq!(checked.stderr, expected);
    let lcov = fs::read_to_string(sandbox.path().join("lcov.info")).unwrap();
    // The conditions stand on lines 4 and 6, the collection on line 11, what is rendered otherwise on lines 9 and 14.
    let expected = "TN:\nSF:templates/t.liquid\n\
        BRDA:4,0,0,1\nBRDA:6,1,0,1\nBRDA:9,2,0,0\nBRDA:11,3,0,0\nBRDA:14,4,0,2\nBRF:5\nBRH:3\n\
        DA:3,2\nDA:4,2\nDA:5,1\nDA:7,1\nDA:9,0\nDA:10,2\nDA:11,2\nDA:12,0\nDA:14,2\nDA:15,2\nDA:16,2\n\
        LF:11\nLH:9\nend_of_record\n";
    assert_eq!(lcov, expected, "{lcov}");
}

#[test]
fn fixing_twice_is_fixing_once_and_messages_stay() {
    let content = r#"{
  "title": "{{ trigger.a }}",
  "body": "Hi {{ trigger.b | upcase | default: "there" }}, {{ a }}",
  "c": "x {{ trigger.c }} y", "d": {{ trigger.d }},
}
"#;
    for data in [
        r#"{"a": 1, "b": "b", "c": null, "d": 1}"#,
        r#"{"a": true, "b": "", "c": {"x": 1}, "d": "[]"}"#,
        r#"{"a": "a\"b", "b": "b", "c": ["x"], "d": null}"#,
        r#"{"a": 1.50, "b": false, "c": [], "d": "{}"}"#,
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
fn what_is_ignored_is_not_told_and_what_ignores_nothing_is() {
    let sandbox = Sandbox::with_template(
        "{% comment %}inkproof-ignore: trailing-comma, blank-value{% endcomment %}{\"title\": \"Hi\", \"body\": \"Hi\",}",
        "{}",
    );
    assert_eq!(found(&sandbox, &[]), ["3:47 unused-ignore"]);
    let sandbox = Sandbox::new()
        .file(
            "templates/t.liquid",
            "---\nignore: [trailing-comma, traling-comma]\n---\n{\"title\": \"Hi\", \"body\": \"Hi\",}",
        )
        .file("fixtures/customers/ada.json", ADA);
    assert_eq!(found(&sandbox, &[]), ["1:1 no-requests", "2:9 unknown-rule"]);
}

#[test]
fn the_configuration_decides_how_grave_a_rule_is() {
    let content = r#"{"title": "Hi", "body": "Hi",}"#;
    for (level, code, count) in [("off", 0, 0), ("info", 0, 1), ("warning", 1, 1), ("error", 1, 1)] {
        let sandbox = Sandbox::with_template(content, "{}")
            .file("inkproof.toml", format!("[rules]\ntrailing-comma = \"{level}\"\n"));
        let checked = sandbox.run(&["check", "--format", "jsonl"]);
        assert_eq!((checked.code, checked.lines().len()), (code, count), "{level}: {checked:?}");
    }
    let unknown = Sandbox::with_template(content, "{}").file("inkproof.toml", "[rules]\ntrailing = \"off\"\n");
    assert_eq!(unknown.run(&["check"]).code, 2);
}

#[test]
fn pages_are_printed() {
    let page = run(&repository(), &["explain", "missing-data"], "");
    assert!(page.code == 0 && page.stdout.starts_with("# missing-data\n"), "{page:?}");
    let of_files = run(&repository(), &["explain", "no-front-matter"], "");
    assert!(of_files.stdout.starts_with("# no-front-matter\n\nA template does not begin with"), "{of_files:?}");
    assert!(!of_files.stdout.contains("not-utf-8"), "{of_files:?}");
    let list = run(&repository(), &["explain"], "");
    assert!(list.stdout.contains("\ntrailing-comma          A comma has nothing after it.\n"), "{list:?}");
    let unknown = run(&repository(), &["explain", "missing-date"], "");
    assert_eq!((unknown.code, unknown.stderr.contains("did you mean `missing-data`?")), (2, true), "{unknown:?}");
}

#[test]
fn what_is_only_worth_knowing_does_not_bury_the_rest() {
    let texts: Vec<_> = (0..12).map(|number| format!("\"t{number}\": \"{{{{ trigger.t }}}}\", ")).collect();
    let sandbox =
        Sandbox::with_template(&format!("{{{}\"title\": \"Hi\", \"body\": \"Hi\",}}", texts.concat()), r#"{"t": "x"}"#);
    let full = sandbox.run(&["check"]);
    assert_eq!(full.stdout.matches("info[json-unsafe]: `trigger.t`").count(), 10, "{full:?}");
    assert!(full.stdout.contains("info[json-unsafe]: 2 more; `--format concise` lists them all"), "{full:?}");
    assert!(full.stdout.contains("warning[trailing-comma]"), "{full:?}");
    assert!(full.stdout.ends_with("1 warning, 12 info\n"), "{full:?}");
    let concise = sandbox.run(&["check", "--format", "concise"]);
    assert_eq!(concise.stdout.matches("info[json-unsafe]").count(), 12, "{concise:?}");
}

#[test]
fn progress_is_shown_where_it_takes_long_and_somebody_sits_there() {
    let scratch = Scratch::node();
    let loops = "---\n---\n{ \"title\": \"{% for i in (1..200000) %}{% endfor %}Hi\", \"body\": \"Hi\" }\n";
    for number in 0..60 {
        scratch.write(&format!("templates/slow{number}.liquid"), loops);
        scratch.request(&format!("slow{number}"), &format!("slow{number}"), "{}");
    }
    let mut terminal = Terminal::start(&scratch, &["check", "--format", "concise"], "");
    terminal.expect(" of 62");
    terminal.expect("order/nothing");
    terminal.end();
    let elsewhere = scratch.run(&["check", "--format", "concise"]);
    assert!(elsewhere.stderr.is_empty(), "{elsewhere:?}");
}
