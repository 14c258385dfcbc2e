//! The captured-messages API under `/inkproof/api`, for test suites and for the server's own page.

use std::fmt::Write as _;
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
use super::captured::{CapturedMessage, Filter, Recipient};
use super::faults::Fault;
use super::people;
use super::refused::RefusedRequest;
use super::state::State;
use crate::project::Project;

/// The description of this API, in `OpenAPI` 3.1.
const DOCUMENT: &str = include_str!("openapi.json");

/// The maximum and the default number of messages in a response.
const MAX_LIMIT: usize = 10_000;
const DEFAULT_LIMIT: usize = 100;

/// How far the clock can be moved at once, in seconds. More than its whole range.
const MAX_ADVANCE: u64 = 1_000_000_000_000;

/// The maximum offset.
const MAX_OFFSET: usize = 1_000_000_000;

/// The maximum and the default time to wait, in seconds.
const MAX_WAIT: f64 = 120.0;
const DEFAULT_WAIT: f64 = 10.0;

/// How often a waiting request checks again, because messages also change with time.
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
pub(super) async fn messages(extract::State(state): Shared, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = MessageQuery::default();
    read_query(raw.as_deref(), |name, value| match name {
        "limit" => number(name, value, 1, MAX_LIMIT).map(|limit| query.limit = limit),
        "offset" => number(name, value, 0, MAX_OFFSET).map(|offset| query.offset = offset),
        _ => query.filter.read(name, value).and_then(|known| require_known(known, name)),
    })?;
    query.filter.find_template(&state.project.get().0);
    let shared = Arc::clone(&state);
    let (messages, total) = state.reads.run(move || query.run(&shared)).await?;
    Ok(Json(json!({ "messages": messages, "total": total })))
}

/// `DELETE /inkproof/api/messages`
pub(super) async fn remove_messages(
    extract::State(state): Shared,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let mut filter = read_filter(query.as_deref())?;
    filter.find_template(&state.project.get().0);
    Ok(Json(json!({ "deleted": remove_matching(state, filter).await? })))
}

async fn remove_matching(state: Arc<State>, filter: Filter) -> Result<usize, Refusal> {
    let shared = Arc::clone(&state);
    let (count, pending) = state.reads.run(move || shared.store.remove_all(&filter, shared.clock.now())).await?;
    pending.written().await?;
    Ok(count)
}

/// `GET /inkproof/api/messages/{id}`
pub(super) async fn message(extract::State(state): Shared, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let now = state.clock.now();
    let found = state.store.with(&id, |captured| json!(captured.view(now)));
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

/// `GET /inkproof/api/wait`: responds once `count` messages match.
pub(super) async fn wait(extract::State(state): Shared, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = MessageQuery::default();
    let (mut count, mut timeout) = (1, DEFAULT_WAIT);
    read_query(raw.as_deref(), |name, value| match name {
        "count" => number(name, value, 1, MAX_LIMIT).map(|number| count = number),
        "timeout" => seconds(value).map(|seconds| timeout = seconds),
        _ => query.filter.read(name, value).and_then(|known| require_known(known, name)),
    })?;
    query.filter.find_template(&state.project.get().0);
    query.limit = MAX_LIMIT;
    let query = Arc::new(query);
    let deadline = Instant::now() + Duration::from_secs_f64(timeout);
    let (mut changes, mut stop) = (state.store.watch(), state.stop.subscribe());
    loop {
        changes.borrow_and_update();
        let (shared, own) = (Arc::clone(&state), Arc::clone(&query));
        let (messages, total) = state.reads.run(move || own.run(&shared)).await?;
        if total >= count {
            return Ok(Json(json!({ "messages": messages, "total": total })));
        }
        let is_over = *stop.borrow_and_update();
        if is_over || Instant::now() >= deadline {
            let end = if is_over {
                "before the server stopped or the namespace was deleted".to_owned()
            } else {
                format!("within {timeout} seconds")
            };
            let mut error = format!("{total} of {count} messages arrived {end}");
            if let Some(refused) = state.refused.last() {
                let RefusedRequest { method, path, error: why, .. } = refused;
                let _ = write!(error, "; the last request that was refused: {method} {path}: {why}");
            }
            return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, error).with("messages", messages.into()));
        }
        tokio::select! {
            _ = changes.changed() => {}
            _ = stop.changed() => {}
            () = tokio::time::sleep_until(deadline.min(Instant::now() + TICK)) => {}
        }
    }
}

