//! The messages that a job follows, and which of them a change affects.

use std::collections::HashSet;

use crate::cli::Failure;
use crate::project::{Case, DependencyTracker, Project, Removed};

/// The messages of some names, followed from one state of the project to the next.
pub(in crate::cli) struct Messages<'a> {
    names: &'a [String],
    tracker: DependencyTracker,
}

/// What a change affects.
pub(in crate::cli) struct Affected<'p> {
    /// The messages to render again.
    pub(in crate::cli) cases: Vec<Case<'p>>,
    /// The messages that no longer exist.
    pub(in crate::cli) gone: Vec<Removed>,
}

impl<'a> Messages<'a> {
    pub(in crate::cli) fn new(names: &'a [String]) -> Self {
        Self { names, tracker: DependencyTracker::default() }
    }

    /// The messages that differ from those of the project seen before: all of them, the first time.
    pub(in crate::cli) fn affected<'p>(&mut self, project: &'p Project) -> Result<Affected<'p>, Failure> {
        let mut cases = project.select(self.names)?;
        let found = self.tracker.follow(project, cases.iter().map(|case| (case.request.name(), *case)));
        let changed: HashSet<_> = found.changed.iter().map(String::as_str).collect();
        cases.retain(|case| changed.contains(case.request.name()));
        Ok(Affected { cases, gone: found.removed })
    }
}
