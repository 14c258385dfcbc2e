//! The Pipelines API: what servers and browsers tell about people.

use std::sync::Arc;

use axum::body::Body;
use axum::extract;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::track::text;
use crate::message::IdentifierKind::{Email, Id};
use crate::server::answer::{Refusal, accepted};
use crate::server::authorization;
use crate::server::body;
use crate::server::events;
use crate::server::json;
use crate::server::state::State;

/// `POST /v1/{identify,track,page,screen,group,alias,batch}`, from a server.
pub(in crate::server) async fn record(
    extract::State(state): extract::State<Arc<State>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let text = body::text(body).await?;
    let call = json::object(&text, "event")?;
    if !call.contains_key("writeKey") {
        authorization::basic_or_bearer(&headers)?;
    }
    let kind = uri.path().rsplit('/').next().unwrap_or_default();
    let calls = match call.get("batch") {
        Some(Value::Array(calls)) if kind == "batch" => calls.clone(),
        _ if kind == "batch" => return Err(Refusal::bad_request("expected an array under `batch`")),
        _ => vec![with_type(call, kind).into()],
    };
    calls.iter().try_for_each(check)?;
    let refused = events::add(&state, calls, text.len()).await?;
    Ok(accepted(json!({ "success": true }), &refused))
}

fn with_type(mut call: Map<String, Value>, kind: &str) -> Map<String, Value> {
    call.insert("type".to_owned(), kind.into());
    call
}

/// The types of calls.
const TYPES: [&str; 6] = ["identify", "track", "page", "screen", "group", "alias"];

/// What the API requires of each call.
fn check(call: &Value) -> Result<(), Refusal> {
    let has = |name: &str| call.get(name).and_then(text).is_some();
    let missing = match call.get("type").and_then(Value::as_str) {
        None => Some("type"),
        Some(unknown) if !TYPES.contains(&unknown) => {
            let error = format!("expected one of {} as `type`, found `{unknown}`", TYPES.join(", "));
            return Err(Refusal::bad_request(error));
        }
        Some("track") if !has("event") => Some("event"),
        Some("group") if !has("groupId") => Some("groupId"),
        Some("alias") if !has("previousId") => Some("previousId"),
        Some(_) if !has("userId") && !has("anonymousId") => Some("userId` or `anonymousId"),
        Some(_) => None,
    };
    missing.map_or(Ok(()), |name| Err(Refusal::bad_request(format!("the event has no `{name}`"))))
}

/// Applies what a call tells about a person. `path` tells the type of a call that does not. Returns why a part of it was
/// refused.
pub(in crate::server) fn apply(state: &State, call: &Value, path: &str) -> Vec<String> {
    let Some(user) = call.get("userId").and_then(text) else { return Vec::new() };
    let (project, _) = state.project.get();
    match call.get("type").and_then(Value::as_str).unwrap_or(path) {
        "identify" | "i" => {
            let traits = call.get("traits").and_then(Value::as_object).cloned().unwrap_or_default();
            let mut keys = vec![if user.contains('@') { (Email, user) } else { (Id, user) }];
            if let Some(email) = traits.get("email").and_then(text).filter(|_| keys[0].0 == Id) {
                keys.push((Email, email));
            }
            return state.people.identify(&project, &keys, traits);
        }
        "alias" | "a" => {
            if let Some(previous) = call.get("previousId").and_then(text).filter(|previous| *previous != user) {
                state.people.merge(&project, &(Id, user), &(Id, previous));
            }
        }
        _ => {}
    }
    Vec::new()
}