/// `POST /inkproof/api/reset`: resets the state to that after the start, except that ids are not reused.
pub(super) async fn reset(extract::State(state): Shared) -> Result<Json<Value>, Refusal> {
    state.faults.clear();
    state.events.clear();
    state.refused.clear();
    state.people.clear();
    state.exports.clear();
    if let Some(webhooks) = &state.webhooks {
        webhooks.clear();
    }
    match state.options.now {
        Some(now) => state.clock.set(now, Some(true)),
        None => state.clock.reset(),
    }
    Ok(Json(json!({ "deleted": remove_matching(state, Filter::default()).await? })))
}

/// `GET /inkproof/api/refused`: the requests that were refused, newest first.
pub(super) async fn refused(extract::State(state): Shared) -> Json<Value> {
    let mut refused = state.refused.all();
    refused.reverse();
    Json(json!({ "refused": refused }))
}

/// `DELETE /inkproof/api/refused`
pub(super) async fn remove_refused(extract::State(state): Shared) -> Json<Value> {
    let deleted = state.refused.clear();
    state.store.wake();
    Json(json!({ "deleted": deleted }))
}

/// `GET /inkproof/api/webhooks`: the webhooks that were sent, newest first.
pub(super) async fn webhooks(extract::State(state): Shared) -> Json<Value> {
    let mut sent = state.webhooks.as_ref().map(|webhooks| webhooks.log.all()).unwrap_or_default();
    sent.reverse();
    Json(json!({ "webhooks": sent }))
}

/// `GET /inkproof/api/people`: the people that backends and clients sent, the last changed first.
pub(super) async fn people(extract::State(state): Shared) -> Json<Value> {
    let (project, _) = state.project.get();
    let all = state.people.all();
    let keys = all.iter().rev().filter_map(|person| person.keys().next());
    let people: Vec<_> = keys.filter_map(|key| people::to_json(&project, &state.people, &key)).collect();
    Json(json!({ "people": people }))
}

/// `GET /inkproof/api/namespaces`: the namespaces that were used.
pub(super) async fn namespaces(extract::State(state): Shared) -> Json<Value> {
    let all = state.namespaces.all().into_iter().map(|(name, messages)| json!({ "name": name, "messages": messages }));
    Json(json!({ "namespaces": all.collect::<Vec<_>>() }))
}

/// `DELETE /inkproof/api/namespaces/{name}`
pub(super) async fn remove_namespace(
    extract::State(state): Shared,
    Path(name): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if state.namespaces.remove(&name) {
        return Ok(Json(json!({ "deleted": 1 })));
    }
    Err(Refusal::not_found(format!("there is no namespace `{name}`")))
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
    state.faults.add(fault)?;
    Ok(faults(extract::State(state)).await)
}

/// `DELETE /inkproof/api/faults`
pub(super) async fn remove_faults(extract::State(state): Shared) -> Json<Value> {
    state.faults.clear();
    faults(extract::State(state)).await
}

/// `GET /inkproof/api/clock`
pub(super) async fn clock(extract::State(state): Shared) -> Json<Value> {
    Json(json!({ "now": state.clock.now(), "frozen": state.clock.is_frozen() }))
}

/// A change of the clock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockChange {
    #[serde(default, deserialize_with = "body::timestamp")]
    now: Option<Timestamp>,
    frozen: Option<bool>,
    /// Seconds to move forward; negative values move back.
    #[serde(default, deserialize_with = "body::whole_number")]
    advance: Option<i64>,
}

/// `PUT /inkproof/api/clock`
pub(super) async fn set_clock(extract::State(state): Shared, body: Body) -> Result<Json<Value>, Refusal> {
    let change: ClockChange = body::json(body).await?;
    if change.advance.is_some_and(|seconds| seconds.unsigned_abs() > MAX_ADVANCE) {
        return Err(Refusal::bad_request(format!("expected at most {MAX_ADVANCE} seconds as `advance`")));
    }
    if change.now.is_some() || change.frozen.is_some() {
        state.clock.set(change.now.unwrap_or_else(|| state.clock.now()), change.frozen);
    }
    if let Some(seconds) = change.advance {
        state.clock.advance(SignedDuration::from_secs(seconds));
    }
    state.store.wake();
    Ok(clock(extract::State(state)).await)
}

