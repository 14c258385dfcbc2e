//! `inkproof man`: manual pages.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome, command, written};

/// Print the manual page, or write all pages to a folder
#[derive(Debug, Args)]
#[command(after_help = "inkproof man | man -l -    shows the page")]
pub(super) struct Man {
    /// Folder for the pages, such as ~/.local/share/man/man1
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
        write_pages(command, dir, global)?;
        Ok(Outcome::Fine)
    }
}

/// Writes all pages, each completely or not at all.
fn write_pages(command: clap::Command, dir: &Path, global: &Global) -> Result<(), Failure> {
    written::create_folder(dir, global)?;
    let made = tempfile::tempdir()?;
    clap_mangen::generate_to(command, made.path())?;
    for page in fs::read_dir(made.path())? {
        let page = page?;
        written::replace(&dir.join(page.file_name()), fs::read(page.path())?, global)?;
    }
    Ok(())
}
