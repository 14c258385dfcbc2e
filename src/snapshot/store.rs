//! The store: the folder of a project's snapshots. Files in it are replaced atomically.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::file::{MAX_BYTES, SnapshotFileError, is_of_insta};
use crate::atomic_file::{Root, is_temporary};
use crate::plain_file::{self, PlainFileError};

/// Extension of an accepted snapshot.
const ACCEPTED: &str = ".snap";
/// Extension of a pending snapshot, next to the accepted one.
const PENDING: &str = ".snap.new";
/// Age from which a temporary file is considered abandoned.
const LEFT_OVER: Duration = Duration::from_secs(600);

/// The folder of a project's snapshots.
#[derive(Clone, Debug)]
pub struct Store {
    /// The project's folder.
    root: PathBuf,
    /// The folder relative to the project.
    folder: PathBuf,
    /// The same, for display.
    shown: String,
}

/// Whether a snapshot is accepted or pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Accepted.
    Accepted,
    /// Pending review.
    Pending,
}

/// A backup of a snapshot's files.
#[derive(Clone, Debug)]
pub struct Kept([(Stage, Option<Vec<u8>>); 2]);

impl Stage {
    const fn ending(self) -> &'static str {
        match self {
            Self::Accepted => ACCEPTED,
            Self::Pending => PENDING,
        }
    }
}

/// The names of the snapshots in a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The accepted snapshots.
    pub accepted: BTreeSet<String>,
    /// The pending snapshots.
    pub pending: BTreeSet<String>,
    /// Temporary files left by killed runs, relative to the project.
    left_over: Vec<PathBuf>,
    /// Folders that could not be read, with the reasons.
    pub unreadable: Vec<String>,
}

impl Store {
    /// The store in `folder` of the project at `root`.
    #[must_use]
    pub fn new(root: &Path, folder: &Path) -> Self {
        let parts: Vec<_> = folder.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Self { root: root.to_owned(), folder: folder.to_owned(), shown: parts.join("/") }
    }

    /// The path of a snapshot's file.
    #[must_use]
    pub fn path(&self, name: &str, stage: Stage) -> PathBuf {
        self.root.join(self.relative(name, stage))
    }

    /// The path relative to the project, for display.
    #[must_use]
    pub fn shown(&self, name: &str, stage: Stage) -> String {
        format!("{}/{name}{}", self.shown, stage.ending())
    }

    /// The text of a snapshot's file, if it exists.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, name: &str, stage: Stage) -> Result<Option<String>, SnapshotFileError> {
        match plain_file::read(&self.path(name, stage), MAX_BYTES) {
            Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| SnapshotFileError::NotUtf8),
            Err(PlainFileError::Folder) => Err(SnapshotFileError::Folder),
            Err(PlainFileError::Special) => Err(SnapshotFileError::Special),
            Err(PlainFileError::TooLarge(bytes)) => Err(SnapshotFileError::TooLarge(bytes)),
            Err(PlainFileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(PlainFileError::Io(error)) => Err(SnapshotFileError::Unreadable(error.to_string())),
        }
    }

    /// Writes a snapshot's file atomically, within the project.
    ///
    /// # Errors
    /// It cannot be written; the old file is kept.
    pub fn write(&self, name: &str, stage: Stage, bytes: &[u8]) -> io::Result<()> {
        self.root()?.replace(&self.relative(name, stage), bytes)
    }

    /// Accepts a pending snapshot.
    ///
    /// # Errors
    /// It cannot be moved; both files are unchanged.
    pub fn accept(&self, name: &str) -> io::Result<()> {
        self.root()?.rename(&self.relative(name, Stage::Pending), &self.relative(name, Stage::Accepted))
    }

    /// Removes a snapshot's file, and folders that are empty afterwards. Returns whether it existed.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self, name: &str, stage: Stage) -> io::Result<bool> {
        let (root, path) = (self.root()?, self.relative(name, stage));
        let existed = root.remove(&path)?;
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != self.folder) {
            // A folder that is not empty is kept.
            if root.remove_empty_folder(folder).is_err() {
                break;
            }
        }
        Ok(existed)
    }

    fn root(&self) -> io::Result<Root> {
        Root::open(&self.root)
    }

    /// The path of a snapshot's file, relative to the project.
    fn relative(&self, name: &str, stage: Stage) -> PathBuf {
        self.folder.join(format!("{name}{}", stage.ending()))
    }

    /// Backs up a snapshot's files.
    #[must_use]
    pub fn keep(&self, name: &str) -> Kept {
        let read = |stage| plain_file::read(&self.path(name, stage), MAX_BYTES).ok();
        Kept([Stage::Accepted, Stage::Pending].map(|stage| (stage, read(stage))))
    }

    /// Restores a snapshot's files.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn restore(&self, name: &str, kept: &Kept) -> io::Result<()> {
        for (stage, bytes) in &kept.0 {
            match bytes {
                Some(bytes) => self.write(name, *stage, bytes)?,
                None => self.remove(name, *stage).map(drop)?,
            }
        }
        Ok(())
    }

    /// Whether there is anything in the store's folder.
    #[must_use]
    pub fn has_any(&self) -> bool {
        fs::read_dir(self.root.join(&self.folder)).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// Lists the store's contents.
    #[must_use]
    pub fn list(&self) -> Listing {
        let mut listing = Listing::default();
        let mut folders = vec![(self.root.join(&self.folder), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    listing.unreadable.push(format!("cannot look into `{}/{prefix}`: {error}", self.shown));
                    continue;
                }
            };
            for entry in entries.flatten() {
                // Snapshots always have valid UTF-8 names.
                let Ok(file_name) = entry.file_name().into_string() else { continue };
                let name = format!("{prefix}{file_name}");
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    if !file_name.starts_with('.') {
                        folders.push((entry.path(), format!("{name}/")));
                    }
                } else if is_temporary(&file_name) {
                    listing.left_over.push(self.folder.join(name));
                } else if file_name.starts_with('.') {
                    // Hidden files belong to other programs.
                } else if let Some(name) = name.strip_suffix(PENDING) {
                    listing.pending.insert(name.to_owned());
                } else if let Some(name) = name.strip_suffix(ACCEPTED) {
                    listing.accepted.insert(name.to_owned());
                }
            }
        }
        listing
    }

    /// The snapshots for which `is_known` is false, by name. Snapshots of Rust tests are left out.
    #[must_use]
    pub fn obsolete(&self, listing: &Listing, is_known: impl Fn(&str) -> bool) -> Vec<(String, Stage)> {
        let accepted = listing.accepted.iter().map(|name| (name, Stage::Accepted));
        let pending = listing.pending.iter().map(|name| (name, Stage::Pending));
        let unknown = accepted.chain(pending).filter(|(name, stage)| !is_known(name) && self.is_ours(name, *stage));
        let mut found: Vec<_> = unknown.map(|(name, stage)| (name.clone(), stage)).collect();
        found.sort();
        found
    }

    /// Whether a file was written by inkproof, as opposed to a Rust test or anything else.
    #[must_use]
    pub fn is_ours(&self, name: &str, stage: Stage) -> bool {
        matches!(self.read(name, stage), Ok(Some(text)) if !is_of_insta(&text))
    }
}

