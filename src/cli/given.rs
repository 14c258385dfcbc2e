//! What the arguments of a command give to render: messages of the project, requests in other files, and data.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::data::Data;
use super::{Failure, Global, completions, customer, written};
use crate::diagnostics::{Diagnostics, Source, did_you_mean, sanitize};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Span, Value};
use crate::message::{Customer, Request, Template, is_request_body};
use crate::plain_file;
use crate::project::{Case, Languages, Project};
use crate::records::{Batch, Input, Record, Records, Stop};

/// The flags that take the place of requests and customers of the project.
#[derive(Debug, Args)]
pub(super) struct GivenArguments {
    /// Render this `message_data` instead of the project's requests: a file or a JSON object; `-` is standard input
    #[arg(long, value_name = "FILE|-|JSON", conflicts_with = "watch")]
    data: Option<PathBuf>,
    /// Render for this customer: an identifier, a name, or a file
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "watch", add = ArgValueCompleter::new(completions::customers))]
    customer: Option<String>,
}

/// The messages that arguments give.
pub(super) struct Given<'p> {
    project: &'p Project,
    /// The names that mean something in the project; `None` if only other things were given.
    names: Option<Vec<String>>,
    /// Requests that are not the project's.
    requests: Vec<Request>,
    /// The customer of all messages.
    customer: Option<Cow<'p, Customer>>,
}

/// How many requests a file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capacity {
    One,
    Many,
}

/// Splits names into those that mean something in the project, and files with requests: `-`, or the path of a file that is
/// not the project's. A file inside the project without requests is ignored, and if it may have been meant as data, a note says so.
pub(super) fn split<'n>(
    names: &'n [String],
    project: &Project,
    capacity: Capacity,
) -> io::Result<(Vec<String>, Vec<&'n Path>)> {
    let is_file = |name: &str| {
        let path = Path::new(name);
        name == "-" || (!project.has_named(name) && project.path_from_start(path).is_file())
    };
    let (files, names): (Vec<_>, Vec<_>) = names.iter().partition(|name| is_file(name));
    // A file inside the project that is no request is not an input, such as one that `git diff --name-only` lists.
    let is_input = |path: &&Path| {
        let full = project.path_from_start(path);
        *path == Path::new("-")
            || !is_inside(path, project)
            || is_request_file(&full)
            || capacity == Capacity::Many && holds_requests(&full)
    };
    let (files, ignored): (Vec<_>, Vec<_>) = files.into_iter().map(|name| Path::new(name.as_str())).partition(is_input);
    for path in ignored.into_iter().filter(|path| is_perhaps_data(path, project)) {
        let name = sanitize::line(&path.display().to_string()).into_owned();
        let what = if capacity == Capacity::One { "is not a request" } else { "has no requests" };
        writeln!(anstream::stderr().lock(), "note: `{name}` {what} and is ignored")?;
    }
    Ok((names.into_iter().cloned().collect(), files))
}

/// Whether a file may have been meant as data: it is called like JSON Lines or compressed data, or like JSON but is damaged.
fn is_perhaps_data(path: &Path, project: &Project) -> bool {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("jsonl" | "ndjson" | "gz" | "zst") => true,
        Some("json") => {
            let bytes = plain_file::read(&project.path_from_start(path), written::MAX_BYTES).unwrap_or_default();
            String::from_utf8(bytes).is_ok_and(|text| json::read(&text, &Arena::new()).is_err())
        }
        _ => false,
    }
}

fn is_inside(path: &Path, project: &Project) -> bool {
    project.path_from_start(path).canonicalize().is_ok_and(|path| path.starts_with(project.root()))
}

/// Whether a file is the body of a request.
fn is_request_file(path: &Path) -> bool {
    let bytes = plain_file::read(path, written::MAX_BYTES).unwrap_or_default();
    let Ok(text) = String::from_utf8(bytes) else { return false };
    let arena = Arena::new();
    matches!(json::read(&text, &arena), Ok(Value::Object(fields)) if is_request_body(fields))
}

/// Whether there are bodies of requests among the first records of a file.
fn holds_requests(path: &Path) -> bool {
    let input = Input::File(path.display().to_string(), path.to_owned());
    let Ok(mut records) = Records::new(vec![input], None, Stop::default()) else { return false };
    let (mut batch, arena) = (Batch::new(), Arena::new());
    let is_request = |record: Record<'_>| {
        let value = record.value(Numbers::JavaScript, &arena);
        matches!(value, Ok(Value::Object(fields)) if is_request_body(fields))
    };
    records.read(&mut batch) && batch.records().any(is_request)
}

