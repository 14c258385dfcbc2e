//! `inkproof new`: creates a template and a request for it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, written};
use crate::diagnostics::Format;
use crate::message::Template;
use crate::project::Project;
use crate::scaffold::{CapturedRequest, Name, Placement, Plan, customer_file, request_for, skeleton};

/// Create a template and a request for it
///
/// With `--from-request`, the template has a property for each field of the `message_data`, and the request becomes a
/// fixture unchanged.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof new order_shipped
  inkproof new --from-request body.json")]
pub(super) struct New {
    /// Template name, as used in requests; with `--from-request`, that of the request if omitted
    #[arg(required_unless_present = "from_request")]
    name: Option<String>,
    /// Create the template from a request body that a backend sent; `-` is standard input
    #[arg(long, value_name = "FILE")]
    from_request: Option<PathBuf>,
}

impl RunCommand for New {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let project = global.open_project_to_add()?;
        let captured = self.from_request.as_deref().map(|path| captured(path, global)).transpose()?;
        let asked = captured.as_ref().map(|(captured, ..)| captured.request.template().text.as_str());
        let name = self.name.as_deref().or(asked).unwrap_or_default();
        let id = captured.as_ref().and_then(|(captured, ..)| captured.template_id());
        if self.name.is_none() && id.is_some() {
            return Err(format!("the request names the template by its ID `{name}`: expected a NAME for it").into());
        }
        let templates = &project.config().paths.templates;
        let name = match self.name {
            Some(_) => Name::parse_path(name, templates, ".liquid"),
            None => Name::parse(name),
        }
        .map_err(|error| error.to_string())?;
        let place = Placement::new(&project, &name);
        let version = project.config().liquid.version;
        let text = match (&captured, &place.variant) {
            (Some((captured, ..)), _) => skeleton(&place.name, id, version, &captured.data),
            // The existing template is the one to translate.
            (None, Some((base, _))) => base.source().text().to_owned(),
            (None, None) => skeleton(&place.name, None, version, &serde_json::Map::new()),
        };
        let template = place.read(&text).map_err(|misfit| misfit.to_string())?;
        let mut plan = Plan::default();
        plan.add(&place.path, text);
        match &captured {
            None => plan.extend(example(&project, &place, &template, global)),
            Some((captured, text, stem)) => plan.extend(fixtures(&project, &place, captured, text, stem)),
        }
        written::write(&plan, project.root())?;
        let name = written::quoted(template.name());
        written::advise(&[format!("preview it with `inkproof preview {name}`")])?;
        Ok(Outcome::Fine)
    }
}

/// A request body, its source text and its file stem.
fn captured(path: &Path, global: &Global) -> Result<(CapturedRequest, String, String), Failure> {
    let text = written::read(path, global)?;
    let stem = path.file_stem().map_or_else(|| "captured".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let stem = if path == Path::new("-") { "captured".to_owned() } else { stem };
    match CapturedRequest::read(&path.display().to_string(), &text) {
        Ok(captured) => Ok((captured, text, stem)),
        Err(problems) => {
            global.report(&problems)?;
            Err(format!("`{}` is not a request that Customer.io would accept", path.display()).into())
        }
    }
}

/// A request with the data that the template needs.
fn example(project: &Project, place: &Placement<'_>, template: &Template, global: &Global) -> Plan {
    let language = place.language();
    let name = Name::sanitize(&language.map_or_else(|| "example".to_owned(), |language| format!("example_{language}")));
    // The built-in template always parses.
    request_for(project, template, &name, language, &global.render_options()).unwrap_or_default().plan
}

/// The request unchanged, and its customer if the project does not have them.
fn fixtures(project: &Project, place: &Placement<'_>, captured: &CapturedRequest, text: &str, stem: &str) -> Plan {
    let paths = &project.config().paths;
    let mut plan = Plan::default();
    plan.add(paths.requests.join(format!("{}/{}.json", place.name.stem(), Name::sanitize(stem))), text);
    if project.customer_for(&captured.request).is_none() {
        plan.add(customer_file(project, &captured.request.identifier().value), captured.customer());
    }
    plan
}
