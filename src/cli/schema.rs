//! `inkproof schema`: the JSON Schema of the data that a template needs.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde_json::Value as Json;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::models::models;
use super::{Failure, Global, Outcome, completions, written};
use crate::diagnostics::sanitize;
use crate::scaffold::Name;
use crate::schema::{Openness, SchemaOptions, TemplateModel, bundle};

/// Print the JSON Schema of the data that a template needs
///
/// The schema is derived from the template and from its requests, by rendering: it requires each key without which the
/// message is lost, and allows each kind of value with which it is sent.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof schema order_shipped                      the `message_data` of one template
  inkproof schema order_shipped --customer           the customer's attributes that it needs
  inkproof schema --all --output schemas             one file for each template
  inkproof schema --all --bundle > templates.json    all templates in one document")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Schema {
    /// Names, patterns or paths of templates
    #[arg(required_unless_present = "all", add = ArgValueCompleter::new(completions::templates))]
    names: Vec<String>,
    /// Print the schemas of all templates
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Describe the customer's attributes instead of the `message_data`
    #[arg(long)]
    customer: bool,
    /// Reject keys that the template does not read
    #[arg(long)]
    closed: bool,
    /// Print one document that has the schema of each template under its name
    #[arg(long)]
    bundle: bool,
    /// Write to this file instead of standard output; of several schemas, each to a file in this folder
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

impl RunCommand for Schema {
    type Format = HumanFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, outcome) = global.open_project()?;
        let (models, parsed) = models(&project, &self.names, global)?;
        let openness = if self.closed { Openness::Closed } else { Openness::Open };
        let options = SchemaOptions { is_customer: self.customer, openness };
        match (&self.output, &models[..]) {
            _ if self.bundle => self.write(&bundle(&models, options), global)?,
            (_, [model]) if !self.all => self.write(&model.document(options), global)?,
            (Some(folder), _) => {
                written::create_folder(folder, global)?;
                for model in &models {
                    let file = folder.join(self.file_of(model));
                    written::replace(&file, pretty(&model.document(options)), global)?;
                    writeln!(anstream::stdout().lock(), "{}", sanitize::line(&file.display().to_string()))?;
                }
            }
            (None, _) => {
                let all: Vec<_> = models.iter().map(|model| model.document(options)).collect();
                self.write(&Json::Array(all), global)?;
            }
        }
        Ok(outcome.and(parsed))
    }
}

impl Schema {
    fn write(&self, document: &Json, global: &Global) -> Result<(), Failure> {
        let text = pretty(document);
        match &self.output {
            Some(path) => written::replace(path, text, global),
            None => Ok(anstream::stdout().lock().write_all(text.as_bytes())?),
        }
    }

    /// The name of the file of a template.
    fn file_of(&self, model: &TemplateModel<'_>) -> String {
        let name = Name::parse_or_sanitize(model.template.name());
        if self.customer { format!("{name}.customer.schema.json") } else { format!("{name}.schema.json") }
    }
}

/// JSON for people and for version control, without control characters.
fn pretty(document: &Json) -> String {
    let text = format!("{document:#}");
    text.lines().flat_map(|line| [sanitize::json(line), "\n".into()]).collect()
}
