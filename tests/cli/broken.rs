//! Broken projects: every problem is reported with its position, and the exit code gives its kind.

use std::fs;

use super::sandbox::{ADA, Sandbox};

const TEMPLATE: &str = "---\n---\n{\"title\": \"Hi\"}";
const REQUEST: &str = r#"{"transactional_message_id": "t", "identifiers": {"id": "user_123"}}"#;

/// A sound project, in which one file then takes the place of another or is added.
fn with(path: &str, content: impl AsRef<[u8]>) -> Sandbox {
    Sandbox::new()
        .file("templates/t.liquid", TEMPLATE)
        .file("fixtures/customers/ada.json", ADA)
        .file("fixtures/requests/t/a.json", REQUEST)
        .file(path, content)
}

/// A file, what it holds, the exit code and what is said.
const FAULTS: &[(&str, &[u8], i32, &str)] = &[
    ("templates/t.liquid", b"", 2, "templates/t.liquid:1:1: error[empty-template]: the template is empty"),
    (
        "templates/t.liquid",
        b"type: a\n---\n{}",
        2,
        "templates/t.liquid:1:1: error[no-front-matter]: the settings do not begin",
    ),
    ("templates/t.liquid", b"---\ntype: x\n", 2, "templates/t.liquid:1:1: error[unclosed-front-matter]"),
    (
        "templates/t.liquid",
        b"---\ntpye: x\n---\n{}",
        2,
        "templates/t.liquid:2:1: error[unknown-setting]: there is no setting `tpye`",
    ),
    ("templates/t.liquid", b"---\na: [\n---\n{}", 2, "error[invalid-settings]: the settings are not valid YAML"),
    (
        "templates/t.liquid",
        b"---\nexpiration: soon\n---\n{}",
        2,
        "templates/t.liquid:2:13: error[expiration-invalid]: `soon` is not a time",
    ),
    (
        "templates/t.liquid",
        b"---\n---\n{\"a\": \"\xff\"}",
        2,
        "templates/t.liquid:3:8: error[not-utf-8]: the byte 0xff is not valid UTF-8",
    ),
    (
        "templates/u.liquid/x.txt",
        b"",
        2,
        "templates/u.liquid:1:1: error[unreadable-file]: expected a file, not a folder",
    ),
    ("templates/sub/T.liquid", TEMPLATE.as_bytes(), 2, "error[duplicate-trigger-name]: two templates are called"),
    (
        "fixtures/requests/t/a.json",
        br#"{"transactional_message_id": "tt", "identifiers": {"id": "user_123"}}"#,
        2,
        "fixtures/requests/t/a.json:1:30: error[unknown-template]: there is no template `tt`",
    ),
    (
        "fixtures/requests/t/a.json",
        br#"{"transactional_message_id": "t"}"#,
        2,
        "fixtures/requests/t/a.json:1:1: error[bad-identifiers]: the request has no `identifiers`",
    ),
    (
        "fixtures/requests/t/a.json",
        br#"{"transactional_message_id": "t", "identifiers": {"id": "a", "email": "b"}}"#,
        2,
        "fixtures/requests/t/a.json:1:50: error[bad-identifiers]: `identifiers` names the customer more than once",
    ),
    (
        "fixtures/requests/t/a.json",
        br#"{"transactional_message_id": "t", "identifiers": {"id": "user_124"}}"#,
        2,
        "fixtures/requests/t/a.json:1:57: error[unknown-customer]: there is no customer with the id `user_124`",
    ),
    (
        "fixtures/requests/t/a.json",
        b"{\n  oops\n}",
        2,
        "fixtures/requests/t/a.json:2:3: error[invalid-request]: the request is not valid JSON: invalid character 'o'",
    ),
    (
        "fixtures/customers/ada.json",
        b"[]",
        2,
        "fixtures/customers/ada.json:1:1: error[invalid-customer]: the customer is not a JSON object",
    ),
    (
        "fixtures/customers/bob.json",
        ADA.as_bytes(),
        2,
        "error[duplicate-customer]: two customers have the id `user_123`",
    ),
    (
        "fixtures/customers/bob.json",
        br#"{"id": "user_456", "email": "ADA@Example.com"}"#,
        2,
        "error[duplicate-customer]: two customers have the email `ADA@Example.com`",
    ),
    (
        "snippets/plans.json",
        b"{",
        2,
        "snippets/plans.json:1:2: error[invalid-snippet]: the snippet is not valid JSON: unexpected end",
    ),
    (
        "inkproof.toml",
        b"[path]\n",
        2,
        "inkproof.toml:1:2: error[invalid-config]: there is no key `path` in the configuration",
    ),
    (
        "inkproof.toml",
        b"[liquid]\nescape = \"htlm\"\n",
        2,
        "inkproof.toml:2:10: error[invalid-config]: expected `html` or `percent` under `liquid.escape`, found `htlm`",
    ),
    (
        "templates/t.liquid",
        b"---\n---\n[]",
        1,
        "templates/t.liquid:3:1: error[not-an-object]: the content renders to a list",
    ),
    (
        "templates/t.liquid",
        b"---\n---\n{{ (1..100000000000) }}",
        1,
        "templates/t.liquid:3:1: error[render-error]: memory alloc limit exceeded",
    ),
    ("templates/t.liquid", b"---\n---\n{% if %}{}", 1, "error[liquid-syntax]: `if` has no condition"),
    (
        "templates/lonely.liquid",
        TEMPLATE.as_bytes(),
        0,
        "templates/lonely.liquid:1:1: info[no-requests]: no request asks for the template `lonely`",
    ),
];

