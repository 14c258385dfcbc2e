//! `POST /v1/send/inbox_message`: renders a message for the inbox.

use std::borrow::Cow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use super::super::ServerEvent;
use super::super::answer::Refusal;
use super::super::authorization;
use super::super::body;
use super::super::brief;
use super::super::captured::{CapturedMessage, Recipient};
use super::super::current_project;
use super::super::received::Received;
use super::super::state::State;
use super::channel::Channel;
use super::{accepted, refuses_unknown_fields};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity, Source};
use crate::message::{Customer, Identifier, RenderOptions, Rendering, Request, Template, UNKNOWN_FIELD};
use crate::project::Project;

const UNKNOWN_CUSTOMER: Code = Code::new("unknown-customer");
const UNKNOWN_TEMPLATE: Code = Code::new("unknown-template");

/// The path of its requests.
pub(in crate::server) const PATH: &str = "/v1/send/inbox_message";

/// `POST /v1/send/inbox_message`
pub(in crate::server) async fn send(state: &Arc<State>, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
    authorization::bearer(headers)?;
    let received = Received::new(headers, body::utf8(body)?);
    let refuses_unknown = refuses_unknown_fields(headers);
    let captured = match send_briefly(state, received, refuses_unknown)? {
        Ok(captured) => captured,
        // On the heap, so that the way of the others is short.
        Err(received) => Box::pin(send_at_leisure(state, received, refuses_unknown)).await?,
    };
    let response = accepted(&captured);
    state.keep(captured).await?;
    Ok(response)
}

/// Renders the requested message on this thread, which answers other requests too: most messages take less time than it takes
/// to hand them to another thread. Returns the request if it may take long.
fn send_briefly(
    state: &State,
    received: Received,
    refuses_unknown: bool,
) -> Result<Result<Arc<CapturedMessage>, Received>, Refusal> {
    // A terminal may take long to print the message.
    if !state.options.quiet || !brief::is_short(&received.body) {
        return Ok(Err(received));
    }
    let attempt = AssertUnwindSafe(|| {
        let (project, version) = state.project.get();
        let send = InboxSend::read(state, &project, version, &received.body, refuses_unknown)?;
        let options = send.render_options(state);
        match brief::render(&project, send.variant(), &send.customer, &send.request, &options) {
            Some(rendering) => send.finish(state, rendering, received).map(Ok),
            None => Ok(Err(received)),
        }
    });
    panic::catch_unwind(attempt).unwrap_or_else(|_| Err(Refusal::internal_error()))
}

/// Renders the requested message on a thread that may take long, once it is its turn.
async fn send_at_leisure(
    state: &Arc<State>,
    received: Received,
    refuses_unknown: bool,
) -> Result<Arc<CapturedMessage>, Refusal> {
    let shared = Arc::clone(state);
    let rendered = state.renders.run(move || {
        let (project, version) = shared.project.get();
        let send = InboxSend::read(&shared, &project, version, &received.body, refuses_unknown)?;
        let rendering = send.render(&shared);
        let captured = send.finish(&shared, rendering, received)?;
        shared.notify(&ServerEvent::Captured(&captured));
        Ok(captured)
    });
    rendered.await?
}

/// A message that is requested, for a template and a customer of a project.
struct InboxSend<'p> {
    project: &'p Arc<Project>,
    version: u64,
    request: Request,
    template: &'p Template,
    customer: Cow<'p, Customer>,
    queued_at: Timestamp,
    /// When to send it, if that is later.
    later: Option<Timestamp>,
    problems: Diagnostics,
}

impl<'p> InboxSend<'p> {
    fn read(
        state: &State,
        project: &'p Arc<Project>,
        version: u64,
        body: &Arc<str>,
        refuses_unknown: bool,
    ) -> Result<Self, Refusal> {
        let mut problems = Diagnostics::new();
        let source = Source::new("request.json", Arc::clone(body));
        let request = Request::read("request", source, &mut problems).map_err(|errors| malformed(&errors))?;
        let unknown: Diagnostics = problems.iter().filter(|problem| problem.code == UNKNOWN_FIELD).cloned().collect();
        if refuses_unknown && !unknown.is_empty() {
            return Err(malformed(&unknown));
        }
        let queued_at = state.clock.now();
        let later = request.delivery().send_at(request.source(), queued_at);
        let template = project.template_for(&request).ok_or_else(|| no_template(project, &request));
        let (later, template) =
            both(later.map_err(Diagnostics::from), template).map_err(|errors| malformed(&errors))?;
        let customer = state.customer(project, version, &request).map_err(|problem| malformed(&problem.into()))?;
        let customer = if let Some(customer) = customer {
            customer
        } else {
            problems.push(unknown_customer(project, &request));
            let customer = customer_without_attributes(request.identifier());
            Cow::Owned(customer.map_err(|problem| malformed(&problem.into()))?)
        };
        Ok(Self { project, version, request, template, customer, queued_at, later, problems })
    }

