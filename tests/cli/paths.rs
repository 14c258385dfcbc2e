//! Names that are paths, requests outside the project, and `--data` and `--customer`.

use super::sandbox::{ADA, Run, Sandbox, run};

const CONTENT: &str = "---\n---\n{\"title\": \"{{ trigger.x }}\", \"body\": \"{{ customer.id }} {{ snippets.s }}\"}";

fn request(template: &str, id: &str, x: &str) -> String {
    format!(
        r#"{{"transactional_message_id": "{template}", "identifiers": {{"id": "{id}"}}, "message_data": {{"x": "{x}"}}}}"#
    )
}

/// A project in the folder `my shop`, with two templates, three requests and two customers.
fn shop() -> Sandbox {
    Sandbox::new()
        .file("my shop/templates/a/t.liquid", CONTENT)
        .file("my shop/templates/a/t.fr.liquid", CONTENT)
        .file("my shop/templates/u.liquid", CONTENT.replace("{{ snippets.s }}", ""))
        .file("my shop/snippets/s.liquid", "!")
        .file("my shop/fixtures/customers/ada.json", ADA)
        .file("my shop/fixtures/customers/eve.json", r#"{"id": "eve"}"#)
        .file("my shop/fixtures/requests/t/one.json", request("t", "user_123", "1"))
        .file("my shop/fixtures/requests/t/two.json", request("t", "eve", "2"))
        .file("my shop/fixtures/requests/u/three.json", request("u", "user_123", "3"))
        .file("my shop/README.md", "# Shop")
        .file("my shop/package.json", "{}")
        .file("body.json", request("t", "eve", "outside"))
}

/// The titles of the messages that a run of `render` printed.
fn titles(run: &Run) -> Vec<String> {
    let title = |line: &serde_json::Value| line["message"]["properties"]["title"].as_str().unwrap_or("lost").to_owned();
    run.lines().iter().map(title).collect()
}

#[test]
fn a_name_may_be_a_path() {
    let sandbox = shop();
    let project = sandbox.path().join("my shop");
    let absolute = project.join("fixtures/requests/t/one.json").display().to_string();
    for (folder, name, expected) in [
        ("my shop", "templates/a/t.liquid", "1 2"),
        ("my shop", "./templates/u.liquid", "3"),
        ("my shop/templates", "u.liquid", "3"),
        ("my shop/templates", "../fixtures/requests/t/two.json", "2"),
        ("my shop", "fixtures/requests/t/", "1 2"),
        ("my shop", "fixtures/requests", "1 2 3"),
        ("my shop", "templates", "1 2 3"),
        ("my shop", ".", "1 2 3"),
        ("my shop/fixtures/requests/u", ".", "3"),
        ("my shop", "fixtures/customers/eve.json", "2"),
        ("my shop", "snippets/s.liquid", "1 2"),
        ("my shop", &absolute, "1"),
        ("my shop", "README.md", ""),
        ("my shop", "package.json", ""),
        ("my shop/fixtures/requests/u", "t/one", "1"),
    ] {
        let rendered = run(&sandbox.path().join(folder), &["render", name], "");
        assert_eq!(
            (titles(&rendered).join(" "), rendered.code),
            (expected.to_owned(), 0),
            "{folder} {name} {rendered:?}"
        );
        for command in ["check", "preview"] {
            let run = run(&sandbox.path().join(folder), &[command, name], "");
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{command} {name} {run:?}");
        }
        let tested = run(&sandbox.path().join(folder), &["test", "--update", "all", name], "");
        assert!(tested.code == 0 || expected.is_empty(), "{name} {tested:?}");
    }
    let from_outside = run(sandbox.path(), &["-C", "my shop", "render", "templates/u.liquid"], "");
    assert_eq!(titles(&from_outside), ["3"]);
    let missing = run(&project, &["render", "templates/no.liquid"], "");
    assert_eq!((missing.code, missing.stdout.as_str()), (2, ""), "{missing:?}");
}

#[cfg(unix)]
#[test]
fn paths_may_be_symbolic_links() {
    use std::os::unix::fs::symlink;
    let sandbox = shop().file("shared/w.liquid", CONTENT.replace("{{ snippets.s }}", ""));
    let root = sandbox.path();
    symlink(root.join("my shop"), root.join("link")).unwrap();
    symlink(root.join("my shop/templates/u.liquid"), root.join("current.liquid")).unwrap();
    symlink(root.join("shared/w.liquid"), root.join("my shop/templates/w.liquid")).unwrap();
    std::fs::create_dir_all(root.join("my shop/fixtures/requests/w")).unwrap();
    std::fs::write(root.join("my shop/fixtures/requests/w/four.json"), request("w", "eve", "4")).unwrap();
    for (folder, name, expected) in [
        ("link", "templates/u.liquid", "3"),
        ("link/templates", "u.liquid", "3"),
        ("my shop", "../link/templates/u.liquid", "3"),
        ("my shop", "../current.liquid", "3"),
        ("my shop", "templates/w.liquid", "4"),
    ] {
        let rendered = run(&root.join(folder), &["render", name], "");
        assert_eq!(titles(&rendered).join(" "), expected, "{folder} {name} {rendered:?}");
    }
}

#[test]
fn a_request_may_be_outside_the_project_or_on_standard_input() {
    let sandbox = shop();
    let project = sandbox.path().join("my shop");
    let body = request("u", "user_123", "piped");
    for arguments in [&["render", "../body.json"][..], &["render", "-C", "my shop", "../body.json"]] {
        let folder = if arguments.contains(&"-C") { sandbox.path() } else { &project };
        assert_eq!(titles(&run(folder, arguments, "")), ["outside"], "{arguments:?}");
    }
    assert_eq!(titles(&run(&project, &["render", "-"], &body)), ["piped"]);
    // In the project, but in none of its folders.
    std::fs::write(project.join("body.json"), &body).unwrap();
    for command in ["render", "preview", "check"] {
        let inside = run(&project, &[command, "body.json"], "");
        assert!(inside.code == 0 && !inside.stdout.is_empty(), "{inside:?}");
        let folder = run(&project.join("templates"), &[command, "../body.json"], "");
        assert_eq!(folder.stdout.contains("piped"), inside.stdout.contains("piped"), "{folder:?}");
    }
    assert_eq!(titles(&run(&project, &["render", "body.json"], "")), ["piped"]);
    assert_eq!(titles(&run(&project, &["render", "u", "-"], &body)), ["3", "piped"]);
    let preview = run(&project, &["preview", "-"], &body);
    assert!(preview.code == 0 && preview.stdout.contains("piped"), "{preview:?}");
    for (name, input) in [("../body.json", ""), ("-", body.as_str())] {
        let checked = run(&project, &["check", name], input);
        assert_eq!(checked.code, 0, "{checked:?}");
    }
    let lost = run(&project, &["check", "-", "--format", "concise"], &body.replace("piped", "a\\\"b"));
    assert!(lost.code == 1 && lost.stdout.contains("error[invalid-json]"), "{lost:?}");
    for (body, expected) in [
        (request("tt", "eve", ""), "error: standard input:1:30: there is no template `tt`\n"),
        (
            request("t", "adam", ""),
            "error: standard input:1:57: there is no customer with the id `adam`: `--customer NAME|FILE` names another one\n",
        ),
        (
            "{}".to_owned(),
            "error: standard input:1:1: the request has no `transactional_message_id`\nerror: standard input:1:1: the request has no `identifiers`\n",
        ),
    ] {
        let failed = run(&project, &["render", "-"], &body);
        assert_eq!((failed.code, failed.stderr.as_str()), (2, expected));
    }
    let other = run(&project, &["render", "-", "--customer", "eve"], &request("t", "adam", "x"));
    assert_eq!(titles(&other), ["x"]);
}

#[test]
fn data_and_customers_take_the_place_of_fixtures() {
    let sandbox = shop().file("my shop/data.json", r#"{"x": "file"}"#).file("bob.json", r#"{"id": "bob"}"#);
    let project = sandbox.path().join("my shop");
    let bodies = |arguments: &[&str], input: &str| {
        let rendered = run(&project, &[&["render"], arguments].concat(), input);
        assert_eq!((rendered.code, rendered.stderr.as_str()), (0, ""), "{arguments:?}");
        let line = |line: &serde_json::Value| {
            let properties = &line["message"]["properties"];
            format!("{} {}", properties["title"].as_str().unwrap(), properties["body"].as_str().unwrap().trim())
        };
        rendered.lines().iter().map(line).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(bodies(&["u", "--data", r#"{"x": "inline"}"#], ""), "inline user_123");
    assert_eq!(bodies(&["u", "--data", "data.json"], ""), "file user_123");
    assert_eq!(bodies(&["templates/u.liquid", "--data", "-"], r#"{"x": "piped"}"#), "piped user_123");
    assert_eq!(bodies(&["u", "--data", "data.json", "--customer", "eve"], ""), "file eve");
    assert_eq!(bodies(&["u", "--data", "data.json", "--customer", "../bob.json"], ""), "file bob");
    assert_eq!(bodies(&["t", "--customer", "fixtures/customers/eve.json"], ""), "1 eve !, 2 eve !");
    assert_eq!(bodies(&["--data", "../body.json"], ""), "outside eve !");
    let preview = run(&project, &["preview", "u", "--data", r#"{"x": "inline"}"#], "");
    assert!(preview.code == 0 && preview.stdout.contains("inline"), "{preview:?}");
    for (arguments, expected) in [
        (&["render", "--data", "{}"][..], "error: `--data` needs the name of a template\n"),
        (&["render", "u", "--data", "{"], "error: --data:1:2: this is not valid JSON: unexpected end of JSON input\n"),
        (
            &["render", "u", "--data", "no.json"],
            "error: cannot read `no.json`: No such file or directory (os error 2)\n",
        ),
        (&["render", "u", "--customer", "evve"], "error: there is no customer `evve`: did you mean `eve`?\n"),
    ] {
        let failed = run(&project, arguments, "");
        assert_eq!((failed.code, failed.stderr.as_str()), (2, expected), "{arguments:?}");
    }
}

#[test]
fn named_commands_report_only_what_was_named() {
    let sandbox = shop()
        .file("my shop/templates/broken.liquid", "---\nx: 1\n---\n{}")
        .file("my shop/templates/alone.liquid", CONTENT)
        .file("my shop/fixtures/requests/u/bad.json", "{")
        .file("my shop/fixtures/requests/u/nobody.json", request("u", "nobody", "1"));
    let project = sandbox.path().join("my shop");
    let t = run(&project, &["check", "t", "--format", "concise"], "");
    assert!(t.code == 0 && !t.stdout.contains("/u/") && !t.stdout.contains("broken"), "{t:?}");
    let u = run(&project, &["check", "u", "--format", "concise"], "");
    assert!(u.code == 2 && u.stdout.contains("u/bad.json") && u.stdout.contains("u/nobody.json"), "{u:?}");
    assert!(!u.stdout.contains("broken") && !u.stdout.contains("alone"), "{u:?}");
    for command in
        [&["schema"][..], &["types", "--lang", "go"], &["upgrade"], &["test", "--update", "none"], &["pending"]]
    {
        let t = run(&project, &[command, &["t"]].concat(), "");
        assert!(t.code < 2 && !t.stderr.contains("broken") && !t.stderr.contains("alone"), "{command:?} {t:?}");
    }
    let unknown = run(&project, &["preview", "tt"], "");
    assert!(unknown.stderr.contains("broken.liquid") && !unknown.stderr.contains("info["), "{unknown:?}");
    for command in ["render", "preview"] {
        let t = run(&project, &[command, "t"], "");
        assert_eq!((t.code, t.stderr.as_str()), (0, ""), "{command}");
        let all = run(&project, &[command], "");
        assert!(all.code == 2 && all.stderr.contains("broken.liquid"), "{command} {all:?}");
    }
}

#[test]
fn a_template_without_requests_gets_advice_unless_its_request_is_broken() {
    let sandbox = Sandbox::new().file("templates/t.liquid", CONTENT).file("snippets/s.liquid", "");
    let checked = sandbox.run(&["check"]);
    assert!(checked.stdout.contains("write one: `inkproof request t`"), "{checked:?}");
    let broken = sandbox.file("fixtures/requests/t/a.json", "{").run(&["check"]);
    assert!(!broken.stdout.contains("no-requests"), "{broken:?}");
}

#[test]
fn liquid_takes_a_template_and_data_as_arguments() {
    let sandbox = Sandbox::new().file("{{ x }}", "a file");
    for (arguments, expected) in [
        (&["{{ 1 | plus: 2 }}"][..], "3"),
        (&["{% if x %}{{ x | upcase }}{% endif %}", "--data", r#"{"x": "hi"}"#], "HI"),
        (&["{{ x }}"], "a file"),
    ] {
        let rendered = sandbox.run(&[&["liquid"], arguments].concat());
        assert_eq!((rendered.stdout.as_str(), rendered.code), (expected, 0), "{arguments:?} {rendered:?}");
    }
    let failed = sandbox.run(&["liquid", "{{ 1 | nope }}"]);
    assert!(failed.code == 1 && failed.stderr.contains("argument:1:8"), "{failed:?}");
}

#[test]
fn completion_offers_names_and_paths() {
    let sandbox = shop();
    for (word, expected) in [("", "t/one"), ("templ", "templates/"), ("fix", "fixtures/"), ("u", "u/three")] {
        let project = sandbox.path().join("my shop");
        let arguments = ["--", "inkproof", "preview", word];
        let variables = [("COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "2"), ("_CLAP_COMPLETE_COMP_TYPE", "9")];
        let found = super::sandbox::run_with(&project, &arguments, &variables);
        assert!(found.stdout.contains(expected), "{word}: {found:?}");
    }
}

/// The commands that accept names, and what goes before and after a name.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&["preview"], &[]),
    (&["render"], &[]),
    (&["check"], &[]),
    (&["test"], &["--update", "none"]),
    (&["pending"], &[]),
    (&["accept"], &[]),
    (&["reject"], &[]),
    (&["schema"], &[]),
    (&["types"], &["--lang", "typescript"]),
    (&["fmt"], &["--check"]),
    (&["upgrade"], &[]),
    (&["request"], &["new", "--print"]),
    (&["audience"], &[]),
];

/// A template whose name has a space, in a project whose folder has one, with a pending snapshot.
fn shop_with_spaces() -> Sandbox {
    let content = "---\n---\n{\"title\":\"{{ trigger.x }}\", \"body\": \"{{ customer.id }}\"}";
    let sandbox = shop()
        .file("my shop/templates/late order.liquid", content)
        .file("my shop/fixtures/requests/late order/a b.json", request("late order", "eve", "1"));
    let tested = run(&sandbox.path().join("my shop"), &["test", "late order"], "");
    assert_eq!(tested.code, 1, "{tested:?}");
    sandbox
}

#[cfg(unix)]
#[test]
fn every_command_accepts_paths_from_any_directory() {
    use std::os::unix::fs::symlink;
    for (command, options) in COMMANDS {
        let sandbox = shop_with_spaces();
        let root = sandbox.path();
        symlink(root.join("my shop"), root.join("link")).unwrap();
        symlink(root.join("my shop/templates/late order.liquid"), root.join("late link.liquid")).unwrap();
        let pending = root.join("my shop/tests/snapshots/late order/a b.snap.new");
        let snapshot = std::fs::read(&pending).unwrap();
        let absolute = root.join("my shop/templates/late order.liquid").display().to_string();
        let output = |folder: &str, name: &str| {
            // Some commands accept or remove it.
            let _ = std::fs::remove_file(root.join("my shop/tests/snapshots/late order/a b.snap"));
            std::fs::create_dir_all(pending.parent().unwrap()).unwrap();
            std::fs::write(&pending, &snapshot).unwrap();
            let arguments = [command, &[name][..], options].concat();
            let run = run(&root.join(folder), &[&["--now", "2026-01-01"], &arguments[..]].concat(), r#"{"x": "1"}"#);
            assert!(run.code < 2, "{folder} {arguments:?} {run:?}");
            (run.code, run.stdout, run.stderr.lines().map(str::to_owned).collect::<Vec<_>>())
        };
        let expected = output("my shop", "late order");
        for (folder, name) in [
            ("my shop", "templates/late order.liquid"),
            ("my shop/templates", "late order.liquid"),
            ("my shop/fixtures/requests", "../../templates/late order.liquid"),
            ("my shop", absolute.as_str()),
            ("link", "templates/late order.liquid"),
            ("my shop", "../late link.liquid"),
            // These folders are in no project.
            (".", "my shop/templates/late order.liquid"),
            (".", "link/templates/late order.liquid"),
            (".", "late link.liquid"),
            ("/", absolute.as_str()),
        ] {
            let (code, stdout, stderr) = output(folder, name);
            assert_eq!((code, &stdout), (expected.0, &expected.1), "{command:?} in {folder}: {name} {stderr:?}");
        }
    }
}

#[test]
fn paths_in_several_projects_are_refused() {
    let sandbox = shop().file("other/templates/o.liquid", CONTENT);
    let refused = run(sandbox.path(), &["check", "my shop/templates/u.liquid", "other/templates/o.liquid"], "");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("the paths are in several projects"), "{refused:?}");
    let none = run(sandbox.path(), &["check", "t"], "");
    assert!(none.code == 2 && none.stderr.contains("no project here"), "{none:?}");
}

#[test]
fn requests_data_and_customers_come_from_anywhere() {
    let sandbox = shop_with_spaces()
        .file("in box/body.json", request("late order", "eve", "body"))
        .file("in box/data.json", r#"{"x": "data"}"#)
        .file("in box/bob b.json", r#"{"id": "bob"}"#);
    let body = request("late order", "eve", "body");
    let inline = r#"{"x": "data"}"#;
    // What is sent, and to whom; the rows are the same for all folders.
    let rows: &[(&[&str], &str, &str)] = &[
        (&["-"], &body, "body eve"),
        (&["BOX/body.json"], "", "body eve"),
        (&["-", "--customer", "BOX/bob b.json"], &body, "body bob"),
        (&["NAME", "--data", "BOX/data.json", "--customer", "eve"], "", "data eve"),
        (&["NAME", "--data", "-", "--customer", "eve"], inline, "data eve"),
        (&["NAME", "--data", inline, "--customer", "BOX/bob b.json"], "", "data bob"),
        (&["NAME", "--customer", "user_123"], "", "1 user_123"),
        (&["NAME", "--customer", "BOX/bob b.json"], "", "1 bob"),
        (&["--data", "BOX/body.json"], "", "body eve"),
    ];
    for (folder, to_box, name) in [
        ("my shop", "../in box", "late order"),
        ("my shop/templates", "../../in box", "late order.liquid"),
        (".", "in box", "my shop/templates/late order.liquid"),
    ] {
        for (arguments, input, expected) in rows {
            if folder == "." && !arguments.contains(&"NAME") {
                continue;
            }
            let arguments: Vec<_> =
                arguments.iter().map(|word| word.replace("BOX", to_box).replace("NAME", name)).collect();
            for command in ["render", "preview", "check"] {
                let arguments: Vec<_> = std::iter::once(command).chain(arguments.iter().map(String::as_str)).collect();
                let run = run(&sandbox.path().join(folder), &arguments, input);
                assert_eq!(run.code, 0, "{folder} {arguments:?} {run:?}");
                let (title, body) = expected.split_once(' ').unwrap();
                match command {
                    "render" => {
                        let properties = &run.lines()[0]["message"]["properties"];
                        assert_eq!((&properties["title"], &properties["body"]), (&title.into(), &body.into()));
                    }
                    "preview" => assert!(run.stdout.contains(title) && run.stdout.contains(body), "{run:?}"),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn check_takes_several_requests_from_outside_and_a_customer() {
    let sandbox = shop_with_spaces()
        .file("good.json", request("late order", "eve", "fine"))
        .file("bad.json", request("u", "eve", "a \\\" quote"))
        .file("worse.json", request("late order", "user_123", "\\\\"))
        .file("my shop/templates/mine.liquid", "---\n---\n{\"title\": \"x\", \"body\": \"{{ customer.plan }}\"}")
        .file("my shop/fixtures/requests/mine/a.json", request("mine", "eve", ""))
        .file("my shop/fixtures/customers/paying.json", r#"{"id": "paying", "plan": "gold"}"#);
    let project = sandbox.path().join("my shop");
    let check = |arguments: &[&str]| run(&project, &[&["check", "--format", "concise"], arguments].concat(), "");
    let all = check(&["../good.json", "../bad.json", "late order", "../worse.json"]);
    assert_eq!(all.code, 1, "{all:?}");
    let lost: Vec<_> = all.stdout.lines().filter(|line| line.contains("error[invalid-json]")).collect();
    assert_eq!(lost.len(), 2, "{all:?}");
    assert!(lost[0].contains("late order.liquid") && lost[1].contains("u.liquid"), "{lost:?}");
    assert_eq!(check(&["../good.json", "../good.json"]).code, 0);
    let refused = check(&["late order", "../good.json", "--data", "{}"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("`--data` takes the place of requests: name a template"), "{refused:?}");
    // The customer of the request has no plan.
    let own = check(&["mine"]);
    assert!(own.code == 1 && own.stdout.contains("error[missing-data]"), "{own:?}");
    for customer in ["paying", "fixtures/customers/paying.json"] {
        let paying = check(&["mine", "--customer", customer]);
        // Other customers of the project still may have none.
        assert!(!paying.stdout.contains("error[") && paying.stdout.contains("warning[missing-data]"), "{paying:?}");
    }
}

#[test]
fn every_command_completes_names_and_paths() {
    let sandbox = shop();
    let project = sandbox.path().join("my shop");
    for (command, _) in COMMANDS.iter().chain(&[(&["review"][..], &[][..])]) {
        for (word, expected) in [("", "u"), ("templ", "templates/"), ("templates/u", "templates/u.liquid")] {
            let arguments = ["--", "inkproof", command[0], word];
            let variables = [("COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "2"), ("_CLAP_COMPLETE_COMP_TYPE", "9")];
            let found = super::sandbox::run_with(&project, &arguments, &variables);
            assert!(found.stdout.split(['\n', '\u{b}']).any(|line| line == expected), "{command:?} {word}: {found:?}");
        }
    }
}
