//! The captured-messages API under `/inkproof/api`, for test suites and for the server's own page.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path, RawQuery};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::Refusal;
use super::body;
use super::captured::{Captured, Filter, Recipient};
use super::faults::Fault;
use super::state::State;

/// The description of this API, in `OpenAPI` 3.1.
const DOCUMENT: &str = include_str!("openapi.json");

/// Most messages in one answer, and how many there are unless asked otherwise.
const MAX_LIMIT: usize = 1000;
const DEFAULT_LIMIT: usize = 100;

/// How far the clock is moved at once, in seconds: further than it goes.
const MAX_ADVANCE: u64 = 1_000_000_000_000;

/// How many messages can be skipped.
const MAX_OFFSET: usize = 1_000_000_000;

/// The longest wait, and how long it is unless asked otherwise, in seconds.
const MAX_WAIT: f64 = 120.0;
const DEFAULT_WAIT: f64 = 10.0;

/// How often time alone is looked at while waiting.
const TICK: Duration = Duration::from_millis(100);

type Shared = extract::State<Arc<State>>;

/// `GET /inkproof/api/openapi.json`
pub(super) async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}

/// `GET /inkproof/api/health`
pub(super) async fn health(extract::State(state): Shared) -> Json<Value> {
    let (project, version) = state.project.get();
    Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "strict": state.options.strict,
        "messages": state.store.len(),
        "captured": state.captured(),
        "project": {
            "name": project.root().file_name().map(|name| name.to_string_lossy()),
            "version": version,
            "templates": project.templates().len(),
            "customers": project.customers().len(),
            "problems": project.problems(),
        },
    }))
}

/// `GET /inkproof/api/messages`: newest first.
pub(super) async fn messages(extract::State(state): Shared, RawQuery(query): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut question = Question::default();
    read_query(query.as_deref(), |name, value| match name {
        "limit" => number(name, value, 1, MAX_LIMIT).map(|limit| question.limit = limit),
        "offset" => number(name, value, 0, MAX_OFFSET).map(|offset| question.offset = offset),
        _ => question.filter.read(name, value).and_then(|known| known_name(known, name)),
    })?;
    let (messages, total) = question.answer(&state);
    Ok(Json(json!({ "messages": messages, "total": total })))
}

/// `DELETE /inkproof/api/messages`
pub(super) async fn remove_messages(
    extract::State(state): Shared,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let filter = filter_alone(query.as_deref())?;
    Ok(Json(json!({ "deleted": state.store.remove_all(&filter, state.clock.now()).await? })))
}

/// `GET /inkproof/api/messages/{id}`
pub(super) async fn message(extract::State(state): Shared, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let now = state.clock.now();
    let found = state.store.with(&id, |captured| json!(captured.shown(now)));
    found.map(Json).ok_or_else(|| no_message(&id))
}

/// `DELETE /inkproof/api/messages/{id}`
pub(super) async fn remove_message(
    extract::State(state): Shared,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if state.store.remove(&id).await? { Ok(Json(json!({ "deleted": 1 }))) } else { Err(no_message(&id)) }
}

fn no_message(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no message `{id}`"))
}

/// `GET /inkproof/api/wait`: answers once there are `count` messages that fit.
pub(super) async fn wait(extract::State(state): Shared, RawQuery(query): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut question = Question::default();
    let (mut count, mut timeout) = (1, DEFAULT_WAIT);
    read_query(query.as_deref(), |name, value| match name {
        "count" => number(name, value, 1, MAX_LIMIT).map(|number| count = number),
        "timeout" => seconds(value).map(|seconds| timeout = seconds),
        _ => question.filter.read(name, value).and_then(|known| known_name(known, name)),
    })?;
    question.limit = MAX_LIMIT;
    let deadline = Instant::now() + Duration::from_secs_f64(timeout);
    let (mut changes, mut stop) = (state.store.watch(), state.stop.subscribe());
    loop {
        changes.borrow_and_update();
        let (messages, total) = question.answer(&state);
        if total >= count {
            return Ok(Json(json!({ "messages": messages, "total": total })));
        }
        if Instant::now() >= deadline || *stop.borrow_and_update() {
            let error = format!("{total} of {count} messages arrived within {timeout} seconds");
            return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, error).with("messages", messages.into()));
        }
        tokio::select! {
            _ = changes.changed() => {}
            _ = stop.changed() => {}
            () = tokio::time::sleep_until(deadline.min(Instant::now() + TICK)) => {}
        }
    }
}

/// `POST /inkproof/api/reset`: as just started, but for the ids.
pub(super) async fn reset(extract::State(state): Shared) -> Result<Json<Value>, Refusal> {
    state.faults.clear();
    state.events.clear();
    match state.options.now {
        Some(now) => state.clock.set(now, Some(true)),
        None => state.clock.reset(),
    }
    Ok(Json(json!({ "deleted": state.store.remove_all(&Filter::default(), state.clock.now()).await? })))
}

/// `GET /inkproof/api/events`
pub(super) async fn events(extract::State(state): Shared) -> Json<Value> {
    Json(json!({ "events": state.events.all() }))
}

/// `GET /inkproof/api/faults`
pub(super) async fn faults(extract::State(state): Shared) -> Json<Value> {
    Json(json!({ "faults": state.faults.all() }))
}

