//! `inkproof render`: messages as JSON lines.

use std::io::{BufWriter, Write};

use clap::Args;
use serde::Serialize;

use super::{Failure, Global, Outcome};
use crate::diagnostics::Diagnostic;
use crate::message::Message;

#[derive(Debug, Args)]
pub(super) struct Render {
    /// Templates, requests or patterns; all if none is given
    names: Vec<String>,
}

/// A line of output.
#[derive(Serialize)]
struct Line<'a> {
    template: &'a str,
    request: &'a str,
    customer: &'a str,
    message: Option<&'a Message>,
    diagnostics: &'a [Diagnostic],
}

impl Render {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let (project, mut outcome) = global.open_project()?;
        let cases = project.select(&self.names)?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        project.render(&cases, &global.circumstances(), |case, rendering| {
            let line = Line {
                template: case.template.name(),
                request: case.request.name(),
                customer: case.customer.main_identifier(),
                message: rendering.message.as_ref(),
                diagnostics: &rendering.problems,
            };
            serde_json::to_writer(&mut out, &line).map_err(std::io::Error::from)?;
            if rendering.message.is_none() {
                outcome = outcome.and(Outcome::Findings);
            }
            out.write_all(b"\n")
        })?;
        out.flush()?;
        Ok(outcome)
    }
}
