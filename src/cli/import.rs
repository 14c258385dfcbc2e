//! `inkproof import`: imports customers and templates from Customer.io.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::command::RunCommand;
use super::number::at_least;
use super::{Failure, Global, Outcome, written};
use crate::diagnostics::{Count, Format, Source, Thousands};
use crate::project::Project;
use crate::scaffold::{
    CellTypes, Imported, KnownCustomer, Name, Placement, PlacementError, Plan, content_of_body_json, customers_of,
    template_with_content,
};

/// Import customers and templates from Customer.io
///
/// Reads exported customers, and templates copied from the editor. Existing files are not changed.
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
    /// Import customers from App API responses, JSON lines, or CSV with a header row
    Customers {
        /// Files to read, also compressed with gzip; `-` is standard input, as JSON or JSON lines
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// What the cells of CSV files become
        #[arg(long, value_name = "TYPES", value_enum, default_value_t)]
        types: Types,
    },
    /// Import a template: the content of the JSON area in Customer.io's editor
    Template {
        /// Template name, as used in requests
        name: String,
        /// File to read; standard input if omitted
        #[arg(default_value = "-", hide_default_value = true)]
        file: PathBuf,
        /// Set the template's ID in Customer.io
        #[arg(long, value_name = "NUMBER", value_parser = at_least(0_u64))]
        id: Option<u64>,
    },
}

/// What the cells of CSV files become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Types {
    /// Strings
    #[default]
    String,
    /// Numbers or booleans in columns that hold nothing else
    Infer,
}

impl RunCommand for Import {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let project = global.open_project_to_add()?;
        match &self.what {
            What::Customers { files, types } => import_customers(files, *types, &project, global),
            What::Template { name, file, id } => import_template(name, file, *id, &project, global),
        }
    }
}

/// Creates a template from the content of a file, which may begin with settings.
fn import_template(
    name: &str,
    file: &Path,
    id: Option<u64>,
    project: &Project,
    global: &Global,
) -> Result<Outcome, Failure> {
    let name =
        Name::parse_path(name, &project.config().paths.templates, ".liquid").map_err(|error| error.to_string())?;
    let content = written::read(file, global)?;
    let content = content_of_body_json(&content).unwrap_or(content);
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
        format!("check what it needs with `inkproof check {name}`"),
        format!("create a request with that data with `inkproof request {name}`"),
    ])?;
    Ok(Outcome::Fine)
}

/// Adds the customers of the files that the project does not have yet.
fn import_customers(files: &[PathBuf], types: Types, project: &Project, global: &Global) -> Result<Outcome, Failure> {
    let (mut imported, mut unread) = (Imported::default(), Vec::new());
    for file in files {
        match written::read(file, global) {
            Ok(text) => {
                let types = match types {
                    Types::String => CellTypes::String,
                    Types::Infer => CellTypes::Infer,
                };
                imported.extend(customers_of(&Source::new(written::shown(file), text), is_csv(file).then_some(types)));
            }
            Err(Failure::Messages(messages)) => unread.extend(messages),
            Err(failure) => return Err(failure),
        }
    }
    let (plan, known) = imported.plan(project);
    let new = plan.files().count() - known.len();
    written::write(&plan, project.root())?;
    let lines: Vec<_> = known.iter().map(existing_customer).collect();
    written::advise(&lines)?;
    let notes: Vec<_> = imported.notes.iter().map(|note| format!("note: {note}")).collect();
    written::advise(&notes)?;
    global.report(&imported.problems)?;
    let rejected = match imported.problems.len() {
        0 => String::new(),
        count => format!(", {} rejected", Thousands(count)),
    };
    // Nothing was read, which the messages say.
    let is_empty = new == 0 && known.is_empty() && !(unread.is_empty() && imported.problems.is_empty());
    if !is_empty {
        let (new, existing) = (Count("customer", new), Thousands(known.len()));
        written::advise(&[format!("imported {new}, {existing} existed already{rejected}")])?;
    }
    match (unread.is_empty(), imported.problems.is_empty()) {
        (true, true) => Ok(Outcome::Fine),
        (true, false) => Ok(Outcome::Broken),
        (false, _) => Err(Failure::Messages(unread)),
    }
}

/// Whether a file is a CSV file by its name, compressed or not.
fn is_csv(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".csv", ".tsv"].iter().any(|ending| name.ends_with(ending))
}

/// The message for a customer that already exists.
fn existing_customer(known: &KnownCustomer) -> String {
    let KnownCustomer { location, identifier: (kind, value), file } = known;
    format!("{location}: the customer with the {} `{value}` already exists in `{file}`", kind.as_str())
}
