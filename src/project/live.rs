//! A project that follows its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{CONFIG_FILE, Config, Files, OpenError, Project, root_of};
use crate::watch::{Places, Told, Watch};

/// A project that follows its files: it is told what may be different, and reads that again.
#[derive(Debug)]
pub struct LiveProject {
    files: Files,
    project: Arc<Project>,
    /// Folders besides the project's own whose changes matter.
    besides: Vec<PathBuf>,
    places: Places,
    watch: Watch,
}

impl LiveProject {
    /// Opens the project that `dir` stands in, with the requests of its tests where they are wanted, and watches it: what may
    /// be different is handed to `tell`, on another thread, and is to be [taken over](Self::take). `poll` is how often
    /// files are looked at; without it, only where the system does not tell of changes.
    ///
    /// # Errors
    /// There is no project, or it cannot be watched.
    pub fn open(
        dir: &Path,
        for_tests: bool,
        poll: Option<Duration>,
        tell: impl FnMut(Told) + Send + 'static,
    ) -> Result<Self, OpenError> {
        let root = root_of(dir)?;
        // First watched, then read: what changes meanwhile is told.
        let places = places(&root, &Config::in_folder(&root), &[]);
        let watch = Watch::start(places.clone(), poll, tell).map_err(OpenError::Unwatched)?;
        let files = Files::open(&root, for_tests)?;
        let project = Arc::new(files.to_project());
        let mut live = Self { project, files, besides: Vec::new(), places, watch };
        live.follow_places();
        Ok(live)
    }

    /// The project as its files were when they were last read.
    #[must_use]
    pub const fn project(&self) -> &Arc<Project> {
        &self.project
    }

    /// Its files.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// Watches these folders as well.
    pub fn watch_besides(&mut self, folders: Vec<PathBuf>) {
        self.besides = folders;
        self.follow_places();
    }

    /// Takes over what may be different. Gives whether anything is, be it in a folder that is watched besides.
    ///
    /// # Errors
    /// There is no project any more; all is as it was.
    pub fn take(&mut self, told: &Told) -> Result<bool, OpenError> {
        match told {
            Told::Notice(_) => return Ok(false),
            Told::All => self.files.read_again()?,
            Told::Paths(paths) => {
                if !self.files.refresh(paths.iter().map(PathBuf::as_path))? {
                    return Ok(paths.iter().any(|path| self.besides.iter().any(|folder| path.starts_with(folder))));
                }
            }
        }
        self.project = Arc::new(self.files.to_project());
        self.follow_places();
        Ok(true)
    }

    /// Watches the folders that the project has now.
    fn follow_places(&mut self) {
        let places = places(self.files.root(), self.project.config(), &self.besides);
        if places != self.places {
            self.places = places;
            self.watch.follow(self.places.clone());
        }
    }
}

/// What to watch of a project.
fn places(root: &Path, config: &Config, besides: &[PathBuf]) -> Places {
    let mut folders: Vec<_> = config.folders().map(|folder| root.join(folder)).collect();
    folders.extend_from_slice(besides);
    folders.sort();
    folders.dedup();
    Places { root: root.to_owned(), folders, files: vec![root.join(CONFIG_FILE)] }
}
