//! Revisions: the two states of a project that are compared, in git or in two folders.

use std::path::Path;

use crate::diagnostics::{Diagnostics, Prefix};
use crate::project::{OpenError, Project};
use crate::snapshot::{Checkout, Range, RevisionError, check_out_range};

/// Where the two states are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoints {
    /// Two folders, the older one first.
    Folders(String, String),
    /// Two revisions of the project's repository.
    Revisions(Range),
}

impl Endpoints {
    /// Parses `A...B`: two folders if both exist below `directory`, otherwise revisions.
    #[must_use]
    pub fn parse(text: &str, directory: &Path) -> Self {
        if let Some((older, newer)) = text.split_once("...")
            && [older, newer].iter().all(|folder| !folder.is_empty() && directory.join(folder).is_dir())
        {
            return Self::Folders(older.to_owned(), newer.to_owned());
        }
        Self::Revisions(Range::new(text))
    }
}

/// A project in one of the states.
#[derive(Debug)]
pub struct ProjectAt {
    /// The project; none if there was none.
    pub project: Option<Project>,
    /// The prefix of its files' names.
    pub prefix: Prefix,
    /// The temporary folder that it was checked out into.
    _checkout: Option<Checkout>,
}

/// Why the states cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RevisionsError {
    /// A revision cannot be read.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// A folder is no project.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Reads both states, the older one first. `root` is the project's folder, for revisions.
///
/// # Errors
/// One of them cannot be read.
pub fn read_both(endpoints: &Endpoints, directory: &Path) -> Result<[ProjectAt; 2], RevisionsError> {
    match endpoints {
        Endpoints::Folders(older, newer) => {
            let open = |folder: &str| -> Result<ProjectAt, OpenError> {
                let project = Project::open(&directory.join(folder))?;
                let prefix = Prefix::new(format!("{}/", folder.trim_end_matches('/')));
                Ok(ProjectAt { project: Some(project), prefix, _checkout: None })
            };
            Ok([open(older)?, open(newer)?])
        }
        Endpoints::Revisions(range) => {
            let root = crate::project::root_of(directory)?;
            let (older, newer) = check_out_range(&root, range)?;
            let at = |checkout: Option<Checkout>| -> Result<ProjectAt, OpenError> {
                Ok(match checkout {
                    Some(checkout) => ProjectAt {
                        project: checkout.open()?,
                        prefix: checkout.prefix().clone(),
                        _checkout: Some(checkout),
                    },
                    None => {
                        ProjectAt { project: Some(Project::open(&root)?), prefix: Prefix::default(), _checkout: None }
                    }
                })
            };
            Ok([at(Some(older))?, at(newer)?])
        }
    }
}

impl ProjectAt {
    /// Problems with the names that files have here.
    #[must_use]
    pub fn named(&self, problems: &Diagnostics) -> Diagnostics {
        self.prefix.before(problems).into_iter().collect()
    }
}
