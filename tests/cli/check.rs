//! `inkproof check` and `inkproof explain`

use std::fs;

use inkproof::diagnostics::Format;
use inkproof::rules::RULES;

use super::sandbox::{ADA, Sandbox, repository, run};
use super::scratch::Scratch;
use super::terminal::Terminal;

/// A request for the template `t`.
fn request(data: &str) -> String {
    format!(r#"{{"transactional_message_id": "t", "identifiers": {{"id": "user_123"}}, "message_data": {data}}}"#)
}

/// The findings of a run, each as `line:column code`.
fn found(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let checked = sandbox.run(&[&["check", "--format", "jsonl"], arguments].concat());
    let finding = |line: &serde_json::Value| {
        let start = &line["start"];
        format!("{}:{} {}", start["line"], start["column"], line["code"].as_str().unwrap())
    };
    checked.lines().iter().filter(|line| line["code"] != "verdict").map(finding).collect()
}

#[test]
fn the_samples_have_only_the_intended_findings() {
    let samples = run(&repository(), &["check", "--format", "jsonl"], "");
    assert_eq!(samples.code, 0, "{samples:?}");
    let of_order_shipped = |line: &&serde_json::Value| line["file"] == "templates/order_shipped.liquid";
    let findings = samples.lines();
    let findings = findings.iter().filter(of_order_shipped).filter(|line| line["code"] != "verdict");
    let findings: Vec<_> = findings.map(|line| format!("{} {}", line["severity"], line["code"])).collect();
    assert_eq!(
        findings,
        [
            r#""info" "json-unsafe""#,
            r#""info" "undefined-variable""#,
            r#""info" "json-unsafe""#,
            r#""info" "json-unsafe""#,
            r#""info" "trailing-comma""#,
        ]
    );
}

/// `first`, `last` and `length` are elements and lengths of lists, but plain keys of `trigger` and `customer`.
#[test]
fn takes_first_and_last_of_trigger_for_keys() {
    let content = r#"{"title": "{{ trigger.first }}", "body": "{{ trigger.last }} {{ trigger.length }}"}"#;
    let sandbox = Sandbox::with_template(content, r#"{"first": 1, "last": 2, "length": 3}"#);
    assert_eq!(found(&sandbox, &[]), [] as [String; 0]);
    let lacking = Sandbox::with_template(content, r#"{"first": 1, "last": 2}"#);
    assert_eq!(found(&lacking, &[]), ["3:62 json-unsafe", "3:65 missing-data"]);
}

/// Checks a project with one violation of each rule, in a template or request named after the rule.
#[test]
fn reports_each_rule_once_with_its_location_in_every_format() {
    let seeded = repository().join("tests/cli/seeded");
    let check = |format: Format| {
        run(&seeded, &["check", "--now", "2026-01-01T00:00:00Z", "--format", format.as_str()], "").stdout
    };
    insta::assert_snapshot!("seeded_concise", check(Format::Concise));
    insta::assert_snapshot!("seeded_full", check(Format::Full));
    let lines = check(Format::JsonLines);
    let findings: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&check(Format::Json)).unwrap(), findings);
    let (verdicts, findings): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| finding["code"] == "verdict");
    assert!(verdicts.iter().all(|verdict| verdict["verdict"]["verdict"].is_string()) && verdicts.len() > 20);
    let mut codes: Vec<_> = findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, RULES.iter().map(|rule| rule.code.as_str()).collect::<Vec<_>>());
    for format in [Format::Full, Format::Concise, Format::Sarif, Format::Junit, Format::Github, Format::Gitlab] {
        let out = check(format);
        for finding in &findings {
            let text = |key: &str| finding[key].as_str().unwrap();
            let (code, file, severity, message) = (text("code"), text("file"), text("severity"), text("message"));
            let (line, column) = (&finding["start"]["line"], &finding["start"]["column"]);
            assert!(file.contains(code), "{code} in {file}");
            // Readers of these formats resolve paths from the root of the repository.
            let file =
                if format.counts_from_repository() { format!("tests/cli/seeded/{file}") } else { file.to_owned() };
            let expected = match format {
                Format::Concise => format!("{file}:{line}:{column}: {severity}[{code}]"),
                Format::Sarif => format!("\"ruleId\":\"{code}\""),
                Format::Junit => format!("<testcase name=\"{code} at {line}:{column}\" classname=\"{file}\">"),
                Format::Github => format!(" title={code},file={file},line={line},"),
                Format::Gitlab => format!("\"check_name\":\"{code}\""),
                _ => format!("{severity}[{code}]: {message}\n"),
            };
            assert_eq!(out.matches(&expected).count(), 1, "{format}: {expected}\n{out}");
        }
    }
}

