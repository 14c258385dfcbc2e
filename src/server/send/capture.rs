//! Captured messages of the channels that are not rendered, and of broadcasts: checked as Customer.io checks them, and kept
//! as they were sent.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::ServerEvent;
use super::super::answer::Refusal;
use super::super::authorization;
use super::super::body;
use super::super::captured::{CapturedMessage, Recipient};
use super::super::json;
use super::super::people::Person;
use super::super::received::Received;
use super::super::state::State;
use super::channel::{CAPTURED, Channel, ChannelRow, RECIPIENTS};
use super::fields::{given, is_given, unknown, wrong_types};
use super::{accepted, refuses_unknown_fields};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::message::{IdentifierKind, UNKNOWN_FIELD, send_time};

const NUMERIC_IDENTIFIER: Code = Code::new("numeric-identifier");
const MISSING_FIELD: Code = Code::new("missing-field");

/// `POST /v1/send/{channel}`
pub(in crate::server) async fn send(
    extract::State(state): extract::State<Arc<State>>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let row = CAPTURED.iter().find(|row| row.path == path && !path.is_empty()).ok_or_else(|| no_channel(&path))?;
    authorization::bearer(&headers)?;
    let request = CapturedRequest::read(row, &headers, body).await?;
    let captured = request.capture(&state, row, String::new())?;
    let response = accepted(&captured);
    put(&state, captured).await?;
    Ok(response)
}

/// `POST /v1/campaigns/{id}/triggers`: triggers a broadcast.
pub(in crate::server) async fn trigger(
    extract::State(state): extract::State<Arc<State>>,
    Path(broadcast): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let Some(row) = Channel::Broadcast.row() else { return Err(no_channel("broadcast")) };
    let request = CapturedRequest::read(row, &headers, body).await?;
    let chosen: Vec<_> = RECIPIENTS.into_iter().filter(|name| is_given(&request.fields, name)).collect();
    if chosen.len() > 1 {
        return Err(Refusal::bad_request(format!("expected only one of `{}`", chosen.join("`, `"))));
    }
    let captured = request.capture(&state, row, broadcast)?;
    let (_, _, number) = captured.order();
    put(&state, captured).await?;
    Ok(Json(json!({ "id": number })))
}

fn no_channel(path: &str) -> Refusal {
    let paths: Vec<_> = CAPTURED.iter().map(|row| row.path).filter(|path| !path.is_empty()).collect();
    let near = did_you_mean(path, paths.iter().copied().chain(["inbox_message"]));
    let near = near.map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    Refusal::not_found(format!(
        "there is no channel `{path}`{near} (expected `inbox_message` or one of `{}`)",
        paths.join("`, `")
    ))
}

async fn put(state: &State, captured: Arc<CapturedMessage>) -> Result<(), Refusal> {
    if !state.has_captured.swap(true, Ordering::Relaxed) {
        let note = "messages of other channels than the inbox are captured, not rendered";
        (state.observe)(&ServerEvent::Notice(note));
    }
    state.capture(captured).await?;
    Ok(())
}

/// A request of a channel that is not rendered.
struct CapturedRequest {
    received: Received,
    fields: Map<String, Value>,
    problems: Diagnostics,
}

impl CapturedRequest {
    /// Reads a request, and checks the types of its fields.
    async fn read(row: &ChannelRow, headers: &HeaderMap, body: Body) -> Result<Self, Refusal> {
        let received = Received::new(headers, body::utf8(&body::bytes(body).await?)?);
        let text = if received.body.trim().is_empty() && row.required.is_empty() { "{}" } else { &received.body };
        let fields = json::object(text, "request")?;
        let known: Vec<_> = row.fields().collect();
        let mut errors = missing(&fields, row);
        errors.extend(wrong_types(&fields, &known));
        let mut problems = Diagnostics::new();
        let unknown = unknown(&fields, &known);
        if refuses_unknown_fields(headers) {
            errors.extend(unknown);
        } else {
            problems.extend(unknown.into_iter().map(|problem| Diagnostic::warning(UNKNOWN_FIELD, problem)));
        }
        for name in row.expected.iter().filter(|name| !is_given(&fields, name)) {
            let problem = format!("the request has no `{name}`: Customer.io's documentation requires it");
            problems.push(Diagnostic::warning(MISSING_FIELD, problem));
        }
        if errors.is_empty() { Ok(Self { received, fields, problems }) } else { Err(refused(&errors)) }
    }

