//! Analytics events, such as clicks, which Customer.io's browser client reports outside of the inbox API.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::header::HOST;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::answer::{Refusal, accepted};
use super::body;
use super::captured::Report;
use super::connection::Scheme;
use super::json;
use super::people::pipelines;
use super::received;
use super::state::State;

/// The name of the client's events about a message.
const REPORT: &str = "Report Delivery Event";

/// `POST /v1/{t,i,p,…}`: one event, or `/v1/b` a batch of them. The body is JSON, whatever its `Content-Type` says.
pub(super) async fn record(
    extract::State(state): extract::State<Arc<State>>,
    uri: Uri,
    body: Body,
) -> Result<Response, Refusal> {
    let text = body::text(body).await?;
    let event = json::value(&text, "event")?;
    let events = match event.get("batch") {
        Some(Value::Array(events)) => events.clone(),
        _ => vec![event],
    };
    let kind = uri.path().rsplit('/').next().unwrap_or_default();
    let refused = events.iter().flat_map(|event| pipelines::apply(&state, event, kind)).collect::<Vec<_>>();
    store(&state, events, text.len()).await?;
    Ok(accepted(json!({ "success": true }), &refused))
}

/// Adds events that servers sent, of `size` bytes in total. Returns why parts of them were refused.
pub(super) async fn add(state: &State, events: Vec<Value>, size: usize) -> Result<Vec<String>, Refusal> {
    let refused = events.iter().flat_map(|event| pipelines::apply(state, event, "")).collect();
    store(state, events, size).await?;
    Ok(refused)
}

async fn store(state: &State, events: Vec<Value>, size: usize) -> Result<(), Refusal> {
    let size = size / events.len().max(1);
    for mut event in events {
        if let Some((id, report)) = report(&event, state) {
            state.report(&id, report).await?;
        }
        received::remove_keys(&mut event);
        state.events.add(event, size);
    }
    state.store.wake();
    Ok(())
}

/// The report in an event about a message, and the id of the message.
fn report(event: &Value, state: &State) -> Option<(String, Report)> {
    let properties = event.get("properties").filter(|_| event.get("event").is_some_and(|name| name == REPORT))?;
    let string = |name: &str| properties.get(name)?.as_str().map(str::to_owned);
    let report = Report { metric: string("metric")?, action: string("actionName"), at: state.clock.now() };
    Some((string("deliveryId")?, report))
}

/// `GET /v1/projects/{key}/settings`: makes the browser client send its events to this server.
pub(super) async fn settings(
    Path(key): Path<String>,
    scheme: Option<Extension<Scheme>>,
    headers: HeaderMap,
) -> Json<Value> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Extension(scheme) = scheme.unwrap_or_default();
    let pipelines = json!({ "apiKey": key, "apiHost": format!("{host}/v1"), "protocol": scheme.as_str() });
    Json(json!({ "integrations": { "Customer.io Data Pipelines": pipelines } }))
}
