//! `--watch`: a command goes on, and does again what a change touches.
//!
//! A [`Job`] is what a command does with a project, again and again; each command implements its own. A [`LiveProject`]
//! follows the project's files. Everything that happens, whether to files, at the keyboard or to the process, comes through
//! one channel of [`Event`]s, one at a time.

mod event;
mod job;
mod messages;
mod plain;
mod screen;

use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use jiff::SignedDuration;

use super::{Failure, Global, Outcome};
use crate::project::{LiveProject, OpenError};
use crate::watch::WatchEvent;
use event::Event;
pub(super) use job::{Action, Job};
pub(super) use messages::Messages;
use plain::Plain;
use screen::Screen;
pub(super) use screen::is_possible as is_screen_possible;

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

impl WatchArguments {
    pub(super) const fn is_wanted(&self) -> bool {
        self.watch
    }

    /// Does a job, and again what of it a change touches, until somebody has enough.
    pub(super) fn run(&self, mut job: impl Job, global: &Global) -> Result<Outcome, Failure> {
        let (events, happened) = event::channel()?;
        let changes = events.clone();
        let mut live = LiveProject::open(global.directory(), job.is_for_tests(), self.poll, move |told| {
            // Who has ended need not be told.
            let _ = changes.send(Event::WatchEvent(told));
        })?;
        live.watch_besides(job.folders(live.project()));
        if job.is_for_people() && screen::is_possible() {
            // What cannot be done at all is told where it stays.
            if let Err(failure) = job.update(&live, &WatchEvent::All) {
                global.report(live.project().problems())?;
                return Err(failure);
            }
            let screen = Screen::open(job, &live, global)?;
            let keyboard = event::keyboard(events)?;
            return screen.run(&mut live, &happened, &keyboard);
        }
        event::when_nobody_reads(events);
        let mut plain = Plain::new(global);
        if let Err(failure) = plain.show(&mut job, &live, &WatchEvent::All) {
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
fn take(told: &WatchEvent, live: &mut LiveProject, job: &impl Job) -> Result<bool, OpenError> {
    let is_different = live.take(told)?;
    if is_different {
        live.watch_besides(job.folders(live.project()));
    }
    Ok(is_different)
}
