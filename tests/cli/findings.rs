//! What `inkproof check` says of single templates.

use super::sandbox::Sandbox;

/// What `check` prints of a template with the data of its only request, and its exit code.
fn checked(content: &str, data: &str) -> (String, i32) {
    let run = Sandbox::with_template(content, data).run(&["check"]);
    (run.stdout, run.code)
}

#[test]
fn what_assign_has_read_is_null_where_it_is_missing() {
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
fn what_is_meant_is_looked_for_in_the_data_of_requests_first() {
    for (content, data, expected) in [
        (r#"{"title": "{{ trigger.name }}", "body": "b"}"#, "{}", "help: put it into the data"),
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
fn a_name_of_the_request_alone_gets_its_prefix() {
    let sandbox = Sandbox::with_template(r#"{"title": "{{ name }}", "body": "b"}"#, r#"{"name": "n"}"#);
    sandbox.run(&["check", "--fix"]);
    let fixed = std::fs::read_to_string(sandbox.path().join("templates/t.liquid")).unwrap();
    assert!(fixed.contains("{{ trigger.name "), "{fixed}");
}
