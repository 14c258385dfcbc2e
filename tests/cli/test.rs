//! `inkproof test`, `accept`, `reject` and `pending`, run by people and by CI.

use std::fs;
use std::process::Stdio;

use super::sandbox::{Run, Sandbox, run_with};
use super::scratch::Scratch;
use serde_json::Value;

const ALL_UNCHANGED: &str = "tested 3: 3 unchanged, 0 new, 0 different, 0 unusable, 0 obsolete, 1 not sent";

/// A project whose snapshots are all accepted.
fn accepted() -> Scratch {
    let scratch = Scratch::node();
    let result = scratch.run(&["test", "--update", "all"]);
    assert_eq!(
        (result.code, result.last_line()),
        (0, "tested 3: 0 unchanged, 3 new, 0 different, 0 unusable, 0 obsolete, 1 not sent")
    );
    scratch
}

#[test]
fn accepts_new_snapshots_and_detects_changes() {
    let scratch = Scratch::node();
    let result = scratch.run(&["test"]);
    assert_eq!(
        (result.code, result.last_line()),
        (1, "tested 3: 0 unchanged, 3 new, 0 different, 0 unusable, 0 obsolete, 1 not sent")
    );
    assert_eq!(
        scratch.snapshots().iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(),
        ["hello.snap.new", "order/nothing.snap.new", "order/small.snap.new"]
    );
    assert_eq!(
        scratch.run(&["accept"]).stdout,
        "accepted 3, deleted 0 obsolete\n1 accepted message is not sent:\n  order/nothing: undefined variable: \
         trigger.id\n"
    );
    let result = scratch.run(&["test"]);
    assert_eq!((result.code, result.stdout.as_str(), result.stderr.as_str()), (0, &*format!("{ALL_UNCHANGED}\n"), ""));

    scratch.replace("templates/order.liquid", "has shipped", "is here");
    let result = scratch.run(&["test"]);
    assert_eq!(result.code, 1);
    assert!(
        result.stdout.contains("properties.title: \"Order 7 has shipped\" → \"Order 7 is here\""),
        "{}",
        result.stdout
    );
    let result = scratch.run(&["pending", "--format", "json"]);
    let pending: Value = serde_json::from_str(&result.stdout).unwrap();
    assert_eq!(pending[0]["name"], "order/small");
    assert_eq!(pending[0]["changes"][0]["to"], "Order 7 is here");
    assert_eq!(scratch.run(&["accept", "order/small"]).code, 0);
    assert_eq!(scratch.run(&["test"]).last_line(), ALL_UNCHANGED);
}

#[test]
fn highlights_changed_words() {
    let scratch = accepted();
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    let result = scratch.run(&["test", "--color", "always", "--update", "none"]);
    let changed = |color: u8, words: &str| format!("\u{1b}[1m\u{1b}[4m\u{1b}[{color}m{words}\u{1b}[0m");
    for part in [changed(31, "has"), changed(31, "shipped"), changed(32, "is"), changed(32, "here")] {
        assert!(result.stdout.contains(&part), "{part:?} in {:?}", result.stdout);
    }
}

#[test]
fn stores_the_error_of_a_failing_message_as_its_snapshot() {
    let scratch = accepted();
    let text = scratch.read("tests/snapshots/order/nothing.snap");
    assert!(text.ends_with("---\nnot sent\n\nerror[undefined-variable]: undefined variable: trigger.id\n"), "{text}");
    scratch.request("order/nothing", "order", "{ \"id\": 8 }");
    let result = scratch.run(&["test", "order/nothing"]);
    assert_eq!(
        (result.code, result.last_line()),
        (1, "tested 1: 0 unchanged, 0 new, 1 different, 0 unusable, 0 obsolete, 0 not sent")
    );
}

#[test]
fn names_accepted_messages_that_are_not_sent() {
    let scratch = Scratch::node();
    scratch.request("order/null", "order", "null");
    let result = scratch.run(&["test", "--update", "all"]);
    let accepted = "accepted 4\n2 accepted messages are not sent:\n  order/nothing: undefined variable: trigger.id\n  \
                    order/null: undefined variable: trigger.id\ntested 4: 0 unchanged, 4 new, 0 different, 0 unusable, 0 \
                    obsolete, 2 not sent\n";
    assert_eq!(result.code, 0);
    assert!(result.stdout.ends_with(accepted), "{}", result.stdout);
    let result = scratch.run(&["test"]);
    assert_eq!(
        (result.code, result.stdout.as_str()),
        (0, "tested 4: 4 unchanged, 0 new, 0 different, 0 unusable, 0 obsolete, 2 not sent\n")
    );
}

