//! Dry run: renders a request without sending or capturing a message.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::edited::EditedTemplate;
use super::findings::explanation;
use super::send::inbox::{customer_without_attributes, no_template};
use super::state::State;
use super::template_source::TemplateSource;
use crate::diagnostics::{Diagnostics, Source};
use crate::liquid::Mode;
use crate::message::{Customer, Rendering, Request, Template};
use crate::project::Project;

/// A request to render, as the page sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DryRun {
    /// The body of the request.
    request: String,
    /// The content of a customer file; if it is not given, the project's customer.
    customer: Option<String>,
    #[serde(default)]
    lax: bool,
    /// Another text of a template, which is not saved.
    edited: Option<EditedTemplate>,
    /// Whether the response has the source of the template, and what its expressions printed.
    #[serde(default)]
    with_source: bool,
}

/// The parsed request with its template and customer.
pub(super) struct DryRunInput<'p> {
    pub(super) template: &'p Template,
    pub(super) request: Request,
    pub(super) customer: Cow<'p, Customer>,
    /// The version of the project.
    version: u64,
    /// The warnings about the request.
    problems: Diagnostics,
}

/// `POST /inkproof/api/render`
pub(super) async fn render(
    extract::State(state): extract::State<Arc<State>>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let dry_run: DryRun = body::json(body).await?;
    let shared = Arc::clone(&state);
    state.renders.run(move || dry_run.render(&shared)).await.map(Json)
}

impl DryRun {
    fn render(&self, state: &State) -> Value {
        let (project, version) = state.project.get();
        let rendered = self.project(&project, version, state).and_then(|project| {
            let input = self.input(&project, version, state)?;
            let variant = input.variant().clone();
            Ok((input.render(self.lax, &project, state), Some(variant)))
        });
        let (rendering, template) = rendered.unwrap_or_else(|problems| (Rendering::failed(problems), None));
        let template = template.filter(|_| self.with_source);
        let source = template.map(|own| TemplateSource::new(&own, &rendering.text, rendering.message.as_ref()));
        json!({
            "message": rendering.message,
            "diagnostics": rendering.problems,
            "explanation": explanation(&rendering.problems),
            "test_send_looks_fine": rendering.test_send_looks_fine,
            "source": source,
        })
    }

    /// The project, with the edited text if there is one.
    pub(super) fn project(
        &self,
        project: &Arc<Project>,
        version: u64,
        state: &State,
    ) -> Result<Arc<Project>, Diagnostics> {
        match &self.edited {
            Some(edited) => state.edited.of(project, version, edited),
            None => Ok(Arc::clone(project)),
        }
    }

    /// Parses the request and finds its template and customer.
    pub(super) fn input<'p>(
        &self,
        project: &'p Project,
        version: u64,
        state: &State,
    ) -> Result<DryRunInput<'p>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let request = Request::read("request", Source::new("request.json", self.request.as_str()), &mut problems)?;
        let own = self.customer.as_ref().map(|text| Customer::read(Source::new("customer.json", text.as_str())));
        let own = own.transpose()?;
        let template = project.template_for(&request).ok_or_else(|| no_template(project, &request))?;
        let customer = match (own, state.customer(project, version, &request)?) {
            (Some(own), _) => Cow::Owned(own),
            (None, Some(known)) => known,
            (None, None) => Cow::Owned(customer_without_attributes(request.identifier())?),
        };
        Ok(DryRunInput { template, request, customer, version, problems })
    }
}

impl DryRunInput<'_> {
    /// The template in the language of the message.
    fn variant(&self) -> &Template {
        self.template.in_language(self.request.language().or_else(|| self.customer.language()))
    }

    fn render(self, lax: bool, project: &Project, state: &State) -> Rendering {
        let violations = state.schemas.violations(project, self.version, self.variant(), &self.request);
        let mut render_options = state.render_options(state.clock.now());
        if lax {
            render_options.mode = Mode::Lax;
        }
        let mut rendering = state.render(&render_options, |options| {
            project.render_one(self.template, &self.customer, &self.request, options)
        });
        rendering.problems.extend(self.problems);
        rendering.problems.extend(violations);
        rendering.problems.tidy();
        rendering
    }
}