    /// The template in the language of the message.
    fn variant(&self) -> &'p Template {
        self.template.in_language(self.request.language().or_else(|| self.customer.language()))
    }

    fn send_at(&self) -> Timestamp {
        self.later.unwrap_or(self.queued_at)
    }

    fn render_options(&self, state: &State) -> RenderOptions {
        state.render_options(self.send_at())
    }

    fn render(&self, state: &State) -> Rendering {
        state.render(&self.render_options(state), |options| {
            current_project::with_compiled(self.project, |compiled| {
                compiled
                    .render(self.variant(), &self.customer, &self.request, options)
                    .unwrap_or_else(|| Rendering::failed(no_template(self.project, &self.request)))
            })
        })
    }

    /// The message that was rendered, as it is kept.
    fn finish(self, state: &State, rendering: Rendering, request: Received) -> Result<Arc<CapturedMessage>, Refusal> {
        let send_at = self.send_at();
        let violations = state.schemas.violations(self.project, self.version, self.variant(), &self.request);
        let mut problems = self.problems;
        problems.extend(rendering.problems);
        problems.extend(violations);
        problems.tidy();
        if state.options.strict && rendering.message.is_none() {
            return Err(lost_message(self.template, &problems));
        }
        Ok(Arc::new(CapturedMessage {
            id: state.new_id(),
            channel: Channel::Inbox,
            template: self.template.name().to_owned(),
            recipient: Recipient::new(&self.customer),
            request,
            queued_at: self.queued_at,
            send_at,
            draft: self.request.delivery().queue_draft,
            message: rendering.message,
            content: None,
            findings: problems.into(),
            test_send_looks_fine: rendering.test_send_looks_fine,
            opened: false,
            opened_at: None,
            deleted: false,
            owes_sent: false,
            reports: Vec::new(),
        }))
    }
}

/// Both values, or the errors of both.
fn both<A, B>(first: Result<A, Diagnostics>, second: Result<B, Diagnostics>) -> Result<(A, B), Diagnostics> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (first, second) => {
            let errors = [first.err(), second.err()];
            Err(errors.into_iter().flatten().flatten().collect())
        }
    }
}

pub(in crate::server) fn malformed(errors: &Diagnostics) -> Refusal {
    let messages: Vec<_> = errors
        .iter()
        .map(|error| match error.help.first() {
            Some(help) => format!("{}: {help}", error.message),
            None => error.message.clone(),
        })
        .collect();
    Refusal::bad_request(messages.join("; ")).with("diagnostics", json!(errors))
}

pub(in crate::server) fn unknown_template(project: &Project, request: &Request) -> Refusal {
    malformed(&no_template(project, request))
}

/// Why there is no template: there may be a file with that name that cannot be parsed.
pub(in crate::server) fn no_template(project: &Project, request: &Request) -> Diagnostics {
    let reference = request.template();
    let is_its = |problem: &&Diagnostic| {
        problem.severity == Severity::Error
            && problem.location().is_some_and(|at| {
                let file = at.source().name().rsplit('/').next().unwrap_or_default();
                file.strip_suffix(".liquid").is_some_and(|stem| stem.eq_ignore_ascii_case(&reference.text))
            })
    };
    let broken: Diagnostics = project.problems().iter().filter(is_its).cloned().collect();
    if !broken.is_empty() {
        return broken;
    }
    let names = project.templates().iter().map(Template::name);
    Diagnostic::error(UNKNOWN_TEMPLATE, format!("transactional_message_id `{}` not found", reference.text))
        .at(request.source().at(reference.span.clone()))
        .suggest(&reference.text, names)
        .into()
}

/// The warning about a customer that the project does not have. Customer.io may have it.
fn unknown_customer(project: &Project, request: &Request) -> Diagnostic {
    let identifier = request.identifier();
    let kind = identifier.kind.as_str();
    let known = project.customers().iter().filter_map(|customer| customer.identifier(identifier.kind));
    let folder = project.config().paths.customers.display();
    Diagnostic::warning(UNKNOWN_CUSTOMER, format!("there is no customer with the {kind} `{}`", identifier.value))
        .primary(request.source().at(identifier.span.clone()), "rendered for a customer without other attributes")
        .suggest(&identifier.value, known)
        .help(format!("put the customer into a JSON file in `{folder}`"))
}

/// A customer with only an identifier.
pub(in crate::server) fn customer_without_attributes(identifier: &Identifier) -> Result<Customer, Diagnostic> {
    Customer::read(Source::new("customer.json", json!({ identifier.kind.as_str(): identifier.value }).to_string()))
}

fn lost_message(template: &Template, problems: &Diagnostics) -> Refusal {
    let first = problems.iter().find(|problem| problem.severity == Severity::Error);
    let location = |problem: &Diagnostic| problem.location().map_or(String::new(), |at| format!("{at}: "));
    let why = first.map_or(String::new(), |problem| format!(": {}{}", location(problem), problem.message));
    Refusal::bad_request(format!("`{}` would be lost{why}", template.name())).with("diagnostics", json!(problems))
}
