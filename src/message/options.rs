//! Render options: the time, mode, seed and limits of a rendering.

use jiff::Timestamp;

use super::milliseconds;
use crate::liquid::{Limits, Mode, Options};

/// When and how a message is rendered.
#[derive(Clone, Copy, Debug)]
pub struct RenderOptions {
    /// The time of sending.
    pub now: Timestamp,
    /// Whether to render as a real send or as a test send.
    pub mode: Mode,
    /// The seed of random filters. Without one, each rendering makes different choices.
    pub seed: Option<u64>,
    /// The budgets for time, memory and output.
    pub limits: Limits,
    /// Whether a message that fails is rendered again as a test send. That takes as long as the message itself.
    pub asks_test_send: bool,
}

impl RenderOptions {
    /// These options in the form that the Liquid engine takes.
    pub(super) fn for_liquid(&self) -> Options {
        Options { mode: self.mode, now: Some(milliseconds(self.now)), seed: self.seed, limits: self.limits }
    }
}
