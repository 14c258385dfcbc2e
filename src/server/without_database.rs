//! The database of an inkproof that was built without the feature `store`: it cannot be opened.

use std::path::Path;

use super::captured::Captured;
use super::pending::Pending;

/// A database; there is none.
#[derive(Debug)]
pub(super) enum Database {}

/// Why it cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("`--store` needs the feature `store`, and this inkproof was built without it")]
pub(super) struct OpenError;

impl Database {
    /// Fails.
    pub(super) fn open(_: &Path, _: impl FnMut(Captured)) -> Result<Self, OpenError> {
        Err(OpenError)
    }

    pub(super) fn put(&self, _: &Captured) -> Pending {
        match *self {}
    }

    pub(super) fn remove(&self, _: Vec<String>) -> Pending {
        match *self {}
    }
}
