//! What a template needs: its variables, what the project's requests have for them, and what of it they come to.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::findings::Findings;
use super::state::State;
use super::trial::{Subject, Trial};
use crate::analysis::Coverage;
use crate::project::{Case, Project};
use crate::rules::{Cell, Judgement, Row, Table, judge};

/// Which template, and a request that is tried out with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// The template's name.
    template: String,
    /// What is tried out, and may have something for its variables as well.
    trial: Option<Trial>,
}

/// `POST /inkproof/api/check`: what `inkproof check` says of one template.
pub(super) async fn check(
    extract::State(state): extract::State<Arc<State>>,
    body: Body,
) -> Result<Json<Needs>, Refusal> {
    let question: Question = body::json(body).await?;
    let checked = tokio::task::spawn_blocking(move || {
        let (project, _) = state.project.get();
        question.answer(&project, &state)
    });
    checked
        .await
        .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the template could not be checked"))?
        .map(Json)
}

impl Question {
    fn answer(&self, project: &Project, state: &State) -> Result<Needs, Refusal> {
        let template = project.templates().iter().find(|template| template.is_called(&self.template));
        let template =
            template.ok_or_else(|| Refusal::not_found(format!("there is no template `{}`", self.template)))?;
        let render_options = state.render_options(state.clock.now());
        let judgement = judge(project, &[template], &project.in_every_language(&project.cases()), &render_options);
        let subject = self.trial.as_ref().and_then(|trial| trial.subject(project).ok());
        let typed = subject.map(|Subject { template, request, customer, .. }| {
            let case = Case { template, request: &request, customer: &customer };
            judge(project, &[template], &[case], &render_options)
        });
        Ok(Needs::new(judgement, typed.as_ref()))
    }
}

/// The answer. What is not known where the template cannot be parsed is null.
#[derive(Debug, Serialize)]
pub(super) struct Needs {
    /// Names, in the order of the variables' cells.
    requests: Option<Vec<String>>,
    variables: Option<Vec<Variable>>,
    coverage: Option<Value>,
    #[serde(flatten)]
    findings: Findings,
}

impl Needs {
    fn new(judgement: Judgement, typed: Option<&Judgement>) -> Self {
        let typed = typed.and_then(|judgement| judgement.tables.first());
        let (requests, rows) = judgement.tables.into_iter().next().map(|table| (table.columns, table.rows)).unzip();
        Self {
            requests,
            variables: rows.map(|rows| variables(rows, typed)),
            coverage: judgement.coverage.first().map(shown_coverage),
            findings: judgement.findings.into(),
        }
    }
}

/// A variable, and what the request that is tried out has for it.
#[derive(Debug, Serialize)]
struct Variable {
    #[serde(flatten)]
    row: Row,
    typed: Option<Cell>,
}

fn variables(rows: Vec<Row>, typed: Option<&Table>) -> Vec<Variable> {
    let of_typed = |path: &str| typed?.rows.iter().find(|row| row.path == path)?.cells.first().copied();
    rows.into_iter().map(|row| Variable { typed: of_typed(&row.path), row }).collect()
}

fn shown_coverage(coverage: &Coverage) -> Value {
    let missed = coverage.branches.iter().filter(|branch| branch.hits == 0).map(|branch| branch.line);
    json!({
        "covered": coverage.covered(),
        "branches": coverage.branches.len(),
        "missed_lines": missed.collect::<Vec<_>>(),
    })
}
