//! The inbox API of Customer.io's browser and mobile clients: fetch, mark and delete messages.

use std::future::ready;
use std::io;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use futures_util::StreamExt as _;
use futures_util::stream::{once, try_unfold};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::captured::CapturedMessage;
use super::inbox_pieces::InboxPieces;
use super::state::State;
use super::token::{self, Platform};

/// The header with the id of the user.
const USER_TOKEN: &str = "x-gist-encoded-user-token";

/// The header with the platform of the client.
const PLATFORM: &str = "x-cio-client-platform";

/// `POST /api/v4/users`: all of a user's messages.
pub(super) async fn messages(
    extract::State(state): extract::State<Arc<State>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let user: Arc<str> = user(&headers)?.into();
    let (shared, owner) = (Arc::clone(&state), state.people.user(&user));
    let list = state.reads.run(move || shared.store.inbox_list(&owner, shared.clock.now())).await?;
    let headers = [
        (CONTENT_TYPE.as_str(), "application/json".to_owned()),
        ("x-gist-queue-polling-interval", state.options.poll.to_string()),
        ("x-cio-use-sse", state.options.sse.to_string()),
        // This disables Customer.io's visual inbox, another feature.
        ("x-cio-inbox-enabled", "false".to_owned()),
    ];
    let begin = r#"{"inAppMessages":[],"inboxMessages":["#.to_owned();
    let rest = Some(InboxPieces::new(list.messages, "]}"));
    let pieces = try_unfold(rest, move |rest: Option<InboxPieces>| {
        let (state, user) = (Arc::clone(&state), Arc::clone(&user));
        async move {
            let Some(pieces) = rest else { return Ok(None) };
            // The status was sent already. An error closes the connection.
            let next = pieces.next(&state, &user).await;
            next.map(Some).map_err(|_| io::Error::other("the inbox cannot be read"))
        }
    });
    Ok((headers, Body::from_stream(once(ready(Ok(begin))).chain(pieces))))
}

#[derive(Debug, Deserialize)]
pub(super) struct Marks {
    opened: bool,
}

/// `PATCH /api/v1/messages/{queueId}`: marks a message as opened or unopened.
pub(super) async fn mark(
    extract::State(state): extract::State<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let user = user(&headers)?;
    let Marks { opened } = body::json(body).await?;
    let (now, mut is_first) = (state.clock.now(), false);
    let note = |message: &mut CapturedMessage| {
        message.opened = opened;
        is_first = opened && message.note_opened(now);
    };
    let changed = change(&state, &id, &user, note).await;
    if let Some(id) = CapturedMessage::id_in_queue(&id).filter(|_| is_first) {
        state.tell_opened(id, now);
    }
    changed
}

/// `POST /api/v1/logs/queue/{queueId}`: deletes a message.
pub(super) async fn delete(
    extract::State(state): extract::State<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let user = user(&headers)?;
    change(&state, &id, &user, |message| message.deleted = true).await
}

/// Changes the message with a `queueId` in a user's inbox.
async fn change(
    state: &State,
    queue_id: &str,
    user: &str,
    change: impl FnOnce(&mut CapturedMessage),
) -> Result<Json<Value>, Refusal> {
    let (owner, now) = (state.people.user(user), state.clock.now());
    let id = CapturedMessage::id_in_queue(queue_id);
    let changed = match id {
        Some(id) => state.store.change(id, &owner, now, change).await?,
        None => false,
    };
    if changed {
        // Clients parse the response as JSON although it is empty.
        return Ok(Json(json!({})));
    }
    let unsent = |message: &CapturedMessage| owner.is(&message.recipient).then(|| message.status(now));
    let hint = if let Some(status) = id.and_then(|id| state.store.with(id, unsent)).flatten() {
        format!(": its status is `{}`", status.name())
    } else if state.store.with(queue_id, |_| ()).is_some() {
        ": this is a `delivery_id`, not a `queueId`".to_owned()
    } else {
        String::new()
    };
    Err(Refusal::not_found(format!("the user has no message `{queue_id}`{hint}")))
}

fn user(headers: &HeaderMap) -> Result<String, Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token = header(USER_TOKEN).unwrap_or_default();
    token::decode(token, Platform::from_header(header(PLATFORM)))
        .ok_or_else(|| Refusal::bad_request(format!("expected a user's id in Base64 under `{USER_TOKEN}`")))
}
