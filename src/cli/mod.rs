//! The command line: one file a command. Each gathers what it needs, calls the library, prints, and says how it went.

mod card;
mod check;
mod explain;
mod failure;
mod global;
mod liquid;
mod preview;
mod render;
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
    /// Judge templates and their requests without looking at messages
    Check(check::Check),
    /// Print the page of a rule; without one, list all rules
    Explain(explain::Explain),
    /// Render bare Liquid, without settings and JSON
    Liquid(liquid::Liquid),
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
}

impl Outcome {
    const fn exit_code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Broken => 2,
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
        Command::Check(command) => command.run(&cli.global),
        Command::Explain(command) => command.run(&cli.global),
        Command::Liquid(command) => command.run(&cli.global),
    };
    ExitCode::from(match outcome {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => failure.report(),
    })
}
