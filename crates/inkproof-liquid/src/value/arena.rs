//! Arenas: the memory of a template's tree, its data and the values of a render, and a count of the work done in it.
//!
//! Everything that takes time in proportion to a value counts its steps here, so that a render is stopped in the middle
//! of a comparison, a filter or a sort, and not only between two nodes.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::time::{Duration, Instant};

use bumpalo::Bump;

use crate::error::{Error, Result};

/// The memory of a template's tree, its data and the values of a render. It is freed all at once.
///
/// It also counts steps: one is about as much work as comparing two numbers or copying a few characters. While a
/// template is rendered, its [`Limits`](crate::Limits) apply to the steps and the memory.
///
/// ```
/// use inkproof_liquid::{Arena, Language, Options, render};
/// let arena = Arena::new();
/// arena.count(10);
/// arena.work(5).unwrap();
/// assert_eq!(arena.steps(), 15);
/// ```
pub struct Arena {
    memory: Memory,
    /// Steps until the limits are checked.
    until_check: Cell<usize>,
    /// Steps that were counted up to the next check.
    steps: Cell<u64>,
    /// Bytes of the output that is being written, with its source map.
    written: Cell<usize>,
    /// Bytes that a render holds elsewhere: outputs around that one, and the names of cycles.
    held: Cell<usize>,
    render_time: Cell<Duration>,
    /// The deadline of the current render. It is set at the first check, so that a small message never reads the clock.
    deadline: Cell<Option<Instant>>,
    /// The bytes that were allocated when the limits began.
    bytes_before: Cell<usize>,
    /// The most bytes that may be allocated and held during the current render.
    most_bytes: Cell<usize>,
    /// Whether several renders share the limits.
    is_shared: Cell<bool>,
    is_limited: Cell<bool>,
    is_exhausted: Cell<bool>,
    /// A string whose memory is used again.
    buffer: Cell<String>,
}

/// Longer buffers are not kept.
const MAX_BUFFER: usize = 1 << 16;
/// Fewer bytes than this are allocated without checking the memory limit first.
const SMALL: usize = 4096;
/// How many steps are counted between two checks of the limits.
const CHECK_INTERVAL: usize = 4096;
/// The memory of a temporary arena at first, in bytes: enough for most messages.
const TEMPORARY: usize = 16 << 10;
/// How many of those a thread keeps that are not in use.
const MAX_UNUSED: usize = 4;

thread_local! {
    /// The memory of temporary arenas that are not in use.
    static UNUSED: RefCell<Vec<Bump>> = const { RefCell::new(Vec::new()) };
}

/// The memory of an arena. That of a temporary one is used again by the next one on the same thread.
#[derive(Default)]
struct Memory {
    bump: Bump,
    /// The size of a temporary one at first; 0 for any other.
    first: usize,
}

impl Memory {
    fn temporary() -> Self {
        let bump = UNUSED.with_borrow_mut(Vec::pop).unwrap_or_else(|| Bump::with_capacity(TEMPORARY));
        let first = bump.allocated_bytes();
        Self { bump, first }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // One that has grown would have another size than a new one, and so reach limits earlier or later.
        if self.first == 0 || self.bump.allocated_bytes() != self.first {
            return;
        }
        // The thread may be ending.
        let _ = UNUSED.try_with(|unused| {
            let mut unused = unused.borrow_mut();
            if unused.len() < MAX_UNUSED {
                self.bump.reset();
                unused.push(std::mem::take(&mut self.bump));
            }
        });
    }
}

impl Default for Arena {
    fn default() -> Self {
        Self {
            memory: Memory::default(),
            until_check: Cell::new(CHECK_INTERVAL),
            steps: Cell::new(CHECK_INTERVAL as u64),
            written: Cell::new(0),
            held: Cell::new(0),
            render_time: Cell::new(Duration::ZERO),
            deadline: Cell::new(None),
            bytes_before: Cell::new(0),
            most_bytes: Cell::new(usize::MAX),
            is_shared: Cell::new(false),
            is_limited: Cell::new(false),
            is_exhausted: Cell::new(false),
            buffer: Cell::default(),
        }
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Arena").field("steps", &self.steps()).finish_non_exhaustive()
    }
}

impl Deref for Arena {
    type Target = Bump;

