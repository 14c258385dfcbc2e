//! The Track API: people, events and devices, as backends send them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{Key, folded};
use crate::message::IdentifierKind::{self, CioId, Email, Id};
use crate::server::answer::{Refusal, Refused, accepted};
use crate::server::authorization;
use crate::server::body;
use crate::server::json;
use crate::server::state::State;

type Shared = extract::State<Arc<State>>;
type Answer = Result<Json<Value>, Refusal>;

/// The largest number of operations in a batch.
const MAX_BATCH: usize = 10_000;

/// The types and actions of `/api/v2/entity`.
const TYPES: [&str; 3] = ["person", "object", "delivery"];
const ACTIONS: [&str; 17] = [
    "identify",
    "identify_anonymous",
    "delete",
    "event",
    "screen",
    "page",
    "add_device",
    "delete_device",
    "add_relationships",
    "delete_relationships",
    "merge",
    "suppress",
    "unsuppress",
    "delivered",
    "opened",
    "clicked",
    "converted",
];

/// `PUT /api/v1/customers/{id}`: creates or changes a person.
pub(in crate::server) async fn identify(
    extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let attributes = read(&headers, body).await?;
    let named = key(&id);
    let others = keys_in(&attributes).into_iter().filter(|(kind, _)| *kind != named.0);
    let keys: Vec<_> = std::iter::once(named.clone()).chain(others).collect();
    let refused = state.people.identify(&state.project.get().0, &keys, attributes.clone());
    let Json(body) = record(&state, "identify", &id, attributes)?;
    Ok(accepted(body, &refused))
}

/// `DELETE /api/v1/customers/{id}`
pub(in crate::server) async fn delete(
    extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    remove(&state, "delete", &id, &headers)
}

/// `POST /api/v1/customers/{id}/suppress`: deletes a person as well.
pub(in crate::server) async fn suppress(
    extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    remove(&state, "suppress", &id, &headers)
}

/// Removes a person, and records why.
fn remove(state: &State, reason: &str, id: &str, headers: &HeaderMap) -> Answer {
    authorization::basic(headers)?;
    state.people.remove(&state.project.get().0, &key(id));
    record(state, reason, id, Value::Null)
}

/// `POST /api/v1/customers/{id}/unsuppress`
pub(in crate::server) async fn unsuppress(
    extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    authorization::basic(&headers)?;
    record(&state, "unsuppress", &id, Value::Null)
}

/// `POST /api/v1/customers/{id}/events`
pub(in crate::server) async fn event(
    extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let event = read(&headers, body).await?;
    named(&event)?;
    record(&state, "event", &id, event)
}

/// `POST /api/v1/events`: an event of an anonymous person.
pub(in crate::server) async fn anonymous_event(
    extract::State(state): Shared,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let event = read(&headers, body).await?;
    named(&event)?;
    let person = event.get("anonymous_id").and_then(text).unwrap_or_default();
    record(&state, "event", &person, event)
}

/// `POST /api/v1/push/events` and `/api/v1/metrics`: reports about messages of other channels.
pub(in crate::server) async fn report(
    extract::State(state): Shared,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let report = read(&headers, body).await?;
    record(&state, uri.path().rsplit('/').next().unwrap_or_default(), "", report)
}

/// `PUT /api/v1/customers/{id}/devices`
pub(in crate::server) async fn add_device(
    extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body = read(&headers, body).await?;
    let Some(device) = body.get("device").filter(|device| device["id"].is_string() && device["platform"].is_string())
    else {
        return Err(Refusal::bad_request("expected an object with `id` and `platform` under `device`"));
    };
    put_device(&state, &key(&id), device);
    record(&state, "add_device", &id, device.clone())
}

