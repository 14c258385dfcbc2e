//! Exports: they are accepted and listed, so that a backend's calls succeed, and have no file.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::{HeaderMap, Uri};
use serde_json::{Map, Value, json};

use crate::server::answer::Refusal;
use crate::server::authorization;
use crate::server::body;
use crate::server::state::State;

type Shared = extract::State<Arc<State>>;

/// `GET /v1/exports`
pub(in crate::server) async fn list(extract::State(state): Shared, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    Ok(Json(json!({ "exports": state.exports.all() })))
}

/// `POST /v1/exports/customers` and `/v1/exports/deliveries`
pub(in crate::server) async fn create(
    extract::State(state): Shared,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let request: Map<String, Value> = body::json(body).await?;
    let kind = uri.path().rsplit('/').next().unwrap_or_default();
    let needed = if kind == "customers" { "filters" } else { "newsletter_id" };
    if request.get(needed).is_none_or(Value::is_null) {
        return Err(Refusal::bad_request(format!("the request has no `{needed}`")));
    }
    let now = state.clock.now().as_second();
    let size = 256 + Value::from(request.clone()).to_string().len();
    let export = json!({
        "id": state.exports.all().len() + 1, "type": kind, "status": "done", "request": request, "total": 0,
        "downloads": 0, "failed": false, "created_at": now, "updated_at": now,
    });
    state.exports.add(export.clone(), size);
    Ok(Json(json!({ "export": export })))
}

/// `GET /v1/exports/{id}`
pub(in crate::server) async fn one(
    extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let number = id.parse::<u64>().ok();
    let found = state.exports.all().into_iter().find(|export| number.is_some() && export["id"].as_u64() == number);
    let export = found.ok_or_else(|| Refusal::not_found(format!("there is no export `{id}`")))?;
    Ok(Json(json!({ "export": export })))
}

/// `GET /v1/exports/{id}` with a name of an export's kind, which is never an id.
pub(in crate::server) async fn unknown(uri: Uri, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let id = uri.path().rsplit('/').next().unwrap_or_default();
    Err(Refusal::not_found(format!("there is no export `{id}`")))
}

/// `GET /v1/exports/{id}/download`
pub(in crate::server) async fn download(headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    Err(Refusal::not_found("exports are accepted, and have no file to download"))
}
