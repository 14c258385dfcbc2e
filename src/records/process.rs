//! Processing: all cores work on the batches, and the results arrive in the order of the input.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Sender};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use super::{Batch, Records};
use crate::threads::STACK;

/// How many batches per thread may be finished or in progress before the next one in order is taken.
const AHEAD: u64 = 4;

/// The number of threads that use all cores.
#[must_use]
pub fn thread_count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Reads all records and works on their batches on `threads` threads, each with a state of its own. Gives the results to
/// `take` in the order of the input, on this thread. Returns the states.
///
/// # Panics
/// If `work` panics.
pub fn process<S: Send, R: Send>(
    records: &mut Records,
    threads: usize,
    new_state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &Batch) -> R + Sync,
    take: impl FnMut(R),
) -> Vec<S> {
    let worker = |batches: NextBatch<'_, R>| {
        let mut state = new_state();
        while batches(&mut |batch| work(&mut state, batch)) {}
        state
    };
    process_with(records, threads, worker, take)
}

/// Gives the next batch to a function, and its result to the thread that takes them. Returns whether there was a batch.
pub type NextBatch<'w, R> = &'w mut dyn FnMut(&mut dyn FnMut(&Batch) -> R) -> bool;

/// Like [`process`], with a function that runs once on each thread, so that its state can refer to itself.
///
/// # Panics
/// If `worker` panics.
pub fn process_with<S: Send, R: Send>(
    records: &mut Records,
    threads: usize,
    worker: impl Fn(NextBatch<'_, R>) -> S + Sync,
    mut take: impl FnMut(R),
) -> Vec<S> {
    let ahead = AHEAD * u64::try_from(threads.max(1)).unwrap_or(1);
    let limit = Limit { taken: Mutex::new(0), changed: Condvar::new(), ahead };
    let queue = Mutex::new(Queue { records, next: 0 });
    // The lock is released before the work begins.
    let read = |batch: &mut Batch| queue.lock().unwrap_or_else(PoisonError::into_inner).read(batch);
    let run = |sender: Sender<(u64, R)>| {
        let _release = ReleaseOnPanic(&limit);
        let mut batch = Batch::new();
        worker(&mut |work| {
            let Some(number) = read(&mut batch) else { return false };
            let is_sent = sender.send((number, work(&batch))).is_ok();
            limit.wait(number);
            is_sent
        })
    };
    let states: Vec<S> = thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        let start = |_| {
            let (run, sender) = (&run, sender.clone());
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || run(sender)).ok()
        };
        let threads: Vec<_> = (0..threads.max(1)).filter_map(start).collect();
        drop(sender);
        let (mut waiting, mut next) = (BTreeMap::new(), 0);
        for (number, result) in results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&next) {
                take(result);
                next += 1;
            }
            limit.set(next);
        }
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    if !states.is_empty() {
        return states;
    }
    // No thread could be started: this one does the work.
    let mut batch = Batch::new();
    vec![worker(&mut |work| {
        let is_read = read(&mut batch).is_some();
        if is_read {
            take(work(&batch));
        }
        is_read
    })]
}

/// The records that no thread has taken yet.
struct Queue<'r> {
    records: &'r mut Records,
    next: u64,
}

impl Queue<'_> {
    /// Reads the next batch, and returns its number.
    fn read(&mut self, batch: &mut Batch) -> Option<u64> {
        self.records.read(batch).then(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

/// Limits how many results wait for an earlier one.
struct Limit {
    taken: Mutex<u64>,
    changed: Condvar,
    ahead: u64,
}

impl Limit {
    /// Waits until the results before this one were taken, except for a few. The thread with the next one never waits.
    fn wait(&self, number: u64) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(taken, |taken| number >= taken.saturating_add(self.ahead)));
    }

    fn set(&self, taken: u64) {
        let mut known = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *known = taken.max(*known);
        self.changed.notify_all();
    }
}

/// If a thread panics, its result never arrives: the others must not wait for it.
struct ReleaseOnPanic<'l>(&'l Limit);

impl Drop for ReleaseOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.set(u64::MAX);
        }
    }
}
