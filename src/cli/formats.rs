//! The formats: which of them each command has.

use clap::builder::PossibleValuesParser;

use super::Failure;
use crate::diagnostics::Format;

/// Those of commands that have nothing to tell to programs.
const FOR_PEOPLE: &[&str] = &["full", "concise"];

/// The commands that do not have just the formats of problems.
const OF_COMMANDS: [(&str, &[&str]); 11] = [
    ("accept", FOR_PEOPLE),
    ("completions", FOR_PEOPLE),
    ("diff", &["full", "concise", "json", "jsonl", "markdown"]),
    ("explain", FOR_PEOPLE),
    // Without a command.
    ("inkproof", FOR_PEOPLE),
    ("man", FOR_PEOPLE),
    ("pending", &["full", "concise", "json", "jsonl"]),
    ("preview", &["full", "concise", "json", "jsonl", "github"]),
    ("reject", FOR_PEOPLE),
    ("review", FOR_PEOPLE),
    ("test", &["full", "concise", "json", "jsonl", "junit", "github"]),
];

/// The formats of a command.
fn of(command: &str) -> Vec<&'static str> {
    match OF_COMMANDS.iter().find(|(name, _)| *name == command) {
        Some((_, formats)) => formats.to_vec(),
        None => Format::ALL.map(Format::as_str).to_vec(),
    }
}

/// Those of any command, for a flag that stands before the command's name.
pub(super) fn parser() -> PossibleValuesParser {
    let problems = Format::ALL.map(Format::as_str);
    let others = OF_COMMANDS.iter().flat_map(|(_, formats)| formats.iter().copied());
    let mut names = problems.to_vec();
    names.extend(others.filter(|name| !problems.contains(name)));
    PossibleValuesParser::new(names)
}

/// Lets each command offer its own formats, and take no others.
pub(super) fn offered(command: clap::Command) -> clap::Command {
    let Some(format) = command.get_arguments().find(|argument| argument.get_id() == "format").cloned() else {
        return command;
    };
    command.mut_subcommands(|below| {
        let parser = PossibleValuesParser::new(of(below.get_name()));
        below.arg(format.clone().value_parser(parser))
    })
}

/// Whether results in the format of that name are for people, as opposed to programs.
pub(super) fn is_for_people(format: &str) -> bool {
    FOR_PEOPLE.contains(&format)
}

/// Refuses a format that was named before the name of a command which lacks it.
pub(super) fn check(format: &str, command: &str) -> Result<(), Failure> {
    let formats = of(command);
    if formats.contains(&format) {
        return Ok(());
    }
    let formats: Vec<_> = formats.iter().map(|name| format!("`{name}`")).collect();
    Err(format!("`{command}` has no format `{format}`: expected one of {}", formats.join(", ")).into())
}
