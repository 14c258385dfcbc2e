//! `inkproof man`: manual pages.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome, command};

/// Print the manual, or write its pages
#[derive(Debug, Args)]
#[command(after_help = "inkproof man | man -l -    reads the page at once")]
pub(super) struct Man {
    /// The folder, such as ~/.local/share/man/man1
    dir: Option<PathBuf>,
}

impl RunCommand for Man {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let command = command();
        let Some(dir) = &self.dir else {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            anstream::stdout().lock().write_all(&page)?;
            return Ok(Outcome::Fine);
        };
        let dir = global.path(dir);
        fs::create_dir_all(&dir)
            .and_then(|()| clap_mangen::generate_to(command, &dir))
            .map_err(|error| format!("cannot write to `{}`: {error}", dir.display()))?;
        Ok(Outcome::Fine)
    }
}
