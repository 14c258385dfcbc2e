//! `inkproof lsp`: the language server, for editors.

use std::io::{BufReader, stdin, stdout};

use clap::Args;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome};
use crate::lsp::{self, Clock, ExitStatus};

/// Run the language server for editors, on standard input and output
///
/// Speaks the Language Server Protocol: findings while you type, completion, hover, definitions, references, rename, fixes
/// and formatting for templates, requests, customers, snippets and `inkproof.toml`. Editors start it themselves.
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Use standard input and output, which is the default: some editors always pass this
    #[arg(long, hide = true)]
    stdio: bool,
}

impl RunCommand for Lsp {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let clock = Clock { options: global.render_options(), is_standing: global.standing_clock().is_some() };
        let ended = lsp::run(BufReader::new(stdin()), stdout().lock(), clock)?;
        Ok(match ended {
            ExitStatus::Orderly => Outcome::Fine,
            ExitStatus::Abrupt => Outcome::Ended(1),
        })
    }
}
