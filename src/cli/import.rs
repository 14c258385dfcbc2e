//! `inkproof import`: customers and templates out of what Customer.io has.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::command::RunCommand;
use super::{Failure, Global, Outcome, written};
use crate::diagnostics::{Format, Source};
use crate::project::Project;
use crate::scaffold::{
    Imported, KnownCustomer, Name, Placement, PlacementError, Plan, customers_of, template_with_content,
};

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

impl RunCommand for Import {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let project = global.open_project_to_add()?;
        match &self.what {
            What::Customers { files } => import_customers(files, &project, global),
            What::Template { name, file, id } => import_template(name, file, *id, &project, global),
        }
    }
}

/// Makes a template of a file's content, or of a file that has settings of its own.
fn import_template(
    name: &str,
    file: &Path,
    id: Option<u64>,
    project: &Project,
    global: &Global,
) -> Result<Outcome, Failure> {
    let name = Name::parse(name).map_err(|error| error.to_string())?;
    let content = written::read(file, global)?;
    let content = content.trim_start_matches(['\n', '\r']);
    let place = Placement::new(project, &name);
    let text = match (content.lines().next().map(str::trim_end), id) {
        _ if content.trim().is_empty() => {
            return Err(format!("{} is empty: expected the JSON of a message", written::shown(file)).into());
        }
        (Some("---"), Some(id)) => {
            return Err(format!("{} has settings: write `id: {id}` among them", written::shown(file)).into());
        }
        (Some("---"), None) => content.to_owned(),
        _ => template_with_content(&place.name, id, content),
    };
    let template = match place.read(&text) {
        Ok(template) => template,
        Err(PlacementError::Unreadable(problems)) => {
            global.report(&problems)?;
            return Ok(Outcome::Broken);
        }
        Err(misfit) => return Err(misfit.to_string().into()),
    };
    let mut plan = Plan::default();
    plan.add(&place.path, text);
    written::write(&plan, project.root())?;
    let name = written::quoted(template.name());
    written::advise(&[
        format!("see what it needs with `inkproof check {name}`"),
        format!("make a request with all of that with `inkproof request {name}`"),
    ])?;
    Ok(Outcome::Fine)
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
    let KnownCustomer { location, identifier: (kind, value), file } = known;
    format!("{location}: the customer with the {} `{value}` is known already, from `{file}`", kind.as_str())
}
