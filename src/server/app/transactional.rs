//! `GET /v1/transactional`: lists the templates as the App API lists transactional messages.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::Json;
use axum::extract::{self, Path};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::message::Template;
use crate::project::Project;
use crate::server::answer::Refusal;
use crate::server::authorization;
use crate::server::state::State;

/// `GET /v1/transactional`
pub(in crate::server) async fn list(
    extract::State(state): extract::State<Arc<State>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let (project, _) = state.project.get();
    let list = move || project.templates().iter().map(|template| to_json(&project, template)).collect::<Vec<_>>();
    let messages = state.reads.run(list).await?;
    Ok(Json(json!({ "messages": messages })))
}

/// `GET /v1/transactional/{id}`
pub(in crate::server) async fn one(
    extract::State(state): extract::State<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    authorization::bearer(&headers)?;
    let (project, _) = state.project.get();
    // The date of one file is read at once.
    let template = project.templates().iter().find(|template| template.is_called(&id));
    let template = template.ok_or_else(|| Refusal::not_found(format!("there is no transactional message `{id}`")))?;
    Ok(Json(json!({ "message": to_json(&project, template) })))
}

/// A template in the format of the App API. The `id` is null if the template has no number at Customer.io yet.
fn to_json(project: &Project, template: &Template) -> Value {
    let settings = template.settings();
    let string =
        |setting: &Option<crate::message::Setting<String>>| setting.as_ref().map(|setting| setting.value.clone());
    let modified = std::fs::metadata(project.root().join(template.source().name())).and_then(|file| file.modified());
    let modified =
        modified.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_secs());
    json!({
        "id": settings.id.as_ref().map(|id| id.value),
        "name": string(&settings.name).unwrap_or_else(|| template.name().to_owned()),
        "trigger_name": template.name(),
        "description": string(&settings.description).unwrap_or_default(),
        "send_to_unsubscribed": true,
        "link_tracking": false,
        "open_tracking": false,
        "hide_message_body": false,
        "queue_drafts": false,
        "created_at": modified,
        "updated_at": modified,
    })
}
