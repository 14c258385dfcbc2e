//! `inkproof serve` of an inkproof that was built without the feature `serve`: it says so. Help does not list it.

use std::ffi::OsString;

use clap::Args;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome};

/// Say that this inkproof was built without the command
#[derive(Debug, Args)]
#[command(hide = true, disable_help_flag = true)]
pub(super) struct Serve {
    /// Whatever is given to the command that is not there.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    arguments: Vec<OsString>,
}

impl RunCommand for Serve {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, _: &Global) -> Result<Outcome, Failure> {
        Err(Failure::from(
            "`serve` needs the feature `serve`, and this inkproof was built without it: install it with \
             `cargo install --path .`"
                .to_owned(),
        ))
    }
}
