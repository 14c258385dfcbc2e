//! Finds the messages that a change affects.

use std::collections::HashSet;

use crate::cli::Failure;
use crate::project::{Case, DependencyTracker, Project, Removed};

/// Tracks the selected messages from one state of the project to the next.
pub(in crate::cli) struct MessageTracker<'a> {
    names: &'a [String],
    tracker: DependencyTracker,
}

/// The messages that a change affects.
pub(in crate::cli) struct Affected<'p> {
    /// The messages to render again.
    pub(in crate::cli) cases: Vec<Case<'p>>,
    /// The messages that no longer exist.
    pub(in crate::cli) removed: Vec<Removed>,
}

impl<'a> MessageTracker<'a> {
    pub(in crate::cli) fn new(names: &'a [String]) -> Self {
        Self { names, tracker: DependencyTracker::default() }
    }

    /// The messages that changed since the last call; all of them on the first call.
    pub(in crate::cli) fn affected<'p>(&mut self, project: &'p Project) -> Result<Affected<'p>, Failure> {
        let mut cases = project.select(self.names)?;
        let found = self.tracker.follow(project, cases.iter().map(|case| (case.request.name(), *case)));
        let changed: HashSet<_> = found.changed.iter().map(String::as_str).collect();
        cases.retain(|case| changed.contains(case.request.name()));
        Ok(Affected { cases, removed: found.removed })
    }
}
