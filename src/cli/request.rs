//! `inkproof request`: creates a request with the data that a template needs.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, completions, written};
use crate::diagnostics::{Count, Format};
use crate::message::Template;
use crate::project::{Languages, Project};
use crate::scaffold::{Name, request_for, requests_for_all_branches};

/// What to say about a request whose message is lost.
const NOT_SENT: &str =
    "no data was found with which the message is sent: correct the template, or fill in other values";

/// Create a request with the data that a template needs
///
/// The request contains every variable that the template reads, with values of the types that their use implies, for a
/// customer for whom the message renders. If the message would be lost, the data is changed until it is sent.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof request order_shipped                   a file in fixtures/requests
  inkproof request order_shipped --print           to standard output
  inkproof request order_shipped --all-branches    requests for all branches")]
pub(super) struct Request {
    /// Name or path of the template
    #[arg(add = ArgValueCompleter::new(completions::templates))]
    template: String,
    /// Request name, used for its file
    #[arg(default_value = "example")]
    name: String,
    /// Print the request instead of writing it to a file
    #[arg(long)]
    print: bool,
    /// Create as few requests as render every branch that the project's requests do not render yet
    #[arg(long, conflicts_with = "print")]
    all_branches: bool,
}

impl RunCommand for Request {
    type Format = Format;

    fn names(&self) -> &[String] {
        std::slice::from_ref(&self.template)
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let project = global.open_project_to_add()?;
        let name = Name::parse_path(&self.name, &project.config().paths.requests, ".json")
            .map_err(|error| error.to_string())?;
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
        if self.all_branches {
            return cover(&project, template, &name, global);
        }
        let planned = match request_for(&project, template, &name, template.language(), &global.render_options()) {
            Ok(planned) => planned,
            Err(problems) => {
                global.report(&problems)?;
                return Ok(Outcome::Broken);
            }
        };
        let plan = planned.plan;
        if self.print {
            let mut files: Vec<_> = plan.files().collect();
            let body = files.pop().map_or("", |(_, text)| text);
            write!(anstream::stdout().lock(), "{body}")?;
            let customer = files.first().map(|(path, _)| path.display());
            let mut advice: Vec<_> = customer
                .map(|path| format!("its customer does not exist: without `--print`, `{path}` is created"))
                .into_iter()
                .collect();
            advice.extend((!planned.is_sent).then(|| NOT_SENT.to_owned()));
            written::advise(&advice)?;
            return Ok(Outcome::Fine);
        }
        if let Some(path) = plan.existing(project.root()) {
            let path = path.display();
            let template = written::quoted(template.name());
            let another = format!("choose another name with `inkproof request {template} NAME`");
            return Err(format!("the file `{path}` already exists: {another}, or use `--print`").into());
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

/// Creates requests for all branches of a template, and reports what they render.
fn cover(project: &Project, template: &Template, name: &Name, global: &Global) -> Result<Outcome, Failure> {
    let planned = match requests_for_all_branches(project, template, name, &global.render_options()) {
        Ok(planned) => planned,
        Err(problems) => {
            global.report(&problems)?;
            return Ok(Outcome::Broken);
        }
    };
    if !planned.is_sent {
        written::advise(&[NOT_SENT.to_owned()])?;
        return Ok(Outcome::Findings);
    }
    written::write(&planned.plan, project.root())?;
    let (requests, branches) = (Count("request", planned.count), planned.branches);
    let reached = planned.branches - planned.missed.len();
    let mut lines = vec![match (planned.branches, planned.missed.len(), planned.count) {
        (0, ..) => format!("`{}` has no branches", template.name()),
        (_, 0, 0) => "the project's requests render every branch already".to_owned(),
        (_, _, 0) => format!("the project's requests render {reached} of {branches} branches already"),
        (_, 0, _) => format!("with {requests}, every branch is rendered"),
        _ => format!("with {requests}, {reached} of {branches} branches are rendered"),
    }];
    lines.extend(planned.missed.iter().map(|place| format!("no data was found that renders the branch at {place}")));
    written::advise(&lines)?;
    Ok(Outcome::Fine)
}

/// Prints what to do next, and whether the message fails.
fn tell(project: &Project, template: &str, name: &Name, global: &Global) -> Result<(), Failure> {
    let project = Project::open(project.root())?;
    let request = format!("{}/{name}", Name::parse_or_sanitize(template));
    if let Ok(cases) = project.select(std::slice::from_ref(&request)) {
        project.render(&cases, &global.render_options(), |_, rendering| -> Result<(), Failure> {
            if rendering.message.is_none() {
                global.report(&rendering.problems)?;
                written::advise(&[NOT_SENT.to_owned()])?;
            }
            Ok(())
        })?;
    }
    let request = written::quoted(&request);
    written::advise(&[format!("fill in its values, and preview it with `inkproof preview {request}`")])?;
    Ok(())
}
