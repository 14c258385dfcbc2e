//! The variables that stand for flags.

use std::env;

use clap::{Arg, ArgAction, Command};

/// What a variable says that switches its flag off, in any case.
const OFF: [&str; 7] = ["", "n", "no", "f", "false", "off", "0"];

/// Takes no notice of variables that switch their flags off: otherwise such a flag would stand in the way of those that it does
/// not go with, as if it were set.
pub(super) fn without_those_that_are_off(command: Command) -> Command {
    let of_this = |argument: Arg| if is_off(&argument) { argument.env(None::<&str>) } else { argument };
    command.mut_args(of_this).mut_subcommands(without_those_that_are_off)
}

fn is_off(argument: &Arg) -> bool {
    let value =
        argument.get_env().filter(|_| matches!(argument.get_action(), ArgAction::SetTrue)).and_then(env::var_os);
    value.is_some_and(|value| OFF.iter().any(|off| value.eq_ignore_ascii_case(off)))
}
