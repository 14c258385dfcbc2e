//! Limits: how much time, memory and output a render may use.

use std::cell::OnceCell;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::value::Arena;

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
    /// Maximum memory actually allocated for values, in bytes.
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

/// What a render has used of its limits.
#[derive(Debug)]
pub(crate) struct Budget {
    memory_used: f64,
    memory: f64,
    /// The deadline. It is set at the first check, so that a small message never reads the clock.
    deadline: OnceCell<Instant>,
    render_time: Duration,
    nodes_until_check: u32,
    arena: usize,
}

/// How many nodes are rendered between two checks of the clock.
const CHECK_INTERVAL: u32 = 64;

impl Budget {
    pub(crate) fn new(limits: &Limits, arena: &Arena) -> Self {
        Self {
            memory_used: 0.0,
            memory: limits.memory,
            deadline: OnceCell::new(),
            render_time: limits.render_time,
            nodes_until_check: CHECK_INTERVAL,
            arena: limits.arena.saturating_add(arena.allocated_bytes()),
        }
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

    /// Counts a node, and checks the clock and the allocated memory every [`CHECK_INTERVAL`] nodes.
    #[inline]
    pub(crate) fn use_node(&mut self, arena: &Arena) -> Result<()> {
        self.nodes_until_check -= 1;
        if self.nodes_until_check > 0 {
            return Ok(());
        }
        self.nodes_until_check = CHECK_INTERVAL;
        self.check_limits(arena)
    }

    /// Checks the clock and the allocated memory.
    #[cold]
    pub(crate) fn check_limits(&self, arena: &Arena) -> Result<()> {
        self.check_arena(arena, 0)?;
        let now = Instant::now();
        if now > *self.deadline.get_or_init(|| now.checked_add(self.render_time).unwrap_or(now)) {
            return Err(Error::new("template render limit exceeded"));
        }
        Ok(())
    }

    /// Makes sure that `more` bytes may be allocated.
    pub(crate) fn check_arena(&self, arena: &Arena, more: usize) -> Result<()> {
        if arena.allocated_bytes().saturating_add(more) > self.arena {
            return Err(Error::new("memory alloc limit exceeded"));
        }
        Ok(())
    }
}
