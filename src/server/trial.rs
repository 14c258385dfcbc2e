//! Trials: what would become of a request, without sending it. Nothing is captured.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::findings::explanation;
use super::send::{no_template, stranger};
use super::state::State;
use crate::diagnostics::{Diagnostics, Source};
use crate::liquid::Mode;
use crate::message::{Customer, Rendering, Request, Template};
use crate::project::Project;

/// What to try out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    /// The text of a request's body.
    request: String,
    /// The text of a customer; the project's where it is not given.
    customer: Option<String>,
    #[serde(default)]
    lax: bool,
}

/// What a trial is about.
pub(super) struct Subject<'p> {
    pub(super) template: &'p Template,
    pub(super) request: Request,
    pub(super) customer: Cow<'p, Customer>,
    /// What is doubtful about the request.
    problems: Diagnostics,
}

/// `POST /inkproof/api/render`
pub(super) async fn render(
    extract::State(state): extract::State<Arc<State>>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let trial: Trial = body::json(body).await?;
    let rendered = tokio::task::spawn_blocking(move || trial.render(&state)).await;
    rendered.map(Json).map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the message could not be rendered"))
}

impl Trial {
    fn render(&self, state: &State) -> Value {
        let (project, _) = state.project.get();
        let rendering = match self.subject(&project) {
            Ok(subject) => subject.render(self.lax, &project, state),
            Err(problems) => Rendering::failed(problems),
        };
        json!({
            "message": rendering.message,
            "diagnostics": rendering.problems,
            "explanation": explanation(&rendering.problems),
            "test_send_looks_fine": rendering.test_send_looks_fine,
        })
    }

    /// Reads the request and whom it is for.
    pub(super) fn subject<'p>(&self, project: &'p Project) -> Result<Subject<'p>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let request = Request::read("request", Source::new("request.json", self.request.as_str()), &mut problems)?;
        let own = self.customer.as_ref().map(|text| Customer::read(Source::new("customer.json", text.as_str())));
        let own = own.transpose()?;
        let template = project.template_for(&request).ok_or_else(|| no_template(project, &request))?;
        let customer = match (own, project.customer_for(&request)) {
            (Some(own), _) => Cow::Owned(own),
            (None, Some(known)) => Cow::Borrowed(known),
            (None, None) => Cow::Owned(stranger(request.identifier())?),
        };
        Ok(Subject { template, request, customer, problems })
    }
}

impl Subject<'_> {
    fn render(self, lax: bool, project: &Project, state: &State) -> Rendering {
        let mut render_options = state.render_options(state.clock.now());
        if lax {
            render_options.mode = Mode::Lax;
        }
        let mut rendering = project.render_one(self.template, &self.customer, &self.request, &render_options);
        rendering.problems.extend(self.problems);
        rendering.problems.tidy();
        rendering
    }
}
