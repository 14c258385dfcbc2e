//! `[expect]`: messages that are meant to be lost.

use std::fs;

use super::sandbox::{ADA, Run, Sandbox};

/// The commands that render a project's messages.
const COMMANDS: [&[&str]; 4] = [&["preview"], &["render"], &["check"], &["test"]];

fn request(template: &str, customer: &str, data: &str) -> String {
    format!(
        r#"{{"transactional_message_id": "{template}", "identifiers": {{"id": "{customer}"}}, "message_data": {data}}}"#
    )
}

/// A project with the requests `t/good` and `t/bad`, of which only the first is sent, accepted snapshots, and then a
/// configuration.
fn project(configuration: &str) -> Sandbox {
    let sandbox = Sandbox::new()
        .file("templates/t.liquid", "---\n---\n{\"title\": {{ trigger.word | json }}, \"body\": \"b\"}")
        .file("fixtures/customers/ada.json", ADA)
        .file("fixtures/requests/t/good.json", request("t", "user_123", r#"{"word": "x"}"#))
        .file("fixtures/requests/t/bad.json", request("t", "user_123", r#"{"wort": "x"}"#));
    assert_eq!(sandbox.run(&["test", "--update", "all"]).code, 0);
    sandbox.file("inkproof.toml", configuration)
}

/// Everything that a run printed.
fn printed(run: &Run) -> String {
    format!("{}{}", run.stdout, run.stderr)
}

#[test]
fn decides_which_losses_fail() {
    let unmet = "`t/good` is sent, but expected to be lost";
    // The configuration, the exit codes of the commands, and what each of them prints.
    let cases: &[(&str, [i32; 4], &str)] = &[
        ("", [1, 1, 1, 0], ""),
        ("[expect]\nlost = []\n", [1, 1, 1, 0], ""),
        ("[expect]\nlost = ['t/bad']\n", [0, 0, 0, 0], ""),
        ("[expect]\nlost = ['t/b*', 't/bad']\n", [0, 0, 0, 0], ""),
        ("[rules]\nundefined-variable = 'error'\n[expect]\nlost = ['t/bad']\n", [0, 0, 0, 0], ""),
        ("[expect]\nlost = ['t/good', 't/bad']\n", [1, 1, 1, 1], unmet),
        ("[expect]\nlost = ['t']\n", [1, 1, 1, 1], unmet),
        ("[expect]\nlost = ['*']\n", [1, 1, 1, 1], unmet),
        ("[rules]\nunmet-expectation = 'info'\n[expect]\nlost = ['t']\n", [1, 1, 0, 1], unmet),
        ("[expect]\nlost = ['t/bed']\n", [2, 2, 2, 2], "did you mean `t/bad`?"),
        (
            "[expect]\nlost = ['t/bad', 'u/*']\n",
            [2, 2, 2, 2],
            "`u/*` is expected to be lost, but there is no such request",
        ),
        ("[expect]\nlost = 't/bad'\n", [2, 2, 2, 2], "expected a list under `expect.lost`, found a string"),
        ("[expect]\nlost = [1]\n", [2, 2, 2, 2], "expected the name of a request under `expect.lost`, found a number"),
        ("[expect]\nlost = ['[']\n", [2, 2, 2, 2], "`[` is not a valid pattern"),
        ("[expect]\nlast = []\n", [2, 2, 2, 2], "there is no key `last` in `[expect]`"),
    ];
    for (configuration, codes, part) in cases {
        let sandbox = project(configuration);
        for (command, code) in COMMANDS.iter().zip(codes) {
            let run = sandbox.run(command);
            assert_eq!(run.code, *code, "{configuration}{command:?}: {run:?}");
            assert!(printed(&run).contains(part), "{configuration}{command:?}: {run:?}");
        }
    }
}

#[test]
fn concerns_only_real_sends_to_the_own_customer() {
    let eve = r#"{"id": "eve"}"#;
    let sandbox = project("[expect]\nlost = ['t/bad', 'c']\n")
        .file("templates/t.liquid", "---\n---\n{\"title\": \"{{ trigger.word }}\", \"body\": \"b\"}")
        .file("templates/c.liquid", "---\n---\n{\"title\": \"{{ customer.first_name }}\", \"body\": \"b\"}")
        .file("fixtures/customers/eve.json", eve)
        .file("fixtures/requests/c/eve.json", request("c", "eve", "{}"));
    for (arguments, code, message_count) in [
        (&["render"][..], 0, 1),
        (&["render", "t/bad"], 0, 0),
        (&["render", "t/bad", "c"], 0, 0),
        // The variable prints nothing, as in a test send.
        (&["render", "--lax"], 0, 3),
        // Somebody else gets it.
        (&["render", "c/eve", "--customer", "user_123"], 0, 1),
        // Other data is not the request.
        (&["render", "t", "--data", "{}"], 1, 0),
        (&["render", "t", "--data", r#"{"word": 1}"#], 0, 1),
    ] {
        let run = sandbox.run(arguments);
        let sent = run.lines().iter().filter(|line| line["message"].is_object()).count();
        assert_eq!((run.code, sent), (code, message_count), "{arguments:?}: {run:?}");
    }
}

#[test]
fn a_request_in_several_languages_is_lost_in_its_own() {
    let sandbox = project("[expect]\nlost = ['t/french']\n")
        .file("templates/t.fr.liquid", "---\n---\n{\"title\": \"{{ trigger.mot }}\", \"body\": \"b\"}")
        .file("fixtures/requests/t/french.json", request("t", "user_123", r#"{"word": "x"}, "language": "fr""#))
        .file("fixtures/requests/t/bad.json", request("t", "user_123", r#"{"word": "y", "mot": "z"}"#))
        .file("fixtures/requests/t/good.json", request("t", "user_123", r#"{"word": "y", "mot": "z"}"#));
    for (command, code) in [("preview", 0), ("render", 0), ("check", 0)] {
        let run = sandbox.run(&[command]);
        assert_eq!(run.code, code, "{command}: {run:?}");
    }
}

#[test]
fn a_template_that_is_broken_on_purpose_is_an_info() {
    let broken = "---\n---\n{\"title\": \"{{ trigger.word | upcas }}\", \"body\": \"b\"}";
    for (lost, code) in [("['t/bad', 't/good']", 0), ("['t']", 0), ("['t/bad']", 1), ("[]", 1)] {
        let sandbox = project(&format!("[expect]\nlost = {lost}\n")).file("templates/t.liquid", broken);
        for command in ["preview", "render", "check"] {
            let run = sandbox.run(&[command, "--format", "jsonl"]);
            assert_eq!(run.code, code, "{lost} {command}: {run:?}");
        }
    }
}

#[test]
fn shows_a_loss_as_expected_in_every_format() {
    let sandbox = project("[expect]\nlost = ['t/bad']\n");
    let preview = sandbox.run(&["preview", "t/bad"]).stdout;
    for part in ["✗  not sent, as expected", "error[undefined-variable]", "this loss is expected: inkproof.toml:2:9"]
    {
        assert!(preview.contains(part), "{part}: {preview}");
    }
    let lines = sandbox.run(&["render"]).lines();
    let bad = lines.iter().find(|line| line["request"] == "t/bad").unwrap();
    assert_eq!((&bad["expected"], &bad["diagnostics"][0]["severity"]), (&"lost".into(), &"info".into()));
    let good = lines.iter().find(|line| line["request"] == "t/good").unwrap();
    assert_eq!(good.get("expected"), None);
    for (command, format, part) in [
        ("preview", "github", "::notice title=undefined-variable"),
        ("preview", "concise", "error[undefined-variable]"),
        ("preview", "jsonl", r#""severity":"info""#),
        ("check", "github", "::notice title=undefined-variable"),
        ("check", "concise", "info[undefined-variable]"),
        ("check", "json", r#""severity":"info""#),
        ("check", "sarif", r#""level":"note""#),
        ("check", "gitlab", r#""severity":"info""#),
        ("check", "full", "1 info"),
    ] {
        let run = sandbox.run(&[command, "--format", format]);
        assert!(run.code == 0 && run.stdout.contains(part), "{command} {format}: {run:?}");
    }
    let table = sandbox.run(&["check", "--table"]).stdout;
    assert!(table.contains("1 template: 1 proved"), "{table}");
    assert_eq!(sandbox.run(&["check", "--min-coverage", "100", "--require", "proved"]).code, 0);
}

#[test]
fn tests_report_what_is_sent_unexpectedly_in_every_format() {
    let sandbox = project("[expect]\nlost = ['t/good']\n");
    let text = |format: &str| {
        let run = sandbox.run(&["test", "--format", format]);
        assert_eq!(run.code, 1, "{format}: {run:?}");
        run.stdout
    };
    let line = "fixtures/requests/t/good.json:1:1: error[unmet-expectation]: `t/good` is sent, but expected to be lost\n\
                tested 2: 2 unchanged, 0 new, 0 different, 0 unusable, 0 obsolete, 1 not sent\n";
    assert_eq!((text("full"), text("concise")), (line.to_owned(), line.to_owned()));
    let json: serde_json::Value = serde_json::from_str(&text("json")).unwrap();
    assert_eq!(json["passed"], false);
    let unmet: Vec<_> = json["tests"].as_array().unwrap().iter().map(|test| &test["unmet"]["code"]).collect();
    assert_eq!(unmet, [&serde_json::Value::Null, &"unmet-expectation".into()]);
    assert!(text("junit").contains(r#"type="unmet-expectation""#));
    assert!(text("github").contains("::error title=unmet-expectation,file=fixtures/requests/t/good.json,line=1"));
    // A snapshot of it changes nothing about that.
    assert_eq!(sandbox.run(&["test", "--update", "all"]).code, 1);
    assert_eq!(sandbox.run(&["test", "t/good", "--fail-fast"]).code, 1);
    assert_eq!(sandbox.run(&["test", "t/bad"]).code, 0);
}

/// `allow_failures = false` forbids losses that nobody expects.
#[test]
fn an_expected_loss_may_be_accepted_where_losses_are_forbidden() {
    for (lost, codes) in [("['t/bad']", [1, 0, 0, 0]), ("[]", [1, 2, 1, 1])] {
        let sandbox = project(&format!("[test]\nallow_failures = false\n[expect]\nlost = {lost}\n"));
        fs::remove_dir_all(sandbox.path().join("tests/snapshots")).unwrap();
        let commands: [&[&str]; 4] = [&["test"], &["accept"], &["test"], &["test", "--update", "all"]];
        let found = commands.map(|command| sandbox.run(command).code);
        assert_eq!(found, codes, "{lost}");
    }
}

#[test]
fn a_request_for_tests_alone_is_known_to_tests() {
    let sandbox = project("[test]\nrequests = ['tests/requests']\n[expect]\nlost = ['t/bad', 't/only']\n")
        .file("tests/requests/t/only.json", request("t", "user_123", "{}"));
    for command in ["preview", "check"] {
        assert_eq!(sandbox.run(&[command]).code, 0, "{command}");
    }
    assert_eq!(sandbox.run(&["test", "--update", "all"]).code, 0);
    fs::remove_file(sandbox.path().join("tests/requests/t/only.json")).unwrap();
    let run = sandbox.run(&["test"]);
    assert!(run.code == 2 && run.stderr.contains("`t/only` is expected to be lost"), "{run:?}");
}

#[test]
fn a_broken_request_is_reported_once() {
    let sandbox = project("[expect]\nlost = ['t/bad']\n").file("fixtures/requests/t/bad.json", "{");
    let run = sandbox.run(&["check", "--format", "concise"]);
    assert!(run.code == 2 && run.stdout.lines().count() == 1 && run.stdout.contains("invalid-request"), "{run:?}");
}

/// Data that loses the message says nothing about what the template needs.
#[test]
fn what_is_lost_on_purpose_teaches_nothing() {
    let sandbox = project("[expect]\nlost = ['t/bad']\n");
    let with = |arguments: &[&str]| sandbox.run(arguments).stdout;
    let commands: [&[&str]; 3] =
        [&["schema", "t"], &["types", "--lang", "typescript"], &["check", "--table", "--format", "json"]];
    let before: Vec<_> = commands.map(with).into();
    fs::remove_file(sandbox.path().join("fixtures/requests/t/bad.json")).unwrap();
    fs::remove_file(sandbox.path().join("inkproof.toml")).unwrap();
    for ((command, before), after) in commands.iter().zip(before).zip(commands.map(with)) {
        let before: serde_json::Value = serde_json::from_str(&before).unwrap_or(before.into());
        let mut after: serde_json::Value = serde_json::from_str(&after).unwrap_or(after.into());
        if let Some(findings) = before.get("findings") {
            after["findings"] = findings.clone();
        }
        assert_eq!(before, after, "{command:?}");
    }
}

#[test]
fn an_audience_gets_the_only_request_that_is_sent() {
    let run = project("[expect]\nlost = ['t/bad']\n").run(&["audience", "t", "fixtures/customers/ada.json"]);
    assert!(
        run.code == 0 && run.stderr.contains("everyone gets the `message_data` of `fixtures/requests/t/good.json`"),
        "{run:?}"
    );
}
