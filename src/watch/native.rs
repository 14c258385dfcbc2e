//! Change notifications of the operating system.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::{Config, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};
use thiserror::Error;

use super::{Command, Places};
use crate::visible_files::entries_below;

/// Longest chain of symbolic links that is followed, as on Linux.
const LONGEST_CHAIN: usize = 40;

/// Watches until it is dropped.
#[derive(Debug)]
pub(super) struct Native {
    watcher: RecommendedWatcher,
    /// Real paths of the folders and the names they were given: notifications name real paths.
    real: Vec<(PathBuf, PathBuf)>,
    /// Links to files elsewhere, by their targets.
    links: HashMap<PathBuf, BTreeSet<PathBuf>>,
    /// The folders of those targets.
    of_links: BTreeSet<PathBuf>,
}

/// Why notifications are not available.
#[derive(Debug, Error)]
pub(super) enum NativeError {
    /// The limit of watches is reached.
    #[error(
        "the limit of folders that this system watches is reached (`sysctl fs.inotify.max_user_watches` raises it)"
    )]
    Watches,
    /// The limit of watching programs or open files is reached.
    #[error(
        "the limit of programs that watch files is reached (`sysctl fs.inotify.max_user_instances` or `ulimit -n` raises it)"
    )]
    Instances,
    /// Any other error.
    #[error("this system cannot watch files here ({0})")]
    Other(String),
}

impl From<notify::Error> for NativeError {
    fn from(error: notify::Error) -> Self {
        /// Too many open files, in this process or in the system.
        const FULL: [i32; 2] = [24, 23];
        /// No space left, which is the limit of watches here.
        const NO_SPACE: i32 = 28;
        match &error.kind {
            ErrorKind::MaxFilesWatch => Self::Watches,
            ErrorKind::Io(io) if io.raw_os_error() == Some(NO_SPACE) => Self::Watches,
            ErrorKind::Io(io) if io.raw_os_error().is_some_and(|code| FULL.contains(&code)) => Self::Instances,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl Native {
    /// Watches the places that exist. Those that appear later are detected in their parent folders.
    pub(super) fn start(places: &Places, orders: &Sender<Command>) -> Result<Self, NativeError> {
        let orders = orders.clone();
        let watcher = RecommendedWatcher::new(
            move |event| {
                // A thread that has ended watches nothing.
                let _ = orders.send(Command::Event(event));
            },
            Config::default().with_follow_symlinks(false),
        )?;
        let mut native = Self { watcher, real: Vec::new(), links: HashMap::new(), of_links: BTreeSet::new() };
        native.watch_all(places)?;
        Ok(native)
    }

    fn watch_all(&mut self, places: &Places) -> Result<(), NativeError> {
        let mut watches: BTreeMap<PathBuf, RecursiveMode> = BTreeMap::new();
        for folder in places.all() {
            let is_root = folder == places.root;
            if let Ok(real) = folder.canonicalize() {
                self.real.push((real.clone(), folder.to_owned()));
                if !is_root || places.folders.contains(&places.root) {
                    watches.insert(real, RecursiveMode::Recursive);
                }
            }
            // A folder's appearance and disappearance is reported by its parent.
            let above = folder.ancestors().skip(usize::from(!is_root));
            for parent in above.take_while(|parent| parent.starts_with(&places.root)) {
                if let Ok(real) = parent.canonicalize() {
                    self.real.push((real.clone(), parent.to_owned()));
                    watches.entry(real).or_insert(RecursiveMode::NonRecursive);
                }
            }
        }
        let mut paths = self.watcher.paths_mut();
        for (path, mode) in watches {
            match paths.add(&path, mode) {
                Err(error) if is_gone(&error) => {}
                other => other?,
            }
        }
        paths.commit()?;
        self.real.sort();
        self.real.dedup();
        for folder in &places.folders {
            self.find_links(folder);
        }
        for file in &places.files {
            self.follow_link(file);
        }
        Ok(())
    }

    /// The names under which a path is watched; there may be several.
    pub(super) fn as_given(&self, path: &Path) -> impl Iterator<Item = PathBuf> {
        let in_folders = self.real.iter().filter_map(|(real, given)| {
            let below = path.strip_prefix(real).ok()?;
            Some(if below.as_os_str().is_empty() { given.clone() } else { given.join(below) })
        });
        let links = self.links.get(path).into_iter().flatten().cloned();
        in_folders.chain(links).collect::<BTreeSet<_>>().into_iter()
    }

    /// Whether a path is one of the folders, or leads to one.
    pub(super) fn leads_here(&self, path: &Path, places: &Places) -> bool {
        places.leads_here(path) || self.as_given(path).any(|given| places.leads_here(&given))
    }

    /// Follows the links among these paths, and those in folders among them, to their targets.
    pub(super) fn follow_links(&mut self, paths: &BTreeSet<PathBuf>) {
        for path in paths {
            match fs::symlink_metadata(path) {
                Ok(metadata) if metadata.is_symlink() => self.follow_link(path),
                Ok(metadata) if metadata.is_dir() => self.find_links(path),
                _ => {}
            }
        }
    }

    fn find_links(&mut self, folder: &Path) {
        for entry in entries_below(folder).flatten().filter(walkdir::DirEntry::path_is_symlink) {
            self.follow_link(entry.path());
        }
    }

    /// Watches a link's target through its folder, since editors replace files as often as they write them.
    fn follow_link(&mut self, link: &Path) {
        let mut at = link.to_owned();
        for _ in 0..LONGEST_CHAIN {
            let Ok(target) = fs::read_link(&at) else { return };
            let Some(target) = real_place(&at, &target) else { return };
            if let Some(folder) = target.parent()
                && !self.real.iter().any(|(real, _)| real == folder)
                && self.of_links.insert(folder.to_owned())
            {
                // A dangling link, or one to an unreadable place, changes only with the link itself.
                let _ = self.watcher.watch(folder, RecursiveMode::NonRecursive);
            }
            self.links.entry(target.clone()).or_default().insert(link.to_owned());
            at = target;
        }
    }
}

/// The path of a link's target: its folder with links resolved, and its name.
fn real_place(link: &Path, target: &Path) -> Option<PathBuf> {
    let target = link.parent()?.join(target);
    let folder = target.parent()?.canonicalize().ok()?;
    Some(folder.join(target.file_name()?))
}

/// Whether a place disappeared while its watch was set up, which is detected elsewhere.
fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => error.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}
