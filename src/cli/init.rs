//! `inkproof init`: creates a small example project.

use std::path::{Path, PathBuf};

use clap::Args;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, written};
use crate::diagnostics::Format;
use crate::project::Project;
use crate::scaffold::{Plan, starter};

/// Create an example project
///
/// Writes a template, two customers, two requests, a snippet and a commented configuration. Existing files are not
/// changed, and nothing is added to a project that has other files.
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
        if let Some(file) = other_file(&root, &plan) {
            let dir = self.dir.display();
            return Err(format!(
                "there is a project in `{dir}` already, with `{file}`: `inkproof new NAME` creates a template"
            )
            .into());
        }
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

/// A file of a project in this folder that the example does not have. The example would not fit to it: its customers may have the
/// same identifiers.
fn other_file(root: &Path, plan: &Plan) -> Option<String> {
    let project = Project::open(root).ok()?;
    if project.root() != root.canonicalize().ok()? {
        return None;
    }
    let templates = project.templates().iter().map(|template| template.source().name());
    let customers = project.customers().iter().map(|customer| customer.source().name());
    let requests = project.requests().iter().map(|request| request.source().name());
    let mut files = templates.chain(customers).chain(requests);
    files.find(|file| plan.files().all(|(path, _)| path != Path::new(file))).map(str::to_owned)
}
