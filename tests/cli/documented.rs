//! The shell examples in `docs/`, run in their order, each page in a folder of its own. An example that is not run has a comment
//! that says why.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, thread};

use super::sandbox::repository;
use super::scratch::Scratch;

/// A command of a page, its exit code, and parts of the output in their order.
struct Step<'a> {
    command: &'a str,
    code: i32,
    parts: Vec<&'a str>,
}

/// The languages of blocks that are meant for a shell.
const SHELLS: [&str; 4] = ["console", "sh", "shell", "bash"];

/// What a comment before an example starts with if it is not run, followed by the reason.
const NOT_RUN: &str = "<!-- not run: ";
/// The first line of a comment with commands that prepare the folder.
const SETUP: &str = "<!-- setup\n";

/// The steps of a page, and how many of its examples are not run.
fn steps(page: &str) -> (Vec<Step<'_>>, usize) {
    let (mut steps, mut skipped, mut rest) = (Vec::new(), 0, page);
    assert!(!page.contains("\n    $ "), "write examples between ```console and ```");
    while let Some(start) = [rest.find("\n```"), rest.find(SETUP)].into_iter().flatten().min() {
        if let Some(commands) = rest[start..].strip_prefix(SETUP) {
            let (command, after) = commands.split_once("-->").unwrap();
            steps.push(Step { command, code: 0, parts: Vec::new() });
            rest = after;
            continue;
        }
        let before = rest[..start].lines().last().unwrap_or_default();
        let (language, block) = rest[start + 4..].split_once('\n').unwrap();
        let (block, after) = split_at_end(block);
        rest = after;
        if !SHELLS.contains(&language) {
            continue;
        }
        if let Some(reason) = before.strip_prefix(NOT_RUN) {
            assert!(reason.len() > " -->".len(), "{block}: why is it not run?");
            skipped += 1;
            continue;
        }
        assert_eq!(language, "console", "not run, and no comment says why:\n{block}");
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                let code = command.rsplit_once("# exit code ").map_or(0, |(_, code)| code[..1].parse().unwrap());
                steps.push(Step { command, code, parts: Vec::new() });
            } else {
                // Something may be left out at the end of a line.
                steps.last_mut().unwrap().parts.push(line.trim_end_matches('…').trim_end());
            }
        }
    }
    (steps, skipped)
}

/// A block up to its end, and what follows it.
fn split_at_end(block: &str) -> (&str, &str) {
    let end = block.find("\n```").unwrap();
    (&block[..end], &block[end + "\n```".len()..])
}

/// The samples of this repository, in a folder.
fn samples() -> Scratch {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let samples = Scratch::empty();
    for part in ["templates", "fixtures", "tests/snapshots"] {
        copy(&repository().join(part), &samples.path(part));
    }
    fs::copy(repository().join("inkproof.toml"), samples.path("inkproof.toml")).unwrap();
    samples
}

/// Runs the steps of a page in a new folder. Gives the first failure.
fn run(page: &str, steps: &[Step<'_>], samples: &Path) -> Result<(), String> {
    let scratch = Scratch::empty();
    let programs = Path::new(env!("CARGO_BIN_EXE_inkproof")).parent().unwrap().to_owned();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    for Step { command, code, parts } in steps {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(scratch.root()).env("PATH", &path).env("SAMPLES", samples);
        shell.envs([("LC_ALL", "C.UTF-8"), ("COLUMNS", "100"), ("NO_COLOR", "1")]);
        shell.env_remove("CI").env_remove("INKPROOF_UPDATE");
        let output = shell.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.code() != Some(*code) {
            return Err(format!("{page}: {command}: {}\n{out}{err}", output.status));
        }
        let mut rest = &*out;
        for part in parts {
            let Some((_, after)) = rest.split_once(part) else {
                return Err(format!("{page}: {command}: no `{part}` in\n{rest}"));
            };
            rest = after;
        }
    }
    Ok(())
}

/// The pages in a folder and those below it.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = entries
        .flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    pages
}

#[test]
fn shell_examples_do_what_their_pages_say() {
    let docs = repository().join("docs");
    let (pages, samples) = (pages(&docs), samples());
    let texts: Vec<_> = pages.iter().map(|page| fs::read_to_string(page).unwrap().replace("\r\n", "\n")).collect();
    let steps: Vec<_> = texts.iter().map(|text| steps(text)).collect();
    let count: usize = steps.iter().map(|(steps, _)| steps.len()).sum();
    let skipped: usize = steps.iter().map(|(_, skipped)| skipped).sum();
    assert!(count >= 55 && skipped <= 18, "{count} commands are run, {skipped} examples are not");
    let failures: Vec<_> = thread::scope(|scope| {
        let with_steps = pages.iter().zip(&steps).filter(|(_, (steps, _))| !steps.is_empty());
        let runs: Vec<_> = with_steps
            .map(|(page, (steps, _))| {
                let name = page.strip_prefix(&docs).unwrap().display().to_string();
                let samples = samples.root();
                scope.spawn(move || run(&name, steps, samples))
            })
            .collect();
        runs.into_iter().filter_map(|run| run.join().unwrap().err()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
