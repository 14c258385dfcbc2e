//! Revisions: which messages two revisions of a project's git repository render differently.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::git::{Git, GitError};
use super::{render_options, rendered};
use crate::diagnostics::{Diagnostics, Prefix, Severity};
use crate::message::RenderOptions;
use crate::project::{CONFIG_FILE, Config, OpenError, Project};

/// Length of an abbreviated commit hash.
const SHORT: usize = 10;

/// Two revisions of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    old: String,
    /// `None` for the working tree.
    new: Option<String>,
    /// Whether the old side is the merge base of both.
    from_parting: bool,
}

impl Range {
    /// Parses `REV` (compared with the working tree), `REV..REV`, or `REV...REV` (since the merge base).
    #[must_use]
    pub fn new(text: &str) -> Self {
        let named = |rev: &str| if rev.is_empty() { "HEAD".to_owned() } else { rev.to_owned() };
        let (old, new, from_parting) = match (text.split_once("..."), text.split_once("..")) {
            (Some((old, new)), _) => (old, Some(new), true),
            (None, Some((old, new))) => (old, Some(new), false),
            (None, None) => (text, None, false),
        };
        Self { old: named(old), new: new.map(named), from_parting }
    }
}

/// A message that two revisions render differently. A failure is also such contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name of its snapshot.
    pub name: String,
    /// The old contents; `None` if it did not exist.
    pub old: Option<String>,
    /// The new contents; `None` if it no longer exists.
    pub new: Option<String>,
}

/// The messages that two revisions render differently, and the problems of both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The differences, by name.
    pub changes: Vec<Change>,
    /// The errors in the files of both revisions: their messages may be missing. Files of a revision are named as in git,
    /// such as `main:templates/order.liquid`.
    pub problems: Diagnostics,
}

/// All rendered contents of one revision, by name, and the errors in its files.
#[derive(Default)]
struct State {
    rendered: BTreeMap<String, String>,
    problems: Diagnostics,
}

/// Why two revisions cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The revision does not exist.
    #[error("there is no revision `{0}`")]
    Unknown(String),
    /// A revision cannot be checked out into a temporary folder.
    #[error("cannot write a revision into a temporary folder: {0}")]
    Folder(#[from] std::io::Error),
    /// A revision's project cannot be read.
    #[error("cannot read the project as it was: {0}")]
    Project(#[from] OpenError),
}

/// Compares what the revisions of a range render, of the project at `root`. Both are rendered by this version of the
/// program, with the clock and masks of their own configuration; `adjust` may change the clock.
///
/// # Errors
/// A revision cannot be read.
pub fn between(
    root: &Path,
    range: &Range,
    adjust: impl Fn(RenderOptions) -> RenderOptions,
) -> Result<Comparison, RevisionError> {
    let git = Git::new(root);
    let (name, commit) = older_side(&git, range)?;
    let old = at_revision(root, &name, &commit, &adjust)?;
    let new = match &range.new {
        Some(new) => at_revision(root, new, &resolve(&git, new)?, &adjust)?,
        None => State::of(&Project::open_for_tests(root)?, &adjust),
    };
    let mut problems = old.problems;
    problems.extend(new.problems);
    Ok(Comparison { changes: changes(old.rendered, new.rendered), problems })
}

impl State {
    fn of(project: &Project, adjust: &impl Fn(RenderOptions) -> RenderOptions) -> Self {
        let errors = project.problems().iter().filter(|problem| problem.severity == Severity::Error);
        Self { rendered: rendered(project, &adjust(render_options(project))), problems: errors.cloned().collect() }
    }
}

fn changes(mut old: BTreeMap<String, String>, new: BTreeMap<String, String>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, new) in new {
        let old = old.remove(&name);
        if old.as_ref() != Some(&new) {
            changes.push(Change { name, old, new: Some(new) });
        }
    }
    changes.extend(old.into_iter().map(|(name, old)| Change { name, old: Some(old), new: None }));
    changes.sort_by(|left, right| left.name.cmp(&right.name));
    changes
}

