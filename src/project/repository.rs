//! The git repository around a project.

use std::env;
use std::path::{Path, PathBuf};

use super::folder::slashes;
use crate::diagnostics::Prefix;

/// The prefix that makes a project's file names relative to the root of its git repository, or outside a repository to the
/// working directory.
#[must_use]
pub fn prefix_of(root: &Path) -> Prefix {
    let Ok(root) = root.canonicalize() else { return Prefix::default() };
    // A file `.git` marks a working tree or a submodule.
    let top = root.ancestors().find(|folder| folder.join(".git").exists()).map(PathBuf::from);
    let here = || env::current_dir().and_then(|folder| folder.canonicalize()).ok();
    let below = top.or_else(here).and_then(|top| Some(slashes(root.strip_prefix(top).ok()?)));
    match below {
        Some(below) if !below.is_empty() => Prefix::new(format!("{below}/")),
        _ => Prefix::default(),
    }
}
