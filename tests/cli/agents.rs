//! The commands of `docs/agents.md`, run in their order in an empty folder.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::scratch::Scratch;

/// A command of the page, the exit code that it says, and parts of the output, in their order.
struct Step<'a> {
    command: &'a str,
    code: i32,
    parts: Vec<&'a str>,
}

fn steps(page: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        let (block, _) = block.split_once("\n```").unwrap();
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                let code = command.rsplit_once("# exit code ").map_or(0, |(_, code)| code[..1].parse().unwrap());
                steps.push(Step { command, code, parts: Vec::new() });
            } else {
                steps.last_mut().unwrap().parts.push(line);
            }
        }
    }
    steps
}

#[test]
fn the_commands_of_the_page_do_what_it_says() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/agents.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() > 15, "{}", steps.len());
    let scratch = Scratch::empty();
    let programs = Path::new(env!("CARGO_BIN_EXE_inkproof")).parent().unwrap().to_owned();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    for Step { command, code, parts } in steps {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(scratch.root()).env("PATH", &path);
        shell.env_remove("CI").env_remove("INKPROOF_UPDATE");
        let output = shell.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{command}\n{out}{err}");
        let mut rest = &*out;
        for part in parts {
            rest = rest.split_once(part).unwrap_or_else(|| panic!("{command}: no `{part}` in\n{rest}")).1;
        }
    }
}
