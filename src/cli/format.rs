//! `--format`: the output formats of each command. Help lists them, and the parser rejects all others.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, FromArgMatches, ValueEnum};

use super::Failure;
use crate::diagnostics::Format;

/// The argument's name. It is one argument for all commands, so that it may also be given before a command's name.
pub(super) const FORMAT: &str = "format";
/// Its place among the global arguments in help.
const DISPLAY_ORDER: usize = 4;

/// The formats of commands whose output is only for people.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum HumanFormat {
    /// Problems with the source around them
    Full,
    /// One line per problem
    Concise,
}

/// The name of the selected format, for any command.
#[derive(Clone, Debug)]
pub(super) struct FormatName(String);

impl FormatName {
    /// The format of problems. It is the default if problems do not have the selected format, such as `markdown`.
    pub(super) fn of_problems(&self) -> Format {
        self.0.parse().unwrap_or_default()
    }
}

impl Args for FormatName {
    fn augment_args(command: clap::Command) -> clap::Command {
        // `offer_all` adds the values once the commands are known.
        command.arg(argument_with(Vec::new()))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FormatName {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(name(matches).to_owned()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        name(matches).clone_into(&mut self.0);
        Ok(())
    }
}

/// The formats of problems; some commands report nothing else.
impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Full => "Problems with the source around them",
            Self::Concise => "One line per problem",
            Self::Json => "One JSON array",
            Self::JsonLines => "One JSON object per line",
            Self::Sarif => "SARIF 2.1.0, for code hosts",
            Self::Junit => "JUnit XML, for build servers",
            Self::Github => "Annotations for GitHub Actions",
            Self::Gitlab => "GitLab's code quality report",
        };
        Some(PossibleValue::new(self.as_str()).help(help))
    }
}

/// The argument of a command with these formats.
pub(super) fn argument<F: ValueEnum>() -> Arg {
    argument_with(possible_values::<F>())
}

fn argument_with(values: Vec<PossibleValue>) -> Arg {
    Arg::new(FORMAT)
        .long(FORMAT)
        .global(true)
        .help_heading("Everywhere")
        .display_order(DISPLAY_ORDER)
        .help("Set the output format of results and problems")
        .value_name("FORMAT")
        .default_value("full")
        .env("INKPROOF_FORMAT")
        .value_parser(PossibleValuesParser::new(values))
}

fn possible_values<F: ValueEnum>() -> Vec<PossibleValue> {
    F::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect()
}

/// Accepts the formats of all commands before the name of the command.
pub(super) fn offer_all(command: clap::Command) -> clap::Command {
    let mut all: Vec<PossibleValue> = Vec::new();
    for value in command.get_subcommands().flat_map(values_of) {
        if !all.iter().any(|known| known.get_name() == value.get_name()) {
            all.push(value);
        }
    }
    command.mut_arg(FORMAT, |format| format.value_parser(PossibleValuesParser::new(all)))
}

/// The formats that a command accepts.
fn values_of(command: &clap::Command) -> Vec<PossibleValue> {
    let format = command.get_arguments().find(|argument| argument.get_id() == FORMAT);
    format.map(Arg::get_possible_values).unwrap_or_default()
}

fn name(matches: &ArgMatches) -> &str {
    matches.get_one::<String>(FORMAT).map_or("full", String::as_str)
}

/// The selected format, if the command has it.
pub(super) fn chosen<F: ValueEnum>(matches: &ArgMatches) -> Result<F, clap::Error> {
    F::from_str(name(matches), false).map_err(|reason| clap::Error::raw(ErrorKind::InvalidValue, reason))
}

/// Rejects a format before the name of a command that does not have it. After the name, the parser rejects it.
pub(super) fn check(matches: &ArgMatches, command: &clap::Command) -> Result<(), Failure> {
    let below = matches.subcommand_name().and_then(|name| command.find_subcommand(name));
    let (taker, values) = match below {
        Some(below) => (below.get_name(), values_of(below)),
        None if matches.get_flag("print_config") => ("--print-config", possible_values::<Format>()),
        None => (command.get_name(), possible_values::<HumanFormat>()),
    };
    let format = name(matches);
    if values.iter().any(|value| value.get_name() == format) {
        return Ok(());
    }
    let names: Vec<_> = values.iter().map(|value| format!("`{}`", value.get_name())).collect();
    let is_of_variable = matches.value_source(FORMAT) == Some(ValueSource::EnvVariable);
    let source = if is_of_variable { ", which `INKPROOF_FORMAT` sets" } else { "" };
    Err(format!("`{taker}` has no format `{format}`{source}: expected one of {}", names.join(", ")).into())
}
