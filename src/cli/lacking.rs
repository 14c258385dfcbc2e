//! What a project lacks in which there is no message yet, for the advice of `preview` and `test`.

use super::Outcome;
use crate::project::Project;

/// What must be created first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lacking {
    /// A template: `inkproof new NAME` creates one, and a request for it.
    Template,
    /// A request for a template that is there: `inkproof request NAME` creates one.
    Request,
}

impl Lacking {
    /// What a project without messages lacks; `read` is how reading its files went. `None` if some cannot be read: they may
    /// be the templates and requests, and their errors say what to do.
    pub(super) fn of(project: &Project, read: Outcome) -> Option<Self> {
        match read {
            Outcome::Broken => None,
            _ if project.templates().is_empty() => Some(Self::Template),
            _ => Some(Self::Request),
        }
    }
}