#[test]
fn forbids_messages_that_are_not_sent() {
    let scratch = accepted();
    scratch.write("inkproof.toml", "[test]\nallow_failures = false\n");
    let listed = "1 message is not sent, and `allow_failures` in `inkproof.toml` is `false`:\n  order/nothing: undefined \
                  variable: trigger.id\n";
    for arguments in [&["test"][..], &["test", "--update", "none"], &["test", "--update", "all"]] {
        let result = scratch.run(arguments);
        assert_eq!((result.code, result.stdout.contains(listed)), (1, true), "{arguments:?}: {}", result.stdout);
    }
    assert!(scratch.run(&["test", "--format", "json"]).stdout.contains("\"passed\":false"));
    let result = scratch.run(&["test", "--format", "github"]);
    let expected =
        "::error file=templates/order.liquid,line=5,title=order/nothing unchanged::unchanged: not sent: undefined";
    assert!(result.stdout.contains(expected), "{}", result.stdout);
    let result = scratch.run(&["test", "--format", "junit"]);
    assert!(result.stdout.contains("failures=\"1\""), "{}", result.stdout);
    // It is not accepted in any way, and the others are.
    fs::remove_dir_all(scratch.path("tests/snapshots")).unwrap();
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 1);
    assert!(!scratch.path("tests/snapshots/order/nothing.snap").exists());
    scratch.run(&["test"]);
    let result = scratch.run(&["accept"]);
    assert_eq!((result.code, result.stdout.as_str()), (2, "accepted 0, deleted 0 obsolete\n"));
    let expected = "cannot accept `tests/snapshots/order/nothing.snap.new`: the message is not sent, and `allow_failures` \
                    under `[test]` is `false`; it is still pending";
    assert!(result.stderr.contains(expected), "{}", result.stderr);
    scratch.request("order/nothing", "order", "{\"id\": 1}");
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 0);
}

#[test]
fn fails_in_ci_if_there_is_nothing_to_test() {
    let scratch = Scratch::empty();
    scratch.write("templates/hello.liquid", "{ \"title\": \"Hello\" }\n");
    scratch.write("inkproof.toml", "[test]\nrequests = [\"more\"]\n");
    scratch.write("more/notes.txt", "");
    let root = scratch.root().canonicalize().unwrap();
    let reason =
        format!("there is nothing to test: no request in `fixtures/requests` and `more` of `{}`", root.display());
    let result = scratch.run_in_ci(&["test"]);
    assert_eq!(result.code, 1);
    assert!(result.stderr.contains(&format!("error: {reason}\nhelp: write one with")), "{}", result.stderr);
    assert!(scratch.run_in_ci(&["test", "--format", "json"]).stdout.contains("\"passed\":false"));
    for result in [scratch.run_in_ci(&["test", "--allow-empty"]), scratch.run(&["test"])] {
        assert_eq!(result.code, 0);
        assert!(result.stderr.contains(&format!("note: {reason}")), "{}", result.stderr);
    }
}

#[test]
fn annotations_have_the_line_that_writes_the_first_change() {
    let scratch = Scratch::node();
    scratch.write(
        "templates/order.liquid",
        "---\ntype: order\ntopics: [a]\n---\n{\n  \"parts\": [\n    {\"title\": \"a\",},\n    {\"title\": \"{% if true\
         \n      %}{{ trigger.id }}{% endif %}\"},\n  ],\n  \"title\": \"Order\",\n  \"n\": {{ trigger.id }}\n}\n",
    );
    scratch.run(&["test", "--update", "all"]);
    let line = |old: &str, new: &str| {
        let before = scratch.read("templates/order.liquid");
        scratch.replace("templates/order.liquid", old, new);
        let result = scratch.run(&["test", "order/small", "--format", "github", "--update", "none"]);
        scratch.write("templates/order.liquid", &before);
        result.stdout.split("line=").nth(1).and_then(|rest| rest.split(',').next()).map(str::to_owned)
    };
    for (old, new, expected) in [
        ("{\"title\": \"a\"", "{\"title\": \"b\"", Some("7")),
        ("\"title\": \"Order\"", "\"title\": \"Parcel\"", Some("11")),
        ("\"n\": {{ trigger.id }}", "\"n\": {{ trigger.id | plus: 1 }}", Some("12")),
        ("type: order", "type: parcel", Some("2")),
        ("topics: [a]", "topics: [b]", Some("3")),
        ("\"n\": {{ trigger.id }}", "\"n\": {{ trigger.idd }}", Some("12")),
        (",\n  \"n\": {{ trigger.id }}", "", Some("5")),
        ("order", "order", None),
    ] {
        assert_eq!(line(old, new).as_deref(), expected, "{old}: {new}");
    }
}

#[test]
fn each_update_mode_writes_and_fails_as_documented() {
    for (word, code, pending, expected) in [
        ("new", 1, true, "hello 1"),
        ("pending", 0, true, "hello 1"),
        ("none", 1, false, "hello 1"),
        ("all", 0, false, "hello 2"),
    ] {
        let scratch = Scratch::node();
        scratch.replace("templates/hello.liquid", "Hello", "hello 1");
        scratch.run(&["test", "--update", "all"]);
        scratch.replace("templates/hello.liquid", "hello 1", "hello 2");
        for result in [
            scratch.run(&["test", "--update", word]),
            scratch.run(&["test", "--update", if word == "all" { "none" } else { word }]),
        ] {
            assert_eq!(result.code, code, "{word}: {}", result.stdout);
        }
        assert_eq!(scratch.path("tests/snapshots/hello.snap.new").exists(), pending, "{word}");
        assert!(scratch.read("tests/snapshots/hello.snap").contains(expected), "{word}");
    }
}

