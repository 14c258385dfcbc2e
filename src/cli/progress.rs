//! The progress bar of a long run: on a terminal only, and removed at the end.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

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

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
