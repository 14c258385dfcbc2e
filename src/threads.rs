//! The thread pool: one thread per core, created on first use and shared by all parallel work.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Stack size in bytes: that of a main thread, because deeply nested input is parsed, checked and rendered on all of them.
pub(crate) const STACK: usize = 8 << 20;

/// Runs `work` in a rayon pool of all cores.
pub(crate) fn on_all_cores<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static THREADS: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let make = || {
        let threads = ThreadPoolBuilder::new().stack_size(STACK).build();
        // If no threads can be created, the current one does all the work.
        threads.or_else(|_| ThreadPoolBuilder::new().num_threads(1).use_current_thread().build()).ok()
    };
    match THREADS.get_or_init(make) {
        Some(threads) => threads.install(work),
        None => work(),
    }
}
