//! `inkproof new`: a template to begin with, and a request for it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Global, Outcome, written};
use crate::diagnostics::Source;
use crate::message::Template;
use crate::project::Project;
use crate::scaffold::{Captured, Name, Plan, request_for, skeleton};

/// Make a template, and a request for it
///
/// With a request that was caught from a backend, the template has a property for each field of its `message_data`, and
/// the request becomes a fixture as it is.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof new order_shipped
  inkproof new --from-request body.json")]
pub(super) struct New {
    /// What requests are to call the template; a request's own name for it if not given
    #[arg(required_unless_present = "from_request")]
    name: Option<String>,
    /// Make the template for a request's body as a backend sent it; `-` is standard input
    #[arg(long, value_name = "FILE")]
    from_request: Option<PathBuf>,
}

impl New {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let project = global.open_project_to_add()?;
        let captured = self.from_request.as_deref().map(|path| captured(path, global)).transpose()?;
        let asked = captured.as_ref().map(|(captured, ..)| captured.request.template().text.as_str());
        let name = self.name.as_deref().or(asked).unwrap_or_default();
        let id = captured.as_ref().and_then(|(captured, ..)| captured.template_id());
        if self.name.is_none() && id.is_some() {
            return Err(
                format!("the request asks for the template `{name}` by its number: expected a NAME for it").into()
            );
        }
        let name = Name::new(name).map_err(|error| error.to_string())?;
        if let Some(known) = project.templates().iter().find(|template| template.is_called(name.stem())) {
            let file = known.source().name();
            return Err(format!("there is a template `{}` already, in `{file}`", known.name()).into());
        }
        let plan = match &captured {
            None => self::plan(&project, &name, global)?,
            Some((captured, text, stem)) => plan_for(&project, &name, id, captured, text, stem),
        };
        written::write(&plan, project.root())?;
        written::advise(&[format!("look at it with `inkproof preview {}`", name.stem())])?;
        Ok(Outcome::Fine)
    }
}

/// A request's body, its text, and what its file is called.
fn captured(path: &Path, global: &Global) -> Result<(Captured, String, String), Failure> {
    let text = written::read(path, global)?;
    let stem = path.file_stem().map_or_else(|| "captured".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let stem = if path == Path::new("-") { "captured".to_owned() } else { stem };
    match Captured::read(&path.display().to_string(), &text) {
        Ok(captured) => Ok((captured, text, stem)),
        Err(problems) => {
            global.report(&problems)?;
            Err(format!("`{}` is no request that Customer.io would accept", path.display()).into())
        }
    }
}

fn template_path(project: &Project, name: &Name) -> PathBuf {
    project.config().paths.templates.join(format!("{name}.liquid"))
}

/// A template that shows how to begin, and a request with what it needs.
fn plan(project: &Project, name: &Name, global: &Global) -> Result<Plan, Failure> {
    let (path, text) = (template_path(project, name), skeleton(name, None, &serde_json::Map::new()));
    let source = Source::new(path.display().to_string(), text.as_str());
    let mut plan = Plan::default();
    plan.add(path, text);
    // What we wrote ourselves can be read.
    if let Ok(template) = Template::read(name.stem(), source) {
        let example = Name::out_of("example");
        if let Ok(request) = request_for(project, &template, &example, &global.circumstances()) {
            plan.extend(request);
        }
    }
    Ok(plan)
}

/// A template for a request, the request as it came, and its customer where the project does not know them.
fn plan_for(project: &Project, name: &Name, id: Option<u64>, captured: &Captured, text: &str, stem: &str) -> Plan {
    let paths = &project.config().paths;
    let mut plan = Plan::default();
    plan.add(template_path(project, name), skeleton(name, id, &captured.data));
    plan.add(paths.requests.join(format!("{}/{}.json", name.stem(), Name::out_of(stem))), text);
    if project.customer_for(&captured.request).is_none() {
        let file = Name::out_of(&captured.request.identifier().value);
        plan.add(paths.customers.join(format!("{file}.json")), captured.customer());
    }
    plan
}
