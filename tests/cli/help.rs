//! Help: the help of every command, suggestions for commands of other tools, and that `docs` covers every command and flag.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::sandbox::{repository, run, run_with};

fn help(command: &str, flag: &str) -> String {
    let words: Vec<_> = command.split_whitespace().chain([flag]).collect();
    let shown = run(&repository(), &words, "");
    assert_eq!(shown.code, 0, "{shown:?}");
    shown.stdout
}

/// The commands that a command has below it.
fn below(command: &str) -> Vec<String> {
    let help = help(command, "-h");
    let Some((_, list)) = help.split_once("Commands:\n") else { return Vec::new() };
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| {
        let name = line.strip_prefix("  ")?;
        name.starts_with(char::is_alphabetic).then(|| name.split_whitespace().next().unwrap().to_owned())
    });
    names.filter(|name| name != "help").collect()
}

/// All commands, those within others as `import customers`.
fn commands() -> Vec<String> {
    let mut commands = Vec::new();
    for name in below("") {
        let inner = below(&name);
        commands.extend(inner.iter().map(|inner| format!("{name} {inner}")));
        commands.push(name);
    }
    commands
}

#[test]
fn every_command_has_help() {
    assert!(commands().len() >= 20, "{:?}", commands());
    for command in commands().iter().map(String::as_str).chain([""]) {
        let name = if command.is_empty() { "inkproof".to_owned() } else { command.replace(' ', "_") };
        let text = format!("{}\n────\n{}", help(command, "-h"), help(command, "--help"));
        insta::assert_snapshot!(format!("help_{name}"), text);
    }
}

#[test]
fn suggests_the_command_for_subcommands_of_other_tools() {
    for (name, expected) in [
        ("lint", "use `inkproof check`"),
        ("validate", "use `inkproof check`"),
        ("watch", "use `inkproof preview --watch`"),
        ("send", "use `inkproof serve` or `inkproof request TEMPLATE`"),
        ("ls", "use `inkproof check --table` or `inkproof preview`"),
    ] {
        let shown = run(&repository(), &[name, "order_shipped"], "");
        assert_eq!(shown.code, 2, "{shown:?}");
        assert_eq!(shown.stderr, format!("error: unrecognized subcommand `{name}`; {expected}\n"));
    }
}

/// The long flags of a command's help.
fn flags(help: &str) -> BTreeSet<String> {
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let words = lines.flat_map(|line| line.split([' ', ',', '=', '[']).filter(|word| word.starts_with("--")));
    words.map(str::to_owned).collect()
}

/// The flags of a command's help, each with the variable that it has.
fn variables(help: &str) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    for line in help.lines().map(str::trim_start) {
        if line.starts_with('-')
            && let Some(flag) = line.split([' ', ',', '=', '[', '.']).find(|word| word.starts_with("--"))
        {
            found.push((flag.to_owned(), None));
        }
        if let (Some((_, rest)), Some((_, variable))) = (line.split_once("[env: "), found.last_mut()) {
            *variable = rest.split(['=', ']']).next().map(str::to_owned);
        }
    }
    found
}

#[test]
fn each_flag_has_a_variable_or_is_documented_as_having_none() {
    let page = fs::read_to_string(repository().join("docs/configuration.md")).unwrap();
    let (_, without) = page.split_once("These flags have no variable").unwrap();
    let without = without.split("\n\n").next().unwrap();
    let mut unnamed: BTreeSet<_> = without.split('`').filter(|word| word.starts_with("--")).collect();
    let all: Vec<_> =
        commands().iter().map(String::as_str).chain([""]).flat_map(|of| variables(&help(of, "--help"))).collect();
    for (flag, variable) in &all {
        match variable {
            Some(variable) => {
                assert_eq!(*variable, format!("INKPROOF_{}", flag[2..].to_uppercase().replace('-', "_")), "{flag}");
            }
            None => assert!(without.contains(&format!("`{flag}`")), "`{flag}` has no variable, and no page says so"),
        }
    }
    unnamed.retain(|flag| !all.iter().any(|(other, variable)| other == flag && variable.is_none()));
    assert!(unnamed.is_empty(), "these have one, or are no flags: {unnamed:?}");
}

