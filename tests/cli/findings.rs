//! Findings of `inkproof check` for single templates.

use super::sandbox::Sandbox;

/// Checks a template with one request, and returns standard output and the exit code.
fn checked(content: &str, data: &str) -> (String, i32) {
    let run = Sandbox::with_template(content, data).run(&["check"]);
    (run.stdout, run.code)
}

#[test]
fn a_missing_variable_read_by_assign_is_null() {
    let content = |printed: &str| {
        format!(r#"{{% assign o = trigger.order %}}{{"title": "t", "body": "{{{{ {printed} }}}}", "b": 1}}"#)
    };
    for (printed, data, is_lost) in [
        ("o.city", "{}", false),
        ("o.city.name", "{}", false),
        ("o.city", r#"{"order": null}"#, false),
        ("o.city", r#"{"order": {}}"#, true),
        ("o.city.name", r#"{"order": {"city": {}}}"#, true),
    ] {
        let (stdout, _) = checked(&content(printed), data);
        assert_eq!(stdout.contains("[missing-data]"), is_lost, "{printed} {data}: {stdout}");
    }
}

#[test]
fn suggestions_prefer_variables_in_the_data_of_requests() {
    for (content, data, expected) in [
        (r#"{"title": "{{ trigger.name }}", "body": "b"}"#, "{}", "help: add it to the data"),
        (r#"{"title": "{{ trigger.name }}", "body": "b"}"#, r#"{"a": {"name": 1}}"#, "did you mean `trigger.a.name`?"),
        (r#"{"title": "{{ trigger.id }}", "body": "b"}"#, "{}", "did you mean `customer.id`?"),
        (r#"{"title": "{{ trigger.id }}", "body": "b"}"#, r#"{"a": {"id": 1}}"#, "did you mean `trigger.a.id`?"),
        (r#"{"title": "{{ name }}", "body": "b"}"#, r#"{"name": "n"}"#, "did you mean `trigger.name`?"),
        (r#"{"title": "{{ id }}", "body": "b"}"#, r#"{"id": 1}"#, "did you mean `trigger.id` or `customer.id`?"),
        (r#"{"title": "{{ subject }}", "body": "b"}"#, "{}", "did you mean `message.subject`?"),
    ] {
        let (stdout, _) = checked(content, data);
        assert!(stdout.contains(expected), "{content} {data}: {stdout}");
    }
}

#[test]
fn fix_adds_the_trigger_prefix_to_a_bare_name() {
    let sandbox = Sandbox::with_template(r#"{"title": "{{ name }}", "body": "b"}"#, r#"{"name": "n"}"#);
    sandbox.run(&["check", "--fix"]);
    let fixed = std::fs::read_to_string(sandbox.path().join("templates/t.liquid")).unwrap();
    assert!(fixed.contains("{{ trigger.name "), "{fixed}");
}

#[test]
fn reports_invalid_json_on_paths_that_no_request_takes() {
    for (content, data, expected, change) in [
        (
            r#"{"title": "t", "body": "b", "k": {% if trigger.x %}1{% endif %}}"#,
            r#"{"x": true}"#,
            "3:64: warning[invalid-json]: the content is not valid JSON: invalid character '}' looking for beginning of value",
            "trigger.x = false",
        ),
        (
            r#"{"title": "t", "body": "b"{% if trigger.x %},"k": {% endif %}1}"#,
            r#"{"x": true}"#,
            "3:62: warning[invalid-json]: the content is not valid JSON: invalid character '1' after object key:value pair",
            "trigger.x = false",
        ),
        (
            r#"{"title": "t", "body": "b", "l": [{% for i in trigger.l %}{"n": {{ i | json }}}{% endfor %}]}"#,
            r#"{"l": [1]}"#,
            "3:59: warning[invalid-json]: the content is not valid JSON: invalid character '{' after array element",
            "trigger.l = [1,1]",
        ),
        (
            r#"{"title": "t", "body": "b"{% case trigger.x %}{% when "a" %}}{% when "b" %}}{% endcase %}"#,
            r#"{"x": "a"}"#,
            "3:27: warning[invalid-json]: the content is not valid JSON: unexpected end of JSON input",
            "trigger.x = \"word\"",
        ),
        (
            "{% liquid\nassign x = trigger.n\nif x\n  echo '{\"title\": \"t\", \"body\": \"b\"}'\nendif\n%}",
            r#"{"n": true}"#,
            "3:1: warning[invalid-json]: the content is not valid JSON: unexpected end of JSON input",
            "trigger.n = false",
        ),
        (
            r#"{"title": "t", "body": "b", "l": [{% for i in trigger.l %}{% if i.n %}"a"{% endif %}{% endfor %}"b"]}"#,
            r#"{"l": [{"n": false}]}"#,
            "3:97: warning[invalid-json]: the content is not valid JSON: invalid character '\"' after array element",
            "trigger.l[0].n = true",
        ),
    ] {
        let checked = Sandbox::with_template(content, data).run(&["check", "--format", "concise"]);
        let expected = format!("{expected}; with {change} (otherwise request t/a)\n");
        assert!(checked.stdout.contains(&expected), "{content}: {}", checked.stdout);
        assert_eq!(checked.code, 1);
    }
}

#[test]
fn reports_each_defect_with_only_its_own_condition() {
    let content = r#"{"title": "t", "a": {% if trigger.x %}1{% endif %}, "body": {% if trigger.y %}"b"{% endif %}}"#;
    let checked = Sandbox::with_template(content, r#"{"x": true, "y": true}"#).run(&["check", "--format", "concise"]);
    for (column, name) in [(51, "x"), (93, "y")] {
        let start = format!("templates/t.liquid:3:{column}: warning[invalid-json]: the content is not valid JSON");
        let end = format!("; with trigger.{name} = false (otherwise request t/a)");
        let is_it = |line: &str| line.starts_with(&start) && line.ends_with(&end);
        assert!(checked.stdout.lines().any(is_it), "{}", checked.stdout);
    }
}

#[test]
fn does_not_report_paths_that_no_data_can_take() {
    for content in [
        r#"{"title": "t", "body": {% if trigger.x %}{% endif %}{% unless trigger.x %}2{% endunless %}{% if trigger.x %}1{% endif %}}"#,
        r#"{"title": "t", "body": "b", "k": {% if trigger.n > 1 %}[{% endif %}1{% if trigger.n > 1 %}]{% endif %}}"#,
        r#"{"title": "t", "body": "b", "k": {% if trigger.n == 2 %}1{% endif %}{% if trigger.n != 2 %}2{% endif %}}"#,
        r#"{"title": "t", "body": "b", "k": {% if true %}1{% endif %}}"#,
        r#"{"title": "t", "body": "b", "k": {% for i in (1..1) %}1{% endfor %}}"#,
        r#"{"title": "t", "body": "b", "k": {% if event.x %}{% else %}1{% endif %}}"#,
    ] {
        let (stdout, _) = checked(content, r#"{"x": true, "n": 5}"#);
        assert!(!stdout.contains("invalid-json"), "{content}: {stdout}");
    }
}

#[test]
fn reports_a_defect_once_if_a_request_shows_it_too() {
    let content = r#"{"title": "t", "body": "b", "k": {% if trigger.x %}1{% endif %}}"#;
    let (stdout, _) = checked(content, r#"{"x": false}"#);
    assert_eq!(stdout.matches("[invalid-json]").count(), 1, "{stdout}");
}

#[test]
fn applies_rules_to_legacy_templates() {
    let content = r#"{"title": "{{ trigger.a }}{{ trigger.b }}", "body": "{% if 1 == 2 %}b{% endif %}",
"k": {% if trigger.x %}1{% endif %}, "k": {% for i in trigger.l %}1{% endfor %}, "e": "{% assign e = trigger.e %}"}"#;
    let sandbox = Sandbox::with_template("", r#"{"x": true, "l": [1], "e": 1, "z": 1}"#)
        .file("templates/t.liquid", format!("---\nliquid: legacy\n---\n{content}"))
        .file(
            "fixtures/requests/t/b.json",
            r#"{"transactional_message_id": "t", "identifiers": {"id": "user_123"},
               "message_data": {"a": "A a", "b": "", "x": true, "l": [1], "e": 1}}"#,
        );
    let checked = sandbox.run(&["check", "t", "--format", "concise"]);
    for expected in [
        "4:15: error[missing-data]: `trigger.a` is missing",
        "4:30: error[missing-data]: `trigger.b` is missing",
        "4:60: warning[constant-condition]",
        "5:36: warning[invalid-json]: the content is not valid JSON",
        "5:80: warning[invalid-json]: the content is not valid JSON",
        "5:38: warning[duplicate-key]",
        "5:98: warning[unused-assign]",
        "info[unused-data]: the template never reads `trigger.z`",
        "4:12: warning[json-unsafe]",
    ] {
        assert!(checked.stdout.contains(expected), "{expected}: {}", checked.stdout);
    }
    for change in ["with trigger.x = false (otherwise request t/b)", "with trigger.l = [] (otherwise request t/b)"] {
        assert!(checked.stdout.contains(change), "{change}: {}", checked.stdout);
    }
    let reported = sandbox.run(&["check", "t"]).stdout;
    assert!(reported.contains("check it before: `{% if trigger.a %}…{% endif %}`"), "{reported}");
}

#[test]
fn a_default_is_suggested_for_the_expression_as_it_is_written() {
    for (body, data, expected) in [
        (
            "{% for item in trigger.items %}{{ item.price }}{% endfor %}",
            r#"{"items": [{"name": "a"}]}"#,
            "give it a default: `{{ item.price | default: \"…\" }}`",
        ),
        (
            "{{ trigger.user.name.first }}",
            r#"{"user": {"age": 1}}"#,
            "give it a default: `{{ trigger.user.name.first | default: \"…\" }}`",
        ),
        (
            "{% for item in trigger.items %}{{ item.note }}{% endfor %}",
            r#"{"items": [{"note": null}]}"#,
            "give it a default: `{{ item.note | default: \"…\" }}`",
        ),
        (
            "{% for item in trigger.items %}{{ item.name.upcase }}{% endfor %}",
            r#"{"items": [{"name": "a"}]}"#,
            "write `{{ item.name | upcase }}`",
        ),
        (
            "{% for item in trigger.items %}{{ snippets.s }}{% endfor %}",
            r#"{"items": [{"name": "a"}]}"#,
            "add it to the data, or give it a default",
        ),
    ] {
        let content = format!(r#"{{"title": "t", "body": "b{body}"}}"#);
        let sandbox = Sandbox::with_template(&content, data).file("snippets/s.liquid", "{{ trigger.c }}");
        let checked = sandbox.run(&["check"]);
        assert!(checked.stdout.contains(expected), "{body}: {}", checked.stdout);
    }
}

#[test]
fn a_name_without_a_value_is_an_error_only_where_the_message_is_lost() {
    for (body, expected) in [
        ("{{ visits }}", "error[undefined-variable]"),
        ("{% if visits %}y{% endif %}", "warning[undefined-variable]"),
        ("{{ visits | default: 1 }}", "warning[undefined-variable]"),
        ("{% if trigger.a equals 1 %}y{% endif %}", "warning[not-liquid]"),
        ("{% if trigger.a then %}y{% endif %}", "warning[not-liquid]"),
    ] {
        let (checked, code) = checked(&format!(r#"{{"title": "t", "body": "b{body}"}}"#), r#"{"a": 1}"#);
        assert!(checked.contains(expected), "{body}: {checked}");
        assert_eq!(checked.contains("error["), expected.starts_with("error"), "{body}: {checked}");
        assert_eq!(code, 1, "{body}");
    }
}

#[test]
fn a_property_that_loses_the_message_is_reported_with_the_similar_one() {
    for filter in ["where: 'pirce', 1", "reject: 'pirce'", "find: 'pirce', 1", "group_by: 'pirce'"] {
        let content = format!(r#"{{"title": "t", "body": {{{{ trigger.items | {filter} | json }}}}}}"#);
        let (checked, code) = checked(&content, r#"{"items": [{"name": "a", "price": 1}]}"#);
        assert!(checked.contains("did you mean `trigger.items[].price`?"), "{filter}: {checked}");
        assert_eq!(code, 1, "{filter}");
    }
}
