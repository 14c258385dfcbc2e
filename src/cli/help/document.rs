//! The description of all commands for programs, made from what the parser knows. `help.schema.json` is its schema.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::format::FORMAT;

/// The commands and options of `inkproof`, as `inkproof help --format json` prints them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "inkproof help")]
pub(super) struct Document {
    /// The name of the program.
    name: String,
    /// Its version.
    version: String,
    /// What it does.
    summary: String,
    /// What its exit codes mean, for every command.
    exit_codes: Vec<ExitCode>,
    /// The options of every command.
    options: Vec<ProgramOption>,
    /// The commands; only one if its name was given.
    commands: Vec<CommandHelp>,
}

/// What an exit code means.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExitCode {
    code: u8,
    meaning: String,
}

/// A command.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CommandHelp {
    /// Its name, such as `check` or `import customers`.
    name: String,
    /// What it does, in one line.
    summary: String,
    /// What it does.
    description: String,
    /// How it is called.
    usage: String,
    /// Command lines that show what it is for.
    examples: Vec<Example>,
    /// The values of `--format`.
    formats: Vec<NamedValue>,
    /// What follows the name, in this order.
    arguments: Vec<Argument>,
    /// Its own options, besides those of every command.
    options: Vec<ProgramOption>,
}

/// A command line.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Example {
    /// The command line.
    command: String,
    /// What it does, unless that is plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// A value that can be chosen.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NamedValue {
    /// The value.
    value: String,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// An argument without a name.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// What it is, such as `NAMES`.
    name: String,
    /// What it is for.
    description: String,
    /// Whether it must be given.
    required: bool,
    /// Whether there may be several.
    repeatable: bool,
    /// The values that can be chosen; empty if it is not one of a few.
    values: Vec<NamedValue>,
}

/// An option.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProgramOption {
    /// Its name, such as `--lax`.
    name: String,
    /// Its short name, such as `-C`.
    #[serde(skip_serializing_if = "Option::is_none")]
    short: Option<String>,
    /// What it does.
    description: String,
    /// What its value is, such as `FILE`; absent if it takes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Whether its value may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_optional: Option<bool>,
    /// The values that can be chosen; empty if it is not one of a few.
    values: Vec<NamedValue>,
    /// The value without the option.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    /// The environment variable that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    /// Whether it must be given.
    required: bool,
    /// Whether it may be given several times.
    repeatable: bool,
}

