//! The progress bar of a long run: on a terminal only, and removed at the end.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::diagnostics::Thousands;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The delay before the bar is shown: most runs are shorter.
const PATIENCE: Duration = Duration::from_millis(400);

/// The progress of a run.
pub(super) struct Progress {
    bar: ProgressBar,
    shown_from: Option<Instant>,
}

impl Progress {
    /// A bar for a number of steps, labelled with `what`.
    pub(super) fn new(what: &'static str, steps: usize) -> Self {
        let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos} of {human_len}, {eta} left");
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), ProgressDrawTarget::hidden());
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        Self { bar, shown_from: std::io::stderr().is_terminal().then(|| Instant::now() + PATIENCE) }
    }

    /// Reports that a step is done. Any thread may call this.
    pub(super) fn step(&self) {
        self.bar.inc(1);
        if self.shown_from.is_some_and(|from| Instant::now() >= from) && self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

/// The progress of reading a stream: how much was read, how fast, and the remaining time if the size is known.
pub(super) struct StreamProgress {
    bar: ProgressBar,
    read: crate::records::Progress,
    started: Instant,
    is_shown: bool,
}

impl StreamProgress {
    /// The progress of these records.
    pub(super) fn new(read: &crate::records::Progress) -> Self {
        let bar = ProgressBar::with_draw_target(read.total(), ProgressDrawTarget::hidden());
        let template = match read.total() {
            Some(_) => "{msg} {bar:30} {bytes} of {total_bytes}, {eta} left",
            None => "{msg} {spinner} {bytes}",
        };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, read: read.clone(), started: Instant::now(), is_shown: std::io::stderr().is_terminal() }
    }

    /// Reports that so many records are done.
    pub(super) fn set(&self, records: u64) {
        let elapsed = self.started.elapsed();
        if !self.is_shown || elapsed < PATIENCE {
            return;
        }
        if self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let rate = u128::from(records) * 1000 / elapsed.as_millis().max(1);
        let count = |number: u128| Thousands(usize::try_from(number).unwrap_or(usize::MAX));
        self.bar.set_message(format!("{} records, {} a second", count(records.into()), count(rate)));
        self.bar.set_position(self.read.bytes());
    }
}

impl Drop for StreamProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
