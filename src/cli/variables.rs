//! Environment variables that set flags.

use std::env;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

/// The values that switch a flag off, in any letter case.
const OFF: [&str; 7] = ["", "n", "no", "f", "false", "off", "0"];

/// Ignores variables that switch their flags off. Otherwise clap would treat such a flag as set, and report a conflict with
/// the flags that exclude it.
pub(super) fn ignore_disabled_flags(command: Command) -> Command {
    let of_this = |argument: Arg| if is_off(&argument) { argument.env(None::<&str>) } else { argument };
    command.mut_args(of_this).mut_subcommands(ignore_disabled_flags)
}

/// Names the variable in an error about a value that comes from there, instead of the option that nobody has typed.
pub(super) fn name_source(mut error: Error, command: &Command) -> Error {
    if !matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) {
        return error;
    }
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return error };
    let is_typed = |argument: &Arg| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        env::args_os().skip(1).any(|word| {
            let word = word.to_string_lossy();
            long.as_ref().is_some_and(|long| word == *long || word.starts_with(&format!("{long}=")))
                || short.as_ref().is_some_and(|short| word.starts_with(short) && !word.starts_with("--"))
        })
    };
    let mut command = command.clone();
    command.build();
    let argument = argument_called(&command, option).filter(|argument| !is_typed(argument));
    let variable = argument.and_then(Arg::get_env).filter(|variable| env::var_os(variable).is_some());
    if let Some(variable) = variable.map(|variable| variable.to_string_lossy().into_owned()) {
        error.insert(ContextKind::InvalidArg, ContextValue::String(variable));
    }
    error
}

/// The argument that errors call by this name, in a command or those below it.
fn argument_called<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    let own = command.get_arguments().find(|argument| argument.to_string() == name);
    own.or_else(|| command.get_subcommands().find_map(|below| argument_called(below, name)))
}

fn is_off(argument: &Arg) -> bool {
    let value =
        argument.get_env().filter(|_| matches!(argument.get_action(), ArgAction::SetTrue)).and_then(env::var_os);
    value.is_some_and(|value| OFF.iter().any(|off| value.eq_ignore_ascii_case(off)))
}