#[test]
fn reports_each_broken_file_with_its_position() {
    for (path, content, code, expected) in FAULTS {
        let run = with(path, content).run(&["preview", "--format", "concise"]);
        let reported = format!("{}{}", run.stdout, run.stderr);
        assert!(run.code == *code && reported.contains(expected), "{path}: expected {code} and {expected}: {run:?}");
    }
}

#[test]
fn suggests_similar_names() {
    for (path, content, expected) in [
        ("templates/t.liquid", "---\ntpye: x\n---\n{}", "did you mean `type`?"),
        (
            "fixtures/requests/t/a.json",
            r#"{"transactional_message_id": "tt", "identifiers": {"id": "user_12"}}"#,
            "did you mean `user_123`?",
        ),
        ("inkproof.toml", "[path]\n", "did you mean `paths`?"),
    ] {
        let run = with(path, content).run(&["preview"]);
        assert!(run.stderr.contains(expected), "{path}: {run:?}");
    }
}

#[test]
fn reports_all_problems_at_once() {
    let run = with("templates/a.liquid", "").file("templates/b.liquid", "{}").file("fixtures/customers/c.json", "x");
    let run = run.run(&["render", "--format", "concise"]);
    assert_eq!((run.code, run.stderr.lines().count()), (2, 3), "{run:?}");
    assert_eq!(run.lines().len(), 1, "what is sound is rendered all the same: {run:?}");
}

#[test]
fn reports_a_missing_project() {
    let run = Sandbox::new().folder("empty").run(&["preview", "-C", "empty"]);
    assert!(run.code == 2 && run.stderr.contains("no project here: expected a folder `templates`"), "{run:?}");
    let run = Sandbox::new().run(&["preview", "-C", "nowhere"]);
    assert!(run.code == 2 && run.stderr.contains("cannot read `nowhere`"), "{run:?}");
    let run = Sandbox::new().file("file", "").run(&["preview", "-C", "file"]);
    assert!(run.code == 2 && run.stderr.contains("file` is not a folder: expected one in a project"), "{run:?}");
}

#[test]
fn rejects_an_invalid_timestamp() {
    let run = Sandbox::new().run(&["preview", "--now", "2026"]);
    let expected = "`2026` is not a timestamp: expected a date, or one with a time zone, such as 2026-01-01T00:00:00Z";
    assert!(run.code == 2 && run.stderr.contains(expected), "{run:?}");
}

#[test]
fn finds_the_project_from_a_subfolder() {
    let run = with("templates/deep/down/u.liquid", TEMPLATE).run(&["render", "-C", "templates/deep/down"]);
    assert_eq!((run.code, run.lines().len()), (0, 1), "{run:?}");
}