#[test]
fn prints_the_variable_table_of_a_template() {
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

/// A template with five branches; its two requests render three of them.
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
fn fails_below_the_minimum_coverage_and_writes_lcov() {
    let sandbox = five_branches();
    let checked = sandbox.run(&["check", "--min-coverage", "61", "--lcov", "lcov.info", "--format", "concise"]);
    assert_eq!(checked.code, 1, "{checked:?}");
    let expected = "templates/t.liquid: requests render 3 of 5 branches, 60.0 %: expected at least 61 %\n";
    assert_eq!(checked.stderr, expected);
    let lcov = fs::read_to_string(sandbox.path().join("lcov.info")).unwrap();
    // Lines include the two lines of front matter: conditions on 4 and 6, the loop on 11, `else` branches on 9 and 14.
    let expected = "TN:\nSF:templates/t.liquid\n\
        BRDA:4,0,0,1\nBRDA:6,1,0,1\nBRDA:9,2,0,0\nBRDA:11,3,0,0\nBRDA:14,4,0,2\nBRF:5\nBRH:3\n\
        DA:3,2\nDA:4,2\nDA:5,1\nDA:7,1\nDA:9,0\nDA:10,2\nDA:11,2\nDA:12,0\nDA:14,2\nDA:15,2\nDA:16,2\n\
        LF:11\nLH:9\nend_of_record\n";
    assert_eq!(lcov, expected, "{lcov}");
}

#[test]
fn reports_coverage_even_if_it_is_sufficient() {
    let sandbox = five_branches();
    let line = "templates/t.liquid: requests render 3 of 5 branches, 60.0 %\n";
    let enough = sandbox.run(&["check", "--min-coverage", "60"]);
    let without_flag = sandbox.run(&["check"]);
    assert_eq!((enough.code, enough.stderr.as_str()), (without_flag.code, line));
    assert!(without_flag.stderr.is_empty(), "{without_flag:?}");
    for format in ["full", "concise"] {
        let table = sandbox.run(&["check", "--table", "--format", format]);
        assert!(table.stdout.contains("\nt: requests render 3 of 5 branches, 60.0 %\n"), "{table:?}");
        assert!(table.stdout.contains("\ntrigger.a     there     guarded\n"), "{table:?}");
    }
    let plain = Sandbox::with_template(r#"{"title": "Hi", "body": "Hi"}"#, "{}");
    let enough = plain.run(&["check", "--min-coverage", "100"]);
    assert_eq!((enough.code, enough.stderr.as_str()), (0, "templates/t.liquid: no branches, 100.0 %\n"));
}

#[test]
fn writes_tables_and_coverage_as_json() {
    let sandbox = five_branches();
    let template = serde_json::json!({
        "template": "t", "language": null, "file": "templates/t.liquid", "requests": ["t/a", "t/b"],
        "variables": [
            {"path": "trigger.a", "kind": "anything", "cells": ["there", "guarded"]},
            {"path": "trigger.b", "kind": "anything", "cells": ["guarded", "there"]},
            {"path": "trigger.list", "kind": "list", "cells": ["there", "there"]},
        ],
        "coverage": {"covered": 3, "branches": 5, "percent": 60.0},
        "verdict": "loses", "reached": 5,
    });
    for flags in [&["--table"][..], &["--min-coverage", "50"]] {
        let json = sandbox.run(&[&["check", "--format", "json"], flags].concat()).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let lines = sandbox.run(&[&["check", "--format", "jsonl"], flags].concat()).lines();
        assert_eq!(json["findings"].as_array().unwrap()[..], lines[..lines.len() - 1]);
        assert_eq!(lines.last(), Some(&json["templates"][0]));
        let mut found = json["templates"][0].clone();
        assert!(found.as_object_mut().unwrap().remove("renders").unwrap().as_u64() > Some(5));
        assert_eq!((found, json["templates"].as_array().unwrap().len()), (template.clone(), 1));
    }
    for format in ["sarif", "junit", "github", "gitlab"] {
        let refused = sandbox.run(&["check", "--table", "--format", format]);
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
        assert!(
            refused.stderr.contains("does not support `--table`: expected `full`, `concise`, `json` or `jsonl`"),
            "{refused:?}"
        );
    }
}

#[test]
fn suppresses_ignored_findings_and_reports_unused_ignores() {
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
fn an_ignore_that_another_request_needs_is_not_unused() {
    let content = "{% comment %}inkproof-ignore: blank-value, trailing-comma{% endcomment %}\
        {\"title\": \"Hi {{ trigger.name }}\", \"body\": \"Hi\"}";
    let sandbox = Sandbox::with_template(content, r#"{"name": ""}"#)
        .file("fixtures/requests/t/good.json", request(r#"{"name": "Ada"}"#))
        .file("good.json", r#"{"name": "Ada"}"#);
    let unused = |arguments: &[&str]| {
        let found = found(&sandbox, arguments);
        found.into_iter().filter(|finding| finding.ends_with("unused-ignore")).collect::<Vec<_>>()
    };
    assert_eq!(unused(&[]), ["3:44 unused-ignore"]);
    assert_eq!(unused(&["t"]), ["3:44 unused-ignore"]);
    assert!(unused(&["t/good"]).is_empty() && unused(&["t/a"]).is_empty());
    assert!(unused(&["t", "--data", "good.json"]).is_empty());
    let broken =
        Sandbox::with_template("{% comment %}inkproof-ignore: blank-value{% endcomment %}{{ 1 | nope }}", "{}");
    assert_eq!(found(&broken, &[]), ["3:65 unknown-filter"]);
}

#[test]
fn ignores_are_read_only_from_comments_and_must_name_rules() {
    let text = Sandbox::with_template(
        r#"{"title": "Hi", "body": "inkproof-ignore: trailing-comma {{ trigger.x | append: '' }}", }"#,
        r#"{"x": "a"}"#,
    );
    assert_eq!(found(&text, &[]), ["3:58 json-unsafe", "3:87 trailing-comma"]);
    let vague =
        Sandbox::with_template("{% # inkproof-ignore trailing-comma %}{\"title\": \"Hi\", \"body\": \"Hi\",}", "{}");
    assert_eq!(found(&vague, &[]), ["3:6 unused-ignore", "3:67 trailing-comma"]);
}

#[test]
fn an_ignore_for_the_next_line_hides_nothing_else() {
    let ignore = "{% # inkproof-ignore-next-line: trailing-comma, blank-value %}";
    let content = format!("{{\"title\": \"Hi\",\n\"list\": [1,],\n{ignore}\n\"body\": [2,],\n\"more\": [3,]}}");
    let sandbox = Sandbox::with_template(&content, "{}");
    assert_eq!(found(&sandbox, &[]), ["4:11 trailing-comma", "5:49 unused-ignore", "7:11 trailing-comma"]);
    // A finding is in the line in which it starts.
    let lost = "{\"title\": \"Hi\",\n{% comment %}\n inkproof-ignore-next-line: missing-data\n{% endcomment %}\n\"body\": {{ trigger.x\n | json }}}";
    assert_eq!(found(&Sandbox::with_template(lost, "{}"), &[]), [""; 0]);
}

#[test]
fn reports_a_failing_message_even_if_its_rule_is_off() {
    let content = r#"{"title": {{ trigger.n | upcase | default: "x" | json }}, "body": "Hi"}"#;
    let lost = |rules: &str, ignored: &str| {
        let sandbox = Sandbox::with_template(content, "{}")
            .file("templates/t.liquid", format!("---\nignore: [{ignored}]\n---\n{content}"))
            .file("inkproof.toml", format!("[rules]\nmissing-data = \"off\"\n{rules}"));
        (sandbox.run(&["check"]).code, found(&sandbox, &[]))
    };
    assert_eq!(lost("default-too-late = \"off\"", ""), (0, vec![]));
    assert_eq!(lost("default-too-late = \"error\"", ""), (1, vec!["4:35 default-too-late".to_owned()]));
    assert_eq!(lost("", "default-too-late"), (0, vec![]));
}

#[test]
fn data_that_any_language_of_a_template_reads_is_used() {
    let of = |french: &str| {
        Sandbox::with_template(r#"{"title": "t", "body": "{{ trigger.a }}"}"#, r#"{"a": "x", "a_fr": "y", "b": 1}"#)
            .file("templates/t.fr.liquid", french)
            .run(&["check", "--format", "concise"])
            .stdout
    };
    let checked = of("---\n---\n{\"title\": \"t\", \"body\": \"{{ trigger.a_fr }}\"}");
    assert!(checked.contains("the template never reads `trigger.b`"), "{checked}");
    assert!(!checked.contains("never reads `trigger.a"), "{checked}");
    // What a template reads that cannot be parsed is unknown.
    let checked = of("---\n---\n{\"title\": \"t\", \"body\": \"{{ trigger.a_fr }}{{ trigger.b | }}\"}");
    assert!(!checked.contains("never reads"), "{checked}");
}

/// A template in two languages; the French one misspells a variable and has more branches.
fn two_languages() -> Sandbox {
    let french = r#"{"title": "Bonjour {{ trigger.nmae | json }}", "body": {% if trigger.vip %}"ami"{% else %}"vous"{% endif %}}"#;
    Sandbox::with_template(r#"{"title": {{ trigger.name | json }}, "body": "Hi"}"#, r#"{"name": "Ada", "vip": true}"#)
        .file("templates/t.fr.liquid", format!("---\n---\n{french}"))
        .file("payload.json", r#"{"name": "Ada", "vip": false}"#)
}

#[test]
fn checks_every_language_of_a_template() {
    let sandbox = two_languages();
    let missing = |arguments: &[&str]| {
        let checked = sandbox.run(&[&["check", "--format", "jsonl"], arguments].concat());
        let lines = checked.lines().into_iter().filter(|line| line["code"] == "missing-data");
        lines.map(|line| format!("{} {}", line["file"], line["message"])).collect::<Vec<_>>()
    };
    let expected = |name: &str| {
        [format!("\"templates/t.fr.liquid\" \"`trigger.nmae` is missing in `{name}`: the message fails\"")]
    };
    assert_eq!(missing(&[]), expected("t/a"));
    assert_eq!(missing(&["t/a"]), expected("t/a"));
    assert_eq!(missing(&["t", "--data", "payload.json"]), expected("payload.json"));
    // Selecting a request also selects its template, in every language.
    assert_eq!(sandbox.run(&["request", "t/a", "--print"]).code, 0);
    let table = sandbox.run(&["check", "--table"]).stdout;
    let table = &table[table.find("t (fr)").unwrap()..];
    let rows: Vec<_> = table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(rows[..3], ["t (fr) a", "trigger.nmae fails", "trigger.vip there"], "{table}");
    let covered = sandbox.run(&["check", "--min-coverage", "60"]);
    assert_eq!(
        covered.stderr.matches("templates/t.fr.liquid: requests render 1 of 2 branches").count(),
        1,
        "{covered:?}"
    );
}

#[test]
fn the_configuration_sets_the_severity_of_a_rule() {
    let content = r#"{"title": "Hi", "body": "Hi",}"#;
    for (level, code, count) in [("off", 0, 0), ("info", 0, 1), ("warning", 1, 1), ("error", 1, 1)] {
        let sandbox = Sandbox::with_template(content, "{}")
            .file("inkproof.toml", format!("[rules]\ntrailing-comma = \"{level}\"\n"));
        let checked = sandbox.run(&["check", "--format", "jsonl"]);
        let found = found(&sandbox, &[]);
        assert_eq!((checked.code, found.len()), (code, count), "{level}: {checked:?}");
    }
    let unknown = Sandbox::with_template(content, "{}").file("inkproof.toml", "[rules]\ntrailing = \"off\"\n");
    assert_eq!(unknown.run(&["check"]).code, 2);
}

#[test]
fn explains_rules_filters_and_tags() {
    let page = run(&repository(), &["explain", "missing-data"], "");
    assert!(page.code == 0 && page.stdout.starts_with("# missing-data\n"), "{page:?}");
    let of_files = run(&repository(), &["explain", "no-front-matter"], "");
    assert!(of_files.stdout.starts_with("# no-front-matter\n\nA template does not start with"), "{of_files:?}");
    assert!(!of_files.stdout.contains("not-utf-8"), "{of_files:?}");
    let list = run(&repository(), &["explain"], "");
    assert!(
        list.stdout.contains("\ntrailing-comma          A comma comes directly before a closing bracket.\n"),
        "{list:?}"
    );
    let filter = run(&repository(), &["explain", "truncate"], "");
    assert!(filter.stdout.starts_with("# Filter `truncate`\n\nShortens a string"), "{filter:?}");
    assert!(
        filter.stdout.contains("\ntemplate: {{ 'Ground control' | truncate: 9 }}\nprints:   Ground...\n"),
        "{filter:?}"
    );
    let both = run(&repository(), &["explain", "random"], "");
    assert!(both.stdout.starts_with("# Filter `random`\n") && both.stdout.contains("\n# Tag `random`\n"), "{both:?}");
    let legacy = run(&repository(), &["explain", "ifchanged"], "");
    assert!(legacy.stdout.contains("Only the legacy Liquid has it."), "{legacy:?}");
    let misspelled = run(&repository(), &["explain", "uppercase"], "");
    assert_eq!((misspelled.code, misspelled.stderr.contains("did you mean `upcase`?")), (2, true), "{misspelled:?}");
    let unknown = run(&repository(), &["explain", "missing-date"], "");
    assert_eq!((unknown.code, unknown.stderr.contains("did you mean `missing-data`?")), (2, true), "{unknown:?}");
}

#[test]
fn limits_info_findings_per_rule_in_the_full_format() {
    let texts: Vec<_> = (0..12).map(|number| format!("\"t{number}\": \"{{{{ trigger.t }}}}\", ")).collect();
    let sandbox =
        Sandbox::with_template(&format!("{{{}\"title\": \"Hi\", \"body\": \"Hi\",}}", texts.concat()), r#"{"t": "x"}"#);
    let full = sandbox.run(&["check"]);
    assert_eq!(full.stdout.matches("info[json-unsafe]: `{{ trigger.t }}`").count(), 10, "{full:?}");
    assert!(full.stdout.contains("info[json-unsafe]: 2 more; `--format concise` lists them all"), "{full:?}");
    assert!(full.stdout.contains("warning[trailing-comma]"), "{full:?}");
    assert!(full.stdout.ends_with("1 warning, 12 info\n1 template: 1 searched\n"), "{full:?}");
    let concise = sandbox.run(&["check", "--format", "concise"]);
    assert_eq!(concise.stdout.matches("info[json-unsafe]").count(), 12, "{concise:?}");
}

#[test]
fn shows_progress_of_long_checks_only_on_a_terminal() {
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

/// A variable that is missing in a comparison is null, as in a render; the branch that is rendered counts.
#[test]
fn compares_missing_data_as_rendering_does() {
    for condition in [
        "trigger.x < 5",
        "trigger.x <= 5",
        "5 > trigger.x",
        "trigger.x > -1",
        "trigger.x >= 0",
        "trigger.x <= \"\"",
        "trigger.x == trigger.null",
        "trigger.null == trigger.x.y",
        "trigger.x == nil",
    ] {
        let content = format!(
            "{{\"title\": \"{{% if {} %}}a{{% else %}}{{{{ customer.age }}}}{{% endif %}}\", \"body\": \"b\"}}",
            condition.replace('"', "'")
        );
        let sandbox = Sandbox::with_template(&content, r#"{"null": null}"#);
        assert_eq!(sandbox.run(&["render", "t"]).code, 0, "{condition}");
        // Other data may lose the message, which is a warning; this request does not.
        let checked = sandbox.run(&["check", "--format", "concise"]);
        assert!(!checked.stdout.contains("error["), "{condition}: {}", checked.stdout);
    }
    for (head, value) in [("trigger.x", "trigger.null"), ("trigger.null", "trigger.x")] {
        let content = format!(
            "{{\"title\": \"{{% case {head} %}}{{% when {value} %}}a{{% else %}}{{{{ customer.age }}}}{{% endcase %}}\", \"body\": \"b\"}}"
        );
        let sandbox = Sandbox::with_template(&content, r#"{"null": null}"#);
        assert_eq!(sandbox.run(&["render", "t"]).code, 0);
        let checked = sandbox.run(&["check", "--format", "concise"]);
        assert!(!checked.stdout.contains("error["), "case {head}: {}", checked.stdout);
    }
}

#[test]
fn a_snippet_that_reads_another_is_no_loss() {
    let sandbox = Sandbox::with_template(r#"{"title": {{ snippets.a | json }}, "body": "b"}"#, "{}");
    let sandbox = sandbox.file("snippets/a.liquid", "{{ snippets.b }}");
    let sandbox = sandbox.file("snippets/b.liquid", "{{ snippets.c }}");
    let sandbox = sandbox.file("snippets/c.liquid", "end");
    let checked = sandbox.run(&["check", "--format", "concise"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (0, ""), "{}", checked.stderr);
}
