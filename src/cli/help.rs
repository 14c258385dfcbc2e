//! `inkproof help`: the help of a command for people, and all commands for programs.

mod document;

use std::io::Write;

use clap::{Args, ValueEnum};

use super::command::RunCommand;
use super::{Failure, Global, Outcome, command, whole_command};
use crate::diagnostics::did_you_mean;
use document::Document;

/// Print the help of inkproof or of a command
///
/// `--format json` describes all commands, or one, for programs: arguments, options with their environment variables,
/// output formats and exit codes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof help check
  inkproof help --format json | jq '.commands[].name'")]
pub(super) struct Help {
    /// Name of a command, such as `check` or `import customers`; all if omitted
    #[arg(value_name = "COMMAND")]
    names: Vec<String>,
}

/// The formats of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum HelpFormat {
    /// The whole help
    Full,
    /// The short help
    Concise,
    /// One JSON object, described by help.schema.json
    Json,
}

impl RunCommand for Help {
    type Format = HelpFormat;

    fn run(&self, format: Self::Format, _: &Global) -> Result<Outcome, Failure> {
        let mut out = anstream::stdout().lock();
        // A variable that switches its flag off is left out of the parser, but belongs to the description.
        let mut program = if format == HelpFormat::Json { whole_command() } else { command() };
        program.build();
        if format == HelpFormat::Json {
            find(&mut program, &self.names)?;
            let document = Document::new(&program, &self.names);
            writeln!(out, "{}", serde_json::to_string(&document).map_err(std::io::Error::from)?)?;
            return Ok(Outcome::Fine);
        }
        let found = find(&mut program, &self.names)?;
        let help = if format == HelpFormat::Full { found.render_long_help() } else { found.render_help() };
        write!(out, "{}", help.ansi())?;
        Ok(Outcome::Fine)
    }
}

/// The command that some names lead to.
fn find<'c>(program: &'c mut clap::Command, names: &[String]) -> Result<&'c mut clap::Command, Failure> {
    names.iter().try_fold(program, |found, name| {
        let known: Vec<_> = found.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let above = found.get_bin_name().unwrap_or("inkproof").to_owned();
        found.find_subcommand_mut(name).ok_or_else(|| {
            let near = did_you_mean(name, known.iter().map(String::as_str));
            let near = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            Failure::from(format!("`{above}` has no command `{name}`{near}"))
        })
    })
}

/// The exit codes in one sentence.
pub(super) fn exit_codes() -> String {
    let codes: Vec<_> = Outcome::EXIT_CODES.iter().map(|(code, meaning)| format!("{code} {meaning}")).collect();
    format!("Exit codes: {}.", codes.join(", "))
}