#[cfg(unix)]
#[test]
fn reports_an_unreadable_file() {
    use std::os::unix::fs::symlink;
    let sandbox = with("templates/x.txt", "");
    symlink(sandbox.path().join("nowhere"), sandbox.path().join("templates/gone.liquid")).unwrap();
    fs::remove_file(sandbox.path().join("fixtures/requests/t/a.json")).unwrap();
    let run = sandbox.run(&["preview", "--format", "concise"]);
    assert!(
        run.code == 2
            && run.stderr.contains("templates/gone.liquid:1:1: error[unreadable-file]: the symbolic link points to"),
        "{run:?}"
    );
}

#[test]
fn files_with_wrong_extensions_are_reported_with_the_right_names() {
    let sandbox = with("templates/welcome.json", "{\"title\": \"Hi\"}")
        .file("templates/shop/mail.liquid.html", "<b>{{ trigger.x }}</b>")
        .file("templates/standard.json", REQUEST)
        .file("snippets/support.txt", "Call us")
        .file("snippets/prices.json.txt", "{}")
        .file("snippets/plans.html", "Plans")
        .file("fixtures/requests/t/b.yaml", "transactional_message_id: t\nmessage_data: {}\n")
        .file("fixtures/requests/t/c.jsonc", "{\n  // A comment.\n  \"message_data\": {}\n}")
        .file("fixtures/customers/grace.yml", "id: grace\n")
        // None of these is meant.
        .file("templates/notes.txt", "Remember the milk")
        .file("templates/t.json", "{\"title\": \"Hi\"}")
        .file("templates/data.json", "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}")
        .file("snippets/plans.json", "{}")
        .file("fixtures/requests/t/a.yaml", "message_data: {}\n")
        .file("fixtures/customers/settings.yaml", "identity: none\n")
        .file("snippets/binary.txt", [0xff, 0xfe]);
    let checked = sandbox.run(&["check", "--format", "concise"]);
    let found: Vec<_> = checked.stdout.lines().filter(|line| line.contains("misnamed-file")).collect();
    assert_eq!(
        found,
        [
            "fixtures/customers/grace.yml:1:1: warning[misnamed-file]: the file is not read: write it as JSON, to `grace.json`",
            "fixtures/requests/t/b.yaml:1:1: warning[misnamed-file]: the file is not read: write it as JSON, to `b.json`",
            "fixtures/requests/t/c.jsonc:1:1: warning[misnamed-file]: the file is not read: rename it to `c.json`",
            "snippets/plans.html:1:1: warning[misnamed-file]: the file is not read: rename it to `plans.liquid`",
            "snippets/prices.json.txt:1:1: warning[misnamed-file]: the file is not read: rename it to `prices.json`",
            "snippets/support.txt:1:1: warning[misnamed-file]: the file is not read: rename it to `support.liquid`",
            "templates/shop/mail.liquid.html:1:1: warning[misnamed-file]: the file is not read: rename it to `mail.liquid`",
            "templates/standard.json:1:1: warning[misnamed-file]: the file is not read: move it to `fixtures/requests`",
            "templates/welcome.json:1:1: warning[misnamed-file]: the file is not read: rename it to `welcome.liquid`",
        ],
        "{checked:?}"
    );
    let named = sandbox.run(&["preview", "welcome"]);
    assert_eq!(named.code, 2);
    let message = "there is no template `welcome`: `templates/welcome.json` is not read; rename it to `welcome.liquid`";
    assert!(named.stderr.contains(message), "{named:?}");
    for arguments in [["preview", "templates/welcome.json"], ["check", "templates/welcome.json"]] {
        let path = sandbox.run(&arguments);
        let output = path.stdout + &path.stderr;
        assert!(output.contains("rename it to `welcome.liquid`") && !output.contains("support"), "{output}");
    }
    let off = sandbox.file("inkproof.toml", "[rules]\nmisnamed-file = 'off'\n").run(&["check"]);
    assert!(!off.stdout.contains("misnamed"), "{off:?}");
}
