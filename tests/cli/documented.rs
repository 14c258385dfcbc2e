//! The commands of pages in `docs/`, run in their order in an empty folder.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::scratch::Scratch;

/// A command of a page, its exit code, and parts of the output in their order.
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

/// Runs the commands of a page in a new folder, and gives their number.
fn run_page(name: &str) -> usize {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap();
    let scratch = Scratch::empty();
    let programs = Path::new(env!("CARGO_BIN_EXE_inkproof")).parent().unwrap().to_owned();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    let steps = steps(&page);
    for Step { command, code, parts } in &steps {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(scratch.root()).env("PATH", &path);
        shell.env_remove("CI").env_remove("INKPROOF_UPDATE");
        let output = shell.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(*code), "{name}: {command}\n{out}{err}");
        let mut rest = &*out;
        for part in parts {
            rest = rest.split_once(part).unwrap_or_else(|| panic!("{name}: {command}: no `{part}` in\n{rest}")).1;
        }
    }
    steps.len()
}

#[test]
fn the_page_for_assistants() {
    assert!(run_page("agents.md") > 15);
}

#[test]
fn the_page_for_scripts_with_liquidjs() {
    assert_eq!(run_page("coming-from/liquidjs-scripts.md"), 1);
}

#[test]
fn the_page_about_audiences() {
    assert_eq!(run_page("audience.md"), 5);
}
