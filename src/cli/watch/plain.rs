//! Watching without a screen: each update is printed below the one before.

use std::io::{self, BufWriter, Write};
use std::sync::mpsc::Receiver;

use super::event::Event;
use super::{Job, take};
use crate::cli::{Failure, Global, Outcome};
use crate::diagnostics::{Diagnostics, sanitize};
use crate::project::LiveProject;
use crate::watch::WatchEvent;

/// Prints the results of a job as lines.
pub(super) struct Plain<'a> {
    global: &'a Global,
    /// What was last said to be wrong with the project's files.
    problems: Diagnostics,
}

impl<'a> Plain<'a> {
    pub(super) fn new(global: &'a Global) -> Self {
        Self { global, problems: Diagnostics::new() }
    }

    /// Prints all that happens, until the process is to end or nobody reads any more.
    pub(super) fn follow(
        &mut self,
        job: &mut impl Job,
        live: &mut LiveProject,
        happened: &Receiver<Event>,
    ) -> Result<Outcome, Failure> {
        for event in happened {
            match event {
                Event::WatchEvent(WatchEvent::Notice(notice)) => say(&notice)?,
                Event::WatchEvent(told) => match take(&told, live, job) {
                    Ok(false) => {}
                    Ok(true) => match self.show(job, live, &told) {
                        // The names may mean something again when a file is whole again.
                        Err(Failure::Messages(messages)) => messages.iter().try_for_each(|message| say(message))?,
                        other => other?,
                    },
                    Err(error) => say(&error.to_string())?,
                },
                // Nobody reads keys here.
                Event::Terminal(_) => {}
                Event::Ended(code) => return Ok(Outcome::Ended(code)),
                Event::NobodyReads => return Ok(Outcome::Fine),
            }
        }
        Ok(Outcome::Fine)
    }

    /// Lets the job take over a change, and prints what there is to show.
    pub(super) fn show(&mut self, job: &mut impl Job, live: &LiveProject, changed: &WatchEvent) -> Result<(), Failure> {
        if !job.tells_problems() && self.problems != *live.project().problems() {
            self.problems = live.project().problems().clone();
            self.global.report(&self.problems)?;
            if self.problems.is_empty() {
                say("nothing is wrong with the project's files any more")?;
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

/// Says something besides the results.
fn say(text: &str) -> io::Result<()> {
    writeln!(anstream::stderr().lock(), "watch: {}", sanitize::text(text))
}
