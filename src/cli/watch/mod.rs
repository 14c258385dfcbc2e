//! `--watch`: a command keeps running, and redoes the work that a change of a file affects.
//!
//! A [`Job`] is the work of a command; each command implements its own. A [`LiveProject`] follows the project's files.
//! All events (changed files, keys, signals) come through one channel, one at a time.

mod event;
mod job;
mod messages;
mod plain;
mod screen;

use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::FalseyValueParser;
use jiff::SignedDuration;

use super::screen::is_available;
use super::{Failure, Global, Outcome};
use crate::project::{LiveProject, OpenError};
use crate::watch::{LONGEST_BURST, QUIET, WatchEvent};
use event::{Event, Events};
pub(super) use job::{Job, ScreenAction};
pub(super) use messages::MessageTracker;
use plain::PlainOutput;
use screen::Screen;

/// How long it must be quiet before work that [may begin early](Job::may_begin_early) begins. Its results are shown when it has been
/// [`QUIET`].
const SETTLED: Duration = Duration::from_millis(2);
/// The interval if `--poll` has no value.
const POLL_INTERVAL: &str = "500ms";

#[derive(Debug, Args)]
pub(super) struct WatchArguments {
    /// Watch for changes of files, and update the results
    #[arg(long, env = "INKPROOF_WATCH", value_parser = FalseyValueParser::new())]
    watch: bool,
    /// While watching, poll files at this interval, such as 2s, instead of using file system events; 500ms if omitted
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

/// Parses a poll interval.
fn interval(text: &str) -> Result<Duration, String> {
    let interval: Option<SignedDuration> = text.parse().ok();
    let interval = interval.and_then(|interval| Duration::try_from(interval).ok());
    let allowed = Duration::from_millis(10)..=Duration::from_secs(3600);
    interval
        .filter(|interval| allowed.contains(interval))
        .ok_or_else(|| "expected a duration from 10ms to 1h, such as 500ms or 2s".to_owned())
}

impl WatchArguments {
    pub(super) const fn is_wanted(&self) -> bool {
        self.watch
    }

    /// Runs a job once, and again for each change, until the user quits, a signal arrives or the output is closed.
    pub(super) fn run(&self, mut job: impl Job, global: &Global) -> Result<Outcome, Failure> {
        let (sender, mut events) = event::channel()?;
        let changes = sender.clone();
        let mut live = LiveProject::open(
            global.project_folder(),
            global.directory(),
            job.includes_test_requests(),
            self.poll,
            if job.may_begin_early() { SETTLED } else { QUIET },
            move |change| {
                // The receiver may be gone; nothing is left to notify.
                let _ = changes.send(Event::Files(change));
            },
        )?;
        live.watch_besides(job.extra_directories(live.project()));
        if job.is_for_people() && is_available() {
            // Report a failed start before the screen opens, so that the message stays visible.
            if let Err(failure) = job.update(&live, &WatchEvent::All) {
                global.report(live.project().problems())?;
                return Err(failure);
            }
            let screen = Screen::open(job, &live, global)?;
            let keyboard = event::keyboard(sender)?;
            return screen.run(&mut live, &mut events, &keyboard);
        }
        event::notify_when_output_closes(sender);
        let mut plain = PlainOutput::new(global);
        if let Err(failure) = plain.show(&mut job, &live) {
            // The problems of the files may explain the failure.
            if job.reports_problems() {
                global.report(live.project().problems())?;
            }
            return Err(failure);
        }
        plain.follow(&mut job, &mut live, &mut events)
    }
}

/// Updates the project after a change. Returns whether anything is different.
fn apply_change(change: &WatchEvent, live: &mut LiveProject, job: &impl Job) -> Result<bool, OpenError> {
    let is_different = live.take(change)?;
    if is_different {
        live.watch_besides(job.extra_directories(live.project()));
    }
    Ok(is_different)
}

/// Takes up a change, and, if it was reported early, those that follow it before it is quiet.
fn until_quiet<E>(
    first: WatchEvent,
    is_early: bool,
    events: &mut Events,
    mut take_up: impl FnMut(&WatchEvent) -> Result<(), E>,
) -> Result<(), E> {
    let end = Instant::now() + LONGEST_BURST;
    let mut next = Some(first);
    while let Some(change) = next {
        let quiet_at = Instant::now() + QUIET;
        take_up(&change)?;
        let now = Instant::now();
        next = if is_early && now < end {
            events.change_within(quiet_at.min(end).saturating_duration_since(now))
        } else {
            None
        };
    }
    Ok(())
}