impl Document {
    /// Describes a program that has been built, or only the command that some names lead to.
    pub(super) fn new(program: &Command, names: &[String]) -> Self {
        let mut commands = Vec::new();
        for command in program.get_subcommands() {
            describe(command, "", &mut commands);
        }
        let name = names.join(" ");
        commands.retain(|command| {
            let rest = command.name.strip_prefix(&name);
            name.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        let exit_codes = Outcome::EXIT_CODES.map(|(code, meaning)| ExitCode { code, meaning: meaning.to_owned() });
        Self {
            name: program.get_name().to_owned(),
            version: program.get_version().unwrap_or_default().to_owned(),
            summary: program.get_about().map(ToString::to_string).unwrap_or_default(),
            exit_codes: exit_codes.into(),
            options: named(program).map(ProgramOption::new).collect(),
            commands,
        }
    }
}

/// Adds a command, unless it does nothing itself, and those below it.
fn describe(command: &Command, above: &str, found: &mut Vec<CommandHelp>) {
    let name = format!("{above}{}", command.get_name());
    if !command.is_subcommand_required_set() {
        found.push(CommandHelp::new(command, name.clone()));
    }
    let above = format!("{name} ");
    command.get_subcommands().for_each(|below| describe(below, &above, found));
}

impl CommandHelp {
    fn new(command: &Command, name: String) -> Self {
        let summary = command.get_about().map(ToString::to_string).unwrap_or_default();
        let format = command.get_arguments().find(|argument| argument.get_id() == FORMAT);
        Self {
            name,
            description: command.get_long_about().map_or_else(|| summary.clone(), ToString::to_string),
            summary,
            usage: command.clone().render_usage().to_string().trim_start_matches("Usage: ").to_owned(),
            examples: examples(command),
            formats: format.map(values).unwrap_or_default(),
            arguments: command.get_positionals().map(Argument::new).collect(),
            options: named(command).filter(|argument| !argument.is_global_set()).map(ProgramOption::new).collect(),
        }
    }
}

/// The options of a command, except those that print help and the version.
fn named(command: &Command) -> impl Iterator<Item = &Arg> {
    let is_action = |argument: &Arg| {
        matches!(
            argument.get_action(),
            ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
        )
    };
    let is_named = move |argument: &&Arg| !argument.is_positional() && !argument.is_hide_set() && !is_action(argument);
    command.get_arguments().filter(is_named)
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

/// The examples at the end of the help: a command line, and after at least two spaces what it does.
fn examples(command: &Command) -> Vec<Example> {
    let help = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string).unwrap_or_default();
    let lines = help.lines().map(str::trim).filter(|line| line.contains("inkproof ") && !line.ends_with(':'));
    let example = |line: &str| {
        let (command, description) = line.split_once("  ").unwrap_or((line, ""));
        let description = description.trim();
        Example {
            command: command.trim().to_owned(),
            description: (!description.is_empty()).then(|| description.to_owned()),
        }
    };
    lines.map(example).collect()
}

fn values(argument: &Arg) -> Vec<NamedValue> {
    // A flag has the values of its variable, which are none of its own.
    if !takes_value(argument) {
        return Vec::new();
    }
    let value = |value: &PossibleValue| NamedValue {
        value: value.get_name().to_owned(),
        description: value.get_help().map(ToString::to_string),
    };
    argument.get_possible_values().iter().filter(|value| !value.is_hide_set()).map(value).collect()
}

/// The whole help of an argument, or the short one.
fn description(argument: &Arg) -> String {
    argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default()
}

fn value_name(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    names.first().map_or_else(|| argument.get_id().as_str().to_uppercase(), ToString::to_string)
}

fn is_repeatable(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Append | ArgAction::Count)
        || argument.get_num_args().is_some_and(|count| count.max_values() > 1)
}

impl Argument {
    fn new(argument: &Arg) -> Self {
        Self {
            name: value_name(argument),
            description: description(argument),
            required: argument.is_required_set(),
            repeatable: is_repeatable(argument),
            values: values(argument),
        }
    }
}

impl ProgramOption {
    fn new(argument: &Arg) -> Self {
        let takes_value = takes_value(argument);
        let default: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let may_be_left_out = argument.get_num_args().is_some_and(|count| count.min_values() == 0);
        Self {
            name: argument.get_long().map(|long| format!("--{long}")).unwrap_or_default(),
            short: argument.get_short().map(|short| format!("-{short}")),
            description: description(argument),
            value: takes_value.then(|| value_name(argument)),
            value_optional: (takes_value && may_be_left_out).then_some(true),
            values: values(argument),
            default: (takes_value && !default.is_empty()).then(|| default.join(",")),
            environment: argument.get_env().map(|variable| variable.to_string_lossy().into_owned()),
            required: argument.is_required_set(),
            repeatable: is_repeatable(argument),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// To bring the file up to date, run this test with `UPDATE_SCHEMA=1`.
    #[test]
    fn the_published_schema_is_up_to_date_and_fits() {
        let schema = schemars::schema_for!(Document).to_value();
        let (path, text) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("help.schema.json"), format!("{schema:#}\n"));
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(published == text, "help.schema.json is out of date: run this test with UPDATE_SCHEMA=1");
        let mut program = crate::cli::whole_command();
        program.build();
        let document = serde_json::to_value(Document::new(&program, &[])).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}