/// `DELETE /inkproof/api/clock`: follows the system clock again.
pub(super) async fn reset_clock(extract::State(state): Shared) -> Json<Value> {
    state.clock.reset();
    state.store.wake();
    clock(extract::State(state)).await
}

/// `GET /inkproof/api/templates`: the templates with their requests, and the customers.
pub(super) async fn templates(extract::State(state): Shared) -> Result<Json<Value>, Refusal> {
    let (project, version) = state.project.get();
    let own = &state.options;
    // Others than programs on this machine do not need to know where the project is.
    let editor = own.host.is_loopback().then(|| editor_url(&own.editor_url, &project)).flatten();
    state.reads.run(move || Json(project_json(&project, version, editor.as_deref()))).await
}

/// The address of a file of the project in an editor, with `{file}`, `{line}` and `{column}`.
fn editor_url(pattern: &str, project: &Project) -> Option<String> {
    let root = project.root().to_str()?.replace('\\', "/");
    let slash = if root.starts_with('/') { "" } else { "/" };
    let path = format!("{slash}{}/{{file}}", url_encoded(&root));
    (!pattern.trim().is_empty()).then(|| pattern.replace("{path}", &path))
}

/// A path in an address: slashes stay.
fn url_encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn project_json(project: &Project, version: u64, editor: Option<&str>) -> Value {
    let requests_of = |name: &str| -> Vec<Value> {
        let its = project
            .requests()
            .iter()
            .filter(|request| project.template_for(request).is_some_and(|template| template.name() == name));
        its.map(|request| {
            let customer = project.customer_for(request);
            let index = customer.and_then(|own| project.customers().iter().position(|one| std::ptr::eq(one, own)));
            json!({ "name": request.name(), "body": request.source().text(), "customer": index })
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
    json!({ "version": version, "templates": templates, "customers": customers, "editor": editor })
}

/// A query for captured messages.
#[derive(Debug)]
struct MessageQuery {
    filter: Filter,
    offset: usize,
    limit: usize,
}

impl Default for MessageQuery {
    fn default() -> Self {
        Self { filter: Filter::default(), offset: 0, limit: DEFAULT_LIMIT }
    }
}

impl MessageQuery {
    fn run(&self, state: &State) -> (Vec<Value>, usize) {
        let now = state.clock.now();
        let page = self.offset..self.offset.saturating_add(self.limit);
        state.store.select(&self.filter, now, page, |captured: &CapturedMessage| json!(captured.view(now)))
    }
}

fn read_filter(query: Option<&str>) -> Result<Filter, Refusal> {
    let mut filter = Filter::default();
    read_query(query, |name, value| filter.read(name, value).and_then(|known| require_known(known, name)))?;
    Ok(filter)
}

/// Reads the parameters of a query string.
pub(super) fn read_query(
    query: Option<&str>,
    mut read: impl FnMut(&str, &str) -> Result<(), String>,
) -> Result<(), Refusal> {
    let Ok(entries) = serde_urlencoded::from_str::<Vec<(String, String)>>(query.unwrap_or_default()) else {
        return Err(Refusal::bad_request("the query string cannot be parsed"));
    };
    entries.iter().try_for_each(|(name, value)| read(name, value)).map_err(Refusal::bad_request)
}

fn require_known(known: bool, name: &str) -> Result<(), String> {
    const NAMES: &str = "channel, to, template, topic, type, status, opened, text";
    if known { Ok(()) } else { Err(format!("there is no filter `{name}`: expected one of {NAMES}")) }
}

/// Reads the number in a parameter of a query string.
pub(super) fn number(name: &str, value: &str, min: usize, max: usize) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| format!("expected a whole number from {min} to {max} as `{name}`, found `{value}`"))
}

fn seconds(value: &str) -> Result<f64, String> {
    let seconds = value.parse().ok().filter(|seconds| (0.0..=MAX_WAIT).contains(seconds));
    seconds.ok_or_else(|| format!("expected seconds from 0 to {MAX_WAIT} as `timeout`, found `{value}`"))
}
