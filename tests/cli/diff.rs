//! `inkproof diff`: what two revisions render differently.

use super::sandbox::Run;
use super::scratch::Scratch;
use serde_json::Value;

/// A repository whose project stands in a folder below, with three commits: nothing, all, and other words.
fn repository() -> Scratch {
    let scratch = Scratch::node();
    scratch.write("inkproof.toml", "");
    scratch.git(&["init", "--quiet", "--initial-branch=main"]);
    scratch.git(&["commit", "--quiet", "--allow-empty", "-m", "nothing"]);
    scratch.git(&["tag", "nothing"]);
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "--quiet", "-m", "all"]);
    scratch.git(&["tag", "all"]);
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    scratch.request("hello_again", "hello", "{}");
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "--quiet", "-m", "words"]);
    scratch
}

#[test]
fn compares_two_revisions() {
    let scratch = repository();
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    let small = ("order/small", "changed");
    for (range, expected) in [
        ("all..HEAD", vec![("hello_again", "added"), small]),
        ("HEAD..all", vec![("hello_again", "removed"), small]),
        ("all..all", vec![]),
        ("HEAD", vec![("hello", "changed"), ("hello_again", "changed")]),
        ("all", vec![("hello", "changed"), ("hello_again", "added"), small]),
        ("nothing..all", vec![("hello", "added"), ("order/nothing", "added"), ("order/small", "added")]),
        ("HEAD...all", vec![]),
    ] {
        let said = scratch.run(&["diff", range, "--format", "json"]);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{range}");
        let changes: Value = serde_json::from_str(&said.stdout).unwrap();
        let found: Vec<_> = changes
            .as_array()
            .unwrap()
            .iter()
            .map(|change| (change["name"].as_str().unwrap(), change["status"].as_str().unwrap()))
            .collect();
        assert_eq!(found, expected, "{range}");
    }
    // The repository is as it was.
    assert_eq!(scratch.git(&["status", "--porcelain"]), " M templates/hello.liquid\n");
}

#[test]
fn prints_full_and_markdown_reports() {
    let scratch = repository();
    insta::assert_snapshot!("full", scratch.run(&["diff", "all..HEAD"]).stdout);
    insta::assert_snapshot!("markdown", scratch.run(&["diff", "all..HEAD", "--format", "markdown"]).stdout);
    assert_eq!(
        scratch.run(&["diff", "all..HEAD", "--format", "concise"]).stdout,
        "added hello_again\nchanged order/small: properties.title: \"Order 7 has shipped\" → \"Order 7 is here\"\n2 messages render differently\n"
    );
}

#[test]
fn compares_a_project_in_a_subfolder_of_its_repository() {
    let outer = Scratch::empty();
    let inner = repository();
    outer.git(&["init", "--quiet"]);
    let copied = std::process::Command::new("cp")
        .args(["-R", "templates", "fixtures", "inkproof.toml"])
        .arg(outer.root())
        .current_dir(inner.root())
        .status();
    assert!(copied.unwrap().success());
    std::fs::create_dir_all(outer.path("apps/shop")).unwrap();
    for name in ["templates", "fixtures", "inkproof.toml"] {
        std::fs::rename(outer.path(name), outer.path("apps/shop").join(name)).unwrap();
    }
    outer.git(&["add", "."]);
    outer.git(&["commit", "--quiet", "-m", "all"]);
    outer.replace("apps/shop/templates/hello.liquid", "Hello", "Bye");
    let said = outer.run(&["-C", "apps/shop", "diff", "--format", "concise"]);
    assert_eq!(
        (said.stdout.as_str(), said.stderr.as_str()),
        (
            "changed hello: properties.title: \"Hello Ada\" → \"Bye Ada\"\nchanged hello_again: properties.title: \"Hello Ada\" → \
             \"Bye Ada\"\n2 messages render differently\n",
            ""
        )
    );
}

#[test]
fn reports_a_message_that_is_no_longer_sent() {
    let scratch = repository();
    scratch.replace("templates/order.liquid", "trigger.id", "trigger.number");
    scratch.request("order/bad", "order", "{}");
    let concise = scratch.run(&["diff", "--format", "concise"]).stdout;
    assert_eq!(
        concise,
        "added order/bad: not sent\nchanged order/nothing: not sent, for another reason\nchanged order/small: not sent any \
         more\n3 messages render differently\n"
    );
    let full = scratch.run(&["diff"]).stdout;
    assert!(full.contains("\nchanged order/small: not sent any more\n"), "{full}");
    let markdown = scratch.run(&["diff", "--format", "markdown"]).stdout;
    for row in [
        "| added | **not sent** |",
        "| changed | **not sent, for another reason** |",
        "| changed | **not sent any more** |",
    ] {
        assert!(markdown.contains(row), "{row}: {markdown}");
    }
    scratch.replace("templates/order.liquid", "trigger.number", "trigger.id");
    scratch.request("order/nothing", "order", "{ \"id\": 1 }");
    let markdown = scratch.run(&["diff", "--format", "markdown"]).stdout;
    assert!(markdown.contains("| <code>order/nothing</code> | changed | **sent now** |"), "{markdown}");
}

#[test]
fn reports_problems_of_both_revisions() {
    let scratch = repository();
    scratch.write("fixtures/customers/ada.json", "{");
    scratch.git(&["commit", "--quiet", "-am", "broken"]);
    scratch.git(&["tag", "broken"]);
    scratch.git(&["revert", "--no-edit", "HEAD"]);
    let run = |range: &str| {
        let said = scratch.run(&["diff", range, "--format", "concise"]);
        (said.code, said.stdout.lines().count(), said.stderr)
    };
    let (code, lines, problems) = run("broken");
    assert_eq!((code, lines), (2, 5), "{problems}");
    assert!(problems.contains("broken:fixtures/customers/ada.json:1:2: error["), "{problems}");
    let (code, lines, problems) = run("all...broken");
    assert_eq!((code, lines), (2, 4), "{problems}");
    assert!(problems.starts_with("broken:fixtures/customers/ada.json:1:2: error["), "{problems}");
    let comment = scratch.run(&["diff", "broken", "--format", "markdown"]).stdout;
    let expected = "differently**\n\nSome files cannot be used, and their messages are missing here:\n\n- \
                    <code>broken:fixtures/customers/ada.json:1:2</code> ";
    assert!(comment.contains(expected), "{comment}");
    // A state that is not compared does not matter.
    scratch.write("fixtures/customers/ada.json", "[");
    assert_eq!(run("all..HEAD"), (0, 3, String::new()));
    let (code, _, problems) = run("HEAD");
    assert!(code == 2 && problems.starts_with("fixtures/customers/ada.json:1:"), "{code} {problems}");
}

#[test]
fn rejects_revisions_that_cannot_be_compared() {
    let scratch = repository();
    for (range, expected) in [
        ("nonsense", "error: there is no revision `nonsense`\n"),
        ("--output=x", ""),
        ("all..-x", "error: there is no revision `-x`\n"),
    ] {
        let said = scratch.run(&["diff", "--", range]);
        assert_eq!(said.code, 2, "{range}");
        assert!(said.stderr.ends_with(expected), "{range}: {}", said.stderr);
    }
    assert!(!scratch.path("x").exists());
    let alone = Scratch::node();
    let said = Run::of(&alone.command().env("GIT_CEILING_DIRECTORIES", "/").args(["diff"]).output().unwrap());
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("not a git repository"), "{}", said.stderr);
}
