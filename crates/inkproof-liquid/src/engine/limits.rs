//! Limits: how much a template may use up.

use std::cell::OnceCell;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::value::Arena;

/// What a template may use up. The first three are LiquidJS's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Longest template, in UTF-16 code units.
    pub parse_length: usize,
    /// Longest render.
    pub render_time: Duration,
    /// Most memory, counted as LiquidJS counts it: roughly one for each character and element that a filter or range
    /// goes through, never given back.
    pub memory: f64,
    /// Longest output, in bytes.
    pub output: usize,
    /// Most memory really held for values, in bytes.
    pub arena: usize,
}

impl Default for Limits {
    /// Far more than any message needs, and little enough for any machine.
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

/// How much of the limits one render has used.
#[derive(Debug)]
pub(crate) struct Budget {
    memory_used: f64,
    memory: f64,
    /// When the render must have ended; counted from the first look at the clock, so that a small message never asks it.
    deadline: OnceCell<Instant>,
    render_time: Duration,
    nodes_to_next_look: u32,
    arena: usize,
}

/// How many nodes are rendered between two looks at the clock.
const LOOK_EVERY: u32 = 64;

impl Budget {
    pub(crate) fn new(limits: &Limits, arena: &Arena) -> Self {
        Self {
            memory_used: 0.0,
            memory: limits.memory,
            deadline: OnceCell::new(),
            render_time: limits.render_time,
            nodes_to_next_look: LOOK_EVERY,
            arena: limits.arena.saturating_add(arena.allocated_bytes()),
        }
    }

    /// Counts memory. What is not positive does not count.
    pub(crate) fn use_memory(&mut self, count: f64) -> Result<()> {
        if count > 0.0 {
            if self.memory_used + count > self.memory {
                return Err(Error::new("memory alloc limit exceeded"));
            }
            self.memory_used += count;
        }
        Ok(())
    }

    /// Counts a node; looks at the clock and the real memory now and then.
    #[inline]
    pub(crate) fn use_node(&mut self, arena: &Arena) -> Result<()> {
        self.nodes_to_next_look -= 1;
        if self.nodes_to_next_look > 0 {
            return Ok(());
        }
        self.nodes_to_next_look = LOOK_EVERY;
        self.look(arena)
    }

    /// Looks at the clock and the real memory.
    #[cold]
    pub(crate) fn look(&self, arena: &Arena) -> Result<()> {
        self.check_arena(arena, 0)?;
        let now = Instant::now();
        if now > *self.deadline.get_or_init(|| now.checked_add(self.render_time).unwrap_or(now)) {
            return Err(Error::new("template render limit exceeded"));
        }
        Ok(())
    }

    /// Makes sure that `more` bytes can be held.
    pub(crate) fn check_arena(&self, arena: &Arena, more: usize) -> Result<()> {
        if arena.allocated_bytes().saturating_add(more) > self.arena {
            return Err(Error::new("memory alloc limit exceeded"));
        }
        Ok(())
    }
}
