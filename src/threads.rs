//! Threads: as many as there are cores, made when they are first needed and shared by all that is done side by side.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// The bytes of a thread's stack: what a main thread has, because what is nested deep is read, judged and rendered alike by
/// all of them.
const STACK: usize = 8 << 20;

/// Does `work` where rayon's iterators use all cores.
pub(crate) fn on_all_cores<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static THREADS: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let make = || {
        let threads = ThreadPoolBuilder::new().stack_size(STACK).build();
        // Where the system gives no threads, the one that is here does it all.
        threads.or_else(|_| ThreadPoolBuilder::new().num_threads(1).use_current_thread().build()).ok()
    };
    match THREADS.get_or_init(make) {
        Some(threads) => threads.install(work),
        None => work(),
    }
}