#[test]
fn writes_nothing_and_fails_on_new_snapshots_in_ci() {
    let scratch = Scratch::node();
    let result = scratch.run_in_ci(&["test"]);
    assert_eq!(
        (result.code, result.last_line()),
        (1, "tested 3: 0 unchanged, 3 new, 0 different, 0 unusable, 0 obsolete, 1 not sent")
    );
    assert_eq!(scratch.snapshots(), []);
    // The flag overrides the variable, which overrides `CI`.
    let mut command = scratch.command();
    command.env("CI", "true").env("INKPROOF_UPDATE", "pending").arg("test");
    assert_eq!(Run::of(&command.output().unwrap()).code, 0);
    assert_eq!(scratch.snapshots().len(), 3);
    assert_eq!(Run::of(&command.args(["--update", "none"]).output().unwrap()).code, 1);
    assert_eq!(scratch.run_in_ci(&["accept"]).code, 0);
    assert_eq!(scratch.run_in_ci(&["test"]).code, 0);
    let result = Run::of(&scratch.command().env("CI", "false").args(["test"]).output().unwrap());
    assert_eq!(result.code, 0);
}

#[test]
fn reports_and_deletes_obsolete_snapshots() {
    let scratch = accepted();
    fs::remove_file(scratch.path("fixtures/requests/order/small.json")).unwrap();
    // Snapshots that insta wrote for Rust tests are not ours to delete.
    scratch.write("tests/snapshots/rust__test.snap", "---\nsource: tests/rust.rs\nexpression: x\n---\n1\n");
    let expected = "tested 2: 2 unchanged, 0 new, 0 different, 0 unusable, 1 obsolete, 1 not sent";
    let result = scratch.run(&["test"]);
    assert_eq!((result.code, result.last_line()), (0, expected));
    let result = scratch.run_in_ci(&["test"]);
    assert_eq!((result.code, result.last_line()), (1, expected));
    assert!(result.stdout.contains("tests/snapshots/order/small.snap: obsolete"), "{}", result.stdout);
    // A run with names never reports obsolete snapshots.
    assert_eq!(scratch.run_in_ci(&["test", "order", "hello"]).code, 0);
    // Nor does a run with a broken request, because the snapshot may belong to it.
    scratch.write("fixtures/requests/broken.json", "{");
    let result = scratch.run_in_ci(&["test"]);
    assert_eq!(
        (result.code, result.last_line()),
        (2, "tested 2: 2 unchanged, 0 new, 0 different, 0 unusable, 0 obsolete, 1 not sent")
    );
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 2);
    assert!(scratch.path("tests/snapshots/order/small.snap").exists());
    fs::remove_file(scratch.path("fixtures/requests/broken.json")).unwrap();
    assert_eq!(scratch.run(&["accept"]).stdout, "accepted 0, deleted 1 obsolete\n");
    assert_eq!(scratch.run_in_ci(&["test"]).code, 0);
    assert!(scratch.path("tests/snapshots/rust__test.snap").exists());
}

#[test]
fn rejecting_keeps_the_accepted_snapshots() {
    let scratch = accepted();
    let before = scratch.snapshots();
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    assert_eq!(scratch.run(&["test"]).code, 1);
    assert_eq!(scratch.run(&["reject", "order"]).stdout, "rejected 0\n");
    assert_eq!(scratch.run(&["reject"]).stdout, "rejected 1\n");
    assert_eq!(scratch.snapshots(), before);
    // A pending snapshot is deleted once the message matches its accepted snapshot again.
    assert_eq!(scratch.run(&["test"]).code, 1);
    scratch.replace("templates/hello.liquid", "Bye", "Hello");
    assert_eq!(scratch.run(&["test"]).code, 0);
    assert_eq!(scratch.snapshots(), before);
}

#[test]
fn suggests_similar_names_for_unknown_ones() {
    let scratch = accepted();
    for command in ["test", "accept", "reject", "pending"] {
        let result = scratch.run(&[command, "ordre"]);
        assert_eq!(result.code, 2, "{command}");
        assert!(result.stderr.contains("did you mean `order"), "{command}: {}", result.stderr);
    }
}

