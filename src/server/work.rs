//! Work that takes long: rendering (if it is not `brief`), and reading many messages. It runs on other threads than those
//! that answer requests, so that no request waits for the work of another one.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::answer::Refusal;

/// How many messages are rendered at once. More than there are cores: those that take until their time limit must leave
/// threads to the others.
const RENDERS: usize = 16;

/// How many renders may wait. Further ones are refused.
const WAITING_RENDERS: usize = 256;

/// How many readers of many messages run at once.
const READS: usize = 4;

/// How many reports on audiences are made at once, and how many may wait. Each uses all cores.
const AUDIENCES: usize = 1;
const WAITING_AUDIENCES: usize = 4;

/// The number of threads that work needs.
pub(super) const THREADS: usize = RENDERS + READS + AUDIENCES;

/// A queue of work: a number of jobs run at once, and a limited number waits.
#[derive(Debug)]
pub(super) struct Queue {
    running: Arc<Semaphore>,
    /// One permit for each job that runs or waits.
    places: Arc<Semaphore>,
}

impl Queue {
    /// The queue of renders. Beyond its limit, work is refused with the status 503.
    pub(super) fn of_renders() -> Self {
        Self::new(RENDERS, RENDERS + WAITING_RENDERS)
    }

    /// The queue of reports on audiences. Beyond its limit, work is refused with the status 503.
    pub(super) fn of_audiences() -> Self {
        Self::new(AUDIENCES, AUDIENCES + WAITING_AUDIENCES)
    }

    /// The queue of reads. It has no limit of its own: each connection has at most one.
    pub(super) fn of_reads() -> Self {
        Self::new(READS, Semaphore::MAX_PERMITS)
    }

    fn new(running: usize, places: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(running)), places: Arc::new(Semaphore::new(places)) }
    }

    /// Runs a job once it is its turn.
    ///
    /// # Errors
    /// The queue is full, or the job panicked.
    pub(super) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Refusal::busy())?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Refusal::busy())?;
        let job = move || {
            // A job that nobody waits for any longer still has its place until it ends.
            let _held = (place, turn);
            job()
        };
        tokio::task::spawn_blocking(job).await.map_err(|_| Refusal::internal_error())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use axum::http::StatusCode;
    use axum::response::IntoResponse as _;

    use super::*;

    #[tokio::test]
    async fn refuses_jobs_beyond_its_places_and_goes_on_afterwards() {
        let queue = Arc::new(Queue::new(1, 2));
        let (release, held) = mpsc::channel::<()>();
        let submit = |job: Box<dyn FnOnce() -> u8 + Send>| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.run(job).await })
        };
        let first = submit(Box::new(move || held.recv().map_or(1, |()| 0)));
        let second = submit(Box::new(|| 2));
        while queue.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refusal = queue.run(|| 3).await.unwrap_err().into_response();
        assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refusal.headers()["retry-after"], "1");
        drop(release);
        assert_eq!((first.await.unwrap().unwrap(), second.await.unwrap().unwrap()), (1, 2));
        assert_eq!(queue.run(|| 4).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_job_that_panics_fails_alone() {
        let queue = Queue::new(1, 1);
        let refusal = queue.run(|| -> u8 { std::panic::resume_unwind(Box::new("oh")) }).await.unwrap_err();
        assert_eq!(refusal.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(queue.run(|| 1).await.unwrap(), 1);
    }
}