impl Listing {
    /// Removes temporary files left by killed runs.
    pub(super) fn sweep(&self, store: &Store) {
        for path in &self.left_over {
            let is_old = fs::symlink_metadata(store.root.join(path))
                .and_then(|metadata| metadata.modified())
                .is_ok_and(|modified| SystemTime::now().duration_since(modified).is_ok_and(|age| age > LEFT_OVER));
            if is_old {
                // Another run may be removing it at the same time.
                let _ = store.root().and_then(|root| root.remove(path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let root = tempfile::tempdir().unwrap();
        let store = Store::new(root.path(), Path::new("tests/snapshots"));
        (root, store)
    }

    #[test]
    fn writes_lists_and_removes_files() {
        let (root, store) = store();
        assert_eq!(store.read("a/b", Stage::Accepted), Ok(None));
        assert_eq!(store.list(), Listing::default());
        store.write("a/b", Stage::Pending, b"new").unwrap();
        store.write("c", Stage::Accepted, b"c").unwrap();
        let listing = store.list();
        assert_eq!(listing.accepted, BTreeSet::from(["c".to_owned()]));
        assert_eq!(listing.pending, BTreeSet::from(["a/b".to_owned()]));
        store.accept("a/b").unwrap();
        assert_eq!(store.read("a/b", Stage::Accepted), Ok(Some("new".to_owned())));
        store.write("a/b", Stage::Accepted, b"newer").unwrap();
        assert_eq!(store.read("a/b", Stage::Accepted), Ok(Some("newer".to_owned())));
        assert!(store.remove("a/b", Stage::Accepted).unwrap());
        assert!(!store.remove("a/b", Stage::Accepted).unwrap());
        let left: Vec<_> = fs::read_dir(root.path().join("tests/snapshots")).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(store.shown("c", Stage::Pending), "tests/snapshots/c.snap.new");
    }

    #[test]
    fn reports_why_a_file_cannot_be_read() {
        let (_root, store) = store();
        fs::create_dir_all(store.path("folder", Stage::Accepted)).unwrap();
        fs::write(store.path("bytes", Stage::Accepted), b"\xff").unwrap();
        assert_eq!(store.read("folder", Stage::Accepted), Err(SnapshotFileError::Folder));
        assert_eq!(store.read("bytes", Stage::Accepted), Err(SnapshotFileError::NotUtf8));
        assert!(store.write("folder", Stage::Accepted, b"x").is_err());
        let names = fs::read_dir(store.root.join(&store.folder)).unwrap().flatten().map(|entry| entry.file_name());
        assert_eq!(names.filter(|name| name.to_string_lossy().starts_with('.')).count(), 0);
    }

    #[test]
    fn removes_old_temporary_files() {
        let (_root, store) = store();
        let folder = store.root.join(&store.folder);
        fs::create_dir_all(&folder).unwrap();
        let (old, young) = (folder.join(".inkproof-1-1.tmp"), folder.join(".inkproof-1-2.tmp"));
        fs::write(&young, "").unwrap();
        let file = fs::File::create(&old).unwrap();
        file.set_modified(SystemTime::now() - LEFT_OVER * 2).unwrap();
        store.list().sweep(&store);
        assert_eq!((old.exists(), young.exists()), (false, true));
    }
}