#[test]
fn reports_files_that_are_not_snapshots() {
    for (name, spoil, reason) in [
        (
            "merged",
            "---\nexpression: \"x\"\n---\n{\n<<<<<<< HEAD\n  \"a\": 1\n=======\n  \"a\": 2\n>>>>>>> topic\n}\n",
            "line 5 is a merge-conflict marker: resolve it, or write the snapshot again",
        ),
        ("cut", "---\nexpression: \"x\"\n", "it is not a snapshot: expected a header between two lines `---`"),
        ("empty", "", "it is not a snapshot: expected a header between two lines `---`"),
    ] {
        let scratch = accepted();
        scratch.write("tests/snapshots/hello.snap", spoil);
        let result = scratch.run_in_ci(&["test"]);
        assert_eq!(
            (result.code, result.last_line()),
            (1, "tested 3: 2 unchanged, 0 new, 0 different, 1 unusable, 0 obsolete, 1 not sent"),
            "{name}"
        );
        assert!(result.stdout.contains(reason), "{name}: {}", result.stdout);
        assert_eq!(scratch.read("tests/snapshots/hello.snap"), spoil);
        assert_eq!(scratch.run(&["test"]).code, 1);
        assert_eq!(scratch.run(&["accept", "hello"]).code, 0);
        assert_eq!(scratch.run_in_ci(&["test"]).code, 0, "{name}");
    }
}

#[test]
fn reports_a_directory_in_place_of_a_snapshot() {
    let scratch = accepted();
    fs::remove_file(scratch.path("tests/snapshots/hello.snap")).unwrap();
    scratch.write("tests/snapshots/hello.snap/notes.txt", "mine");
    let result = scratch.run(&["test"]);
    assert_eq!(result.code, 1);
    assert!(result.stdout.contains("it is a folder: expected a file; move the folder away"), "{}", result.stdout);
    for arguments in [&["accept"][..], &["test", "--update", "all"]] {
        let result = scratch.run(arguments);
        assert_eq!(result.code, 2, "{arguments:?}");
        assert!(result.stderr.contains("tests/snapshots/hello.snap"), "{}", result.stderr);
    }
    assert_eq!(scratch.read("tests/snapshots/hello.snap/notes.txt"), "mine");
}

#[test]
fn accepts_crlf_line_endings() {
    let scratch = accepted();
    for (path, text) in scratch.snapshots() {
        scratch.write(&format!("tests/snapshots/{path}"), &text.replace('\n', "\r\n"));
    }
    let result = scratch.run_in_ci(&["test"]);
    assert_eq!((result.code, result.last_line()), (0, ALL_UNCHANGED));
}

#[test]
fn reports_snapshots_that_cannot_be_written() {
    let scratch = Scratch::node();
    // No user, not even root, can create a directory below a file.
    scratch.write("tests", "");
    let result = scratch.run(&["test"]);
    assert_eq!(
        (result.code, result.last_line()),
        (2, "tested 3: 0 unchanged, 0 new, 0 different, 3 unusable, 0 obsolete, 1 not sent")
    );
    assert!(result.stderr.contains("cannot write `tests/snapshots/hello.snap`, and 2 more: "), "{}", result.stderr);
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 2);
    assert_eq!(scratch.run_in_ci(&["test"]).code, 2);
}

#[test]
fn fail_fast_stops_at_the_first_failure() {
    let scratch = accepted();
    scratch.replace("templates/order.liquid", "Order", "Parcel");
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    let result = scratch.run(&["test", "--fail-fast", "--update", "none"]);
    assert_eq!(
        (result.code, result.last_line()),
        (1, "tested 1: 0 unchanged, 0 new, 1 different, 0 unusable, 0 obsolete, 0 not sent")
    );
    assert!(result.stdout.contains("different hello"), "{}", result.stdout);
    // Messages that failed before are tested first.
    scratch.run(&["test", "order/small"]);
    let result = scratch.run(&["test", "--fail-fast", "--update", "none"]);
    assert!(result.stdout.contains("different order/small"), "{}", result.stdout);
}

#[test]
fn writes_the_same_bytes_in_every_time_zone_and_locale() {
    let scratch = accepted();
    scratch.write(
        "templates/zone.liquid",
        "---\n---\n{ \"title\": \"{{ 'now' | date: '%c %Z' }} {% random 1000 %} {{ 1234.5 | currency }}\" }\n",
    );
    scratch.request("zone", "zone", "{}");
    let mut seen = Vec::new();
    for (zone, locale) in [("UTC", "C"), ("Asia/Tokyo", "de_DE.UTF-8"), ("America/New_York", "ar_EG.UTF-8")] {
        let mut command = scratch.command();
        command.env("TZ", zone).env("LC_ALL", locale).env("LANG", locale).args(["test", "--update", "all"]);
        assert_eq!(Run::of(&command.output().unwrap()).code, 0);
        seen.push(scratch.snapshots());
        fs::remove_dir_all(scratch.path("tests/snapshots")).unwrap();
    }
    assert_eq!(seen[0].len(), 4);
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}