    fn deref(&self) -> &Bump {
        &self.memory.bump
    }
}

impl Arena {
    /// An empty arena.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty arena for something short, such as one render, whose memory the thread uses again afterwards.
    ///
    /// ```
    /// use inkproof_liquid::Arena;
    /// let place = |arena: &Arena| arena.alloc(0_u8) as *const u8;
    /// let first = place(&Arena::temporary());
    /// assert_eq!(place(&Arena::temporary()), first);
    /// ```
    #[must_use]
    pub fn temporary() -> Self {
        Self { memory: Memory::temporary(), ..Self::default() }
    }

    /// Frees everything in it.
    pub fn reset(&mut self) {
        self.memory.bump.reset();
    }

    /// How many steps have been counted since the arena was made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.get() - self.until_check.get() as u64
    }

    /// Counts steps of work that cannot be stopped, such as parsing. If they exceed a limit, the next work fails.
    #[inline]
    pub fn count(&self, steps: usize) {
        if self.work(steps).is_err() {
            let unused = self.until_check.replace(0);
            self.steps.set(self.steps.get() - unused as u64);
        }
    }

    /// Counts steps. After every few thousand, checks the limits of the current render.
    ///
    /// # Errors
    /// A limit is exceeded.
    #[inline]
    pub fn work(&self, steps: usize) -> Result<()> {
        let left = self.until_check.get();
        if steps < left {
            self.until_check.set(left - steps);
            return Ok(());
        }
        self.check_after(steps - left)
    }

    #[cold]
    fn check_after(&self, more: usize) -> Result<()> {
        self.steps.set(self.steps.get().saturating_add((more + CHECK_INTERVAL) as u64));
        self.until_check.set(CHECK_INTERVAL);
        self.check_limits()
    }

    /// Checks the limits of the current render.
    ///
    /// # Errors
    /// The render has used too much time or memory.
    pub fn check_limits(&self) -> Result<()> {
        if !self.is_limited.get() {
            return Ok(());
        }
        self.check_memory(0)?;
        let now = Instant::now();
        let deadline = self.deadline.get().unwrap_or_else(|| {
            let deadline = now.checked_add(self.render_time.get()).unwrap_or(now);
            self.deadline.set(Some(deadline));
            deadline
        });
        if now > deadline {
            return Err(Error::new("template render limit exceeded"));
        }
        Ok(())
    }

    /// Makes sure that `bytes` more may be allocated, in the arena or elsewhere.
    ///
    /// # Errors
    /// That is more than the current render may use.
    #[inline]
    pub fn reserve(&self, bytes: usize) -> Result<()> {
        // What is smaller is found by the next check of the limits.
        if bytes < SMALL { Ok(()) } else { self.check_memory(bytes) }
    }

    fn check_memory(&self, bytes: usize) -> Result<()> {
        let outside = self.written.get().saturating_add(self.held.get());
        let used = self.memory.bump.allocated_bytes().saturating_add(outside);
        if used.saturating_add(bytes) > self.most_bytes.get() {
            self.is_exhausted.set(true);
            return Err(Error::new("memory alloc limit exceeded"));
        }
        Ok(())
    }

    /// Whether the current or last render needed more memory than [`Limits::arena`](crate::Limits::arena) allows it.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }

    /// Copies a string into the arena.
    ///
    /// # Errors
    /// The render may not use that much memory.
    pub fn copy(&self, text: &str) -> Result<&str> {
        self.reserve(text.len())?;
        Ok(self.memory.bump.alloc_str(text))
    }

    /// An empty string to write into, which often has memory already.
    pub(crate) fn take_buffer(&self) -> String {
        self.buffer.take()
    }

    /// Keeps the memory of a string for [`take_buffer`](Self::take_buffer).
    pub(crate) fn keep_buffer(&self, mut buffer: String) {
        if buffer.capacity() <= MAX_BUFFER {
            buffer.clear();
            self.buffer.set(buffer);
        }
    }

    /// Copies what `write` writes into the arena.
    ///
    /// # Errors
    /// As `write`, or the render may not use that much memory.
    pub(crate) fn write(&self, write: impl FnOnce(&mut String) -> Result<()>) -> Result<&str> {
        let mut text = self.take_buffer();
        let result = write(&mut text).and_then(|()| self.copy(&text));
        self.keep_buffer(text);
        result
    }

    /// The bytes of the output that is being written, with its source map.
    pub(crate) const fn written(&self) -> usize {
        self.written.get()
    }

    /// Sets the bytes of the output that is being written, with its source map.
    #[inline]
    pub(crate) fn set_written(&self, bytes: usize) {
        self.written.set(bytes);
    }

    /// Counts bytes that the render keeps outside of the arena.
    pub(crate) fn hold(&self, bytes: usize) {
        self.held.set(self.held.get().saturating_add(bytes));
    }

    /// Counts bytes that the render no longer keeps.
    pub(crate) fn release(&self, bytes: usize) {
        self.held.set(self.held.get().saturating_sub(bytes));
    }

    /// Runs something that renders several templates into this arena, such as a message with its snippets. Together they
    /// may use the time and the memory of one render.
    ///
    /// ```
    /// use std::time::Duration;
    /// use inkproof_liquid::{Arena, LIQUIDJS, Limits, Options, Output, Template, Value};
    /// let arena = Arena::new();
    /// let template = Template::parse("{% for i in (1..100000000) %}{% endfor %}", &LIQUIDJS, &arena).unwrap();
    /// let limits = Limits { render_time: Duration::from_millis(10), memory: 1e10, ..Limits::default() };
    /// let options = Options { limits, ..Options::default() };
    /// let results = arena.sharing_limits(|| [(); 3].map(|()| template.render(Value::Null, &options, &arena, &mut Output::new())));
    /// assert!(results.iter().all(Result::is_err));
    /// ```
    pub fn sharing_limits<T>(&self, renders: impl FnOnce() -> T) -> T {
        self.begin_limits();
        self.is_shared.set(true);
        let result = renders();
        self.is_shared.set(false);
        result
    }

    /// Runs a render with these limits, counted from now on, or from the start of what [shares](Self::sharing_limits) them.
    pub(crate) fn limited<T>(&self, render_time: Duration, more_bytes: usize, render: impl FnOnce() -> T) -> T {
        if !self.is_shared.get() {
            self.begin_limits();
        }
        self.written.set(0);
        self.held.set(0);
        self.render_time.set(render_time);
        self.most_bytes.set(self.bytes_before.get().saturating_add(more_bytes));
        self.is_limited.set(true);
        let result = render();
        self.is_limited.set(false);
        self.most_bytes.set(usize::MAX);
        result
    }

    fn begin_limits(&self) {
        self.deadline.set(None);
        self.bytes_before.set(self.memory.bump.allocated_bytes());
        self.is_exhausted.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_step_once() {
        let arena = Arena::new();
        let mut expected = 0;
        for steps in [1, CHECK_INTERVAL - 1, 3 * CHECK_INTERVAL, 7, 10 * CHECK_INTERVAL + 5] {
            arena.count(steps);
            expected += steps as u64;
            assert_eq!(arena.steps(), expected);
        }
    }

    #[test]
    fn work_after_steps_that_exceed_a_limit_fails() {
        let arena = Arena::new();
        arena.limited(Duration::ZERO, usize::MAX, || {
            arena.count(CHECK_INTERVAL);
            std::thread::sleep(Duration::from_millis(2));
            arena.count(2 * CHECK_INTERVAL);
            arena.count(1);
            assert_eq!(arena.steps(), 3 * CHECK_INTERVAL as u64 + 1);
            assert!(arena.work(1).is_err());
            assert_eq!(arena.steps(), 3 * CHECK_INTERVAL as u64 + 2);
        });
    }

    #[test]
    fn limits_end_with_the_render() {
        let arena = Arena::new();
        let during = arena.limited(Duration::ZERO, 1000, || {
            std::thread::sleep(Duration::from_millis(2));
            let first = arena.work(CHECK_INTERVAL);
            std::thread::sleep(Duration::from_millis(2));
            (first, arena.work(CHECK_INTERVAL), arena.reserve(2 * SMALL))
        });
        assert!(during.0.is_ok(), "the time begins with the first check");
        assert!(during.1.is_err() && during.2.is_err());
        assert!(arena.is_exhausted());
        assert!(arena.work(CHECK_INTERVAL).is_ok() && arena.reserve(2 * SMALL).is_ok());
    }
}
