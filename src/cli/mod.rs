//! The command line: one file a command. Each gathers what it needs, calls the library, prints, and says how it went.

mod liquid;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::liquid::Mode;

/// Preview, check and snapshot-test Customer.io inbox messages on your own machine.
#[derive(Debug, Parser)]
#[command(name = "inkproof", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Treat what is missing as Customer.io's test send does: it prints nothing, where a real send fails
    #[arg(long, global = true, env = "INKPROOF_LAX")]
    lax: bool,
}

impl Global {
    const fn mode(&self) -> Mode {
        if self.lax { Mode::Lax } else { Mode::Live }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Render bare Liquid, without settings and JSON
    Liquid(liquid::Liquid),
}

/// How a command went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about: exit code 0.
    Fine,
    /// A message that would fail, a check, a snapshot: exit code 1.
    Findings,
    /// Usage, configuration, input or output: exit code 2.
    Trouble,
}

/// Runs the program with the arguments it was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Liquid(command) => command.run(&cli.global),
    };
    ExitCode::from(match outcome {
        Ok(Outcome::Fine) => 0,
        Ok(Outcome::Findings) => 1,
        Ok(Outcome::Trouble) => 2,
        // Whoever reads may stop reading.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            eprintln!("error: {error}");
            2
        }
    })
}
