//! Schemas: the JSON Schema of what a template needs, and where a request does not match the schema that its template declares.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{self, Path, RawQuery};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::api::read_query;
use super::state::State;
use super::template_name::template_called;
use crate::contract::Schemas;
use crate::diagnostics::{Diagnostics, Severity};
use crate::liquid::Mode;
use crate::message::{RenderOptions, Request, Template};
use crate::project::Project;
use crate::rules;
use crate::schema::{Openness, SchemaOptions, TemplateModel};
use crate::snapshot;

/// `GET /inkproof/api/schema/{template}`: the schema that `inkproof schema` prints.
pub(super) async fn schema(
    extract::State(state): extract::State<Arc<State>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let options = read_options(query.as_deref())?;
    let shared = Arc::clone(&state);
    let derived = state.renders.run(move || {
        let (project, _) = shared.project.get();
        let template = template_called(&project, &name)?;
        let fixed = snapshot::render_options(&project);
        let own = &shared.options;
        let render_options = RenderOptions {
            now: own.now.unwrap_or(fixed.now),
            mode: if own.mode == Mode::Lax { Mode::Lax } else { fixed.mode },
            seed: own.seed.or(fixed.seed),
            ..fixed
        };
        let model = TemplateModel::derive(&project, template, &render_options);
        model.map(|model| model.document(options)).map_err(|problems| {
            let error = format!("the template `{}` cannot be parsed", template.name());
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, error).with("diagnostics", json!(problems))
        })
    });
    derived.await?.map(Json)
}

/// The options in a query string. A name without a value switches its option on.
fn read_options(query: Option<&str>) -> Result<SchemaOptions, Refusal> {
    let mut options = SchemaOptions { is_customer: false, openness: Openness::Open };
    read_query(query, |name, value| {
        let is_on = match value {
            "" | "true" => true,
            "false" => false,
            other => return Err(format!("expected `true` or `false` as `{name}`, found `{other}`")),
        };
        match name {
            "customer" => options.is_customer = is_on,
            "closed" => options.openness = if is_on { Openness::Closed } else { Openness::Open },
            _ => return Err(format!("there is no parameter `{name}`: expected `customer` or `closed`")),
        }
        Ok(())
    })?;
    Ok(options)
}

/// The schemas that the templates of a project declare. They are read again when the project changes.
#[derive(Debug, Default)]
pub(super) struct DeclaredSchemas(Mutex<Option<(u64, Arc<Schemas>)>>);

impl DeclaredSchemas {
    /// Where the `message_data` of a request does not match the schema of its template. The message is sent all the same, so
    /// nothing is more severe than a warning.
    pub(super) fn violations(
        &self,
        project: &Project,
        version: u64,
        template: &Template,
        request: &Request,
    ) -> Diagnostics {
        if template.settings().message_data.is_none() {
            return Diagnostics::new();
        }
        let mut violations = rules::schema_violations(project, &self.of(project, version), template, request);
        for violation in violations.iter_mut() {
            violation.severity = violation.severity.max(Severity::Warning);
        }
        violations
    }

    fn of(&self, project: &Project, version: u64) -> Arc<Schemas> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((of, schemas)) if *of == version => Arc::clone(schemas),
            _ => Arc::clone(&known.insert((version, Arc::new(Schemas::of(project)))).1),
        }
    }
}
