//! `inkproof request`: a request with all that a template needs.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, completions, written};
use crate::diagnostics::{Count, Format};
use crate::project::{Languages, Project};
use crate::scaffold::{Name, request_for};

/// Make a request with everything that a template needs
///
/// Sends a template everything it looks at, with values of the kinds that their use implies, for a customer with whom
/// the message renders.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof request order_shipped            fixtures/requests/order_shipped/example.json
  inkproof request order_shipped --print    to standard output")]
pub(super) struct Request {
    /// The template
    #[arg(add = ArgValueCompleter::new(completions::templates))]
    template: String,
    /// What the request's file is to be called
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
            _ => templates
                .iter()
                .find(|template| template.is_called(&self.template))
                .ok_or_else(|| format!("`{}` means {}: name one", self.template, Count("template", templates.len())))?,
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
                    .map(|path| format!("its customer is not there: without `--print`, `{path}` is made"))
                    .into_iter()
                    .collect::<Vec<_>>(),
            )?;
            return Ok(Outcome::Fine);
        }
        if let Some(path) = plan.existing(project.root()) {
            let path = path.display();
            return Err(format!("there is a file `{path}` already: choose another NAME, or `--print` it").into());
        }
        written::write(&plan, project.root())?;
        tell(&project, template.name(), &name, global)?;
        Ok(Outcome::Fine)
    }
}

/// Says what to do next, and whether the message needs a hand.
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
    written::advise(&[format!("fill in what it is to say, and look at it with `inkproof preview {request}`")])?;
    Ok(())
}
