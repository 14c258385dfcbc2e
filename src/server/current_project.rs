//! The current project: kept up to date with its files, and shared by all requests.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::message::{Customer, RenderOptions, Rendering, Request};
use crate::project::{CompiledProject, LiveProject, OpenError, Project};
use crate::watch::WatchEvent;

/// A project that is reloaded when its files change.
#[derive(Debug)]
pub(super) struct CurrentProject(Mutex<Reader>);

#[derive(Debug)]
struct Reader {
    live: LiveProject,
    /// The changes that were not applied yet.
    events: Receiver<WatchEvent>,
    /// Incremented when anything changes.
    version: u64,
}

impl CurrentProject {
    /// Opens the project that contains `dir`. `changed` is called on another thread when there may be something new to
    /// [get](Self::get), or with a note for people about how changes are detected.
    ///
    /// # Errors
    /// There is no project, or it cannot be watched.
    pub(super) fn open(dir: &Path, changed: impl Fn(Option<&str>) + Send + 'static) -> Result<Self, OpenError> {
        let (sender, events) = channel();
        let live = LiveProject::open(dir, false, None, move |event| {
            if let WatchEvent::Notice(notice) = &event {
                return changed(Some(notice));
            }
            // If the receiver is gone, there is nothing to notify.
            let _ = sender.send(event);
            changed(None);
        })?;
        Ok(Self(Mutex::new(Reader { live, events, version: 0 })))
    }

    /// The project and its version, which changes with its content. If it can no longer be read, the last version stays.
    pub(super) fn get(&self) -> (Arc<Project>, u64) {
        let mut reader = self.lock();
        while let Ok(event) = reader.events.try_recv() {
            reader.apply(&event);
        }
        (Arc::clone(reader.live.project()), reader.version)
    }

    /// Reloads a file that was just written, without waiting for the watcher to report it.
    pub(super) fn reload_file(&self, file: PathBuf) {
        self.lock().apply(&WatchEvent::Paths([file].into()));
    }

    fn lock(&self) -> MutexGuard<'_, Reader> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    fn apply(&mut self, event: &WatchEvent) {
        self.version += u64::from(self.live.take(event).unwrap_or(false));
    }
}

/// Renders the message that `request` asks for; `None` if there is no such template. Each thread parses a template once, until
/// the project is another.
pub(super) fn render(
    project: &Arc<Project>,
    request: &Request,
    customer: &Customer,
    render_options: &RenderOptions,
) -> Option<Rendering> {
    thread_local! {
        static COMPILED: RefCell<Option<CompiledProject>> = const { RefCell::new(None) };
    }
    COMPILED.with_borrow_mut(|compiled| {
        let own = compiled.take().filter(|own| own.is(project));
        compiled.insert(own.unwrap_or_else(|| CompiledProject::new(Arc::clone(project)))).render(
            request,
            customer,
            render_options,
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn follows_changes_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let templates = folder.path().join("templates");
        std::fs::create_dir(&templates).unwrap();
        let (sender, changed) = channel();
        let current = CurrentProject::open(folder.path(), move |notice| {
            assert_eq!(notice, None);
            sender.send(()).unwrap();
        });
        let current = current.unwrap();
        let names = || {
            let (project, version) = current.get();
            (project.templates().iter().map(|template| template.name().to_owned()).collect::<Vec<_>>(), version)
        };
        let expect = |expected: (Vec<String>, u64)| {
            while names() != expected {
                changed.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("still {:?}", names()));
            }
        };
        assert_eq!(names(), (vec![], 0));
        std::fs::write(templates.join("a.liquid"), "---\n---\n{}").unwrap();
        expect((vec!["a".to_owned()], 1));
        std::fs::write(templates.join("b.liquid"), "---\n---\n{}").unwrap();
        current.reload_file(current.get().0.root().join("templates/b.liquid"));
        assert_eq!(names(), (vec!["a".to_owned(), "b".to_owned()], 2));
        std::fs::remove_dir_all(&templates).unwrap();
        changed.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(names().0, ["a", "b"], "the project is gone: the last version stays");
    }
}