#[test]
fn tests_each_language_of_a_template() {
    let scratch = accepted();
    scratch.write("templates/hello.fr.liquid", "---\n---\n{ \"title\": \"Bonjour {{ customer.name }}\" }\n");
    let result = scratch.run(&["test", "--update", "all"]);
    assert_eq!(result.last_line(), "tested 4: 3 unchanged, 1 new, 0 different, 0 unusable, 0 obsolete, 1 not sent");
    assert!(scratch.read("tests/snapshots/hello@fr.snap").contains("Bonjour Ada"));
    scratch.write(
        "fixtures/customers/ada.json",
        "{ \"id\": \"1\", \"name\": \"Ada\", \"cio_preferred_language\": \"fr\" }",
    );
    scratch.run(&["test", "--update", "all"]);
    let result = scratch.run_in_ci(&["test"]);
    assert_eq!(result.code, 0, "{}", result.stdout);
}

#[test]
fn applies_the_test_settings_of_the_configuration() {
    let scratch = Scratch::node();
    scratch.write(
        "inkproof.toml",
        "[test]\nnow = 2030-05-06T07:08:09Z\nsnapshots = 'expected'\nrequests = ['more']\nredactions = { 'properties.title' = \
         '[title]' }\nfilters = [{ pattern = 'H[aeiou]', text = 'h' }]\n",
    );
    fs::create_dir(scratch.path("more")).unwrap();
    fs::rename(scratch.path("fixtures/requests/hello.json"), scratch.path("more/hello.json")).unwrap();
    scratch.replace("templates/hello.liquid", "}\" }", "}\", \"body\": \"Hi\" }");
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 0);
    let text = scratch.read("expected/hello.snap");
    for part in [
        "\"sentAt\": \"2030-05-06T07:08:09Z\"",
        "\"title\": \"[title]\"",
        "\"body\": \"h\"",
        "input_file: more/hello.json\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Other commands do not see requests that only tests use.
    assert_eq!(scratch.run(&["render", "hello"]).stdout, "");
    // The command line overrides the configuration.
    assert_eq!(scratch.run(&["test", "--now", "2030-01-01T00:00:00Z", "--update", "none"]).code, 1);
}

#[test]
fn writes_the_report_in_every_format() {
    let scratch = accepted();
    scratch.replace("templates/order.liquid", "has shipped", "<\u{1b}here & now>");
    fs::remove_file(scratch.path("tests/snapshots/hello.snap")).unwrap();
    scratch.write("tests/snapshots/gone.snap", "---\nexpression: \"x\"\n---\n{}\n");
    let run = |format| {
        let result = scratch.run_in_ci(&["test", "--format", format]);
        assert_eq!(result.code, 1, "{format}");
        assert!(!result.stdout.contains('\u{1b}'), "{format}: {}", result.stdout);
        result.stdout
    };
    insta::assert_snapshot!("concise", run("concise"));
    insta::assert_snapshot!("github", run("github"));
    insta::assert_snapshot!("junit", run("junit"));
    insta::assert_snapshot!("full", run("full"));
    let lines = run("jsonl");
    insta::assert_snapshot!("jsonl", lines);
    let document: Value = serde_json::from_str(&run("json")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(document["tests"].as_array().unwrap()[..], lines[..3]);
    assert_eq!(document["summary"], lines[4]["summary"]);
    assert_eq!(document["passed"], false);
}

#[test]
fn names_the_changed_line_as_the_cause() {
    let scratch = accepted();
    scratch.git(&["init", "--quiet"]);
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "--quiet", "-m", "all"]);
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    let result = scratch.run(&["test", "--update", "none"]);
    assert!(
        result.stdout.contains("since it was committed: templates/order.liquid changed at line 5\n"),
        "{}",
        result.stdout
    );
    // A change that is committed but not accepted is still the cause.
    scratch.git(&["commit", "--quiet", "-am", "words"]);
    let result = scratch.run(&["test", "--update", "none"]);
    assert!(result.stdout.contains("templates/order.liquid changed at line 5\n"), "{}", result.stdout);
}

#[test]
fn names_renamed_files_as_causes() {
    let scratch = Scratch::node();
    scratch
        .write("snippets/signature.liquid", "Yours, with many words so that git sees that it is the same,\nthe shop\n");
    scratch.replace("templates/hello.liquid", "Hello", "{{ snippets.signature | json | size }} Hello");
    scratch.run(&["test", "--update", "all"]);
    scratch.git(&["init", "--quiet"]);
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "--quiet", "-m", "all"]);
    scratch.git(&["mv", "snippets/signature.liquid", "snippets/closing.liquid"]);
    scratch.replace("snippets/closing.liquid", "the shop", "the new shop");
    scratch.replace("templates/hello.liquid", "snippets.signature", "snippets.closing");
    let result = scratch.run(&["test", "hello", "--update", "none"]);
    for cause in [
        "snippets/closing.liquid is new",
        "snippets/signature.liquid is gone",
        "templates/hello.liquid changed at line 3",
    ] {
        assert!(result.stdout.contains(&format!("  since it was committed: {cause}\n")), "{cause}: {}", result.stdout);
    }
}

