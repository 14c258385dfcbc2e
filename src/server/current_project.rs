//! The current project: kept up to date with its files, and shared by all requests.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use crate::project::{CompiledProject, LiveProject, OpenError, Project};
use crate::threads::STACK;
use crate::watch::{QUIET, WatchEvent};

/// The project as last read, and its version, which changes with its content.
type Shown = Arc<RwLock<(Arc<Project>, u64)>>;

/// A project that is reloaded when its files change, on a thread of its own: nobody waits until files are read.
#[derive(Debug)]
pub(super) struct CurrentProject {
    shown: Shown,
    events: Sender<Event>,
}

/// What the thread is asked to do.
#[derive(Debug)]
enum Event {
    /// Read again what the watch reported.
    Changed(WatchEvent),
    /// Read a file again, and report when that is done.
    Reload(PathBuf, SyncSender<()>),
    /// End.
    Stop,
}

impl CurrentProject {
    /// Opens the project that contains `dir`. `changed` is called on another thread when there may be something new to
    /// [get](Self::get), or with a note for people about how changes are detected.
    ///
    /// # Errors
    /// There is no project, or it cannot be watched.
    pub(super) fn open(dir: &Path, changed: impl Fn(Option<&str>) + Send + 'static) -> Result<Self, OpenError> {
        let (events, waiting) = channel();
        let reports = events.clone();
        let live = LiveProject::open(dir, dir, false, None, QUIET, move |event| {
            // If the receiver is gone, there is nothing to notify.
            let _ = reports.send(Event::Changed(event));
        })?;
        let shown = Shown::new(RwLock::new((Arc::clone(live.project()), 0)));
        let reader = Reader { live, shown: Arc::clone(&shown) };
        let follow = move || reader.follow(&waiting, changed);
        thread::Builder::new()
            .name("project".to_owned())
            .stack_size(STACK)
            .spawn(follow)
            .map_err(OpenError::Unwatched)?;
        Ok(Self { shown, events })
    }

    /// The project and its version, which changes with its content. If it can no longer be read, the last version stays.
    pub(super) fn get(&self) -> (Arc<Project>, u64) {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reloads a file that was just written, without waiting for the watcher to report it.
    pub(super) fn reload_file(&self, file: PathBuf) {
        let (done, wait) = sync_channel(1);
        let _ = self.events.send(Event::Reload(file, done));
        let _ = wait.recv();
    }
}

impl Drop for CurrentProject {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Stop);
    }
}

#[derive(Debug)]
struct Reader {
    live: LiveProject,
    shown: Shown,
}

impl Reader {
    /// Applies events until it is stopped.
    fn follow(mut self, waiting: &Receiver<Event>, changed: impl Fn(Option<&str>)) {
        for event in waiting {
            match event {
                Event::Changed(WatchEvent::Notice(notice)) => changed(Some(&notice)),
                Event::Changed(event) => {
                    self.apply(&event);
                    changed(None);
                }
                Event::Reload(file, done) => {
                    self.apply(&WatchEvent::Paths([file].into()));
                    changed(None);
                    let _ = done.send(());
                }
                Event::Stop => return,
            }
        }
    }

    fn apply(&mut self, event: &WatchEvent) {
        if self.live.take(event).unwrap_or(false) {
            let project = Arc::clone(self.live.project());
            let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
            let version = shown.1 + 1;
            let before = std::mem::replace(&mut *shown, (project, version));
            drop(shown);
            drop(before);
        }
    }
}

/// Runs `render` with the project and its parsed templates. Each thread parses a template once, until the project is another.
pub(super) fn with_compiled<T>(project: &Arc<Project>, render: impl FnOnce(&CompiledProject) -> T) -> T {
    thread_local! {
        static COMPILED: RefCell<Option<CompiledProject>> = const { RefCell::new(None) };
    }
    COMPILED.with_borrow_mut(|compiled| {
        let own = compiled.take().filter(|own| own.is(project));
        render(compiled.insert(own.unwrap_or_else(|| CompiledProject::new(Arc::clone(project)))))
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
            let _ = sender.send(());
        });
        let current = current.unwrap();
        let names = || {
            let (project, version) = current.get();
            (project.templates().iter().map(|template| template.name().to_owned()).collect::<Vec<_>>(), version)
        };
        let expect = |expected: (Vec<String>, u64)| {
            while names() != expected {
                changed.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("still {:?}", names()));
            }
        };
        assert_eq!(names(), (vec![], 0));
        std::fs::write(templates.join("a.liquid"), "---\n---\n{}").unwrap();
        expect((vec!["a".to_owned()], 1));
        std::fs::write(templates.join("b.liquid"), "---\n---\n{}").unwrap();
        current.reload_file(current.get().0.root().join("templates/b.liquid"));
        assert_eq!(names(), (vec!["a".to_owned(), "b".to_owned()], 2));
        std::fs::remove_dir_all(&templates).unwrap();
        changed.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(names().0, ["a", "b"], "the project is gone: the last version stays");
    }
}
