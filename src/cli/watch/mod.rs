//! `--watch`: a command goes on, and does again what a change touches.
//!
//! A [`Job`] is what a command does with a project, again and again. A [`LiveProject`] follows its files. Everything that
//! happens, whether to files, at the keyboard or to the process, comes through one channel of [`Event`]s, one at a time.

mod cards;
mod checks;
mod event;
mod messages;
mod screen;
mod tests;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use jiff::SignedDuration;

use super::preview::View;
use super::{Failure, Global, Outcome, terminal};
use crate::diagnostics::{Diagnostics, Look, sanitize};
use crate::project::{LiveProject, OpenError, Project};
use crate::watch::Told;
use cards::Cards;
pub(super) use checks::Checks;
use event::Event;
pub(super) use messages::Lines;
use messages::Previews;
use screen::Screen;
pub(super) use tests::Tests;

/// The interval where `--poll` says none.
const POLL_INTERVAL: &str = "500ms";

#[derive(Debug, Args)]
pub(super) struct WatchArguments {
    /// Go on, and do again what a change of a file touches
    #[arg(long, env = "INKPROOF_WATCH", value_parser = FalseyValueParser::new())]
    watch: bool,
    /// While watching, look at the files this often, such as 2s, instead of waiting to be told of changes; 500ms if none
    /// is given
    #[arg(
        long,
        value_name = "INTERVAL",
        env = "INKPROOF_POLL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = POLL_INTERVAL,
        value_parser = interval
    )]
    poll: Option<Duration>,
}

/// Reads how often files are looked at.
fn interval(text: &str) -> Result<Duration, String> {
    let interval: Option<SignedDuration> = text.parse().ok();
    let interval = interval.and_then(|interval| Duration::try_from(interval).ok());
    let allowed = Duration::from_millis(10)..=Duration::from_secs(3600);
    interval
        .filter(|interval| allowed.contains(interval))
        .ok_or_else(|| "expected a time from 10ms to 1h, such as 500ms or 2s".to_owned())
}

/// What a command does with a project, again and again.
pub(super) trait Job {
    /// Whether the requests that are there for tests only are among it.
    fn is_for_tests(&self) -> bool {
        false
    }

    /// Folders besides the project's own whose changes matter.
    fn folders(&self, _: &Project) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Whether it tells what is wrong with the project's files itself.
    fn tells_problems(&self) -> bool {
        false
    }

    /// Does what a change touches. Gives whether there is anything to show.
    fn update(&mut self, live: &LiveProject, changed: &Told) -> Result<bool, Failure>;

    /// Prints what there is to show; what does not belong to the results goes `besides`.
    fn print(&self, look: Look, out: &mut dyn Write, besides: &mut dyn Write) -> Result<(), Failure>;

    /// Draws on a screen what there is to show, at least this many rows of it.
    fn draw(&self, look: Look, _rows: usize, out: &mut dyn Write, besides: &mut dyn Write) -> Result<(), Failure> {
        self.print(look, out, besides)
    }

    /// Whether what it shows is for people.
    fn is_for_people(&self) -> bool {
        true
    }

    /// Whether it knows what somebody may want at a screen.
    fn knows(&self, _: Action) -> bool {
        false
    }

    /// Does what somebody wants. Gives what is to be said about it.
    fn act(&mut self, _: Action, _: &LiveProject) -> Result<String, Failure> {
        Ok(String::new())
    }

    /// Shows only what has this text in its name.
    fn filter(&mut self, _: &str) {}

    /// The file that somebody may want to edit.
    fn file(&self, _: &LiveProject) -> Option<PathBuf> {
        None
    }

    /// Where one is, in a few words.
    fn place(&self) -> String {
        String::new()
    }
}

/// What somebody may want at a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Next,
    Previous,
    First,
    Last,
    /// Live becomes lax, and lax live.
    Leniency,
    /// What changed is shown, or not.
    Differences,
    /// The message is as it should be.
    Accept,
}

impl WatchArguments {
    pub(super) const fn is_wanted(&self) -> bool {
        self.watch
    }

    /// Draws messages, and again those that a change touches.
    pub(super) fn preview(&self, names: &[String], view: View, global: &Global) -> Result<Outcome, Failure> {
        if is_for_people(global.format_name()) && screen::is_possible() {
            self.run(Cards::new(names, view, global), global)
        } else {
            self.run(Previews::new(names, view, global), global)
        }
    }

    /// Does a job, and again what of it a change touches, until somebody has enough.
    pub(super) fn run(&self, mut job: impl Job, global: &Global) -> Result<Outcome, Failure> {
        let (events, happened) = event::channel()?;
        let changes = events.clone();
        let mut live = LiveProject::open(global.directory(), job.is_for_tests(), self.poll, move |told| {
            // Who has ended need not be told.
            let _ = changes.send(Event::Told(told));
        })?;
        live.watch_besides(job.folders(live.project()));
        if job.is_for_people() && screen::is_possible() {
            // What cannot be done at all is told where it stays.
            if let Err(failure) = job.update(&live, &Told::All) {
                global.report(live.project().problems())?;
                return Err(failure);
            }
            let screen = Screen::open(job, &live, global)?;
            let keyboard = event::keyboard(events)?;
            return screen.run(&mut live, &happened, &keyboard);
        }
        event::when_nobody_reads(events);
        let mut plain = Plain { global, problems: Diagnostics::new() };
        if let Err(failure) = plain.show(&mut job, &live, &Told::All) {
            // What is wrong with the files may tell why.
            if job.tells_problems() {
                global.report(live.project().problems())?;
            }
            return Err(failure);
        }
        plain.follow(&mut job, &mut live, &happened)
    }
}

/// Takes over what may be different. Gives whether anything is.
fn take(told: &Told, live: &mut LiveProject, job: &impl Job) -> Result<bool, OpenError> {
    let is_different = live.take(told)?;
    if is_different {
        live.watch_besides(job.folders(live.project()));
    }
    Ok(is_different)
}

/// Whether results in the format of that name are for people, as opposed to programs.
fn is_for_people(format: &str) -> bool {
    matches!(format, "full" | "concise")
}

/// Prints each update as lines, for programs and for whoever reads on.
struct Plain<'a> {
    global: &'a Global,
    /// What was last said to be wrong with the project's files.
    problems: Diagnostics,
}

impl Plain<'_> {
    fn follow(
        &mut self,
        job: &mut impl Job,
        live: &mut LiveProject,
        happened: &Receiver<Event>,
    ) -> Result<Outcome, Failure> {
        for event in happened {
            match event {
                Event::Told(Told::Notice(notice)) => say(&notice)?,
                Event::Told(told) => match take(&told, live, job) {
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

    fn show(&mut self, job: &mut impl Job, live: &LiveProject, changed: &Told) -> Result<(), Failure> {
        if !job.tells_problems() && self.problems != *live.project().problems() {
            self.problems = live.project().problems().clone();
            self.global.report(&self.problems)?;
            if self.problems.is_empty() {
                say("nothing is wrong with the project's files any more")?;
            }
        }
        if job.update(live, changed)? {
            let mut out = BufWriter::new(anstream::stdout().lock());
            job.print(terminal::look(), &mut out, &mut anstream::stderr().lock())?;
            out.flush()?;
        }
        Ok(())
    }
}

/// Says something besides the results.
fn say(text: &str) -> io::Result<()> {
    writeln!(anstream::stderr().lock(), "watch: {}", sanitize::text(text))
}
