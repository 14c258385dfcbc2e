//! Snapshots: how the messages of a template differ from their accepted snapshots, and accepting them from the page. They are
//! compared and written by the same code as by `inkproof test`.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::saving::require_own_page;
use super::state::State;
use super::template_name::template_called;
use crate::project::{CONFIG_FILE, Project};
use crate::snapshot::{Difference, Hunk, Outcome, Run, Stage, Status, Store, Subject, Update, render_options};

/// `GET /inkproof/api/snapshots/{template}`
pub(super) async fn snapshots(
    extract::State(state): extract::State<Arc<State>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let shared = Arc::clone(&state);
    let compared = state.renders.run(move || {
        let (project, _) = shared.project.get();
        let template = template_called(&project, &name)?.name();
        let mut subjects = Subject::all(&project, &project.cases());
        subjects.retain(|subject| subject.case.template.name() == template);
        let store = Store::new(project.root(), &project.config().test.snapshots);
        let report = run(&project, Update::None).test(subjects);
        let snapshots: Vec<_> = report.outcomes.iter().map(|outcome| to_json(outcome, &store)).collect();
        Ok::<_, Refusal>(json!({ "snapshots": snapshots }))
    });
    compared.await?.map(Json)
}

fn run(project: &Project, update: Update) -> Run<'_> {
    let render_options = render_options(project);
    Run { project, render_options, update, fail_fast: false, is_complete: false, allows_empty: true }
}

fn to_json(outcome: &Outcome<'_>, store: &Store) -> Value {
    let Outcome { subject, status, contents, .. } = outcome;
    let difference = match status {
        Status::Different { expected } => Some(Difference::between(expected, contents)),
        Status::New => Some(Difference::between("", contents)),
        Status::Unchanged | Status::SnapshotFileError(_) => None,
    };
    let error = match status {
        Status::SnapshotFileError(error) => Some(error.to_string()),
        _ => None,
    };
    json!({
        "name": subject.name,
        "request": subject.request().name(),
        "language": subject.case.template.language(),
        "status": status.as_str(),
        "file": store.shown(&subject.name, Stage::Accepted),
        "error": error,
        "contents": contents,
        "changes": difference.as_ref().map(|difference| &difference.fields),
        "hunks": difference.iter().flat_map(|difference| &difference.hunks).map(hunk_json).collect::<Vec<_>>(),
    })
}

fn hunk_json(hunk: &Hunk) -> Value {
    let lines = hunk.lines.iter().map(|line| {
        let parts: Vec<_> =
            line.parts.iter().map(|(changed, text)| json!({ "changed": changed, "text": text })).collect();
        json!({ "mark": line.tag.mark(), "parts": parts })
    });
    json!({ "old_line": hunk.old_line, "new_line": hunk.new_line, "lines": lines.collect::<Vec<_>>() })
}

/// A message to accept.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accept {
    /// The name of the snapshot.
    name: String,
    /// The contents that were shown. If the message has changed since, nothing is accepted.
    contents: String,
}

/// `PUT /inkproof/api/snapshots`
pub(super) async fn accept(
    extract::State(state): extract::State<Arc<State>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    require_own_page(&headers, &state, "snapshots can only be accepted")?;
    let accept: Accept = body::json(body).await?;
    let shared = Arc::clone(&state);
    let accepted = state.renders.run(move || {
        let (project, _) = shared.project.get();
        let file = accept.write(&project)?;
        shared.store.wake();
        Ok::<_, Refusal>(file)
    });
    let file = accepted.await??;
    Ok(Json(json!({ "file": file })))
}

impl Accept {
    /// Writes the snapshot, and returns the path of its file relative to the project.
    fn write(&self, project: &Project) -> Result<String, Refusal> {
        let conflict = |error: String| Err(Refusal::new(StatusCode::CONFLICT, error));
        if !project.is_config_valid() {
            return conflict(format!("nothing is written: `{CONFIG_FILE}` has mistakes; correct them first"));
        }
        if project.has_colliding_names() {
            return conflict("nothing is written: the names of some snapshots collide; correct them first".to_owned());
        }
        let mut subjects = Subject::all(project, &project.cases());
        subjects.retain(|subject| subject.name == self.name);
        if subjects.is_empty() {
            return Err(Refusal::not_found(format!("there is no snapshot `{}`", self.name)));
        }
        let now = run(project, Update::None).test(subjects.clone());
        let is_shown = |outcome: &Outcome<'_>| outcome.status == Status::Unchanged || outcome.contents == self.contents;
        if !now.outcomes.iter().all(is_shown) {
            return conflict(format!("`{}` has changed since it was shown: look at it again", self.name));
        }
        let report = run(project, Update::All).test(subjects);
        if let Some(problem) = report.problems.first() {
            return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, problem.clone()));
        }
        let store = Store::new(project.root(), &project.config().test.snapshots);
        Ok(store.shown(&self.name, Stage::Accepted))
    }
}
