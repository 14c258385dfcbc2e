//! `inkproof init`: a small project that shows how everything is done.

use std::path::{Path, PathBuf};

use clap::Args;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, written};
use crate::diagnostics::Format;
use crate::scaffold::starter;

/// Make a small project that shows how everything is done
///
/// Makes a template, two customers, two requests, a snippet and a commented configuration. What is there already is
/// kept as it is.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof init             here
  inkproof init messages    in a folder of its own")]
pub(super) struct Init {
    /// The folder; made if it is not there
    #[arg(default_value = ".")]
    dir: PathBuf,
}

impl RunCommand for Init {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let root = global.path(&self.dir);
        std::fs::create_dir_all(&root).map_err(|error| format!("cannot make `{}`: {error}", root.display()))?;
        let plan = starter();
        written::write(&plan, &root)?;
        let there = if self.dir == Path::new(".") {
            String::new()
        } else {
            format!(" -C {}", written::quoted(&self.dir.display().to_string()))
        };
        written::advise(&[
            format!("look at its messages with `inkproof{there} preview`"),
            format!("begin a template of your own with `inkproof{there} new NAME`"),
        ])?;
        Ok(Outcome::Fine)
    }
}
