//! The inbox API, as Customer.io's browser and mobile clients speak it: fetch, mark, delete.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::state::State;
use super::token::{self, Platform};

/// Says whose inbox it is.
const USER_TOKEN: &str = "x-gist-encoded-user-token";

/// Says what kind of client asks.
const PLATFORM: &str = "x-cio-client-platform";

/// `POST /api/v4/users`: all of a user's messages.
pub(super) async fn messages(
    extract::State(state): extract::State<Arc<State>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let user = user(&headers)?;
    let messages = state.store.inbox(&user, state.clock.now());
    let headers = [
        ("x-gist-queue-polling-interval", state.options.poll.to_string()),
        ("x-cio-use-sse", state.options.sse.to_string()),
        // The visual inbox is another thing.
        ("x-cio-inbox-enabled", "false".to_owned()),
    ];
    Ok((headers, Json(json!({ "inAppMessages": [], "inboxMessages": messages }))))
}

#[derive(Debug, Deserialize)]
pub(super) struct Marks {
    opened: bool,
}

/// `PATCH /api/v1/messages/{queueId}`: opened, or unopened again.
pub(super) async fn mark(
    extract::State(state): extract::State<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let user = user(&headers)?;
    let Marks { opened } = body::json(body).await?;
    changed(state.store.change(&id, &user, |message| message.opened = opened).await?, &id)
}

/// `POST /api/v1/logs/queue/{queueId}`: delete.
pub(super) async fn delete(
    extract::State(state): extract::State<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let user = user(&headers)?;
    changed(state.store.change(&id, &user, |message| message.deleted = true).await?, &id)
}

fn changed(changed: bool, id: &str) -> Result<Json<Value>, Refusal> {
    // Clients parse the answer even though nothing stands in it.
    if changed { Ok(Json(json!({}))) } else { Err(Refusal::not_found(format!("the user has no message `{id}`"))) }
}

fn user(headers: &HeaderMap) -> Result<String, Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token = text(USER_TOKEN).unwrap_or_default();
    token::decode(token, Platform::of(text(PLATFORM)))
        .ok_or_else(|| Refusal::bad_request(format!("expected a user's id in Base64 under `{USER_TOKEN}`")))
}
