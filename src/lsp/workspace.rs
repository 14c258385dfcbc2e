//! The workspace: the projects of the folders and files that are open in the editor. What the editor shows takes precedence
//! over the disk.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, SystemTime};

use gen_lsp_types::Uri;
use ignore::{WalkBuilder, WalkState};

use super::document::Document;
use super::position::Encoding;
use crate::project::{CONFIG_FILE, Files, Overlay, Project, root_of};
use crate::watch::WatchEvent;

/// How deep projects are looked for in the folders of the workspace.
const MAX_DEPTH: usize = 8;
/// How coarse the times of files can be.
const CLOCK_STEP: Duration = Duration::from_secs(2);

/// The open documents, and the projects that they belong to.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// By their URI.
    documents: HashMap<Uri, Document>,
    /// By their root.
    projects: BTreeMap<PathBuf, OpenProject>,
    folders: BTreeSet<PathBuf>,
    /// Those that have not been searched for projects yet, apart from the one that contains them.
    unsearched: BTreeSet<PathBuf>,
}

/// A project and its files.
#[derive(Debug)]
struct OpenProject {
    files: Files,
    project: Arc<Project>,
    /// Whether the files have changed since the project was built from them.
    is_stale: bool,
    /// When the files were first read.
    read_at: SystemTime,
}

impl Workspace {
    /// Opens the project around a folder; the projects in it when [`search_folders`](Self::search_folders) is called, which
    /// takes longer. Without a project around it, they are opened now.
    pub(super) fn add_folder(&mut self, folder: &Path) {
        let Ok(folder) = folder.canonicalize() else { return };
        self.unsearched.insert(folder.clone());
        let root = root_of(&folder).ok().inspect(|root| self.open_project(root));
        if !root.is_some_and(|root| self.projects.contains_key(&root)) {
            self.search_folders();
        }
        self.folders.insert(folder);
    }

    /// Opens the projects in the folders that have not been searched yet.
    pub(super) fn search_folders(&mut self) {
        for folder in std::mem::take(&mut self.unsearched) {
            for root in roots_below(&folder) {
                self.open_project(&root);
            }
        }
    }

    /// Whether all projects of the folders are known.
    pub(super) fn is_searched(&self) -> bool {
        self.unsearched.is_empty()
    }

    /// Closes the projects of a folder that have no open documents and are in no other folder. Returns their roots.
    pub(super) fn remove_folder(&mut self, folder: &Path) -> Vec<PathBuf> {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        self.folders.remove(&folder);
        self.unsearched.remove(&folder);
        let is_unused = |root: &&PathBuf| {
            root.starts_with(&folder)
                && !self.folders.iter().any(|other| root.starts_with(other))
                && !self.documents.values().any(|document| document.is_within(root))
        };
        let unused: Vec<_> = self.projects.keys().filter(is_unused).cloned().collect();
        for root in &unused {
            self.projects.remove(root);
        }
        unused
    }

    /// Opens a document, and the project that contains it.
    pub(super) fn open(&mut self, document: Document) {
        let (path, uri) = (document.path.clone(), document.uri.clone());
        self.documents.insert(uri, document);
        if let Some(path) = path {
            if let Some(root) = project_around(&path) {
                self.open_project(&root);
            }
            self.apply(&path);
        }
    }

