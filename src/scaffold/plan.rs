//! Plans: files to create. Existing files are never overwritten, and nothing is written outside of the folder.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use thiserror::Error;

use crate::atomic_file::Root;

/// The files to create.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    files: Vec<(PathBuf, String)>,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It was created.
    Created,
    /// It existed already and is unchanged.
    Kept,
}

/// A file that could not be written.
#[derive(Debug, Error)]
#[error("cannot write `{}`: {error}", .path.display())]
pub struct WriteError {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for WriteOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Created => "created",
            Self::Kept => "kept",
        })
    }
}

impl Plan {
    /// Adds a file, with its path relative to the folder.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) {
        self.files.push((path.into(), text.into()));
    }

    /// Adds another plan's files.
    pub fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
    }

    /// The files, in order.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// The first of the files that already exists below a folder.
    #[must_use]
    pub fn existing(&self, root: &Path) -> Option<&Path> {
        self.files().map(|(path, _)| path).find(|path| exists(&root.join(path)))
    }

    /// Writes the files below a folder, each atomically, and skips those that exist already.
    ///
    /// # Errors
    /// The files that could not be written. The others are written.
    pub fn write(&self, root: &Path) -> Result<Vec<(&Path, WriteOutcome)>, Vec<WriteError>> {
        let (mut outcomes, mut errors) = (Vec::new(), Vec::new());
        let root = match Root::open(root) {
            Ok(root) => root,
            Err(error) => return Err(vec![WriteError { path: root.to_owned(), error }]),
        };
        for (path, text) in &self.files {
            match create(&root, path, text) {
                Ok(outcome) => outcomes.push((path.as_path(), outcome)),
                Err(error) => errors.push(WriteError { path: path.clone(), error }),
            }
        }
        if errors.is_empty() { Ok(outcomes) } else { Err(errors) }
    }
}

/// Whether the path exists, even as a broken symbolic link.
fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn create(root: &Root, path: &Path, text: &str) -> io::Result<WriteOutcome> {
    match root.create(path, text.as_bytes()) {
        Ok(()) => Ok(WriteOutcome::Created),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(WriteOutcome::Kept),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn writes_only_new_files_below_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir_all(root.join("templates")).unwrap();
        fs::write(root.join("templates/a.liquid"), "mine").unwrap();
        let mut plan = Plan::default();
        plan.add("templates/a.liquid", "theirs");
        plan.add("templates/more/b.liquid", "b");
        let outcomes: Vec<_> = plan.write(&root).unwrap().into_iter().map(|(_, outcome)| outcome).collect();
        assert_eq!(outcomes, [WriteOutcome::Kept, WriteOutcome::Created]);
        assert_eq!(fs::read_to_string(root.join("templates/a.liquid")).unwrap(), "mine");
        assert_eq!(fs::read_to_string(root.join("templates/more/b.liquid")).unwrap(), "b");
        let mut outside = Plan::default();
        outside.add("../outside", "x");
        outside.add("/outside", "x");
        outside.add("fine", "x");
        assert_eq!(outside.write(&root).unwrap_err().len(), 2);
        assert!(!folder.path().join("outside").exists() && root.join("fine").exists());
    }

    #[cfg(unix)]
    #[test]
    fn rejects_links_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("project"), folder.path().join("outside"));
        fs::create_dir_all(&root).unwrap();
        fs::create_dir_all(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("templates")).unwrap();
        let mut plan = Plan::default();
        plan.add("templates/a.liquid", "a");
        let error = plan.write(&root).unwrap_err().remove(0).to_string();
        assert_eq!(error, "cannot write `templates/a.liquid`: it leads out of the project, where nothing is written");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }
}
