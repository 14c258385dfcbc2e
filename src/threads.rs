//! The thread pool: one thread per core, created on first use and shared by all parallel work.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::{ThreadPool, ThreadPoolBuilder, Yield};

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

/// Runs `work`, of which parts are parallel, while another thread of the pool stays awake for these parts. They are so short that
/// waking a thread for each takes longer.
pub(crate) fn with_thread_awake<T>(work: impl FnOnce() -> T) -> T {
    /// Says so even if the work panics.
    struct End<'e>(&'e AtomicBool);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let is_over = AtomicBool::new(false);
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            while !is_over.load(Ordering::Relaxed) {
                if rayon::yield_now() != Some(Yield::Executed) {
                    std::thread::yield_now();
                }
            }
        });
        let _end = End(&is_over);
        work()
    })
}
