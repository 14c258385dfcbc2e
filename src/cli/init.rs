//! `inkproof init`: creates a small example project.

use std::path::{Path, PathBuf};

use clap::Args;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, written};
use crate::diagnostics::Format;
use crate::scaffold::starter;

/// Create an example project
///
/// Writes a template, two customers, two requests, a snippet and a commented configuration. Existing files are not
/// changed.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof init             here
  inkproof init messages    in a folder of its own")]
pub(super) struct Init {
    /// Project folder; created if missing
    #[arg(default_value = ".")]
    dir: PathBuf,
}

impl RunCommand for Init {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let root = global.path(&self.dir);
        std::fs::create_dir_all(&root).map_err(|error| format!("cannot create `{}`: {error}", root.display()))?;
        let plan = starter();
        written::write(&plan, &root)?;
        let there = if self.dir == Path::new(".") {
            String::new()
        } else {
            format!(" -C {}", written::quoted(&self.dir.display().to_string()))
        };
        written::advise(&[
            format!("preview its messages with `inkproof{there} preview`"),
            format!("create your own template with `inkproof{there} new NAME`"),
        ])?;
        Ok(Outcome::Fine)
    }
}
