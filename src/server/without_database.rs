//! Replaces `database` if inkproof was built without the feature `store`: opening a database fails.

use std::path::Path;
use std::sync::Arc;

use super::captured::CapturedMessage;
use super::pending::Pending;

/// A database. There are no values of this type.
#[derive(Debug)]
pub(super) enum Database {}

/// The database cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("`--store` needs the feature `store`, and this inkproof was built without it")]
pub(super) struct OpenError;

impl Database {
    /// Always fails.
    pub(super) fn open(_: &Path, _: impl FnMut(CapturedMessage)) -> Result<Self, OpenError> {
        Err(OpenError)
    }

    pub(super) fn put(&self, _: Arc<CapturedMessage>) -> Pending {
        match *self {}
    }

    pub(super) fn remove(&self, _: Vec<String>) -> Pending {
        match *self {}
    }
}
