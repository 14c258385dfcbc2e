//! `inkproof request`: creates a request with the data that a template needs.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, completions, written};
use crate::diagnostics::{Count, Format};
use crate::project::{Languages, Project};
use crate::scaffold::{Name, request_for};

/// Create a request with the data that a template needs
///
/// The request contains every variable that the template reads, with values of the types that their use implies, for a
/// customer for whom the message renders.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof request order_shipped            fixtures/requests/order_shipped/example.json
  inkproof request order_shipped --print    to standard output")]
pub(super) struct Request {
    /// Template name
    #[arg(add = ArgValueCompleter::new(completions::templates))]
    template: String,
    /// Request name, used for its file
    #[arg(default_value = "example")]
    name: String,
    /// Print the request instead of writing it to a file
    #[arg(long)]
    print: bool,
}

impl RunCommand for Request {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let project = global.open_project_to_add()?;
        let name = Name::parse(&self.name).map_err(|error| error.to_string())?;
        let templates = project.select_templates(std::slice::from_ref(&self.template))?;
        let templates = Languages::of(&project).mains(&templates);
        let template = match templates[..] {
            [template] => template,
            [] => {
                return Err(match project.template_called(&self.template) {
                    Some((name, file)) => format!("`{name}` cannot be used: `{file}` has mistakes"),
                    None => format!("there is no template `{}`", self.template),
                }
                .into());
            }
            // Patterns may fit what it is called as well.
            _ => templates.iter().find(|template| template.is_called(&self.template)).ok_or_else(|| {
                format!("`{}` matches {}: name one", self.template, Count("template", templates.len()))
            })?,
        };
        let plan = match request_for(&project, template, &name, template.language(), &global.render_options()) {
            Ok(plan) => plan,
            Err(problems) => {
                global.report(&problems)?;
                return Ok(Outcome::Broken);
            }
        };
        if self.print {
            let mut files: Vec<_> = plan.files().collect();
            let body = files.pop().map_or("", |(_, text)| text);
            write!(anstream::stdout().lock(), "{body}")?;
            let customer = files.first().map(|(path, _)| path.display());
            written::advise(
                &customer
                    .map(|path| format!("its customer does not exist: without `--print`, `{path}` is created"))
                    .into_iter()
                    .collect::<Vec<_>>(),
            )?;
            return Ok(Outcome::Fine);
        }
        if let Some(path) = plan.existing(project.root()) {
            let path = path.display();
            return Err(format!("the file `{path}` already exists: choose another NAME, or use `--print`").into());
        }
        let whole = format!("{}/{name}", Name::parse_or_sanitize(template.name()));
        if let Some(problem) = project.name_problem(&whole, template.name()) {
            return Err(format!("{problem}: choose another NAME, or use `--print`").into());
        }
        written::write(&plan, project.root())?;
        tell(&project, template.name(), &name, global)?;
        Ok(Outcome::Fine)
    }
}

/// Prints what to do next, and whether the message fails.
fn tell(project: &Project, template: &str, name: &Name, global: &Global) -> Result<(), Failure> {
    let project = Project::open(project.root())?;
    let request = format!("{}/{name}", Name::parse_or_sanitize(template));
    if let Ok(cases) = project.select(std::slice::from_ref(&request)) {
        project.render(&cases, &global.render_options(), |_, rendering| match rendering.message {
            Some(_) => Ok(()),
            None => global.report(&rendering.problems),
        })?;
    }
    let request = written::quoted(&request);
    written::advise(&[format!("fill in its values, and preview it with `inkproof preview {request}`")])?;
    Ok(())
}