#[test]
fn reads_boolean_variables_for_flags() {
    let scratch = accepted();
    for (value, is_set) in [("1", true), ("true", true), ("yes", true), ("0", false), ("false", false), ("", false)] {
        scratch.replace("templates/order.liquid", "Order", "order");
        scratch.replace("templates/hello.liquid", "Hello", "hello");
        let mut command = scratch.command();
        let result =
            Run::of(&command.env("INKPROOF_FAIL_FAST", value).args(["test", "--update", "none"]).output().unwrap());
        assert_eq!((result.code, result.stdout.contains("tested 1:")), (1, is_set), "{value}: {result:?}");
        scratch.replace("templates/order.liquid", "order {{", "Order {{");
        scratch.replace("templates/hello.liquid", "hello", "Hello");
    }
}

#[test]
fn a_false_variable_does_not_conflict_with_flags() {
    let scratch = accepted();
    for (arguments, variable) in [
        (&["preview", "--columns"][..], "INKPROOF_SOURCE"),
        (&["preview", "--source"], "INKPROOF_COLUMNS"),
        (&["check", "--diff"], "INKPROOF_WATCH"),
    ] {
        let run = |value: &str| Run::of(&scratch.command().env(variable, value).args(arguments).output().unwrap());
        for value in ["0", "False", ""] {
            assert_eq!(run(value).stderr, "", "{arguments:?} {variable}={value}");
        }
        let result = run("1");
        assert!(result.code == 2 && result.stderr.contains("cannot be used with"), "{arguments:?}: {result:?}");
    }
}

#[test]
fn each_command_rejects_formats_it_does_not_have() {
    let scratch = accepted();
    scratch.git(&["init", "--quiet"]);
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "--quiet", "-m", "all"]);
    for (command, format, expected) in [
        ("test", "sarif", "full, concise, json, jsonl, junit, github"),
        ("test", "gitlab", "full, concise, json, jsonl, junit, github"),
        ("test", "markdown", "full, concise, json, jsonl, junit, github"),
        ("diff", "junit", "full, concise, json, jsonl, markdown"),
        ("diff", "github", "full, concise, json, jsonl, markdown"),
        ("pending", "junit", "full, concise, json, jsonl"),
        ("upgrade", "sarif", "full, concise, json, jsonl"),
        ("accept", "json", "full, concise"),
        ("reject", "json", "full, concise"),
        ("explain", "json", "full, concise"),
        ("preview", "markdown", "full, concise, json, jsonl, github"),
        ("check", "markdown", "full, concise, json, jsonl, sarif, junit, github, gitlab"),
    ] {
        let name: &[&str] = if command == "upgrade" { &["hello"] } else { &[] };
        let after = scratch.run(&[&[command, "--format", format], name].concat());
        assert_eq!((after.code, after.stdout.as_str()), (2, ""), "{command} {format}");
        assert!(after.stderr.contains(&format!("[possible values: {expected}]")), "{command}: {}", after.stderr);
        let before = scratch.run(&[&["--format", format, command], name].concat());
        assert_eq!((before.code, before.stdout.as_str()), (2, ""), "{command} {format}");
        let list = expected.split(", ").map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        assert_eq!(before.stderr, format!("error: `{command}` has no format `{format}`: expected one of {list}\n"));
    }
    for arguments in [&["--format", "json"][..], &["--print-config", "--format", "markdown"]] {
        let result = scratch.run(arguments);
        assert!(result.code == 2 && result.stderr.contains("` has no format `"), "{arguments:?}: {result:?}");
    }
    assert_eq!(scratch.run(&["--print-config", "--format", "json"]).code, 0);
    let result = scratch.run(&["--format", "markdown", "diff"]);
    assert_eq!((result.code, result.stdout.as_str()), (0, "**no message renders differently**\n"));
}

