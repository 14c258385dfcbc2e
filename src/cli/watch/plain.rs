//! Watching without a full-screen display: each update is printed below the previous one.

use std::io::{self, BufWriter, Write};

use super::event::{Event, Events};
use super::{Job, apply_change, until_quiet};
use crate::cli::{Failure, Global, Outcome};
use crate::diagnostics::{Diagnostics, sanitize};
use crate::project::LiveProject;
use crate::watch::WatchEvent;

/// Prints the results of a job as lines.
pub(super) struct PlainOutput<'a> {
    global: &'a Global,
    /// The problems of the project's files that were last reported.
    problems: Diagnostics,
    /// Whether the job has something new that is not printed yet.
    has_news: bool,
}

impl<'a> PlainOutput<'a> {
    pub(super) fn new(global: &'a Global) -> Self {
        Self { global, problems: Diagnostics::new(), has_news: false }
    }

    /// Prints updates until a signal ends the process or the output is closed.
    pub(super) fn follow(
        &mut self,
        job: &mut impl Job,
        live: &mut LiveProject,
        events: &mut Events,
    ) -> Result<Outcome, Failure> {
        while let Some(event) = events.next() {
            match event {
                Event::Files(WatchEvent::Notice(notice)) => notify(&notice)?,
                Event::Files(change) => {
                    let (mut is_different, mut result) = (false, Ok(()));
                    until_quiet(change, job.may_begin_early(), events, |change| {
                        match apply_change(change, live, job) {
                            Ok(false) => {}
                            Ok(true) => {
                                is_different = true;
                                result = job.update(live, change).map(|has_news| self.has_news |= has_news);
                            }
                            Err(error) => result = Err(error.into()),
                        }
                        Ok::<_, Failure>(())
                    })?;
                    if is_different {
                        self.report_problems(job, live)?;
                    }
                    match result {
                        Ok(()) => self.print(job)?,
                        // Names that match nothing now may match again when a broken file is repaired.
                        Err(Failure::Messages(messages)) => messages.iter().try_for_each(|message| notify(message))?,
                        other => other?,
                    }
                }
                // No thread reads keys here.
                Event::Terminal(_) => {}
                Event::Terminate(code) => return Ok(Outcome::Ended(code)),
                Event::OutputClosed => return Ok(Outcome::Fine),
            }
        }
        Ok(Outcome::Fine)
    }

    /// Does the job, and prints its results.
    pub(super) fn show(&mut self, job: &mut impl Job, live: &LiveProject) -> Result<(), Failure> {
        self.report_problems(job, live)?;
        self.has_news = job.update(live, &WatchEvent::All)?;
        self.print(job)
    }

    /// Reports the problems of the project's files if they are not the same as before.
    fn report_problems(&mut self, job: &impl Job, live: &LiveProject) -> Result<(), Failure> {
        if !job.reports_problems() && self.problems != *live.project().problems() {
            self.problems = live.project().problems().clone();
            self.global.report(&self.problems)?;
            if self.problems.is_empty() {
                notify("all problems of the project's files are fixed")?;
            }
        }
        Ok(())
    }

    /// Prints the results if anything in them is new.
    fn print(&mut self, job: &impl Job) -> Result<(), Failure> {
        if std::mem::take(&mut self.has_news) {
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
