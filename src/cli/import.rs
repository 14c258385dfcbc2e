//! `inkproof import`: customers and templates out of what Customer.io has.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Failure, Global, Outcome, written};
use crate::diagnostics::Source;
use crate::project::Project;
use crate::scaffold::{Imported, KnownCustomer, Name, Plan, customers_of, template_with_content};

/// Bring customers and templates from Customer.io into the project
///
/// Takes customers that were exported and templates that were copied out of the editor. What is there already is kept
/// as it is.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof import customers people.csv
  inkproof import template order_shipped < content.json")]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Customers: the App API's answers, JSON lines, or CSV with a line of names on top
    Customers {
        /// The files; `-` is standard input, whose customers are JSON
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// A template: the content of the editor's JSON area, as it is
    Template {
        /// What requests call the template
        name: String,
        /// The file; standard input if not given
        #[arg(default_value = "-", hide_default_value = true)]
        file: PathBuf,
        /// The number that Customer.io has for it
        #[arg(long, value_name = "NUMBER")]
        id: Option<u64>,
    },
}

impl Import {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let project = global.open_project_to_add()?;
        match &self.what {
            What::Customers { files } => import_customers(files, &project, global),
            What::Template { name, file, id } => {
                let name = Name::new(name).map_err(|error| error.to_string())?;
                let content = written::read(file, global)?;
                let path = project.config().paths.templates.join(format!("{name}.liquid"));
                let mut plan = Plan::default();
                plan.add(&path, template_with_content(&name, *id, &content));
                if written::write(&plan, project.root())? {
                    return Err(format!("there is a template in `{}` already", path.display()).into());
                }
                let stem = name.stem();
                written::advise(&[
                    format!("see what it needs with `inkproof check {stem}`"),
                    format!("make a request with all of that with `inkproof request {stem}`"),
                ])?;
                Ok(Outcome::Fine)
            }
        }
    }
}

/// Brings the customers of some files into the project, each of whom it does not know.
fn import_customers(files: &[PathBuf], project: &Project, global: &Global) -> Result<Outcome, Failure> {
    let (mut imported, mut unread) = (Imported::default(), Vec::new());
    for file in files {
        match written::read(file, global) {
            Ok(text) => {
                let is_csv = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
                imported.extend(customers_of(&Source::new(written::shown(file), text), is_csv));
            }
            Err(Failure::Messages(messages)) => unread.extend(messages),
            Err(failure) => return Err(failure),
        }
    }
    let (plan, known) = imported.plan(project);
    written::write(&plan, project.root())?;
    let lines: Vec<_> = known.iter().map(told).collect();
    written::advise(&lines)?;
    global.report(&imported.problems)?;
    match (unread.is_empty(), imported.problems.is_empty()) {
        (true, true) => Ok(Outcome::Fine),
        (true, false) => Ok(Outcome::Broken),
        (false, _) => Err(Failure::Messages(unread)),
    }
}

/// Says that somebody was there before.
fn told(known: &KnownCustomer) -> String {
    let KnownCustomer { place, identifier: (kind, value), file } = known;
    format!("{place}: the customer with the {} `{value}` is known already, from `{file}`", kind.as_str())
}
