//! Analytics events: what Customer.io's browser client reports beside the inbox API, clicks above all.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::captured::Report;
use super::state::State;

/// What Customer.io's client calls its reports of a message.
const REPORT: &str = "Report Delivery Event";

/// `POST /v1/{t,i,p,…}`: one event, or `/v1/b` a batch of them. The body is JSON, whatever its `Content-Type` says.
pub(super) async fn record(
    extract::State(state): extract::State<Arc<State>>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let text = body::text(body).await?;
    let event: Value =
        serde_json::from_str(&text).map_err(|error| Refusal::bad_request(format!("the event is no JSON: {error}")))?;
    let events = match event.get("batch") {
        Some(Value::Array(events)) => events.clone(),
        _ => vec![event],
    };
    let size = text.len() / events.len().max(1);
    for event in events {
        if let Some((id, report)) = report(&event, &state) {
            state.store.report(&id, report).await?;
        }
        state.events.add(event, size);
    }
    Ok(Json(json!({ "success": true })))
}

/// The report of a message that an event is, and that message's id.
fn report(event: &Value, state: &State) -> Option<(String, Report)> {
    let properties = event.get("properties").filter(|_| event.get("event").is_some_and(|name| name == REPORT))?;
    let text = |name: &str| properties.get(name)?.as_str().map(str::to_owned);
    let report = Report { metric: text("metric")?, action: text("actionName"), at: state.clock.now() };
    Some((text("deliveryId")?, report))
}

/// `GET /v1/projects/{key}/settings`: sends the browser client's events here.
pub(super) async fn settings(Path(key): Path<String>, headers: HeaderMap) -> Json<Value> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let pipelines = json!({ "apiKey": key, "apiHost": format!("{host}/v1"), "protocol": "http" });
    Json(json!({ "integrations": { "Customer.io Data Pipelines": pipelines } }))
}
