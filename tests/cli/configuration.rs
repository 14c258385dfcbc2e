//! A configuration with mistakes: each is reported, valid keys apply, and nothing is written.

use std::fs;

use super::sandbox::{Run, Sandbox, run, run_with};

/// A project with an accepted snapshot and what differs from it, and then a configuration.
fn configured(configuration: &str) -> Sandbox {
    let sandbox = Sandbox::with_template(r#"{"title": "{{ trigger.word }}"}"#, r#"{"word": "old"}"#);
    assert_eq!(sandbox.run(&["test", "--update", "all"]).code, 0);
    sandbox
        .file("templates/t.liquid", "---\n---\n{\"title\": \"{{ trigger.word }}\",}")
        .file("fixtures/requests/t/a.json", REQUEST)
        .file("inkproof.toml", configuration)
}

const REQUEST: &str =
    r#"{"transactional_message_id": "t", "identifiers": {"id": "user_123"}, "message_data": {"word": "new"}}"#;

/// All files of a project, with their texts.
fn files(sandbox: &Sandbox) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let (mut folders, mut files) = (vec![sandbox.path().to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files.push((entry.path(), fs::read(entry.path()).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn errors(run: &Run) -> Vec<&str> {
    let text = if run.stdout.contains("error[") { &run.stdout } else { &run.stderr };
    text.lines().filter(|line| line.contains("error[")).collect()
}

#[test]
fn writes_nothing_if_the_configuration_has_mistakes() {
    for mistake in ["[test]\nsed = 3\n", "[paths]\ntemplates = 'emails'\n", "[rules\n", "[paths]\nsnippets = '/tmp'\n"]
    {
        let sandbox = configured(mistake);
        let before = files(&sandbox);
        for arguments in [
            &["test"][..],
            &["test", "--update", "all"],
            &["accept"],
            &["reject"],
            &["new", "x"],
            &["request", "t", "x"],
            &["import", "customers", "-"],
            &["import", "template", "x"],
            &["check", "--fix"],
        ] {
            let refused = run(sandbox.path(), arguments, r#"{"id": "7"}"#);
            assert_eq!(refused.code, 2, "{arguments:?}: {refused:?}");
            assert!(
                refused.stderr.contains("error[invalid-config]: ")
                    && refused
                        .stderr
                        .ends_with("error: nothing is written: `inkproof.toml` has mistakes; correct them first\n"),
                "{arguments:?}: {refused:?}"
            );
        }
        assert_eq!(files(&sandbox), before, "{mistake}");
    }
}

#[test]
fn applies_valid_keys_and_ignores_invalid_ones() {
    let sandbox = Sandbox::with_template(r#"{"title": "{{ trigger.word }}"}"#, "{}").file(
        "inkproof.toml",
        "[paths]\ntemplates = 'emails'\nsnipets = 'x'\n[test]\nseed = 7\n[rules]\nmissing-title = 'eror'\nno-such = 'off'\n",
    );
    let checked = sandbox.run(&["check", "--format", "concise"]);
    assert_eq!(checked.code, 2);
    assert_eq!(
        errors(&checked),
        [
            "inkproof.toml:2:13: error[invalid-config]: there is no folder `emails`",
            "inkproof.toml:3:1: error[invalid-config]: there is no key `snipets` in `[paths]`",
            "inkproof.toml:7:17: error[invalid-config]: expected one of `off`, `info`, `warning`, `error` under `rules.missing-title`, found `eror`",
            "inkproof.toml:8:1: error[unknown-rule]: there is no rule `no-such`",
        ]
    );
    let printed = sandbox.run(&["--print-config"]);
    assert_eq!(printed.code, 2);
    assert!(printed.stdout.contains("inkproof.toml without its mistakes, and defaults\n"), "{printed:?}");
    assert!(printed.stdout.contains("seed = 7\n"), "{printed:?}");
}

#[test]
fn rejects_configured_folders_that_do_not_exist() {
    for configuration in
        ["[paths]\nrequests = 'nope'\n", "[test]\nrequests = ['nope']\n", "[paths]\nsnippets = 'nope'\n"]
    {
        let sandbox = Sandbox::with_template("{\"title\": \"x\"}", "{}").file("inkproof.toml", configuration);
        for command in ["check", "preview", "test", "render"] {
            let reported = sandbox.run(&[command]);
            assert_eq!(reported.code, 2, "{reported:?}");
            assert_eq!(errors(&reported), ["error[invalid-config]: there is no folder `nope`"], "{reported:?}");
        }
        assert_eq!(sandbox.folder("nope").run(&["preview"]).code, 0);
    }
    let sandbox =
        Sandbox::with_template("{\"title\": \"x\"}", "{}").file("inkproof.toml", "[paths]\nsnippets = 'snippets'\n");
    assert_eq!(sandbox.run(&["preview"]).code, 0);
}

#[test]
fn reports_the_broken_file_if_its_name_is_selected() {
    let sandbox = Sandbox::with_template("{\"title\": \"x\"}", "{}")
        .file("templates/bad.liquid", "---\nliquid: legcy\n---\n{\"title\": \"x\"}")
        .file("fixtures/requests/bad/a.json", REQUEST.replace("\"t\"", "\"bad\""));
    for arguments in
        [&["check", "bad"][..], &["preview", "bad"], &["render", "bad"], &["test", "bad"], &["request", "bad"]]
    {
        let reported = sandbox.run(arguments);
        assert_eq!(reported.code, 2, "{reported:?}");
        assert!(
            (reported.stdout.clone() + &reported.stderr).contains("expected `latest` or `legacy` under `liquid`"),
            "{reported:?}"
        );
    }
    let reported = sandbox.run(&["request", "bad"]);
    assert!(
        reported.stderr.ends_with("error: `bad` cannot be used: `templates/bad.liquid` has mistakes\n"),
        "{reported:?}"
    );
    let reported = sandbox.run(&["check", "--format", "concise"]);
    assert_eq!(errors(&reported).len(), 1, "{reported:?}");
    fs::remove_dir_all(sandbox.path().join("fixtures/requests/bad")).unwrap();
    let reported = sandbox.run(&["check", "bad"]);
    assert!(reported.stderr.starts_with("error[invalid-settings]"), "{reported:?}");
    assert!(
        reported.stderr.ends_with("error: `bad` cannot be used: `templates/bad.liquid` has mistakes\n"),
        "{reported:?}"
    );
}

#[test]
fn accepts_a_template_without_requests() {
    let sandbox = Sandbox::with_template(r#"{"title": "x", "body": "x"}"#, "{}")
        .file("templates/other.liquid", "---\n---\n{\"title\": \"x\", \"body\": \"x\"}");
    let checked = sandbox.run(&["check", "--format", "concise"]);
    assert!(checked.stdout.contains("info[no-requests]"), "{checked:?}");
    let clean = |sandbox: &Sandbox| {
        let checked = sandbox.run(&["check"]);
        assert_eq!((checked.code, checked.stdout.as_str()), (0, "no problems\n2 templates: 2 proved\n"), "{checked:?}");
    };
    let ignored = "---\nignore: [no-requests]\n---\n{\"title\": \"x\", \"body\": \"x\"}";
    let sandbox = sandbox.file("templates/other.liquid", ignored);
    clean(&sandbox);
    let sandbox = sandbox.file("templates/other.liquid", ignored.replace("ignore: [no-requests]\n", ""));
    clean(&sandbox.file("inkproof.toml", "[rules]\nno-requests = 'off'\n"));
}

#[test]
fn reports_problems_before_a_watch_without_matches() {
    let sandbox = Sandbox::new().file("templates/bad.liquid", "---\nliquid: legcy\n---\n{}");
    for command in ["check", "preview", "render", "test"] {
        let reported = sandbox.run(&[command, "bad", "--watch"]);
        assert_eq!(
            (reported.code, reported.stderr.matches("error[invalid-settings]").count()),
            (2, 1),
            "{command}: {reported:?}"
        );
    }
}

#[test]
fn an_invalid_value_is_reported_where_it_was_set() {
    let sandbox = Sandbox::with_template(r#"{"title": "x", "body": "x"}"#, "{}");
    for (command, variable) in [
        ("check", ("INKPROOF_FORMAT", "jsno")),
        ("check", ("INKPROOF_EFFORT", "hgih")),
        ("test", ("INKPROOF_UPDATE", "al")),
        ("check", ("INKPROOF_MIN_COVERAGE", "most")),
    ] {
        let run = run_with(sandbox.path(), &[command], &[variable]);
        let (name, value) = variable;
        assert_eq!(run.code, 2, "{name}: {run:?}");
        assert!(run.stderr.starts_with(&format!("error: invalid value '{value}' for '{name}'")), "{run:?}");
    }
    // The command line comes first.
    let run = run_with(sandbox.path(), &["check", "--format", "xml"], &[("INKPROOF_FORMAT", "json")]);
    assert!(run.stderr.starts_with("error: invalid value 'xml' for '--format <FORMAT>'"), "{run:?}");
    let run = run_with(sandbox.path(), &[], &[("INKPROOF_FORMAT", "sarif")]);
    assert!(run.stderr.contains("has no format `sarif`, which `INKPROOF_FORMAT` sets: expected one of"), "{run:?}");
    for (arguments, expected) in [
        (&["check", "--min-coverage", "101"][..], "expected a whole number of percent from 0 to 100, such as `80`"),
        (&["check", "--min-coverage", "eighty"], "expected a whole number of percent from 0 to 100, such as `80`"),
        (&["check", "--seed", "-"], "expected a whole number of at least 0"),
        (&["audience", "t", "--threads", "0"], "expected a whole number of at least 1"),
        #[cfg(feature = "serve")]
        (&["serve", "--port", "abc"], "expected a whole number from 0 to 65535"),
        #[cfg(feature = "serve")]
        (&["serve", "--poll", "601"], "expected a whole number from 1 to 600"),
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(expected), "{arguments:?}: {run:?}");
    }
    assert_eq!(sandbox.run(&["check", "--min-coverage", "80%"]).code, 0);
}
