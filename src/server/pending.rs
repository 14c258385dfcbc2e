//! Pending changes: changes that are queued for the `--store` file.

use std::fmt;

use tokio::sync::oneshot;

/// Why a change could not be written. The file is unchanged.
#[derive(Clone, Debug)]
pub(super) struct NotWritten {
    pub(super) is_full: bool,
    pub(super) why: String,
}

impl fmt::Display for NotWritten {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the change could not be written to the `--store` file: {}", self.why)
    }
}

#[cfg(feature = "store")]
/// Reports whether a change was written.
pub(super) type Done = oneshot::Sender<Result<(), NotWritten>>;

/// A change that is being written to disk.
#[derive(Debug)]
#[must_use]
pub(super) struct Pending(Option<oneshot::Receiver<Result<(), NotWritten>>>);

impl Pending {
    #[cfg(feature = "store")]
    /// A change, and the sender that reports its result.
    pub(super) fn new() -> (Done, Self) {
        let (done, wait) = oneshot::channel();
        (done, Self(Some(wait)))
    }

    /// Nothing to write.
    pub(super) const fn nothing() -> Self {
        Self(None)
    }

    /// Waits until it is on disk.
    pub(super) async fn written(self) -> Result<(), NotWritten> {
        let Some(done) = self.0 else { return Ok(()) };
        done.await.unwrap_or_else(|_| Err(NotWritten { is_full: false, why: "the server is shutting down".to_owned() }))
    }
}
