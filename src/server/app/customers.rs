//! `GET /v1/customers`: the people of the project, and those that backends sent, as the App API describes them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{self, Path, Query};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::deliveries;
use crate::message::IdentifierKind::{self, Email};
use crate::server::answer::Refusal;
use crate::server::authorization;
use crate::server::people::{self, Key};
use crate::server::state::State;

type Shared = extract::State<Arc<State>>;
type Parameters = Query<HashMap<String, String>>;

/// `GET /v1/customers?email=…`
pub(in crate::server) async fn find(
    extract::State(state): Shared,
    Query(parameters): Parameters,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let Some(email) = parameters.get("email").filter(|email| !email.is_empty()) else {
        return Err(Refusal::bad_request("expected an address as `email`"));
    };
    let (project, _) = state.project.get();
    let known = people::to_json(&project, &state.people, &(Email, email.clone()));
    let results: Vec<_> = known.into_iter().map(|person| person["identifiers"].clone()).collect();
    Ok(Json(json!({ "results": results })))
}

/// `GET /v1/customers/{id}/attributes`
pub(in crate::server) async fn attributes(
    extract::State(state): Shared,
    Path(id): Path<String>,
    Query(parameters): Parameters,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let key = key(&id, &parameters)?;
    let (project, _) = state.project.get();
    let person = people::to_json(&project, &state.people, &key).ok_or_else(|| no_customer(&id))?;
    Ok(Json(json!({ "customer": person })))
}

/// `GET /v1/customers/{id}/messages`
pub(in crate::server) async fn messages(
    extract::State(state): Shared,
    Path(id): Path<String>,
    Query(parameters): Parameters,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let user = state.people.user_with(&key(&id, &parameters)?);
    deliveries::list(&state, &parameters, |captured| user.is(&captured.recipient))
}

/// The identifier in a path. `id_type` says its kind.
fn key(id: &str, parameters: &HashMap<String, String>) -> Result<Key, Refusal> {
    let Some(wanted) = parameters.get("id_type") else { return Ok((IdentifierKind::Id, id.to_owned())) };
    let kind = IdentifierKind::ALL.into_iter().find(|kind| kind.as_str() == wanted);
    let kind = kind.ok_or_else(|| {
        Refusal::bad_request(format!("expected `id`, `email` or `cio_id` as `id_type`, found `{wanted}`"))
    })?;
    let value = if kind == IdentifierKind::CioId { id.strip_prefix("cio_").unwrap_or(id) } else { id };
    Ok((kind, value.to_owned()))
}

fn no_customer(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no customer `{id}`"))
}
