//! Continuous attack: random and mutated input of every kind, for a given time or number of runs.
//!
//! A run fails if it panics, exceeds a limit by more than 20 %, or does not end; the whole fails if it takes more than
//! 600 MB. The input of a run depends only on the seed and the number of the run, so a failure can be repeated.

mod corpus;
mod generate;
mod http;
mod projects;
mod templates;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use corpus::Corpus;

/// The most memory that a target may take, in kilobytes.
const MAX_MEMORY: u64 = 600_000;
/// How long a run may take in all. What it waits for is the machine, too, so this is only for what never ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a target does with an input. The error says what must not happen.
pub(crate) trait Target {
    /// Makes the input of a run.
    fn input(&mut self, random: &mut fastrand::Rng, corpus: &Corpus) -> String;

    /// Tries an input.
    ///
    /// # Errors
    /// A limit is exceeded, or something else that must not happen.
    fn run(&mut self, input: &str) -> Result<(), String>;
}

/// Makes a target.
type NewTarget = fn() -> Box<dyn Target>;

/// The targets by name, with the folder of their corpus.
const TARGETS: [(&str, NewTarget); 10] = [
    ("liquidjs", || Box::new(templates::Rendered::new(templates::Dialect::LiquidJs))),
    ("customerio", || Box::new(templates::Rendered::new(templates::Dialect::CustomerIo))),
    ("legacy", || Box::new(templates::Rendered::new(templates::Dialect::Legacy))),
    ("parse", || Box::new(templates::Parsed)),
    ("requests", || Box::new(projects::InProject::new("fixtures/requests/t/a.json"))),
    ("front-matter", || Box::new(projects::InProject::new("templates/t.liquid"))),
    ("configuration", || Box::new(projects::InProject::new("inkproof.toml"))),
    ("snippets", || Box::new(projects::InProject::new("snippets/a.liquid"))),
    ("snapshots", || Box::new(projects::InProject::new("tests/snapshots/t/a.snap"))),
    ("http", || Box::new(http::Requests::new())),
];

struct Arguments {
    target: &'static str,
    make: fn() -> Box<dyn Target>,
    seconds: u64,
    runs: u64,
    seed: u64,
    from: u64,
}

fn arguments() -> Result<Arguments, String> {
    let names = TARGETS.map(|(name, _)| name).join(", ");
    let usage =
        format!("usage: inkproof-fuzz TARGET [--seconds N] [--runs N] [--seed N] [--from RUN]\ntargets: {names}");
    let mut words = std::env::args().skip(1);
    let name = words.next().ok_or_else(|| usage.clone())?;
    let (target, make) =
        TARGETS.into_iter().find(|(known, _)| *known == name).ok_or_else(|| format!("no target `{name}`\n{usage}"))?;
    let mut arguments = Arguments { target, make, seconds: u64::MAX, runs: u64::MAX, seed: 1, from: 0 };
    while let Some(option) = words.next() {
        let value = words.next().and_then(|value| value.parse().ok()).ok_or_else(|| usage.clone())?;
        match option.as_str() {
            "--seconds" => arguments.seconds = value,
            "--runs" => arguments.runs = value,
            "--seed" => arguments.seed = value,
            "--from" => arguments.from = value,
            _ => return Err(usage),
        }
    }
    Ok(arguments)
}

/// The number of the current run and when it began, for the thread that ends what never ends.
static CURRENT: AtomicU64 = AtomicU64::new(0);

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    match attack(&arguments) {
        Ok(report) => {
            println!("{}: {report}", arguments.target);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{}: FAILED: {failure}", arguments.target);
            ExitCode::FAILURE
        }
    }
}

fn attack(arguments: &Arguments) -> Result<String, String> {
    let corpus = Corpus::load(arguments.target);
    let mut target = (arguments.make)();
    watch(arguments);
    let begun = Instant::now();
    let mut run = arguments.from;
    while run - arguments.from < arguments.runs && begun.elapsed().as_secs() < arguments.seconds {
        CURRENT.store(run + 1, Ordering::Relaxed);
        let mut random = fastrand::Rng::with_seed(arguments.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ run);
        let input = target.input(&mut random, &corpus);
        let result =
            catch_unwind(AssertUnwindSafe(|| target.run(&input))).unwrap_or_else(|_| Err("it panics".to_owned()));
        let result = result.and_then(|()| match memory() {
            peak if peak > MAX_MEMORY && takes_too_much_alone(arguments, run) => Err(format!("it takes {peak} KB")),
            _ => Ok(()),
        });
        if let Err(problem) = result {
            let file = keep(arguments, run, &input);
            return Err(format!("run {run} of seed {}: {problem}\ninput: {}", arguments.seed, file.display()));
        }
        run += 1;
    }
    Ok(format!("{} runs, at most {} MB", run - arguments.from, memory() / 1000))
}

/// Repeats a run in a process of its own, which has nothing of earlier runs that the allocator keeps. Returns whether it fails
/// there too; it always does in a process that has this run only.
fn takes_too_much_alone(arguments: &Arguments, run: u64) -> bool {
    if arguments.runs == 1 {
        return true;
    }
    let (seed, from) = (arguments.seed.to_string(), run.to_string());
    let options = [arguments.target, "--seed", &seed, "--from", &from, "--runs", "1"];
    let alone = std::env::current_exe().and_then(|program| Command::new(program).args(options).status());
    // From here on, the most is that of later runs.
    let is_reset = fs::write("/proc/self/clear_refs", "5").is_ok();
    !(is_reset && alone.is_ok_and(|status| status.success()))
}

/// Ends the process if a run never ends.
fn watch(arguments: &Arguments) {
    let (target, seed) = (arguments.target, arguments.seed);
    std::thread::spawn(move || {
        loop {
            let before = CURRENT.load(Ordering::Relaxed);
            std::thread::sleep(PATIENCE);
            if before != 0 && before == CURRENT.load(Ordering::Relaxed) {
                eprintln!("{target}: FAILED: run {} of seed {seed} does not end", before - 1);
                std::process::exit(1);
            }
        }
    });
}

/// The most memory that the process has taken, in kilobytes; 0 where that is not known.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// Writes the input of a failed run to a file.
fn keep(arguments: &Arguments, run: u64, input: &str) -> PathBuf {
    let folder = PathBuf::from("target/fuzz-failures");
    let file = folder.join(format!("{}-{}-{run}", arguments.target, arguments.seed));
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, input));
    if let Err(error) = written {
        eprintln!("cannot keep the input: {error}");
    }
    file
}