    /// Changes a document. Returns whether it is open.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<gen_lsp_types::TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> bool {
        let Some(document) = self.documents.get_mut(uri) else { return false };
        document.change(version, changes, encoding);
        if let Some(path) = document.path.clone() {
            self.apply(&path);
        }
        true
    }

    /// Closes a document: the file on disk counts again.
    pub(super) fn close(&mut self, uri: &Uri) {
        if let Some(path) = self.documents.remove(uri).and_then(|document| document.path) {
            self.apply(&path);
        }
    }

    /// Reads again what changed on disk.
    pub(super) fn refresh(&mut self, paths: &[PathBuf]) {
        // A configuration file makes its folder a project.
        let marks = paths.iter().filter(|path| path.ends_with(CONFIG_FILE) && path.is_file());
        for root in marks.filter_map(|path| path.parent()).map(Path::to_owned).collect::<Vec<_>>() {
            if self.folders.iter().any(|folder| root.starts_with(folder)) {
                self.open_project(&root);
            }
        }
        for open in self.projects.values_mut() {
            open.is_stale |= open.files.refresh(paths.iter().map(PathBuf::as_path)).unwrap_or_default();
        }
    }

    /// Applies what the watch of a project reports.
    pub(super) fn take(&mut self, root: &Path, event: &WatchEvent) {
        let Some(open) = self.projects.get_mut(root) else { return };
        let refreshed = match event {
            WatchEvent::Notice(_) => Ok(false),
            WatchEvent::All => open.files.read_again().map(|()| true),
            WatchEvent::Paths(paths) => open.files.refresh(paths.iter().map(PathBuf::as_path)),
        };
        // A project that no longer exists stays as it was until its folder is closed.
        open.is_stale |= refreshed.unwrap_or_default();
    }

    /// Reads again what has changed in a project between its first reading and the start of its watch.
    pub(super) fn catch_up(&mut self, root: &Path) {
        let Some(open) = self.projects.get_mut(root) else { return };
        let moment = open.read_at.checked_sub(CLOCK_STEP).unwrap_or(open.read_at);
        // A project that no longer exists stays as it was until its folder is closed.
        open.is_stale |= open.files.refresh_since(moment).unwrap_or_default();
    }

    /// Whether a project has changed since it was last [built](Self::build).
    pub(super) fn is_stale(&self) -> bool {
        self.projects.values().any(|open| open.is_stale)
    }

    /// Builds the projects that have changed. Returns them with their roots.
    pub(super) fn build(&mut self) -> Vec<(PathBuf, Arc<Project>)> {
        let stale = self.projects.iter_mut().filter(|(_, open)| open.is_stale);
        let built = stale.map(|(root, open)| {
            open.project = Arc::new(open.files.to_project());
            open.is_stale = false;
            (root.clone(), open.project.clone())
        });
        built.collect()
    }

    /// The projects as last built, by root.
    pub(super) fn projects(&self) -> BTreeMap<PathBuf, Arc<Project>> {
        self.projects.iter().map(|(root, open)| (root.clone(), open.project.clone())).collect()
    }

    /// The open documents.
    pub(super) const fn documents(&self) -> &HashMap<Uri, Document> {
        &self.documents
    }

    /// The roots of the projects, and the files of each.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, &Files)> {
        self.projects.iter().map(|(root, open)| (root.as_path(), &open.files))
    }

    fn open_project(&mut self, root: &Path) {
        if self.projects.contains_key(root) {
            return;
        }
        let mut overlay = Overlay::default();
        for document in self.documents.values().filter(|document| document.is_within(root)) {
            if let Some(path) = &document.path {
                overlay.set(path, Some(&document.text));
            }
        }
        let read_at = SystemTime::now();
        // A folder that cannot be read has no findings to show.
        let Ok(files) = Files::open_with(root, false, overlay) else { return };
        let project = Arc::new(files.to_project());
        self.projects.insert(root.to_owned(), OpenProject { files, project, is_stale: true, read_at });
    }

    /// Gives a file the text that the editor shows, if it is open, in every project that contains it.
    fn apply(&mut self, path: &Path) {
        let shown = self.documents.values().filter(|document| document.path.as_deref() == Some(path));
        // The same file may be open under two URIs: the last edit counts.
        let shown = shown.max_by_key(|document| document.version).map(|document| document.text.clone());
        for (_, open) in self.projects.iter_mut().filter(|(root, _)| path.starts_with(root)) {
            // A project that no longer exists stays as it was until its folder is closed.
            let _ = open.files.edit(path, shown.as_deref());
            // The client waits for the diagnostics of this version, even if the text is the same.
            open.is_stale = true;
        }
    }
}

impl Document {
    fn is_within(&self, root: &Path) -> bool {
        self.path.as_ref().is_some_and(|path| path.starts_with(root))
    }
}

/// The root of the project around a file, whose folder may not exist yet.
/// The roots of the projects in a folder whose configuration git does not ignore, sorted.
fn roots_below(folder: &Path) -> BTreeSet<PathBuf> {
    let (sender, roots) = mpsc::channel();
    // The walk of one thread panics if a link to a folder is exchanged while it is followed.
    WalkBuilder::new(folder).max_depth(Some(MAX_DEPTH)).build_parallel().run(|| {
        let sender = sender.clone();
        Box::new(move |entry| {
            if let Ok(entry) = entry
                && entry.file_name() == CONFIG_FILE
                && let Some(root) = entry.path().parent()
            {
                // The receiver outlives the walk.
                let _ = sender.send(root.to_owned());
            }
            WalkState::Continue
        })
    });
    drop(sender);
    roots.into_iter().collect()
}

fn project_around(path: &Path) -> Option<PathBuf> {
    let folder = path.ancestors().skip(1).find(|folder| folder.is_dir())?;
    root_of(folder).ok()
}
