//! The requests whose values inlay hints show: the first of each template, until the user chooses another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::project::{Case, Project};

/// The choices of a session.
#[derive(Clone, Debug, Default)]
pub(super) struct HintRequests {
    /// Whether the client has asked for hints; without them there is nothing to choose.
    pub(super) are_hints_shown: bool,
    /// The names of the chosen requests, by the root of the project and the name of the template's file.
    chosen: BTreeMap<(PathBuf, String), String>,
}

impl HintRequests {
    /// Chooses a request for the hints in a file.
    pub(super) fn choose(&mut self, root: &Path, file: &str, request: &str) {
        self.chosen.insert((root.to_owned(), file.to_owned()), request.to_owned());
    }

    /// Which of the cases of a file its hints are about; `None` if there are no cases. A chosen request that no longer exists
    /// does not count. By default it is the first that is not meant to be lost: one that is shows little.
    pub(super) fn position(&self, root: &Path, file: &str, project: &Project, cases: &[Case<'_>]) -> Option<usize> {
        let chosen = self.chosen.get(&(root.to_owned(), file.to_owned()));
        let is_chosen = |case: &Case<'_>| chosen.is_some_and(|name| case.request.name() == name);
        let is_sent = |case: &Case<'_>| !project.expects_loss(case.request);
        cases.iter().position(is_chosen).or_else(|| cases.iter().position(is_sent)).or((!cases.is_empty()).then_some(0))
    }
}
