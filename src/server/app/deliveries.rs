//! `GET /v1/messages/{id}` and the lists of messages: captured messages as the App API describes deliveries.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{self, Path, Query};
use axum::http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::message::IdentifierKind;
use crate::server::answer::Refusal;
use crate::server::authorization;
use crate::server::captured::{CapturedMessage, Filter, Status};
use crate::server::state::State;

/// The largest and the usual number of messages in a response.
const MAX_LIMIT: usize = 1000;
const LIMIT: usize = 50;

/// The states that lists can be limited to.
const STATES: [&str; 4] = ["attempted", "drafted", "failed", "sent"];

/// `GET /v1/messages/{id}`
pub(in crate::server) async fn one(
    extract::State(state): extract::State<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let now = state.clock.now();
    let found = state.store.with(&id, |captured| to_json(captured, state.template_number(captured), now));
    let message = found.ok_or_else(|| Refusal::not_found(format!("there is no message `{id}`")))?;
    Ok(Json(json!({ "message": message })))
}

/// `GET /v1/transactional/{id}/messages`
pub(in crate::server) async fn of_template(
    extract::State(state): extract::State<Arc<State>>,
    Path(id): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let (project, _) = state.project.get();
    let template = project.templates().iter().find(|template| template.is_called(&id));
    let name = template.map_or(id.as_str(), |template| template.name());
    list(&state, &parameters, |captured| captured.template.eq_ignore_ascii_case(name))
}

/// The messages that fit, newest first: `limit` of them, after the one that `start` names.
pub(super) fn list(
    state: &State,
    parameters: &HashMap<String, String>,
    fits: impl Fn(&CapturedMessage) -> bool,
) -> Result<Json<Value>, Refusal> {
    let wanted = parameters.get("state").map(String::as_str);
    if let Some(unknown) = wanted.filter(|state| !STATES.contains(state)) {
        let error = format!("expected one of {} as `state`, found `{unknown}`", STATES.join(", "));
        return Err(Refusal::bad_request(error));
    }
    let limit = match parameters.get("limit").map(|limit| (limit, limit.parse::<usize>())) {
        None => LIMIT,
        Some((_, Ok(limit))) if (1..=MAX_LIMIT).contains(&limit) => limit,
        Some((limit, _)) => {
            let error = format!("expected a whole number from 1 to {MAX_LIMIT} as `limit`, found `{limit}`");
            return Err(Refusal::bad_request(error));
        }
    };
    let (project, _) = state.project.get();
    let numbers: HashMap<_, _> = project
        .templates()
        .iter()
        .filter_map(|template| Some((template.name(), template.settings().id.as_ref()?.value)))
        .collect();
    let now = state.clock.now();
    let look = |captured: &CapturedMessage| {
        let is_wanted = wanted.is_none_or(|wanted| is_in(captured, wanted, now));
        let number = numbers.get(captured.template.as_str()).copied();
        (is_wanted && fits(captured)).then(|| (captured.id.clone(), to_json(captured, number, now)))
    };
    let (all, _) = state.store.select(&Filter::default(), now, 0..usize::MAX, look);
    let mut messages = all.into_iter().flatten();
    if let Some(start) = parameters.get("start").filter(|start| !start.is_empty()) {
        messages.by_ref().find(|(id, _)| id == start);
    }
    let (ids, page): (Vec<_>, Vec<_>) = messages.by_ref().take(limit).unzip();
    let next = if messages.next().is_some() { ids.last().cloned().unwrap_or_default() } else { String::new() };
    Ok(Json(json!({ "messages": page, "next": next })))
}

fn is_in(captured: &CapturedMessage, state: &str, now: Timestamp) -> bool {
    match captured.status(now) {
        Status::Failed => state == "failed" || state == "attempted",
        Status::Draft => state == "drafted",
        Status::Scheduled => false,
        _ => state == "sent" || state == "attempted",
    }
}

/// A message as the App API describes a delivery. `number` is that of its template.
pub(in crate::server) fn to_json(captured: &CapturedMessage, number: Option<u64>, now: Timestamp) -> Value {
    let identifiers = &captured.recipient.identifiers;
    let [id, email, cio_id] = IdentifierKind::ALL.map(|kind| identifiers.get(kind));
    let content = |name: &str| captured.content.as_ref().and_then(|content| content.get(name));
    let template = number.or_else(|| captured.template.parse().ok());
    json!({
        "id": captured.id,
        "deduplicate_id": format!("{}:{}", captured.id, captured.queued_at.as_second()),
        "type": captured.channel.name(),
        "created": captured.queued_at.as_second(),
        "customer_id": id,
        "customer_identifiers": { "id": id, "email": email, "cio_id": cio_id },
        "recipient": content("to").and_then(Value::as_str).or_else(|| identifiers.iter().next().map(|(_, it)| it)),
        "subject": content("subject").or_else(|| content("title")),
        "transactional_message_id": template,
        "msg_template_id": template,
        "campaign_id": null,
        "newsletter_id": null,
        "action_id": null,
        "failure_message": captured.failure(),
        "metrics": metrics(captured, now),
        "forgotten": false,
    })
}

/// When what happened to a message, in seconds since 1970.
fn metrics(captured: &CapturedMessage, now: Timestamp) -> Map<String, Value> {
    let mut metrics = Map::new();
    let mut add = |name: &str, at: Timestamp| {
        metrics.entry(name.to_owned()).or_insert_with(|| at.as_second().into());
    };
    add("created", captured.queued_at);
    match captured.status(now) {
        Status::Draft => add("drafted", captured.queued_at),
        Status::Scheduled => {}
        Status::Failed => {
            add("attempted", captured.queued_at);
            add("failed", captured.queued_at);
        }
        _ => {
            add("attempted", captured.send_at);
            add("sent", captured.send_at);
        }
    }
    if let Some(opened) = captured.opened_at {
        // The inbox learns only then that it was delivered.
        add("delivered", opened);
        add("opened", opened);
    }
    for report in &captured.reports {
        add(&report.metric, report.at);
    }
    metrics
}
