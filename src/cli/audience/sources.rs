//! What the records are combined with: a request, a customer, or customers by identifier.

use std::io::Write as _;
use std::path::Path;

use super::{Audience, open};
use crate::audience::{Directory, Lines, hash_of};
use crate::cli::{Failure, Global, written};
use crate::diagnostics::{Diagnostics, sanitize};
use crate::liquid::value::{Object, json};
use crate::liquid::{Arena, Value, variables};
use crate::message::{IdentifierKind, Template, attributes_and_objects, is_request_body, no_fields};
use crate::project::Project;
use crate::records::Stop;

/// What the records are combined with.
pub(super) struct Sources {
    arena: Arena,
    /// The text of the request or the customer, and its name.
    text: Option<(String, String)>,
    directory: Option<Directory>,
}

impl Sources {
    /// Reads what the command line names.
    pub(super) fn read(
        command: &Audience,
        project: &Project,
        template: &Template,
        global: &Global,
        stop: &Stop,
    ) -> Result<Self, Failure> {
        let mut sources = Self { arena: Arena::new(), text: None, directory: None };
        if !command.customers.is_empty() {
            sources.directory = Some(directory(command, global, stop)?);
        } else if let Some(name) = &command.customer {
            sources.text = Some(customer(name, project, global)?);
        } else {
            sources.text = request(command.request.as_deref(), project, template, global)?;
        }
        sources.check(command)?;
        Ok(sources)
    }

    /// Reports a request or customer that is not valid.
    fn check(&self, command: &Audience) -> Result<(), Failure> {
        let Some((name, text)) = &self.text else { return Ok(()) };
        let arena = Arena::new();
        let what = if command.customer.is_some() { "customer" } else { "request" };
        match json::read(text, &arena) {
            Ok(Value::Object(fields)) => match fields.get("message_data") {
                Some(Value::Object(_) | Value::Null) | None => Ok(()),
                Some(_) if command.customer.is_some() || !is_request_body(fields) => Ok(()),
                Some(_) => Err(format!("{name}: expected an object under `message_data`").into()),
            },
            Ok(_) => Err(format!("{name}: the {what} is not a JSON object").into()),
            Err(error) => Err(format!("{name}: the {what} is not valid JSON: {error}").into()),
        }
    }

    /// What the records are.
    pub(super) fn lines(&self, command: &Audience) -> Lines<'_> {
        if let Some(customers) = &self.directory {
            return Lines::Requests { customers };
        }
        let arena = &self.arena;
        let empty = Object::new(&[], arena);
        let value = self.text.as_ref().and_then(|(_, text)| json::read(text, arena).ok());
        if command.customer.is_some() {
            let (customer, objects) = value
                .and_then(|value| attributes_and_objects(value, arena))
                .unwrap_or_else(|| (empty, no_fields(arena)));
            return Lines::Payloads { customer, objects };
        }
        Lines::with_request(value, arena)
    }

    /// The hash of what the records are combined with.
    pub(super) fn hash(&self) -> String {
        match (&self.directory, &self.text) {
            (Some(directory), _) => directory.hash().to_owned(),
            (None, Some((_, text))) => hash_of([text.as_str()]),
            (None, None) => String::new(),
        }
    }
}

/// The customers of the files, by identifier.
fn directory(command: &Audience, global: &Global, stop: &Stop) -> Result<Directory, Failure> {
    let records = open(&command.customers, None, global, stop)?;
    let (directory, summary, errors) =
        Directory::read(records).map_err(|error| format!("cannot store the customers: {error}"))?;
    if !errors.is_empty() {
        return Err(Failure::Messages(errors.iter().map(ToString::to_string).collect()));
    }
    if let Some((first, count)) = summary.invalid {
        let first = sanitize::line(&first).into_owned();
        let are = if count == 1 { "customer is" } else { "customers are" };
        writeln!(anstream::stderr().lock(), "warning: {count} {are} not valid; the first: {first}")?;
    }
    Ok(directory)
}

/// The file or the customer of the project that is called so.
fn customer(name: &str, project: &Project, global: &Global) -> Result<(String, String), Failure> {
    let is_called = |value: &str| value.eq_ignore_ascii_case(name);
    let known = project.customers().iter().find(|customer| {
        let stem = Path::new(customer.source().name()).file_stem().and_then(|stem| stem.to_str());
        IdentifierKind::ALL.iter().any(|kind| customer.identifier(*kind).is_some_and(is_called))
            || stem.is_some_and(is_called)
    });
    if let Some(customer) = known {
        return Ok((customer.source().name().to_owned(), customer.source().text().to_owned()));
    }
    file(name, "customer", global)
}

/// The file or the request of the project that is called so; if none is named, the only request of the template.
fn request(
    name: Option<&str>,
    project: &Project,
    template: &Template,
    global: &Global,
) -> Result<Option<(String, String)>, Failure> {
    let own = project.requests().iter().filter(|request| template.is_called(&request.template().text));
    let own: Vec<_> = own.collect();
    let Some(name) = name else {
        if !reads_trigger(project, template) {
            return Ok(None);
        }
        let mut out = anstream::stderr().lock();
        let name = sanitize::line(template.name());
        let sent: Vec<_> = own.iter().filter(|request| !project.expects_loss(request)).collect();
        let [request] = sent[..] else {
            writeln!(
                out,
                "note: `{name}` reads `trigger`, which is empty unless records have a `message_data`: choose one with `--request`"
            )?;
            return Ok(None);
        };
        writeln!(out, "note: everyone gets the `message_data` of `{}`", sanitize::line(request.source().name()))?;
        return Ok(Some((request.source().name().to_owned(), request.source().text().to_owned())));
    };
    let is_called = |known: &str| known == name || known.rsplit('/').next() == Some(name);
    let found = own.iter().copied().chain(project.requests()).find(|request| is_called(request.name()));
    match found {
        Some(request) => Ok(Some((request.source().name().to_owned(), request.source().text().to_owned()))),
        None => file(name, "request", global).map(Some),
    }
}

fn file(name: &str, what: &str, global: &Global) -> Result<(String, String), Failure> {
    let path = Path::new(name);
    if name != "-" && !global.path(path).is_file() {
        return Err(format!("there is no {what} `{name}`: expected its name or its file").into());
    }
    Ok((written::shown(path), written::read(path, global)?))
}

/// Whether a template reads `trigger` in any language.
fn reads_trigger(project: &Project, template: &Template) -> bool {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let mut variants = template.with_variants().map(|variant| variant.compile(&workspace, &arena));
    variants.any(|compiled: Result<_, Diagnostics>| {
        compiled.is_ok_and(|compiled: crate::message::CompiledTemplate<'_>| {
            let texts = compiled.texts();
            texts.iter().any(|text| {
                variables::read_by(text.liquid.nodes).iter().any(|variable| variable.name == Some("trigger"))
            })
        })
    })
}
