//! Expectations: messages that are meant to be lost, as the configuration says, and whether each message is sent.

use std::collections::HashMap;

use globset::Glob;
use schemars::JsonSchema;
use serde::Serialize;

use super::table::Table;
use super::{Case, Project, UnknownName};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Severity};
use crate::liquid::Mode;
use crate::message::{RenderOptions, Rendering, Request};

const UNKNOWN_REQUEST: Code = Code::new("unknown-request");
const UNMET_EXPECTATION: Code = Code::new("unmet-expectation");

/// What is expected of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expectations {
    /// Messages that are meant to be lost: names of requests, their folders or templates, or patterns.
    pub lost: Vec<String>,
}

/// Whether a message is sent, compared with what the configuration expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendStatus {
    /// It is sent.
    #[default]
    Sent,
    /// It is lost.
    Lost,
    /// It is lost, and meant to be.
    LostAsExpected,
    /// It is sent, although it is meant to be lost.
    SentUnexpectedly,
}

impl SendStatus {
    /// Whether nothing has to be done about it.
    #[must_use]
    pub const fn is_fine(self) -> bool {
        matches!(self, Self::Sent | Self::LostAsExpected)
    }

    /// Lowers errors to infos if the message is lost as expected, for readers that act on the severity alone.
    pub fn lower_errors(self, problems: &mut Diagnostics) {
        if self != Self::LostAsExpected {
            return;
        }
        for problem in problems.iter_mut().filter(|problem| problem.severity == Severity::Error) {
            problem.severity = Severity::Info;
        }
    }
}

/// Reads the table: the names, each with its location.
pub(super) fn read(table: &mut Table<'_>) -> Vec<(String, Location)> {
    table.list("lost", |entry| {
        let name = entry.text("the name of a request")?;
        match Glob::new(name) {
            Ok(_) => Ok((name.to_owned(), entry.place())),
            Err(error) => Err(entry.problem(format!("`{name}` is not a valid pattern: {}", error.kind()))),
        }
    })
}

/// The requests whose messages are meant to be lost: by file, where the configuration says so.
#[derive(Debug, Default)]
pub(super) struct ExpectedLosses(HashMap<String, Location>);

impl ExpectedLosses {
    /// Finds the requests that the configuration names; reports names without any, unless these may be requests for tests
    /// that were not read.
    pub(super) fn of(project: &Project, is_complete: bool, problems: &mut Diagnostics) -> Self {
        let mut found = HashMap::new();
        for (name, place) in &project.config.expected_losses {
            match project.requests_called(name) {
                Ok(requests) if !requests.is_empty() => {
                    found.extend(requests.iter().map(|request| (request.source().name().to_owned(), place.clone())));
                }
                // The file is reported already.
                Err(UnknownName::Broken { .. }) => {}
                _ if is_complete => {
                    let message = format!("`{name}` is expected to be lost, but there is no such request");
                    let problem = Diagnostic::error(UNKNOWN_REQUEST, message).at(place.clone());
                    problems.push(problem.suggest(name, project.requests.iter().map(Request::name)));
                }
                _ => {}
            }
        }
        Self(found)
    }
}

impl Project {
    /// Where the configuration says that the message of a request is meant to be lost; `None` if it is not.
    #[must_use]
    pub fn expected_loss(&self, request: &Request) -> Option<&Location> {
        let ExpectedLosses(found) = &self.expected_losses;
        if found.is_empty() { None } else { found.get(request.source().name()) }
    }

    /// Whether the message of a request is meant to be lost.
    #[must_use]
    pub fn expects_loss(&self, request: &Request) -> bool {
        self.expected_loss(request).is_some()
    }

    /// The names in the configuration of what is meant to be lost, with their locations.
    pub(super) fn named_losses(&self) -> &[(String, Location)] {
        &self.config.expected_losses
    }

    /// Whether a message is sent, and whether that is expected. Notes in its problems that a loss is expected, or that it is not sent as expected.
    pub fn send_status(&self, case: &Case<'_>, rendering: &mut Rendering, options: &RenderOptions) -> SendStatus {
        match (rendering.message.is_some(), self.expected_loss(case.request)) {
            (false, None) => SendStatus::Lost,
            (false, Some(place)) => {
                let mut errors = rendering.problems.iter_mut().filter(|problem| problem.severity == Severity::Error);
                if let Some(first) = errors.next() {
                    first.notes.push(format!("this loss is expected: {place}"));
                }
                SendStatus::LostAsExpected
            }
            // Only a real send of the request as it is can be unexpected.
            (true, Some(place)) if options.mode == Mode::Live && self.is_as_sent(case) => {
                rendering.problems.push(unmet(case.request, place));
                SendStatus::SentUnexpectedly
            }
            (true, _) => SendStatus::Sent,
        }
    }

    /// Whether a case is what the backend sends: to the request's own customer, in their language.
    fn is_as_sent(&self, case: &Case<'_>) -> bool {
        let Some((template, customer)) = self.template_for(case.request).zip(self.customer_for(case.request)) else {
            return false;
        };
        let template = template.in_language(case.request.language().or_else(|| customer.language()));
        std::ptr::eq(case.template, template) && std::ptr::eq(case.customer, customer)
    }
}

fn unmet(request: &Request, place: &Location) -> Diagnostic {
    let message = format!("`{}` is sent, but expected to be lost", request.name());
    Diagnostic::error(UNMET_EXPECTATION, message)
        .at(request.source().at(0..0))
        .secondary(place.clone(), "expected here")
        .help("if it is meant to be sent, take it out of `lost`")
}
