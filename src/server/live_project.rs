//! The project as its files stand now: read again when they change.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::message::{Circumstances, Customer, Rendering, Request};
use crate::project::{CONFIG_FILE, CompiledProject, Project};

/// How long a look at the files is good for.
const FRESH: Duration = Duration::from_millis(20);

/// A project that follows its files.
#[derive(Debug)]
pub(super) struct LiveProject(Mutex<State>);

#[derive(Debug)]
struct State {
    project: Arc<Project>,
    files: Vec<Stamp>,
    looked: Instant,
    /// Counts how often the project was read.
    version: u64,
}

/// By what a change of a file is noticed.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stamp {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
}

impl LiveProject {
    pub(super) fn new(project: Project) -> Self {
        let files = stamps(&project);
        Self(Mutex::new(State { project: Arc::new(project), files, looked: Instant::now(), version: 0 }))
    }

    /// The project, and how often it has been read. Where it cannot be read any more, it stays as it was.
    pub(super) fn get(&self) -> (Arc<Project>, u64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() > FRESH {
            let files = stamps(&state.project);
            if files != state.files
                && let Ok(project) = Project::open(state.project.root())
            {
                state.project = Arc::new(project);
                state.version += 1;
                state.files = files;
            }
            state.looked = Instant::now();
        }
        (Arc::clone(&state.project), state.version)
    }
}

/// Renders the message that `request` asks for; none where there is no such template. Each thread parses a template once, until
/// the project is another.
pub(super) fn render(
    project: &Arc<Project>,
    request: &Request,
    customer: &Customer,
    circumstances: &Circumstances,
) -> Option<Rendering> {
    thread_local! {
        static COMPILED: RefCell<Option<CompiledProject>> = const { RefCell::new(None) };
    }
    COMPILED.with_borrow_mut(|compiled| {
        let own = compiled.take().filter(|own| own.is(project));
        compiled.insert(own.unwrap_or_else(|| CompiledProject::new(Arc::clone(project)))).render(
            request,
            customer,
            circumstances,
        )
    })
}

/// What stands in the project's folders. A file that changes while it is looked at is noticed the next time.
fn stamps(project: &Project) -> Vec<Stamp> {
    let paths = &project.config().paths;
    let mut stamps = vec![stamp(&project.root().join(CONFIG_FILE))];
    for folder in [&paths.templates, &paths.customers, &paths.requests, &paths.snippets] {
        let walk = ignore::WalkBuilder::new(project.root().join(folder)).standard_filters(false).hidden(true).build();
        stamps.extend(walk.flatten().map(|entry| stamp(entry.path())));
    }
    stamps.sort();
    stamps
}

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok();
    Stamp {
        path: path.to_owned(),
        modified: metadata.as_ref().and_then(|metadata| metadata.modified().ok()),
        length: metadata.map_or(0, |metadata| metadata.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let templates = folder.path().join("templates");
        std::fs::create_dir(&templates).unwrap();
        let live = LiveProject::new(Project::open(folder.path()).unwrap());
        let names = || {
            std::thread::sleep(FRESH * 2);
            let (project, version) = live.get();
            (project.templates().iter().map(|template| template.name().to_owned()).collect::<Vec<_>>(), version)
        };
        assert_eq!(names(), (vec![], 0));
        std::fs::write(templates.join("a.liquid"), "---\n---\n{}").unwrap();
        assert_eq!(names(), (vec!["a".to_owned()], 1));
        assert_eq!(names().1, 1);
        std::fs::remove_dir_all(&templates).unwrap();
        assert_eq!(names(), (vec!["a".to_owned()], 1), "no project any more: the last one stays");
    }
}
