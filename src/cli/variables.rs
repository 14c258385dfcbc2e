//! Environment variables that set flags.

use std::env;

use clap::{Arg, ArgAction, Command};

/// The values that switch a flag off, in any letter case.
const OFF: [&str; 7] = ["", "n", "no", "f", "false", "off", "0"];

/// Ignores variables that switch their flags off. Otherwise clap would treat such a flag as set, and report a conflict with
/// the flags that exclude it.
pub(super) fn ignore_disabled_flags(command: Command) -> Command {
    let of_this = |argument: Arg| if is_off(&argument) { argument.env(None::<&str>) } else { argument };
    command.mut_args(of_this).mut_subcommands(ignore_disabled_flags)
}

fn is_off(argument: &Arg) -> bool {
    let value =
        argument.get_env().filter(|_| matches!(argument.get_action(), ArgAction::SetTrue)).and_then(env::var_os);
    value.is_some_and(|value| OFF.iter().any(|off| value.eq_ignore_ascii_case(off)))
}