impl<'p> Given<'p> {
    /// Reads what the arguments give. Warnings about requests are reported.
    pub(super) fn read(
        names: &[String],
        arguments: &GivenArguments,
        project: &'p Project,
        global: &Global,
    ) -> Result<Self, Failure> {
        let customer = match &arguments.customer {
            Some(name) => Some(customer::find(name, project, global)?),
            None => None,
        };
        let (known, files) = split(names, project, Capacity::One)?;
        let mut given = Self { project, names: None, requests: Vec::new(), customer };
        if let Some(data) = &arguments.data {
            given.add_data(&known, data, global)?;
            return Ok(given);
        }
        for file in &files {
            let source = Source::new(written::shown(file), written::read(file, global)?);
            given.add_request(source, global)?;
        }
        if !known.is_empty() || (files.is_empty() && names.is_empty()) {
            given.names = Some(known);
        }
        Ok(given)
    }

    /// The messages: those of the project, then those of other requests. If a name matches nothing, problems in the files
    /// are reported: they may be the reason.
    pub(super) fn cases(&self, global: &Global) -> Result<Vec<Case<'_>>, Failure> {
        let mut cases = match self.names.as_ref().map(|names| self.project.select(names)) {
            Some(Ok(cases)) => cases,
            Some(Err(errors)) => {
                global.report_errors(self.project)?;
                return Err(errors.into());
            }
            None => Vec::new(),
        };
        if let Some(customer) = &self.customer {
            for case in &mut cases {
                case.customer = customer;
                case.template =
                    self.template(case.request)?.in_language(case.request.language().or(customer.language()));
            }
        }
        for request in &self.requests {
            let customer = self.customer_of(request)?;
            let template = self.template(request)?.in_language(request.language().or(customer.language()));
            cases.push(Case { template, request, customer });
        }
        Ok(cases)
    }

    /// The names that mean something in the project.
    pub(super) fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    fn template(&self, request: &Request) -> Result<&'p Template, Failure> {
        if let Some(template) = self.project.template_for(request) {
            return Ok(template);
        }
        let name = &request.template().text;
        let near = did_you_mean(name, self.project.templates().iter().map(Template::name));
        let near = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        let place = request.source().at(request.template().span.clone());
        Err(format!("{place}: there is no template `{name}`{near}").into())
    }

    fn customer_of(&self, request: &Request) -> Result<&Customer, Failure> {
        if let Some(customer) = self.customer.as_deref().or_else(|| self.project.customer_for(request)) {
            return Ok(customer);
        }
        let identifier = request.identifier();
        let place = request.source().at(identifier.span.clone());
        let kind = identifier.kind.as_str();
        let help = "`--customer NAME|FILE` names another one";
        Err(format!("{place}: there is no customer with the {kind} `{}`: {help}", identifier.value).into())
    }

    fn add_request(&mut self, source: Source, global: &Global) -> Result<(), Failure> {
        let mut problems = Diagnostics::new();
        let name = source.name().to_owned();
        match Request::read(&name, source, &mut problems) {
            Ok(request) => self.requests.push(request),
            Err(errors) => {
                let shown = errors.iter().map(|error| {
                    let place = error.location().map(ToString::to_string).unwrap_or_default();
                    format!("{place}: {}", error.message)
                });
                return Err(Failure::Messages(shown.collect()));
            }
        }
        global.report(&problems)
    }

    /// Adds a request with some data for each template that the names mean.
    fn add_data(&mut self, names: &[String], data: &Path, global: &Global) -> Result<(), Failure> {
        let argument = Data::from_argument(data, global);
        let text = match &argument {
            Data::Json(text) => text.clone(),
            Data::Input(_) => written::read(data, global)?,
        };
        let source = Source::new(argument.name(), text);
        let arena = Arena::new();
        let fields = match json::read(source.text(), &arena) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(format!("{}: expected a JSON object", source.at(0..0)).into()),
            Err(error) => {
                let place = source.at(error.offset..error.offset);
                return Err(format!("{place}: this is not valid JSON: {error}").into());
            }
        };
        let is_request = is_request_body(fields);
        if names.is_empty() && is_request {
            return self.add_request(source.clone(), global);
        }
        if names.is_empty() {
            return Err("`--data` needs the name of a template".to_owned().into());
        }
        let path: &[&str] = if is_request { &["message_data"] } else { &[] };
        let range = json::locate(source.text(), path).map(Span::range);
        let range = range.filter(|range| source.text()[range.clone()].starts_with('{'));
        let templates = self.project.select_templates(names)?;
        if self.customer.is_none() {
            self.customer = Some(some_customer(self.project)?);
        }
        let Some(customer) = self.customer.as_deref() else { return Ok(()) };
        for template in Languages::of(self.project).mains(&templates) {
            let request = Request::for_data(source.name(), source.clone(), range.clone(), template.name(), customer);
            self.requests.push(request);
        }
        Ok(())
    }
}

/// The first customer of a project, or one who has only an `id`.
fn some_customer(project: &Project) -> Result<Cow<'_, Customer>, Failure> {
    match project.customers().first() {
        Some(customer) => Ok(Cow::Borrowed(customer)),
        None => customer::somebody().map(Cow::Owned),
    }
}
