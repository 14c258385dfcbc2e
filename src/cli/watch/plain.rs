//! Watching without a full-screen display: each update is printed below the previous one.

use std::io::{self, BufWriter, Write};
use std::sync::mpsc::Receiver;

use super::event::Event;
use super::{Job, apply_change};
use crate::cli::{Failure, Global, Outcome};
use crate::diagnostics::{Diagnostics, sanitize};
use crate::project::LiveProject;
use crate::watch::WatchEvent;

/// Prints the results of a job as lines.
pub(super) struct PlainOutput<'a> {
    global: &'a Global,
    /// The problems of the project's files that were last reported.
    problems: Diagnostics,
}

impl<'a> PlainOutput<'a> {
    pub(super) fn new(global: &'a Global) -> Self {
        Self { global, problems: Diagnostics::new() }
    }

    /// Prints updates until a signal ends the process or the output is closed.
    pub(super) fn follow(
        &mut self,
        job: &mut impl Job,
        live: &mut LiveProject,
        events: &Receiver<Event>,
    ) -> Result<Outcome, Failure> {
        for event in events {
            match event {
                Event::Files(WatchEvent::Notice(notice)) => notify(&notice)?,
                Event::Files(change) => match apply_change(&change, live, job) {
                    Ok(false) => {}
                    Ok(true) => match self.show(job, live, &change) {
                        // Names that match nothing now may match again when a broken file is repaired.
                        Err(Failure::Messages(messages)) => messages.iter().try_for_each(|message| notify(message))?,
                        other => other?,
                    },
                    Err(error) => notify(&error.to_string())?,
                },
                // No thread reads keys here.
                Event::Terminal(_) => {}
                Event::Terminate(code) => return Ok(Outcome::Ended(code)),
                Event::OutputClosed => return Ok(Outcome::Fine),
            }
        }
        Ok(Outcome::Fine)
    }

    /// Updates the job after a change, and prints what is new.
    pub(super) fn show(&mut self, job: &mut impl Job, live: &LiveProject, changed: &WatchEvent) -> Result<(), Failure> {
        if !job.reports_problems() && self.problems != *live.project().problems() {
            self.problems = live.project().problems().clone();
            self.global.report(&self.problems)?;
            if self.problems.is_empty() {
                notify("all problems of the project's files are fixed")?;
            }
        }
        if job.update(live, changed)? {
            let mut out = BufWriter::new(anstream::stdout().lock());
            job.print(self.global.theme(), &mut out, &mut anstream::stderr().lock())?;
            out.flush()?;
        }
        Ok(())
    }
}

/// Prints a notice on standard error.
fn notify(text: &str) -> io::Result<()> {
    writeln!(anstream::stderr().lock(), "watch: {}", sanitize::text(text))
}