#[test]
fn a_format_flag_overrides_the_environment() {
    let scratch = accepted();
    let run = |arguments: &[&str], format: &str| {
        let output = scratch.command().args(arguments).env("INKPROOF_FORMAT", format).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let starts_with = |arguments: &[&str], format, expected| {
        let (code, out, err) = run(arguments, format);
        assert!(code == Some(0) && out.starts_with(expected), "{arguments:?}: {out}{err}");
    };
    starts_with(&["test"], "junit", "<?xml");
    starts_with(&["test", "--format", "json"], "junit", "{");
    starts_with(&["--format", "json", "test"], "junit", "{");
    starts_with(&["--format", "concise", "test", "--format", "json"], "junit", "{");
    // A command rejects a format from the environment as it would reject the flag.
    for arguments in [&["test"][..], &["accept"]] {
        let (code, out, err) = run(arguments, "sarif");
        assert!(code == Some(2) && out.is_empty() && err.contains("[possible values: full, concise"), "{err}");
    }
    let (code, _, err) = run(&[], "sarif");
    let expected =
        "error: `inkproof` has no format `sarif`, which `INKPROOF_FORMAT` sets: expected one of `full`, `concise`\n";
    assert_eq!((code, err.as_str()), (Some(2), expected));
}

#[test]
fn selects_by_snapshot_name_and_rejects_unknown_names() {
    let scratch = Scratch::node();
    scratch.write("templates/hello.fr.liquid", "---\n---\n{ \"title\": \"Bonjour {{ customer.name }}\" }\n");
    let result = scratch.run(&["test", "hello@fr"]);
    assert_eq!(
        (result.code, result.last_line()),
        (1, "tested 1: 0 unchanged, 1 new, 0 different, 0 unusable, 0 obsolete, 0 not sent")
    );
    assert_eq!(scratch.snapshots().len(), 1);
    let result = scratch.run(&["test", "hello@fr", "order/small"]);
    assert!(result.last_line().starts_with("tested 2:"), "{result:?}");
    assert_eq!(scratch.run(&["accept", "hello@fr"]).stdout, "accepted 1, deleted 0 obsolete\n");
    assert_eq!(scratch.run(&["test", "hello@fr"]).code, 0);
    for command in ["accept", "reject", "pending"] {
        let result = scratch.run(&[command, "order/smal", "order/small", "nothing/at/all", "hello@fx"]);
        assert_eq!(
            (result.code, result.stderr.as_str()),
            (
                2,
                "error: no pending snapshot is called `order/smal`: did you mean `order/small`?\nerror: there is no template or \
                 request `nothing/at/all`: the templates are `hello`, `order`\nerror: there is no template or request \
                 `hello@fx`: did you mean `hello`?\n"
            ),
            "{command}"
        );
    }
    assert_eq!(scratch.snapshots().len(), 2, "nothing was done");
}

#[test]
fn reports_an_unreadable_snapshot_directory() {
    let scratch = Scratch::node();
    scratch.write("tests/snapshots", "no folder");
    for arguments in [
        &["pending"][..],
        &["accept"],
        &["reject"],
        &["test"],
        &["test", "--update", "none"],
        &["test", "--update", "all"],
    ] {
        let result = scratch.run(arguments);
        assert_eq!(result.code, 2, "{arguments:?}: {result:?}");
        assert!(result.stderr.contains("cannot look into `tests/snapshots/`: "), "{arguments:?}: {}", result.stderr);
    }
    let result = scratch.run(&["test", "--update", "none", "--format", "json"]);
    assert!(result.stdout.contains("\"passed\":false"), "{}", result.stdout);
}

#[test]
fn tests_deeply_nested_templates_and_data() {
    let scratch = accepted();
    let deep = |open: &str, close: &str, times| open.repeat(times) + &close.repeat(times);
    scratch.write("templates/json.liquid", &format!("---\n---\n{{\"x\": {}}}", deep("[", "]", 490)));
    scratch.write("templates/tags.liquid", &format!("---\n---\n{{{}}}", deep("{% if true %}", "{% endif %}", 190)));
    scratch.write(
        "templates/texts.liquid",
        &format!("---\n---\n{{% assign t = trigger.t %}}{{% render_liquid t %}}{}", "{}"),
    );
    let text = "{% if true %}".repeat(150) + "{% render_liquid trigger.t %}" + &"{% endif %}".repeat(150);
    scratch.request("json", "json", "{}");
    scratch.request("tags", "tags", "{}");
    scratch.request("texts", "texts", &format!("{{ \"t\": \"{text}\" }}"));
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 0);
    let rendered = scratch.run(&["render"]);
    assert_eq!((rendered.code, rendered.stdout.lines().count()), (1, 6), "{}", rendered.stderr);
    scratch.replace("templates/json.liquid", "[[]]", "[1]");
    assert_eq!(scratch.run_in_ci(&["test"]).code, 1);
}

/// After a run is killed at any moment, each file has either its old or its new contents.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_complete_files() {
    let scratch = Scratch::node();
    for number in 0..200 {
        scratch.request(&format!("order/{number}"), "order", &format!("{{ \"id\": {number} }}"));
    }
    let written = |word: &str| {
        scratch.write("templates/order.liquid", &format!("---\n---\n{{ \"title\": \"{}\" }}", word.repeat(500)));
        assert_eq!(scratch.run(&["test", "--update", "all", "--format", "concise"]).code, 0);
        scratch.snapshots()
    };
    let (one, two) = (written("one "), written("two "));
    for round in 0..12_u64 {
        let word = if round % 2 == 0 { "one " } else { "two " };
        scratch.write("templates/order.liquid", &format!("---\n---\n{{ \"title\": \"{}\" }}", word.repeat(500)));
        let mut command = scratch.command();
        command.args(["test", "--update", "all", "--format", "concise"]).stdout(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(round * 10));
        // The run may have finished already.
        let _ = child.kill();
        child.wait().unwrap();
        let found: Vec<_> = scratch.snapshots().into_iter().filter(|(path, _)| !path.contains(".inkproof-")).collect();
        assert_eq!(found.len(), one.len());
        for ((found, one), two) in found.iter().zip(&one).zip(&two) {
            assert!(found == one || found == two, "{}", found.0);
        }
    }
}

