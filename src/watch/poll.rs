//! Polling of files where the operating system does not report changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::Places;
use crate::visible_files::entries_below;

/// A file may change again within this time without a new modification time: the resolution of the coarsest file system
/// clock, FAT's.
const COARSEST_CLOCK: Duration = Duration::from_secs(2);

/// The state of the files when they were last polled.
#[derive(Debug, Default)]
pub(super) struct Poll {
    stamps: BTreeMap<PathBuf, Stamp>,
}

/// The metadata by which a change of a file is detected.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    is_folder: bool,
    length: u64,
    modified: Option<SystemTime>,
    /// Time of the last status change and inode number, which setting the modification time does not affect.
    #[cfg(unix)]
    changed_and_file: (i64, i64, u64),
}

impl Poll {
    pub(super) fn start(places: &Places) -> Self {
        Self { stamps: stamps(places) }
    }

    /// The paths that may have changed since the last poll.
    pub(super) fn look(&mut self, places: &Places) -> BTreeSet<PathBuf> {
        let stamps = stamps(places);
        self.changes(stamps, SystemTime::now())
    }

    fn changes(&mut self, stamps: BTreeMap<PathBuf, Stamp>, now: SystemTime) -> BTreeSet<PathBuf> {
        let before = std::mem::replace(&mut self.stamps, stamps);
        let changed =
            self.stamps.iter().filter(|(path, stamp)| before.get(*path) != Some(stamp) || stamp.is_young(now));
        let gone = before.keys().filter(|path| !self.stamps.contains_key(*path));
        changed.map(|(path, _)| path).chain(gone).cloned().collect()
    }
}

impl Stamp {
    fn new(metadata: &Metadata) -> Self {
        let is_folder = metadata.is_dir();
        Self {
            is_folder,
            // A change in a folder is reported by the path that changed in it.
            length: if is_folder { 0 } else { metadata.len() },
            modified: metadata.modified().ok().filter(|_| !is_folder),
            #[cfg(unix)]
            changed_and_file: {
                use std::os::unix::fs::MetadataExt;
                if is_folder { (0, 0, 0) } else { (metadata.ctime(), metadata.ctime_nsec(), metadata.ino()) }
            },
        }
    }

    /// Whether another change right after the last one would go undetected. A time in the future proves nothing either.
    fn is_young(&self, now: SystemTime) -> bool {
        let modified = self.modified.filter(|_| !self.is_folder);
        modified.is_some_and(|modified| now.duration_since(modified).is_ok_and(|age| age < COARSEST_CLOCK))
    }
}

fn stamps(places: &Places) -> BTreeMap<PathBuf, Stamp> {
    let mut stamps = BTreeMap::new();
    let mut look = |path: PathBuf| {
        if let Ok(metadata) = fs::metadata(&path) {
            stamps.insert(path, Stamp::new(&metadata));
        }
    };
    for folder in &places.folders {
        entries_below(folder).flatten().for_each(|entry| look(entry.into_path()));
    }
    places.files.iter().cloned().for_each(look);
    stamps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_may_have_changed_unseen_is_reported_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.liquid");
        fs::write(&path, "1").unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let places = Places { folders: vec![folder.path().to_owned()], ..Places::default() };
        let mut poll = Poll::start(&places);
        let mut at = |milliseconds| poll.changes(stamps(&places), modified + Duration::from_millis(milliseconds));
        assert_eq!(at(0), [path.clone()].into());
        assert_eq!(at(1_999), [path].into());
        assert_eq!(at(2_000), [].into());
    }

    #[test]
    fn neither_folders_nor_times_in_the_future_are_young() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.liquid");
        fs::write(&path, "1").unwrap();
        let metadata = fs::metadata(&path).unwrap();
        let (stamp, modified) = (Stamp::new(&metadata), metadata.modified().unwrap());
        assert!(!stamp.is_young(modified - Duration::from_millis(1)));
        let metadata = fs::metadata(folder.path()).unwrap();
        assert!(!Stamp::new(&metadata).is_young(metadata.modified().unwrap()));
    }
}
