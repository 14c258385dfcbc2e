//! The gallery: the messages of all requests of the project, each in every language of its template.

use std::sync::Arc;

use axum::Json;
use axum::extract::{self, RawQuery};
use serde_json::{Value, json};

use super::answer::Refusal;
use super::api::{number, read_query};
use super::state::State;
use crate::message::Rendering;
use crate::project::{Case, Project};
use crate::snapshot::Subject;

/// The maximum and the default number of messages in a response.
const MAX_LIMIT: usize = 500;
const DEFAULT_LIMIT: usize = 100;

/// The maximum offset.
const MAX_OFFSET: usize = 1_000_000_000;

/// `GET /inkproof/api/gallery`: by template, then by request.
pub(super) async fn gallery(
    extract::State(state): extract::State<Arc<State>>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let mut query = GalleryQuery { offset: 0, limit: DEFAULT_LIMIT, text: String::new() };
    read_query(raw.as_deref(), |name, value| match name {
        "limit" => number(name, value, 1, MAX_LIMIT).map(|limit| query.limit = limit),
        "offset" => number(name, value, 0, MAX_OFFSET).map(|offset| query.offset = offset),
        "text" => {
            query.text = value.to_lowercase();
            Ok(())
        }
        _ => Err(format!("there is no parameter `{name}`: expected `text`, `limit` or `offset`")),
    })?;
    let shared = Arc::clone(&state);
    state.renders.run(move || Json(query.run(&shared))).await
}

struct GalleryQuery {
    offset: usize,
    limit: usize,
    /// A string that occurs in the name or the title of the template, or in the name of the request, ignoring case.
    text: String,
}

impl GalleryQuery {
    fn run(&self, state: &State) -> Value {
        let (project, _) = state.project.get();
        let mut subjects = Subject::all(&project, &project.cases());
        subjects.retain(|subject| self.matches(subject, title_of(&project, subject)));
        let total = subjects.len();
        let shown: Vec<_> = subjects.into_iter().skip(self.offset).take(self.limit).collect();
        let cases: Vec<Case<'_>> = shown.iter().map(|subject| subject.case).collect();
        let options = state.render_options(state.clock.now());
        let messages = project.render_on_all_cores(&cases, &options, |at, rendering| {
            to_json(&shown[at], title_of(&project, &shown[at]), &rendering)
        });
        json!({ "total": total, "messages": messages })
    }

    fn matches(&self, subject: &Subject<'_>, title: Option<&str>) -> bool {
        let names = [&subject.name, subject.case.template.name(), title.unwrap_or_default()];
        names.into_iter().any(|text| text.to_lowercase().contains(&self.text))
    }
}

/// The title of a subject's template, which all its languages have.
fn title_of<'p>(project: &'p Project, subject: &Subject<'_>) -> Option<&'p str> {
    let name = subject.case.template.name();
    let main = project.templates().iter().find(|template| template.name() == name)?;
    main.settings().name.as_ref().map(|title| title.value.as_str())
}

fn to_json(subject: &Subject<'_>, title: Option<&str>, rendering: &Rendering) -> Value {
    let template = subject.case.template;
    json!({
        "name": subject.name,
        "template": template.name(),
        "title": title,
        "file": template.source().name(),
        "request": subject.request().name(),
        "language": template.language(),
        // The others are what the request would be in another language.
        "is_sent": subject.name == subject.request().name(),
        "message": rendering.message,
        "diagnostics": rendering.problems,
    })
}
