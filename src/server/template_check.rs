//! Template check: the variables of a template, the values that the project's requests have for them, and the coverage.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::Refusal;
use super::body;
use super::dry_run::{DryRun, DryRunInput};
use super::findings::Findings;
use super::state::State;
use super::template_name::template_called;
use crate::analysis::Coverage;
use crate::diagnostics::Diagnostics;
use crate::project::{Case, Project};
use crate::rules::{Cell, JudgeOptions, Judgement, Row, Table, judge};

/// The template to check, and optionally a request to compare with its variables.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckRequest {
    /// The template's name.
    template: String,
    /// A request whose values are listed in a column of its own.
    trial: Option<DryRun>,
}

/// `POST /inkproof/api/check`: the findings of `inkproof check` for one template.
pub(super) async fn check(
    extract::State(state): extract::State<Arc<State>>,
    body: Body,
) -> Result<Json<TemplateCheck>, Refusal> {
    let request: CheckRequest = body::json(body).await?;
    let shared = Arc::clone(&state);
    let checked = state.renders.run(move || {
        let (project, version) = shared.project.get();
        request.run(&project, version, &shared)
    });
    checked.await?.map(Json)
}

impl CheckRequest {
    fn run(&self, project: &Arc<Project>, version: u64, state: &State) -> Result<TemplateCheck, Refusal> {
        let own = self.trial.as_ref().map(|trial| trial.project(project, version, state)).transpose();
        let edited = match own {
            Ok(edited) => edited,
            Err(problems) => return Ok(TemplateCheck::failed(problems)),
        };
        let project = edited.as_ref().unwrap_or(project);
        let template = template_called(project, &self.template)?;
        let options = JudgeOptions::new(project, state.render_options(state.clock.now()));
        let judgement = judge(project, &[template], &project.in_every_language(&project.cases()), &options);
        let input = self.trial.as_ref().and_then(|trial| trial.input(project, version, state).ok());
        let typed = input.map(|DryRunInput { template, request, customer, .. }| {
            let case = Case { template, request: &request, customer: &customer };
            judge(project, &[template], &[case], &options)
        });
        Ok(TemplateCheck::new(judgement, typed.as_ref()))
    }
}

/// The response. If the template cannot be parsed, the unknown parts are null.
#[derive(Debug, Serialize)]
pub(super) struct TemplateCheck {
    /// The names of the requests, in the order of the cells.
    requests: Option<Vec<String>>,
    variables: Option<Vec<Variable>>,
    coverage: Option<Value>,
    #[serde(flatten)]
    findings: Findings,
}

impl TemplateCheck {
    /// The response for an edited template whose settings are not valid.
    fn failed(problems: Diagnostics) -> Self {
        Self { requests: None, variables: None, coverage: None, findings: problems.into() }
    }

    fn new(judgement: Judgement, typed: Option<&Judgement>) -> Self {
        let typed = typed.and_then(|judgement| judgement.tables.first());
        let (requests, rows) = judgement.tables.into_iter().next().map(|table| (table.columns, table.rows)).unzip();
        Self {
            requests,
            variables: rows.map(|rows| variables(rows, typed)),
            coverage: judgement.coverage.first().map(coverage_json),
            findings: judgement.findings.into(),
        }
    }
}

/// A variable, and what the given request has for it.
#[derive(Debug, Serialize)]
struct Variable {
    #[serde(flatten)]
    row: Row,
    typed: Option<Cell>,
}

fn variables(rows: Vec<Row>, typed: Option<&Table>) -> Vec<Variable> {
    let typed_cell = |path: &str| typed?.rows.iter().find(|row| row.path == path)?.cells.first().copied();
    rows.into_iter().map(|row| Variable { typed: typed_cell(&row.path), row }).collect()
}

fn coverage_json(coverage: &Coverage) -> Value {
    let missed = coverage.branches.iter().filter(|branch| branch.hits == 0).map(|branch| branch.line);
    json!({
        "covered": coverage.covered(),
        "branches": coverage.branches.len(),
        "missed_lines": missed.collect::<Vec<_>>(),
    })
}
