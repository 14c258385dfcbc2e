//! The command line: one file a command. Each gathers what it needs, calls the library, prints, and says how it went.

mod card;
mod failure;
mod global;
mod liquid;
mod preview;
mod render;
mod serve;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use global::Global;

/// Preview, check and snapshot-test Customer.io transactional inbox messages on your own machine, offline, exactly as
/// Customer.io renders them.
#[derive(Debug, Parser)]
#[command(name = "inkproof", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 fine, 1 findings, 2 usage, configuration or files, 130 interrupted.")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show messages as the inbox would
    Preview(preview::Preview),
    /// Print messages as JSON lines, for programs
    Render(render::Render),
    /// Render bare Liquid, without settings and JSON
    Liquid(liquid::Liquid),
    /// Stand in for Customer.io's send API and inbox API on this machine, and show what was sent
    Serve(serve::Serve),
}

/// How a command went that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about: exit code 0.
    Fine,
    /// A message that would fail: exit code 1.
    Findings,
    /// Files that cannot be used: exit code 2.
    Broken,
    /// It ran until something ended it: that gives the exit code.
    Ended(u8),
}

impl Outcome {
    const fn exit_code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Broken => 2,
            Self::Ended(code) => code,
        }
    }

    /// The graver of two.
    const fn and(self, other: Self) -> Self {
        if other.exit_code() > self.exit_code() { other } else { self }
    }
}

/// Runs the program with the arguments it was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    cli.global.color.write_global();
    let outcome = match &cli.command {
        Command::Preview(command) => command.run(&cli.global),
        Command::Render(command) => command.run(&cli.global),
        Command::Liquid(command) => command.run(&cli.global),
        Command::Serve(command) => command.run(&cli.global),
    };
    ExitCode::from(match outcome {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => failure.report(),
    })
}