    /// The message that is kept. `template` is its name if the request has no `transactional_message_id`.
    fn capture(self, state: &State, row: &ChannelRow, template: String) -> Result<Arc<CapturedMessage>, Refusal> {
        let Self { received, fields, mut problems } = self;
        let queued_at = state.clock.now();
        let recipient = recipient(&fields, state, &mut problems);
        let later = send_at(&fields, queued_at);
        let (recipient, later) = match (recipient, later) {
            (Ok(recipient), Ok(later)) => (recipient, later),
            (recipient, later) => {
                return Err(refused(&[recipient.err(), later.err()].into_iter().flatten().collect::<Vec<_>>()));
            }
        };
        let template = match given(&fields, "transactional_message_id") {
            Some(Value::String(name)) => name.trim().to_owned(),
            Some(number) => number.to_string(),
            None => template,
        };
        let content =
            row.content.iter().filter_map(|(name, _)| Some(((*name).to_owned(), given(&fields, name)?.clone())));
        Ok(Arc::new(CapturedMessage {
            id: state.new_id(),
            channel: row.channel,
            template,
            recipient,
            queued_at,
            send_at: later.unwrap_or(queued_at),
            draft: fields.get("queue_draft") == Some(&Value::Bool(true)),
            message: None,
            content: Some(content.collect()),
            request: received,
            findings: problems.into(),
            test_send_looks_fine: false,
            opened: false,
            opened_at: None,
            deleted: false,
            owes_sent: false,
            reports: Vec::new(),
        }))
    }
}

fn refused(errors: &[String]) -> Refusal {
    Refusal::bad_request(errors.join("; "))
}

/// The problems of fields that a request must have.
fn missing(fields: &Map<String, Value>, row: &ChannelRow) -> Vec<String> {
    let mut errors: Vec<_> = row
        .required
        .iter()
        .filter(|name| !is_given(fields, name))
        .map(|name| format!("the request has no `{name}`"))
        .collect();
    let instead = row.instead_of_template;
    if !instead.is_empty() && !is_given(fields, "transactional_message_id") {
        let missing: Vec<_> = instead.iter().copied().filter(|name| !is_given(fields, name)).collect();
        if !missing.is_empty() {
            let all = instead.join("`, `");
            errors.push(format!(
                "the request has neither `transactional_message_id` nor all of `{all}`: `{}` is missing",
                missing.join("`, `")
            ));
        }
    }
    errors
}

/// Who a message is for: the customer that the project has, or only the identifier. Nobody for a broadcast.
fn recipient(fields: &Map<String, Value>, state: &State, problems: &mut Diagnostics) -> Result<Recipient, String> {
    let Some(identifiers) = given(fields, "identifiers").and_then(Value::as_object) else {
        return Ok(Recipient::default());
    };
    let (kind, value) = identifier(identifiers, problems)?;
    let (project, _) = state.project.get();
    let key = (kind, value);
    let (person, customer) = state.people.about(&project, &key);
    let mut recipient = customer.map_or_else(Recipient::default, Recipient::new);
    for (kind, value) in person.iter().flat_map(Person::keys) {
        recipient.identifiers.set(kind, value);
    }
    let (kind, value) = key;
    if recipient.identifiers.get(kind).is_none() {
        recipient.identifiers.set(kind, value);
    }
    Ok(recipient)
}

/// The one identifier of a request.
fn identifier(
    identifiers: &Map<String, Value>,
    problems: &mut Diagnostics,
) -> Result<(IdentifierKind, String), String> {
    const HELP: &str = "name the customer by exactly one of `id`, `email` and `cio_id`";
    let named = IdentifierKind::ALL.into_iter().filter_map(|kind| Some((kind, given(identifiers, kind.as_str())?)));
    match named.collect::<Vec<_>>()[..] {
        [(kind, Value::String(value))] if !value.is_empty() => Ok((kind, value.clone())),
        [(IdentifierKind::Id, Value::Number(number))] => {
            let warning = format!("the `id` is a number: it is used as the string \"{number}\"");
            problems.push(Diagnostic::warning(NUMERIC_IDENTIFIER, warning));
            Ok((IdentifierKind::Id, number.to_string()))
        }
        [(kind, _)] => Err(format!("expected a string under `{}`: {HELP}", kind.as_str())),
        [] => Err(format!("`identifiers` does not name a customer: {HELP}")),
        _ => Err(format!("`identifiers` names the customer more than once: {HELP}")),
    }
}

/// When a message is to be sent; `None` for now.
fn send_at(fields: &Map<String, Value>, now: Timestamp) -> Result<Option<Timestamp>, String> {
    let Some(seconds) = given(fields, "send_at").and_then(Value::as_f64) else { return Ok(None) };
    send_time(seconds, now).map_err(|error| error.to_string())
}
