//! The audience: the report on a file of people that the page sends. The file is read as it arrives, and nothing of it is kept.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{self, RawQuery};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::api::read_query;
use super::findings::explanation;
use super::state::State;
use super::upload::{self, Upload};
use crate::audience::{Audience, Lines, Output, Reveal, RunError, reads_snippets, run};
use crate::liquid::{Arena, json as liquid_json};
use crate::message::{RenderOptions, Request, Template};
use crate::project::Project;
use crate::records::{Records, Stop, thread_count};

/// `POST /inkproof/api/audience`
pub(super) async fn report(
    extract::State(state): extract::State<Arc<State>>,
    RawQuery(raw): RawQuery,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let mut query = AudienceQuery { file: "people".to_owned(), ..AudienceQuery::default() };
    let read = read_query(raw.as_deref(), |name, value| {
        match name {
            "template" => value.clone_into(&mut query.template),
            "request" => query.request = Some(value.to_owned()),
            "file" => value.clone_into(&mut query.file),
            _ => return Err(format!("there is no parameter `{name}`: expected `template`, `request` or `file`")),
        }
        Ok(())
    });
    let (sender, upload) = upload::channel();
    let stop = Stop::default();
    // If the client goes away, this future is dropped, and with it the rest of the work ends.
    let _ends = StopOnDrop(stop.clone());
    let shared = Arc::clone(&state);
    let report = async move {
        read?;
        state.audiences.run(move || query.run(&shared, upload, stop)).await?
    };
    let (sent, report) = tokio::join!(sender.send_all(body), report);
    sent?;
    report.map(Json)
}

/// Ends the reading of records when it is dropped.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[derive(Debug, Default)]
struct AudienceQuery {
    template: String,
    /// The request whose `message_data` and language everyone gets.
    request: Option<String>,
    /// The name of the file.
    file: String,
}

impl AudienceQuery {
    fn run(&self, state: &State, upload: Upload, stop: Stop) -> Result<Value, Refusal> {
        let (project, _) = state.project.get();
        let template = self.template(&project)?;
        let request = self.request(&project, template)?;
        let arena = Arena::new();
        let value = request.and_then(|request| liquid_json::read(request.source().text(), &arena).ok());
        let options = state.render_options(state.clock.now());
        let audience = Audience {
            workspace: project.workspace(),
            template,
            lines: Lines::with_request(value, &arena),
            // As on the command line, each person gets the same random choices in every run.
            options: RenderOptions { seed: options.seed.or(Some(0)), ..options },
            language: None,
            reveal: Reveal::Nothing,
            is_ordered: true,
            writes_failures: false,
            writes_messages: false,
            keeps_records: false,
            reads_snippets: reads_snippets(template, &project.workspace()),
            combined_with: String::new(),
        };
        let records = Records::of_stream(&self.file, Box::new(upload), stop);
        match run(&audience, records, thread_count(), None, &mut Output::default(), &|_| ()) {
            Ok((part, _)) => Ok(json!(part.report())),
            Err(RunError::Template(problems)) => Err(Refusal::bad_request(explanation(&problems))),
        }
    }

    fn template<'p>(&self, project: &'p Project) -> Result<&'p Template, Refusal> {
        let found = project.templates().iter().find(|template| template.is_called(&self.template));
        found.ok_or_else(|| Refusal::not_found(format!("there is no template `{}`", self.template)))
    }

    fn request<'p>(&self, project: &'p Project, template: &Template) -> Result<Option<&'p Request>, Refusal> {
        let Some(name) = &self.request else { return Ok(None) };
        let mut own = project.requests().iter().filter(|request| template.is_called(&request.template().text));
        let found = own.find(|request| request.name() == name);
        found.map(Some).ok_or_else(|| {
            Refusal::new(StatusCode::NOT_FOUND, format!("there is no request `{name}` of `{}`", template.name()))
        })
    }
}
