//! `inkproof render`: messages as JSON lines.

mod watch;

use std::io::{self, BufWriter, Write};

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::command::RunCommand;
use super::given::{Given, GivenArguments};
use super::watch::WatchArguments;
use super::{Failure, Global, Outcome, completions};
use crate::diagnostics::{Diagnostic, Format};
use crate::message::{Message, RenderOptions, Rendering};
use crate::project::{Case, Project, SendStatus};
use watch::RenderJob;

/// Render messages as JSON lines, for scripts
///
/// Prints one JSON object per line for each message: template, request, customer, message and diagnostics. `message` is
/// null if rendering fails.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof render order_shipped | jq .message.properties
  curl -s https://example.com/last-request | inkproof render -")]
pub(super) struct Render {
    /// Names, patterns or paths of templates or requests; `-` is a request on standard input; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
    #[command(flatten)]
    given: GivenArguments,
    #[command(flatten)]
    watch: WatchArguments,
}

/// A line of output.
#[derive(Serialize)]
struct Line<'a> {
    template: Option<&'a str>,
    request: &'a str,
    customer: Option<&'a str>,
    message: Option<&'a Message>,
    diagnostics: &'a [Diagnostic],
    /// `lost` if the configuration expects that.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'static str>,
}

/// Compares a rendering with what the configuration expects, as programs read it.
fn settle(case: &Case<'_>, rendering: &mut Rendering, project: &Project, options: &RenderOptions) -> SendStatus {
    let send_status = project.send_status(case, rendering, options);
    send_status.lower_errors(&mut rendering.problems);
    send_status
}

impl<'a> Line<'a> {
    fn new(case: &'a Case<'a>, rendering: &'a Rendering, send_status: SendStatus) -> Self {
        Self {
            template: Some(case.template.name()),
            request: case.request.name(),
            customer: Some(case.customer.main_identifier()),
            message: rendering.message.as_ref(),
            diagnostics: &rendering.problems,
            expected: matches!(send_status, SendStatus::LostAsExpected | SendStatus::SentUnexpectedly)
                .then_some("lost"),
        }
    }

    /// The line of a request that was removed.
    const fn gone(request: &'a str, diagnostics: &'a [Diagnostic]) -> Self {
        Self { template: None, request, customer: None, message: None, diagnostics, expected: None }
    }

    fn write(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")
    }
}

impl RunCommand for Render {
    type Format = Format;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        if self.watch.is_wanted() {
            return self.watch.run(RenderJob::new(&self.names, global), global);
        }
        let project = global.read_project()?;
        let given = Given::read(&self.names, &self.given, &project, global)?;
        let cases = given.cases(global)?;
        let mut outcome = global.report_about(&project, given.names())?;
        let mut out = BufWriter::new(io::stdout().lock());
        let options = global.render_options();
        project.render(&cases, &options, |case, mut rendering| {
            let send_status = settle(case, &mut rendering, &project, &options);
            if !send_status.is_fine() {
                outcome = outcome.and(Outcome::Findings);
            }
            Line::new(case, &rendering, send_status).write(&mut out)
        })?;
        out.flush()?;
        Ok(outcome)
    }
}