/// `DELETE /api/v1/customers/{id}/devices/{device}`
pub(in crate::server) async fn delete_device(
    extract::State(state): Shared,
    Path((id, device)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    authorization::basic(&headers)?;
    remove_device(&state, &key(&id), &device.clone().into());
    record(&state, "delete_device", &id, json!({ "id": device }))
}

fn put_device(state: &State, key: &Key, device: &Value) {
    state.people.change(&state.project.get().0, key, |person| {
        person.devices.retain(|known| known["id"] != device["id"]);
        person.devices.insert(0, device.clone());
    });
}

fn remove_device(state: &State, key: &Key, id: &Value) {
    state.people.change(&state.project.get().0, key, |person| person.devices.retain(|known| known["id"] != *id));
}

/// `POST /api/v1/merge_customers`
pub(in crate::server) async fn merge(extract::State(state): Shared, headers: HeaderMap, body: Body) -> Answer {
    let body = read(&headers, body).await?;
    merge_people(&state, &body).map_err(|problem| Refusal::bad_request(problem.message))?;
    record(&state, "merge", "", body)
}

/// `GET /api/v1/accounts/region`
pub(in crate::server) async fn region(headers: HeaderMap) -> Answer {
    authorization::basic(&headers)?;
    Ok(Json(json!({ "url": "track.customer.io", "data_center": "us", "environment_id": 1 })))
}

/// `POST /api/v2/entity`: one operation.
pub(in crate::server) async fn entity(
    extract::State(state): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let operation = read(&headers, body).await?;
    let refused = operate(&state, &operation).map_err(|problem| Refusal::bad_request(problem.message))?;
    Ok(accepted(json!({}), &refused))
}

/// `POST /api/v2/batch`: many operations. The valid ones take effect even if others are not valid.
pub(in crate::server) async fn batch(
    extract::State(state): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let body = read(&headers, body).await?;
    let Some(operations) = body.get("batch").and_then(Value::as_array).filter(|list| !list.is_empty()) else {
        return Err(Refusal::bad_request("expected an array of operations under `batch`"));
    };
    if operations.len() > MAX_BATCH {
        return Err(Refusal::bad_request(format!("expected at most {MAX_BATCH} operations")));
    }
    let (mut errors, mut refused) = (Vec::new(), Vec::new());
    for (index, operation) in operations.iter().enumerate() {
        let result = operation.as_object().map_or_else(
            || Err(Problem::new("invalid", "", "expected an object".to_owned())),
            |operation| operate(&state, operation),
        );
        match result {
            Ok(parts) => refused.extend(parts),
            Err(Problem { reason, field, message }) => {
                errors.push(json!({ "batch_index": index, "reason": reason, "field": field, "message": message }));
            }
        }
    }
    if errors.is_empty() {
        return Ok(accepted(json!({}), &refused));
    }
    let error = format!("{} of {} operations were refused: {}", errors.len(), operations.len(), errors[0]["message"]);
    let mut response = (StatusCode::MULTI_STATUS, Json(json!({ "errors": errors }))).into_response();
    response.extensions_mut().insert(Refused { error, diagnostics: None });
    Ok(response)
}

/// Why an operation was refused.
struct Problem {
    reason: &'static str,
    field: &'static str,
    message: String,
}

impl Problem {
    const fn new(reason: &'static str, field: &'static str, message: String) -> Self {
        Self { reason, field, message }
    }

    fn required(field: &'static str) -> Self {
        Self::new("required", field, format!("the operation has no `{field}`"))
    }
}

/// Applies an operation of `/api/v2`. Returns why a part of it was refused.
fn operate(state: &State, operation: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    let word = |name: &'static str, known: &[&'static str]| {
        let given = operation.get(name).and_then(Value::as_str).ok_or_else(|| Problem::required(name))?;
        known.iter().find(|word| **word == given).copied().ok_or_else(|| {
            Problem::new("invalid", name, format!("expected one of {} as `{name}`, found `{given}`", known.join(", ")))
        })
    };
    let (kind, action) = (word("type", &TYPES)?, word("action", &ACTIONS)?);
    let refused = if kind == "person" { change_person(state, operation, action)? } else { Vec::new() };
    state.record(json!({ "api": "track", "operation": operation }), weight(operation));
    Ok(refused)
}

