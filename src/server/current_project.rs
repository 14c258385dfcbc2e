//! The project as its files stand now, for all who ask at the same time.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::message::{Customer, RenderOptions, Rendering, Request};
use crate::project::{CompiledProject, LiveProject, OpenError, Project};
use crate::watch::WatchEvent;

/// A project that is read again when its files change, and only then.
#[derive(Debug)]
pub(super) struct CurrentProject(Mutex<Reading>);

#[derive(Debug)]
struct Reading {
    live: LiveProject,
    /// What may be different since.
    told: Receiver<WatchEvent>,
    /// Counts how often anything was.
    version: u64,
}

impl CurrentProject {
    /// Opens the project that `dir` stands in. `changed` is called, on another thread, when there may be something new to
    /// [get](Self::get), or with a sentence for people where changes are noticed in another way than they would expect.
    ///
    /// # Errors
    /// There is no project, or it cannot be watched.
    pub(super) fn open(dir: &Path, changed: impl Fn(Option<&str>) + Send + 'static) -> Result<Self, OpenError> {
        let (sender, told) = channel();
        let live = LiveProject::open(dir, false, None, move |told| {
            if let WatchEvent::Notice(notice) = &told {
                return changed(Some(notice));
            }
            // Who has ended need not be told.
            let _ = sender.send(told);
            changed(None);
        })?;
        Ok(Self(Mutex::new(Reading { live, told, version: 0 })))
    }

    /// The project, and how often anything in it was different. Where it cannot be read any more, it stays as it was.
    pub(super) fn get(&self) -> (Arc<Project>, u64) {
        let mut reading = self.lock();
        while let Ok(told) = reading.told.try_recv() {
            reading.take(&told);
        }
        (Arc::clone(reading.live.project()), reading.version)
    }

    /// Reads a file again that was just written, before anybody tells of it.
    pub(super) fn read_again(&self, file: PathBuf) {
        self.lock().take(&WatchEvent::Paths([file].into()));
    }

    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    fn take(&mut self, told: &WatchEvent) {
        self.version += u64::from(self.live.take(told).unwrap_or(false));
    }
}

/// Renders the message that `request` asks for; none where there is no such template. Each thread parses a template once, until
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
    fn follows_its_files() {
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
        current.read_again(current.get().0.root().join("templates/b.liquid"));
        assert_eq!(names(), (vec!["a".to_owned(), "b".to_owned()], 2));
        std::fs::remove_dir_all(&templates).unwrap();
        changed.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(names().0, ["a", "b"], "no project any more: the last one stays");
    }
}
