//! Progress: how far a long run has come, on a terminal only, and gone when it is done.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a run goes on before its progress is shown: most are over by then.
const PATIENCE: Duration = Duration::from_millis(400);

/// The progress of a run.
pub(super) struct Progress {
    bar: ProgressBar,
    shown_from: Option<Instant>,
}

impl Progress {
    /// That of a run of so many steps, which `what` says in a word.
    pub(super) fn new(what: &'static str, steps: usize) -> Self {
        let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos} of {human_len}, {eta} left");
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), ProgressDrawTarget::hidden());
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        Self { bar, shown_from: std::io::stderr().is_terminal().then(|| Instant::now() + PATIENCE) }
    }

    /// Tells that a step is done. Any thread may.
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
