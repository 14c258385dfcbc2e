//! `inkproof render`: messages as JSON lines.

mod watch;

use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::command::RunCommand;
use super::given::{Given, GivenArguments};
use super::watch::WatchArguments;
use super::{Failure, Global, Outcome, completions};
use crate::diagnostics::Diagnostic;
use crate::message::{Message, RenderOptions, Rendering};
use crate::project::{Case, Project, SendStatus};
use watch::RenderJob;

/// Render messages as JSON lines, for scripts
///
/// Prints one JSON object per line for each message, or one array of them: template, request, customer, message and
/// diagnostics. `message` is null if rendering fails.
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

/// The formats of messages. Those for people lay out the problems of files, on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RenderFormat {
    /// Messages as JSON lines; problems in files with the source around them
    Full,
    /// Messages as JSON lines; one line per problem in a file
    Concise,
    /// One JSON array
    Json,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
}

/// A line of output, or an element of the array.
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
}

/// Writes messages, each on its line.
struct Lines<W> {
    out: W,
    is_array: bool,
    count: usize,
}

impl<W: Write> Lines<W> {
    const fn new(format: RenderFormat, out: W) -> Self {
        Self { out, is_array: matches!(format, RenderFormat::Json), count: 0 }
    }

    fn add(&mut self, line: &Line<'_>) -> io::Result<()> {
        let before: &[u8] = match (self.is_array, self.count) {
            (false, _) => b"",
            (true, 0) => b"[\n  ",
            (true, _) => b",\n  ",
        };
        self.count += 1;
        self.out.write_all(before)?;
        serde_json::to_writer(&mut self.out, line)?;
        if self.is_array { Ok(()) } else { self.out.write_all(b"\n") }
    }

    fn finish(mut self) -> io::Result<()> {
        match (self.is_array, self.count) {
            (false, _) => {}
            (true, 0) => self.out.write_all(b"[]\n")?,
            (true, _) => self.out.write_all(b"\n]\n")?,
        }
        self.out.flush()
    }
}

impl RunCommand for Render {
    type Format = RenderFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        if self.watch.is_wanted() {
            return self.watch.run(RenderJob::new(&self.names, format, global), global);
        }
        let project = global.read_project()?;
        let given = Given::read(&self.names, &self.given, &project, global)?;
        let cases = given.cases(global)?;
        let mut outcome = global.report_about(&project, given.names())?;
        let mut lines = Lines::new(format, BufWriter::new(io::stdout().lock()));
        let options = global.render_options();
        project.render(&cases, &options, |case, mut rendering| {
            let send_status = settle(case, &mut rendering, &project, &options);
            if !send_status.is_fine() {
                outcome = outcome.and(Outcome::Findings);
            }
            lines.add(&Line::new(case, &rendering, send_status))
        })?;
        lines.finish()?;
        Ok(outcome)
    }
}