fn change_person(state: &State, operation: &Map<String, Value>, action: &str) -> Result<Vec<String>, Problem> {
    if action == "merge" {
        return merge_people(state, operation).map(|()| Vec::new());
    }
    let identifiers = operation.get("identifiers").and_then(Value::as_object);
    let keys = identifiers.map(keys_in).unwrap_or_default();
    let attributes = operation.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
    let [first, ..] = &keys[..] else {
        // Events may be anonymous.
        let anonymous = identifiers.is_some_and(|identifiers| identifiers.contains_key("anonymous_id"));
        return if anonymous || action == "event" { Ok(Vec::new()) } else { Err(Problem::required("identifiers")) };
    };
    match action {
        "identify" => {
            let mut all = keys.clone();
            all.extend(keys_in(&attributes).into_iter().filter(|(kind, _)| keys.iter().all(|(own, _)| own != kind)));
            return Ok(state.people.identify(&state.project.get().0, &all, attributes));
        }
        "event" | "page" | "screen" if operation.get("name").and_then(text).is_none() => {
            return Err(Problem::required("name"));
        }
        "delete" | "suppress" => state.people.remove(&state.project.get().0, first),
        "add_device" => {
            let device = operation.get("device").ok_or_else(|| Problem::required("device"))?;
            put_device(state, first, device);
        }
        "delete_device" => {
            let id = operation.get("device").map(|device| device["id"].clone()).unwrap_or_default();
            remove_device(state, first, &id);
        }
        _ => {}
    }
    Ok(Vec::new())
}

fn merge_people(state: &State, body: &Map<String, Value>) -> Result<(), Problem> {
    let person = |name: &'static str| {
        let keys = body.get(name).and_then(Value::as_object).map(keys_in).unwrap_or_default();
        keys.into_iter().next().ok_or_else(|| Problem::required(name))
    };
    let (primary, secondary) = (person("primary")?, person("secondary")?);
    if folded(&primary) == folded(&secondary) {
        return Err(Problem::new("invalid", "secondary", "`primary` and `secondary` are the same person".to_owned()));
    }
    state.people.merge(&state.project.get().0, &primary, &secondary);
    Ok(())
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Refusal> {
    authorization::basic(headers)?;
    let text = body::text(body).await?;
    let text = if text.trim().is_empty() { "{}" } else { &text };
    json::object(text, "body")
}

fn record(state: &State, action: &str, person: &str, body: impl Into<Value>) -> Answer {
    let body = body.into();
    let size = 256 + person.len() + body.to_string().len();
    state.record(json!({ "api": "track", "action": action, "person": person, "body": body }), size);
    Ok(Json(json!({})))
}

fn weight(body: &Map<String, Value>) -> usize {
    256 + body.iter().map(|(name, value)| name.len() + value.to_string().len()).sum::<usize>()
}

fn named(event: &Map<String, Value>) -> Result<(), Refusal> {
    let name = event.get("name").and_then(text);
    if name.is_some() { Ok(()) } else { Err(Refusal::bad_request("the event has no `name`")) }
}

/// The identifier in a path: its form tells the kind.
pub(in crate::server) fn key(id: &str) -> Key {
    match id.strip_prefix("cio_") {
        Some(cio_id) if !cio_id.is_empty() => (CioId, cio_id.to_owned()),
        _ if id.contains('@') => (Email, id.to_owned()),
        _ => (Id, id.to_owned()),
    }
}

/// The identifiers among fields, the `id` first.
pub(super) fn keys_in(fields: &Map<String, Value>) -> Vec<Key> {
    let key = |kind: IdentifierKind| Some((kind, fields.get(kind.as_str()).and_then(text)?));
    IdentifierKind::ALL.into_iter().filter_map(key).collect()
}

/// A string or a number as text, unless it is empty.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
