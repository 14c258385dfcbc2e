//! The command line: one file per command. Each reads its input, calls the library, prints and returns an exit status.

mod accept;
mod audience;
mod card;
mod check;
mod command;
mod completions;
mod configuration;
mod contract;
mod customer;
mod data;
mod diff;
mod difference;
mod editor;
mod explain;
mod failure;
mod fmt;
mod format;
mod given;
mod global;
mod help;
mod import;
mod init;
mod lacking;
mod liquid;
#[cfg_attr(not(feature = "lsp"), path = "without_lsp.rs")]
mod lsp;
mod man;
mod models;
mod new;
mod not_sent;
mod number;
mod output_options;
mod pending;
mod preview;
mod progress;
mod reject;
mod render;
mod request;
mod review;
mod schema;
mod screen;
#[cfg_attr(not(feature = "serve"), path = "without_serve.rs")]
mod serve;
mod signals;
mod status;
mod suggestion;
mod terminal;
mod test;
mod types;
mod upgrade;
mod variables;
mod watch;
mod written;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use command::WithFormat;
use failure::Failure;
use global::Global;

/// Preview, check and snapshot-test Customer.io transactional inbox messages on your own machine, offline, exactly as
/// Customer.io renders them.
#[derive(Debug, Parser)]
#[command(name = "inkproof", version, max_term_width = 100)]
#[command(after_help = help::exit_codes(), disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    /// Print the effective configuration and its source
    #[arg(long)]
    print_config: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(WithFormat<init::Init>),
    New(WithFormat<new::New>),
    Request(WithFormat<request::Request>),
    Import(WithFormat<import::Import>),
    Preview(WithFormat<preview::Preview>),
    Render(WithFormat<render::Render>),
    Check(WithFormat<check::Check>),
    Explain(WithFormat<explain::Explain>),
    Schema(WithFormat<schema::Schema>),
    Types(WithFormat<types::Types>),
    Fmt(WithFormat<fmt::Fmt>),
    Contract(WithFormat<contract::Contract>),
    Test(WithFormat<test::Test>),
    Audience(WithFormat<audience::Audience>),
    Review(WithFormat<review::Review>),
    Accept(WithFormat<accept::Accept>),
    Reject(WithFormat<reject::Reject>),
    Pending(WithFormat<pending::Pending>),
    Diff(WithFormat<diff::Diff>),
    Upgrade(WithFormat<upgrade::Upgrade>),
    Liquid(WithFormat<liquid::Liquid>),
    Serve(WithFormat<serve::Serve>),
    Lsp(WithFormat<lsp::Lsp>),
    Completions(WithFormat<completions::Completions>),
    Man(WithFormat<man::Man>),
    Help(WithFormat<help::Help>),
}

impl Command {
    fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        match self {
            Self::Init(command) => command.run(global),
            Self::New(command) => command.run(global),
            Self::Request(command) => command.run(global),
            Self::Import(command) => command.run(global),
            Self::Preview(command) => command.run(global),
            Self::Render(command) => command.run(global),
            Self::Check(command) => command.run(global),
            Self::Explain(command) => command.run(global),
            Self::Schema(command) => command.run(global),
            Self::Types(command) => command.run(global),
            Self::Fmt(command) => command.run(global),
            Self::Contract(command) => command.run(global),
            Self::Test(command) => command.run(global),
            Self::Audience(command) => command.run(global),
            Self::Review(command) => command.run(global),
            Self::Accept(command) => command.run(global),
            Self::Reject(command) => command.run(global),
            Self::Pending(command) => command.run(global),
            Self::Diff(command) => command.run(global),
            Self::Upgrade(command) => command.run(global),
            Self::Liquid(command) => command.run(global),
            Self::Serve(command) => command.run(global),
            Self::Lsp(command) => command.run(global),
            Self::Completions(command) => command.run(global),
            Self::Man(command) => command.run(global),
            Self::Help(command) => command.run(global),
        }
    }
}

impl Cli {
    fn run(&self) -> Result<Outcome, Failure> {
        match &self.command {
            _ if self.print_config => configuration::run(&self.global),
            Some(command) => command.run(&self.global),
            None => status::run(&self.global),
        }
    }
}

/// The clap command that parsing, completion and manual pages share.
fn command() -> clap::Command {
    variables::ignore_disabled_flags(whole_command())
}

/// The same, whatever variables are set.
fn whole_command() -> clap::Command {
    format::offer_all(Cli::command())
}

/// The exit status of a command that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// No findings: exit code 0.
    Fine,
    /// Findings, such as a message that would fail: exit code 1.
    Findings,
    /// Files that cannot be read or parsed: exit code 2.
    Broken,
    /// Interrupted by the user: exit code 130.
    Interrupted,
    /// The exit code of the command that `serve --exec` ran, or 128 and the number of a signal.
    Ended(u8),
}

impl Outcome {
    /// The exit codes of all commands, with their meanings.
    const EXIT_CODES: [(u8, &str); 4] = [
        (Self::Fine.exit_code(), "success"),
        (Self::Findings.exit_code(), "findings"),
        (Self::Broken.exit_code(), "invalid usage, configuration or files"),
        (Self::Interrupted.exit_code(), "interrupted"),
    ];

    const fn exit_code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Broken => 2,
            Self::Interrupted => 130,
            Self::Ended(code) => code,
        }
    }

    /// The more severe of two.
    const fn and(self, other: Self) -> Self {
        if other.exit_code() > self.exit_code() { other } else { self }
    }
}

/// Prints what clap has to say: an error, help or the version. Returns the exit code.
fn clap_exit(error: &clap::Error) -> u8 {
    match error.print().and_then(|()| std::io::stdout().flush()) {
        Err(failure) if !error.use_stderr() => Failure::from(failure).report(),
        _ => u8::try_from(error.exit_code()).unwrap_or(2),
    }
}

/// Runs the program with the arguments it was started with.
#[must_use]
pub fn run() -> ExitCode {
    completions::answer();
    let command = command();
    let arguments = match command.clone().try_get_matches() {
        Ok(arguments) => arguments,
        Err(error) => match suggestion::message(&error) {
            Some(message) => return Failure::from(message).report().into(),
            None => return clap_exit(&variables::name_source(error, &command)).into(),
        },
    };
    if let Err(failure) = format::check(&arguments, &command) {
        return failure.report().into();
    }
    let cli = match Cli::from_arg_matches(&arguments) {
        Ok(cli) => cli,
        Err(error) => return clap_exit(&error.format(&mut command.clone())).into(),
    };
    cli.global.color.write_global();
    ExitCode::from(match cli.run() {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => failure.report(),
    })
}
