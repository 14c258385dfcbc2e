//! A burst of change notifications, collected until it is quiet.

use std::collections::BTreeSet;
use std::path::PathBuf;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind};

use super::Places;
use super::native::Native;

/// A burst of changes.
#[derive(Debug, Default)]
pub(super) struct Burst {
    /// Paths that may have changed.
    pub(super) paths: BTreeSet<PathBuf>,
    /// Whether other paths may have changed as well: a folder itself appeared or disappeared, or notifications were lost.
    pub(super) is_anything_possible: bool,
    /// Why notifications stopped.
    pub(super) error: Option<notify::Error>,
}

impl Burst {
    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.is_anything_possible && self.error.is_none()
    }

    /// Adds a notification. Returns whether it is relevant.
    pub(super) fn add(&mut self, event: notify::Result<Event>, native: &Native, places: &Places) -> bool {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                self.error = Some(error);
                return true;
            }
        };
        if event.need_rescan() {
            self.is_anything_possible = true;
            return true;
        }
        // Reading a file, as this program does itself, is not a change.
        if matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write)) {
            return false;
        }
        let mut matters = false;
        for path in &event.paths {
            if native.leads_here(path, places) {
                self.is_anything_possible = true;
                matters = true;
                continue;
            }
            for path in native.as_given(path).filter(|path| places.has(path)) {
                self.paths.insert(path);
                matters = true;
            }
        }
        matters
    }
}
