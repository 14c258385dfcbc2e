//! Options: when and how a message is rendered.

use jiff::Timestamp;

use super::milliseconds;
use crate::liquid::{Limits, Mode, Options};

/// When and how a message is rendered.
#[derive(Clone, Copy, Debug)]
pub struct RenderOptions {
    /// The moment of sending.
    pub now: Timestamp,
    /// Whether as a real send or as a test send.
    pub mode: Mode,
    /// The seed of random choices; without one, each render makes others.
    pub seed: Option<u64>,
    /// What may be used up.
    pub limits: Limits,
    /// Whether a message that fails is also rendered as a test send. That takes as long as the message itself.
    pub asks_test_send: bool,
}

impl RenderOptions {
    /// The same for the language.
    pub(super) fn for_liquid(&self) -> Options {
        Options { mode: self.mode, now: Some(milliseconds(self.now)), seed: self.seed, limits: self.limits }
    }
}
