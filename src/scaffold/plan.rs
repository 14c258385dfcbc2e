//! Plans: files that are to be, and what becomes of them. What exists is never overwritten, and nothing outside of the folder
//! is written.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use thiserror::Error;

use crate::atomic_file::{self, make_within};

/// Files that are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    files: Vec<(PathBuf, String)>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It was not there and is now.
    Created,
    /// It was there already, and is as it was.
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
    /// Adds a file, by its path below the folder.
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

    /// The first of the files that is there already, below a folder.
    #[must_use]
    pub fn existing(&self, root: &Path) -> Option<&Path> {
        self.files().map(|(path, _)| path).find(|path| is_there(&root.join(path)))
    }

    /// Writes the files below a folder, each as a whole, and none that is there already.
    ///
    /// # Errors
    /// Every file that could not be written; the others are.
    pub fn write(&self, root: &Path) -> Result<Vec<(&Path, WriteOutcome)>, Vec<WriteError>> {
        let (mut fates, mut errors) = (Vec::new(), Vec::new());
        for (path, text) in &self.files {
            match create(root, path, text) {
                Ok(fate) => fates.push((path.as_path(), fate)),
                Err(error) => errors.push(WriteError { path: path.clone(), error }),
            }
        }
        if errors.is_empty() { Ok(fates) } else { Err(errors) }
    }
}

/// Whether there is anything of that name, be it a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn create(root: &Path, path: &Path, text: &str) -> io::Result<WriteOutcome> {
    let target = root.join(path);
    if is_there(&target) {
        return Ok(WriteOutcome::Kept);
    }
    make_within(root, path.parent().unwrap_or(path))?;
    match atomic_file::create(&target, text.as_bytes()) {
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
    fn nothing_is_overwritten_and_nothing_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir_all(root.join("templates")).unwrap();
        fs::write(root.join("templates/a.liquid"), "mine").unwrap();
        let mut plan = Plan::default();
        plan.add("templates/a.liquid", "theirs");
        plan.add("templates/more/b.liquid", "b");
        let fates: Vec<_> = plan.write(&root).unwrap().into_iter().map(|(_, fate)| fate).collect();
        assert_eq!(fates, [WriteOutcome::Kept, WriteOutcome::Created]);
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
    fn links_do_not_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("project"), folder.path().join("outside"));
        fs::create_dir_all(&root).unwrap();
        fs::create_dir_all(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("templates")).unwrap();
        let mut plan = Plan::default();
        plan.add("templates/a.liquid", "a");
        let error = plan.write(&root).unwrap_err().remove(0).to_string();
        assert_eq!(error, "cannot write `templates/a.liquid`: `templates` leads out of the project");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }
}