#[test]
fn docs_describe_every_command_and_flag() {
    let docs = repository().join("docs");
    let pages: Vec<_> = fs::read_dir(&docs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let index = fs::read_to_string(docs.join("README.md")).unwrap();
    let global = flags(&help("", "--help"));
    for flag in global.iter().filter(|flag| !matches!(flag.as_str(), "--help" | "--version")) {
        assert!(index.contains(flag), "`{flag}` is not in docs/README.md");
    }
    let mut missing = Vec::new();
    for command in commands() {
        let names = [format!("inkproof {command}"), format!("`{command} "), format!("`{command}`")];
        let about: Vec<_> = pages.iter().filter(|page| names.iter().any(|name| page.contains(name))).collect();
        if about.is_empty() {
            missing.push(format!("`inkproof {command}` has no page"));
        }
        for flag in flags(&help(&command, "-h")).difference(&global) {
            if !about.iter().any(|page| page.contains(flag)) {
                missing.push(format!("`inkproof {command} {flag}` is on no page"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The description for programs has every command, flag and variable of the help for people.
#[test]
fn describes_all_commands_for_programs() {
    let printed = run_with(&repository(), &["help", "--format", "json"], &[("INKPROOF_LAX", "0")]);
    let document: Value = serde_json::from_str(&printed.stdout).unwrap();
    let described = |list: &Value| -> BTreeSet<(String, Option<String>)> {
        let pair = |option: &Value| {
            let text = |key: &str| option[key].as_str().map(str::to_owned);
            (text("name").unwrap(), text("environment"))
        };
        list.as_array().unwrap().iter().map(pair).collect()
    };
    let expected = |command: &str| -> BTreeSet<(String, Option<String>)> {
        let own = variables(&help(command, "--help")).into_iter();
        own.filter(|(flag, _)| !matches!(flag.as_str(), "--help" | "--version")).collect()
    };
    let everywhere = described(&document["options"]);
    assert_eq!(everywhere, expected(""));
    let in_document = document["commands"].as_array().unwrap();
    let names: BTreeSet<_> = in_document.iter().map(|command| command["name"].as_str().unwrap().to_owned()).collect();
    let mut all: BTreeSet<_> = commands().into_iter().chain(["help".to_owned()]).collect();
    all.remove("import");
    assert_eq!(names, all);
    for command in in_document {
        let name = command["name"].as_str().unwrap();
        let mut own: BTreeSet<_> = expected(name);
        own.retain(|(flag, _)| !everywhere.iter().any(|(known, _)| known == flag) || flag == "--format");
        own.remove(&("--format".to_owned(), Some("INKPROOF_FORMAT".to_owned())));
        assert_eq!(described(&command["options"]), own, "{name}");
        for format in command["formats"].as_array().unwrap() {
            assert!(
                help(name, "--help").contains(&format!("- {}:", format["value"].as_str().unwrap())),
                "{name}: {format}"
            );
        }
        assert!(command["usage"].as_str().unwrap().starts_with(&format!("inkproof {name}")), "{command}");
        let alone = run(
            &repository(),
            &[&["help"][..], &name.split(' ').collect::<Vec<_>>(), &["--format", "json"]].concat(),
            "",
        );
        assert_eq!(serde_json::from_str::<Value>(&alone.stdout).unwrap()["commands"][0], *command, "{name}");
    }
}

#[test]
fn helps_with_a_command() {
    for name in ["check", "import customers", ""] {
        let words: Vec<_> = ["help"].into_iter().chain(name.split_whitespace()).collect();
        assert_eq!(run(&repository(), &words, "").stdout, help(name, "--help"), "{name}");
        let short = [&words[..], &["--format", "concise"]].concat();
        assert_eq!(run(&repository(), &short, "").stdout, help(name, "-h"), "{name}");
    }
    let unknown = run(&repository(), &["help", "chekc"], "");
    assert_eq!(
        (unknown.code, &*unknown.stderr),
        (2, "error: `inkproof` has no command `chekc`: did you mean `check`?\n")
    );
}
