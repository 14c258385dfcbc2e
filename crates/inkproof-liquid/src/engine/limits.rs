//! Limits: how much time, memory and output a render may use.

use std::time::Duration;

use crate::error::{Error, Result};

/// The most a render may use. LiquidJS has the first three as well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Maximum length of a template, in UTF-16 code units.
    pub parse_length: usize,
    /// Maximum duration of a render.
    pub render_time: Duration,
    /// Maximum memory as LiquidJS counts it: roughly one unit per character and element that a filter or range processes,
    /// never freed.
    pub memory: f64,
    /// Maximum length of the output, in bytes.
    pub output: usize,
    /// Maximum memory actually allocated for values, output and its source map, in bytes.
    pub arena: usize,
}

impl Default for Limits {
    /// Far more than any message needs, and affordable on any machine.
    fn default() -> Self {
        Self {
            parse_length: 100_000_000,
            render_time: Duration::from_secs(2),
            memory: 1e8,
            output: 1 << 27,
            arena: 1 << 29,
        }
    }
}

/// How many steps a node counts as.
pub(crate) const NODE: usize = 64;

/// The memory that a render has used as LiquidJS counts it. Time and allocated memory are counted by the
/// [arena](crate::Arena).
#[derive(Debug)]
pub(crate) struct Budget {
    memory_used: f64,
    memory: f64,
}

impl Budget {
    pub(crate) const fn new(limits: &Limits) -> Self {
        Self { memory_used: 0.0, memory: limits.memory }
    }

    /// Counts memory. A count that is not positive is ignored.
    pub(crate) fn use_memory(&mut self, count: f64) -> Result<()> {
        if count > 0.0 {
            if self.memory_used + count > self.memory {
                return Err(Error::new("memory alloc limit exceeded"));
            }
            self.memory_used += count;
        }
        Ok(())
    }
}
