//! A project that is kept up to date with its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::files::places;
use super::{Config, Files, OpenError, Project, root_of};
use crate::watch::{Places, Watch, WatchEvent};

/// A project that is kept up to date with its files: it reads again what the watch reports.
#[derive(Debug)]
pub struct LiveProject {
    files: Files,
    project: Arc<Project>,
    /// Additional folders to watch.
    besides: Vec<PathBuf>,
    places: Places,
    watch: Watch,
}

impl LiveProject {
    /// Opens the project that contains `dir`, whose relative paths start from `start`, with the requests of its tests if `for_tests`, and watches it. Changes are
    /// reported to `tell` on another thread when it has been `quiet` for so long, and must then be [applied](Self::take). `poll` is
    /// the polling interval; without it, files are polled only where the system does not report changes.
    ///
    /// # Errors
    /// There is no project, or it cannot be watched.
    pub fn open(
        dir: &Path,
        start: &Path,
        for_tests: bool,
        poll: Option<Duration>,
        quiet: Duration,
        tell: impl FnMut(WatchEvent) + Send + 'static,
    ) -> Result<Self, OpenError> {
        let root = root_of(dir)?;
        // Watch first, then read, so that no change in between is missed.
        let places = places(&root, &Config::in_folder(&root), &[], std::iter::empty());
        let watch = Watch::start(places.clone(), poll, quiet, tell).map_err(OpenError::Unwatched)?;
        let files = Files::open(dir, for_tests)?.with_start(start);
        let project = Arc::new(files.to_project());
        let mut live = Self { project, files, besides: Vec::new(), places, watch };
        live.follow_places();
        Ok(live)
    }

    /// The project as last read.
    #[must_use]
    pub const fn project(&self) -> &Arc<Project> {
        &self.project
    }

    /// Its files.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// Also watches these folders.
    pub fn watch_besides(&mut self, folders: Vec<PathBuf>) {
        self.besides = folders;
        self.follow_places();
    }

    /// Applies a reported change. Returns whether anything changed, including in the additional folders.
    ///
    /// # Errors
    /// The project no longer exists; nothing was changed.
    pub fn take(&mut self, event: &WatchEvent) -> Result<bool, OpenError> {
        match event {
            WatchEvent::Notice(_) => return Ok(false),
            WatchEvent::All => self.files.read_again()?,
            WatchEvent::Paths(paths) => {
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
        let places = self.files.places(&self.besides);
        if places != self.places {
            self.places = places;
            self.watch.follow(self.places.clone());
        }
    }
}
