//! The command line: one file a command. Each gathers what it needs, calls the library, prints, and says how it went.

mod accept;
mod card;
mod check;
mod diff;
mod difference;
mod editor;
mod explain;
mod failure;
mod global;
mod import;
mod init;
mod liquid;
mod new;
mod pending;
mod preview;
mod reject;
mod render;
mod request;
mod review;
mod serve;
mod terminal;
mod test;
mod watch;
mod written;

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
    /// Make a small project that shows how everything is done
    Init(init::Init),
    /// Make a template, and a request for it
    New(new::New),
    /// Make a request with everything that a template needs
    Request(request::Request),
    /// Bring customers and templates from Customer.io into the project
    Import(import::Import),
    /// Show messages as the inbox would
    Preview(preview::Preview),
    /// Print messages as JSON lines, for programs
    Render(render::Render),
    /// Judge templates and their requests without looking at messages
    Check(check::Check),
    /// Print the page of a rule; without one, list all rules
    Explain(explain::Explain),
    /// Compare messages with their snapshots
    Test(test::Test),
    /// Walk through what differs from its snapshots, and accept or reject it
    Review(review::Review),
    /// Accept what waits for review
    Accept(accept::Accept),
    /// Reject what waits for review
    Reject(reject::Reject),
    /// List what waits for review
    Pending(pending::Pending),
    /// Show what two revisions of the git repository render differently
    Diff(diff::Diff),
    /// Render bare Liquid, without settings and JSON
    Liquid(liquid::Liquid),
    /// Stand in for Customer.io's send API and inbox API on this machine, and show what was sent
    Serve(serve::Serve),
}

impl Command {
    /// The formats that it knows beyond those of problems.
    const fn formats(&self) -> &'static [&'static str] {
        match self {
            Self::Test(_) => test::FORMATS,
            Self::Diff(_) => diff::FORMATS,
            _ => &[],
        }
    }
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
    /// Whoever sat there had enough: exit code 130.
    Interrupted,
    /// It ran until something ended it: that gives the exit code.
    Ended(u8),
}

impl Outcome {
    const fn exit_code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Broken => 2,
            Self::Interrupted => 130,
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
    let outcome = cli.global.check_format(cli.command.formats()).and_then(|()| match &cli.command {
        Command::Init(command) => command.run(&cli.global),
        Command::New(command) => command.run(&cli.global),
        Command::Request(command) => command.run(&cli.global),
        Command::Import(command) => command.run(&cli.global),
        Command::Preview(command) => command.run(&cli.global),
        Command::Render(command) => command.run(&cli.global),
        Command::Check(command) => command.run(&cli.global),
        Command::Explain(command) => command.run(&cli.global),
        Command::Test(command) => command.run(&cli.global),
        Command::Review(command) => command.run(&cli.global),
        Command::Accept(command) => command.run(&cli.global),
        Command::Reject(command) => command.run(&cli.global),
        Command::Pending(command) => command.run(&cli.global),
        Command::Diff(command) => command.run(&cli.global),
        Command::Liquid(command) => command.run(&cli.global),
        Command::Serve(command) => command.run(&cli.global),
    });
    ExitCode::from(match outcome {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => failure.report(),
    })
}
