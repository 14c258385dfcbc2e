//! A project that follows its files.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use super::event::Event;
use super::{Failure, Job};
use crate::project::{CONFIG_FILE, Config, Files, OpenError, Project, root_of};
use crate::watch::{Places, Told, Watch};

/// A project that follows its files.
pub(in crate::cli) struct Live {
    pub(super) files: Files,
    pub(super) project: Project,
    places: Places,
    watch: Watch,
}

impl Live {
    /// Opens the project that `dir` stands in, and watches it: what changes is told through `events`.
    pub(super) fn open(
        dir: &Path,
        job: &impl Job,
        poll: Option<Duration>,
        events: &Sender<Event>,
    ) -> Result<Self, Failure> {
        let root = root_of(dir)?;
        // First watched, then read: what changes meanwhile is told.
        let places = places(&root, &Config::in_folder(&root), &[]);
        let events = events.clone();
        let watch = Watch::start(places.clone(), poll, move |told| {
            // Who has ended need not be told.
            let _ = events.send(Event::Told(told));
        })?;
        let files = Files::open(&root, job.is_for_tests())?;
        let mut live = Self { project: files.to_project(), files, places, watch };
        live.follow_places(job);
        Ok(live)
    }

    /// Takes over what may be different. Gives whether anything is.
    ///
    /// # Errors
    /// There is no project any more; all is as it was.
    pub(super) fn take(&mut self, told: &Told, job: &impl Job) -> Result<bool, OpenError> {
        let is_different = match told {
            Told::Notice(_) => false,
            Told::All => {
                self.files.read_again()?;
                true
            }
            Told::Paths(paths) => {
                let is_besides =
                    |path: &PathBuf| job.folders(&self.project).iter().any(|folder| path.starts_with(folder));
                let besides = paths.iter().any(is_besides);
                if self.files.refresh(paths.iter().map(PathBuf::as_path))? {
                    true
                } else {
                    return Ok(besides);
                }
            }
        };
        if is_different {
            self.project = self.files.to_project();
            self.follow_places(job);
        }
        Ok(is_different)
    }

    /// Watches the folders that the project has now.
    fn follow_places(&mut self, job: &impl Job) {
        let places = places(self.files.root(), self.project.config(), &job.folders(&self.project));
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
