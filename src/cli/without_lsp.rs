//! `inkproof lsp` in a build without the feature `lsp`: an error. Help does not list it.

use std::ffi::OsString;

use clap::Args;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome};

/// Report that this build has no `lsp`
#[derive(Debug, Args)]
#[command(hide = true, disable_help_flag = true)]
pub(super) struct Lsp {
    /// All arguments, ignored.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    arguments: Vec<OsString>,
}

impl RunCommand for Lsp {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, _: &Global) -> Result<Outcome, Failure> {
        Err(Failure::from(
            "`lsp` needs the feature `lsp`, and this inkproof was built without it: install it with \
             `cargo install --path .`"
                .to_owned(),
        ))
    }
}
