//! `inkproof completions`, `inkproof man`, and `inkproof` alone.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::sandbox::{ADA, Sandbox, repository, run};

/// What a real bash offers for a line that is being typed; none where there is no bash.
fn offered_by_bash(folder: &Path, words: &[&str]) -> Option<Vec<String>> {
    let binary = Path::new(env!("CARGO_BIN_EXE_inkproof"));
    let script = r#"
        source <(inkproof completions bash)
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
        COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        $(complete -p inkproof | grep -o '_clap[^ ]*') inkproof "${@: -1}" "${@: -2:1}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let path =
        env::join_paths(std::iter::once(binary.parent()?.to_owned()).chain(env::split_paths(&env::var_os("PATH")?)))
            .ok()?;
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", script, "bash", "inkproof"]).args(words).current_dir(folder).env("PATH", path);
    let output = bash.env_remove("INKPROOF_DIRECTORY").output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_commands_flags_and_names() {
    let folder = repository();
    for (words, expected) in [
        (vec!["prev"], vec!["preview"]),
        (vec!["preview", "weekly_digest/"], vec!["weekly_digest/busy_week", "weekly_digest/quiet_week"]),
        (vec!["test", "ord"], vec!["order_shipped", "order_shipped/as_documented", "order_shipped/standard"]),
        (vec!["request", "app"], vec!["appointment_reminder"]),
        (vec!["explain", "trailing"], vec!["trailing-comma"]),
        (vec!["check", "--min-c"], vec!["--min-coverage"]),
        (vec!["test", "--update", "n"], vec!["new", "none"]),
        (vec!["-C", "tests/cli/seeded", "preview", "unused-as"], vec!["unused-assign", "unused-assign/a"]),
    ] {
        let Some(offered) = offered_by_bash(&folder, &words) else {
            eprintln!("skipped: there is no bash");
            return;
        };
        assert_eq!(offered, expected, "{words:?}");
    }
    // Where there is no project, there are no names, and nothing is said.
    assert_eq!(offered_by_bash(Sandbox::new().path(), &["preview", "x"]).unwrap_or_default().concat(), "");
}

#[test]
fn prints_a_completion_script_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let printed = run(&repository(), &["completions", shell], "");
        assert!(printed.code == 0 && printed.stdout.contains("COMPLETE"), "{shell}: {printed:?}");
    }
    assert_eq!(run(&repository(), &["completions", "cmd"], "").code, 2);
}

#[test]
fn man_prints_or_writes_manual_pages() {
    let sandbox = Sandbox::new();
    let page = sandbox.run(&["man"]);
    assert!(page.code == 0 && page.stdout.contains(".TH inkproof 1"), "{page:?}");
    assert_eq!(sandbox.run(&["man", "man1"]).code, 0);
    let pages: Vec<_> = fs::read_dir(sandbox.path().join("man1")).unwrap().flatten().collect();
    assert!(pages.len() > 15 && sandbox.path().join("man1/inkproof-preview.1").exists());
}

#[test]
fn without_a_command_summarizes_the_project() {
    let nowhere = Sandbox::new().run(&[]);
    assert!(nowhere.code == 0 && nowhere.stdout.contains("`inkproof init` creates one, `-C DIR`"), "{nowhere:?}");
    let sandbox = Sandbox::with_template(r#"{"title": "Hi", "body": "Hello"}"#, "{}");
    let here = sandbox.run(&[]);
    assert!(here.stdout.contains("\n1 template, 1 request, 1 customer, 0 snippets\n\n  inkproof preview"), "{here:?}");
    assert_eq!(sandbox.run(&["test", "--update", "new"]).code, 1);
    let sandbox = sandbox.file("fixtures/customers/bad.json", "{");
    let here = sandbox.run(&[]);
    assert_eq!(here.code, 2);
    assert!(here.stdout.contains("\n1 pending: run `inkproof review`\n1 error: "), "{here:?}");
}

#[test]
fn print_config_prints_the_effective_configuration() {
    let sandbox = Sandbox::with_template("{}", "{}");
    let printed = sandbox.run(&["--print-config"]);
    assert!(printed.stdout.starts_with("# defaults\n\n[paths]\ntemplates = \"templates\"\n"), "{printed:?}");
    let given = "[test]\nseed = 7\nredactions = { \"properties.posts[].link\" = \"[link]\" }\nfilters = [{ pattern = '\\d', text = 'n' }]\n";
    let sandbox = sandbox.file("inkproof.toml", given).file("fixtures/customers/ada.json", ADA);
    let printed = sandbox.run(&["--print-config"]);
    assert!(printed.stdout.contains("inkproof.toml and defaults\n"), "{printed:?}");
    // What is printed is a configuration, and the same one.
    let sandbox = sandbox.file("inkproof.toml", &printed.stdout);
    assert_eq!(sandbox.run(&["--print-config"]).stdout, printed.stdout);
    let broken = sandbox.file("inkproof.toml", "[path]\n").run(&["--print-config"]);
    assert!(broken.code == 2 && broken.stderr.contains("did you mean `paths`?"), "{broken:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn help_and_version_report_a_full_device() {
    for arguments in [&["--help"][..], &["--version"], &["help", "test"], &["import", "--help"], &["-h"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_inkproof"));
        let output = command.args(arguments).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"), "{arguments:?}: {output:?}");
    }
}