/// The commit hash of a revision.
fn resolve(git: &Git, revision: &str) -> Result<String, RevisionError> {
    let commit = format!("{revision}^{{commit}}");
    match git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]) {
        Ok(commit) => Ok(commit.trim().to_owned()),
        Err(GitError::Complaint(complaint)) if complaint.contains("repository") => {
            Err(GitError::Complaint(complaint).into())
        }
        Err(GitError::Complaint(_)) => Err(RevisionError::Unknown(revision.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// The contents at a commit, with its display name; empty if there was no project yet.
fn at_revision(
    root: &Path,
    name: &str,
    commit: &str,
    adjust: &impl Fn(RenderOptions) -> RenderOptions,
) -> Result<State, RevisionError> {
    let checkout = check_out_commit(root, name, commit)?;
    let Some(project) = checkout.open()? else { return Ok(State::default()) };
    let mut state = State::of(&project, adjust);
    state.problems = checkout.prefix.before(&state.problems).into_iter().collect();
    Ok(state)
}

/// A revision of a project in a temporary folder.
#[derive(Debug)]
pub struct Checkout {
    folder: tempfile::TempDir,
    prefix: Prefix,
}

impl Checkout {
    /// The project; none if there was none yet.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(&self) -> Result<Option<Project>, OpenError> {
        let files = self.folder.path().join(FILES);
        let is_project = files.join(CONFIG_FILE).is_file() || files.join("templates").is_dir();
        if is_project { Project::open_for_tests(&files).map(Some) } else { Ok(None) }
    }

    /// The prefix that names its files as git does, such as `main:templates/order.liquid`.
    #[must_use]
    pub const fn prefix(&self) -> &Prefix {
        &self.prefix
    }
}

/// The folder within the temporary one that has the files.
const FILES: &str = "files";

/// Checks out both revisions of a range, the older one first; no newer one is the working tree.
///
/// # Errors
/// A revision cannot be read.
pub fn check_out_range(root: &Path, range: &Range) -> Result<(Checkout, Option<Checkout>), RevisionError> {
    let git = Git::new(root);
    let (name, commit) = older_side(&git, range)?;
    let older = check_out_commit(root, &name, &commit)?;
    let newer = match &range.new {
        Some(new) => Some(check_out_commit(root, new, &resolve(&git, new)?)?),
        None => None,
    };
    Ok((older, newer))
}

/// The display name and the commit of the older side of a range.
fn older_side(git: &Git, range: &Range) -> Result<(String, String), RevisionError> {
    match (&range.new, range.from_parting) {
        (Some(new), true) => {
            let parting = git.ask(&["merge-base", &resolve(git, &range.old)?, &resolve(git, new)?])?.trim().to_owned();
            Ok((parting.get(..SHORT).unwrap_or(&parting).to_owned(), parting))
        }
        _ => Ok((range.old.clone(), resolve(git, &range.old)?)),
    }
}

/// Writes the files of a project at a commit into a temporary folder.
fn check_out_commit(root: &Path, name: &str, commit: &str) -> Result<Checkout, RevisionError> {
    let folder = tempfile::tempdir()?;
    let files = folder.path().canonicalize()?.join(FILES);
    fs::create_dir(&files)?;
    let git = Git::new(root);
    let below = git.ask(&["rev-parse", "--show-prefix"])?;
    let below = below.trim_end_matches('\n');
    let tree = format!("{commit}:{}", below.trim_end_matches('/'));
    let top = git.ask(&["rev-parse", "--show-toplevel"])?;
    let git = Git::with_index(Path::new(top.trim_end_matches('\n')), folder.path().join("index"));
    let prefix = Prefix::new(format!("{name}:{below}"));
    if git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &tree]).is_err() {
        return Ok(Checkout { folder, prefix });
    }
    // This index contains the project's folder as if it were the whole repository.
    git.ask(&["read-tree", &tree])?;
    let listed = git.ask(&["ls-files", "-z"])?;
    let listed: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    check_out(&git, &files, &listed, |path| path == CONFIG_FILE)?;
    let config = Config::in_folder(&files);
    check_out(&git, &files, &listed, |path| config.folders().any(|folder| Path::new(path).starts_with(folder)))?;
    Ok(Checkout { folder, prefix })
}

/// Writes some of the files of an index into a folder.
fn check_out(git: &Git, folder: &Path, listed: &[&str], is_wanted: impl Fn(&str) -> bool) -> Result<(), GitError> {
    let wanted: Vec<u8> =
        listed.iter().filter(|path| is_wanted(path)).flat_map(|path| path.bytes().chain([0])).collect();
    if !wanted.is_empty() {
        let prefix = format!("--prefix={}/", folder.display());
        git.ask_with(&["checkout-index", "-z", "--stdin", "-f", &prefix], &wanted)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_ranges() {
        let range = |old: &str, new: Option<&str>, from_parting| Range {
            old: old.to_owned(),
            new: new.map(str::to_owned),
            from_parting,
        };
        for (text, expected) in [
            ("main", range("main", None, false)),
            ("main..topic", range("main", Some("topic"), false)),
            ("main..", range("main", Some("HEAD"), false)),
            ("..topic", range("HEAD", Some("topic"), false)),
            ("main...topic", range("main", Some("topic"), true)),
            ("v1.0...", range("v1.0", Some("HEAD"), true)),
        ] {
            assert_eq!(Range::new(text), expected, "{text}");
        }
    }

    #[test]
    fn finds_added_removed_and_changed_messages() {
        let state = |entries: &[(&str, &str)]| {
            entries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let found = changes(state(&[("a", "1"), ("b", "1"), ("c", "1")]), state(&[("a", "1"), ("b", "2"), ("d", "1")]));
        let found: Vec<_> =
            found.iter().map(|change| (change.name.as_str(), change.old.as_deref(), change.new.as_deref())).collect();
        assert_eq!(found, [("b", Some("1"), Some("2")), ("c", Some("1"), None), ("d", None, Some("1"))]);
    }
}