/// `POST /inkproof/api/faults`
pub(super) async fn add_fault(extract::State(state): Shared, body: Body) -> Result<Json<Value>, Refusal> {
    let fault: Fault = body::json(body).await?;
    state.faults.add(fault).map_err(Refusal::bad_request)?;
    Ok(faults(extract::State(state)).await)
}

/// `DELETE /inkproof/api/faults`
pub(super) async fn remove_faults(extract::State(state): Shared) -> Json<Value> {
    state.faults.clear();
    faults(extract::State(state)).await
}

/// `GET /inkproof/api/clock`
pub(super) async fn clock(extract::State(state): Shared) -> Json<Value> {
    Json(json!({ "now": state.clock.now(), "frozen": state.clock.stands() }))
}

/// What the clock is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Setting {
    #[serde(default, deserialize_with = "body::moment")]
    now: Option<Timestamp>,
    frozen: Option<bool>,
    /// In seconds; less than nothing goes back.
    #[serde(default, deserialize_with = "body::whole")]
    advance: Option<i64>,
}

/// `PUT /inkproof/api/clock`
pub(super) async fn set_clock(extract::State(state): Shared, body: Body) -> Result<Json<Value>, Refusal> {
    let setting: Setting = body::json(body).await?;
    if setting.advance.is_some_and(|seconds| seconds.unsigned_abs() > MAX_ADVANCE) {
        return Err(Refusal::bad_request(format!("expected at most {MAX_ADVANCE} seconds as `advance`")));
    }
    if setting.now.is_some() || setting.frozen.is_some() {
        state.clock.set(setting.now.unwrap_or_else(|| state.clock.now()), setting.frozen);
    }
    if let Some(seconds) = setting.advance {
        state.clock.advance(SignedDuration::from_secs(seconds));
    }
    state.store.wake();
    Ok(clock(extract::State(state)).await)
}

/// `DELETE /inkproof/api/clock`: goes with the machine's again.
pub(super) async fn reset_clock(extract::State(state): Shared) -> Json<Value> {
    state.clock.reset();
    state.store.wake();
    clock(extract::State(state)).await
}

/// `GET /inkproof/api/templates`: what can be sent, with what it has been sent with.
pub(super) async fn templates(extract::State(state): Shared) -> Json<Value> {
    let (project, version) = state.project.get();
    let requests_of = |name: &str| -> Vec<Value> {
        let its = project
            .requests()
            .iter()
            .filter(|request| project.template_for(request).is_some_and(|template| template.name() == name));
        its.map(|request| {
            let customer = project.customer_for(request);
            let place = customer.and_then(|own| project.customers().iter().position(|one| std::ptr::eq(one, own)));
            json!({ "name": request.name(), "body": request.source().text(), "customer": place })
        })
        .collect()
    };
    let templates: Vec<_> = project
        .templates()
        .iter()
        .map(|template| {
            let settings = template.settings();
            json!({
                "name": template.name(),
                "id": settings.id.as_ref().map(|id| id.value),
                "title": settings.name.as_ref().map(|name| &name.value),
                "description": settings.description.as_ref().map(|text| &text.value),
                "file": template.source().name(),
                "type": settings.kind.as_ref().map(|kind| &kind.value),
                "requests": requests_of(template.name()),
            })
        })
        .collect();
    let customers: Vec<_> = project
        .customers()
        .iter()
        .map(|customer| {
            let Recipient { identifiers, name } = Recipient::new(customer);
            json!({ "identifiers": identifiers, "name": name, "body": customer.source().text() })
        })
        .collect();
    Json(json!({ "version": version, "templates": templates, "customers": customers }))
}

/// Which messages are asked for.
#[derive(Debug)]
struct Question {
    filter: Filter,
    offset: usize,
    limit: usize,
}

impl Default for Question {
    fn default() -> Self {
        Self { filter: Filter::default(), offset: 0, limit: DEFAULT_LIMIT }
    }
}

impl Question {
    fn answer(&self, state: &State) -> (Vec<Value>, usize) {
        let now = state.clock.now();
        let page = self.offset..self.offset.saturating_add(self.limit);
        state.store.select(&self.filter, now, page, |captured: &Captured| json!(captured.shown(now)))
    }
}

fn filter_alone(query: Option<&str>) -> Result<Filter, Refusal> {
    let mut filter = Filter::default();
    read_query(query, |name, value| filter.read(name, value).and_then(|known| known_name(known, name)))?;
    Ok(filter)
}

fn read_query(query: Option<&str>, mut read: impl FnMut(&str, &str) -> Result<(), String>) -> Result<(), Refusal> {
    let Ok(entries) = serde_urlencoded::from_str::<Vec<(String, String)>>(query.unwrap_or_default()) else {
        return Err(Refusal::bad_request("the query cannot be read"));
    };
    entries.iter().try_for_each(|(name, value)| read(name, value)).map_err(Refusal::bad_request)
}

fn known_name(known: bool, name: &str) -> Result<(), String> {
    const NAMES: &str = "to, template, topic, type, status, opened, text";
    if known { Ok(()) } else { Err(format!("there is no filter `{name}`: expected one of {NAMES}")) }
}

fn number(name: &str, value: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("expected a whole number from {least} to {most} as `{name}`, found `{value}`"))
}

fn seconds(value: &str) -> Result<f64, String> {
    let seconds = value.parse().ok().filter(|seconds| (0.0..=MAX_WAIT).contains(seconds));
    seconds.ok_or_else(|| format!("expected seconds from 0 to {MAX_WAIT} as `timeout`, found `{value}`"))
}