#[test]
fn every_command_draws_in_ascii_on_request() {
    let scratch = accepted();
    scratch.git(&["init", "--quiet"]);
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "--quiet", "-m", "all"]);
    scratch.replace("templates/order.liquid", "has shipped", "is {{ trigger.missing }}");
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    for arguments in [&["preview"][..], &["preview", "--source"], &["check"], &["test"], &["diff"]] {
        let run = |ascii: &[&str]| {
            let mut command = scratch.command();
            let output = command.args(arguments).args(ascii).env("LC_ALL", "C.UTF-8").output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let (unicode, ascii) = (run(&[]), run(&["--ascii"]));
        let has_lines = |text: &str| text.contains(|character| ('\u{2500}'..='\u{257f}').contains(&character));
        assert!(has_lines(&unicode) && !has_lines(&ascii), "{arguments:?}\n{unicode}\n{ascii}");
    }
}

#[test]
fn of_two_accepts_each_reports_what_it_did() {
    let scratch = Scratch::node();
    for number in 0..60 {
        scratch.request(&format!("order/more{number}"), "order", "{ \"id\": 1 }");
    }
    assert_eq!(scratch.run(&["test"]).code, 1);
    let accept = || scratch.command().arg("accept").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let both = [accept(), accept()].map(|child| Run::of(&child.wait_with_output().unwrap()));
    let accepted = both.each_ref().map(|run| {
        assert_eq!(run.code, 0, "{run:?}");
        let count = run.stdout.strip_prefix("accepted ").and_then(|rest| rest.split(',').next()).unwrap();
        count.parse::<usize>().unwrap()
    });
    assert_eq!(accepted.iter().sum::<usize>(), 63, "{both:?}");
    for (run, own) in both.iter().zip(accepted) {
        let listed = run.stderr.split_whitespace().find_map(|word| word.parse::<usize>().ok()).unwrap_or(0);
        assert!(listed <= 63 - own, "{run:?}");
        assert!(run.stderr.is_empty() || run.stderr.contains("by another process meanwhile"), "{run:?}");
    }
    assert_eq!(scratch.run(&["test"]).code, 0);
}

#[test]
fn filters_that_repeat_a_text_are_an_error() {
    let filter = format!("{{ pattern = '(?s)^.+$', text = '{}' }}", "${0}".repeat(8));
    let sandbox = Sandbox::with_template(r#"{"title": "a", "body": "b"}"#, "{}")
        .file("inkproof.toml", format!("[test]\nfilters = [{}]\n", vec![filter; 12].join(", ")));
    for update in ["none", "all"] {
        let tested = sandbox.run(&["test", "--update", update]);
        assert_eq!(tested.code, 1, "{}", tested.stderr);
        let all = tested.stdout + &tested.stderr;
        assert!(all.contains("the `[test]` filters make the message more than 1 MiB longer"), "{all}");
    }
    assert!(!sandbox.path().join("tests/snapshots/t/a.snap").exists());
}

#[test]
fn a_very_long_snapshot_is_compared_up_to_its_first_difference() {
    let sandbox = Sandbox::with_template(r#"{"title": "a", "body": "b"}"#, "{}")
        .file("tests/snapshots/t/a.snap", format!("---\nexpression: x\n---\n{}", "a\n".repeat(3 << 20)));
    let tested = sandbox.run(&["test", "--update", "none"]);
    assert_eq!(tested.code, 1, "{}", tested.stderr);
    assert!(tested.stdout.len() + tested.stderr.len() < 20_000, "{} bytes", tested.stdout.len());
}

#[test]
fn a_huge_width_of_the_terminal_is_capped() {
    let sandbox = Sandbox::with_template(r#"{"title": "a", "body": "b"}"#, "{}");
    let tested = run_with(sandbox.path(), &["test"], &[("COLUMNS", "99999999999")]);
    assert!(tested.stdout.len() + tested.stderr.len() < 100_000, "{} bytes", tested.stdout.len());
}

#[test]
fn a_redaction_that_matches_no_message_is_reported() {
    let sandbox = Sandbox::with_template(r#"{"title": "t", "body": "b"}"#, "{}").file(
        "inkproof.toml",
        "[test]\nredactions = { \"properties.title\" = \"[t]\", \"properties.titel\" = \"[t]\" }\n",
    );
    let warning =
        "warning: the redaction `properties.titel` under `[test]` matches no message: correct its path, or remove it\n";
    for (arguments, expected) in
        [(&["test", "--update", "all"][..], warning), (&["test"], warning), (&["test", "t"], "")]
    {
        let run = sandbox.run(arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, expected), "{arguments:?}: {run:?}");
    }
}
