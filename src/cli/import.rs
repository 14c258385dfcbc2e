//! `inkproof import`: customers and templates out of what Customer.io has.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Failure, Global, Outcome, written};
use crate::scaffold::{Name, Plan, customers_of, template_with_content};

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
            What::Customers { files } => {
                let (mut plan, mut problems) = (Plan::default(), Vec::new());
                for file in files {
                    let text = written::read(file, global)?;
                    let is_csv = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
                    let imported = customers_of(&text, is_csv);
                    problems.extend(imported.problems.iter().map(|problem| format!("{}: {problem}", file.display())));
                    plan.extend(imported.plan(&project.config().paths.customers));
                }
                written::write(&plan, project.root())?;
                if problems.is_empty() { Ok(Outcome::Fine) } else { Err(Failure::Messages(problems)) }
            }
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
