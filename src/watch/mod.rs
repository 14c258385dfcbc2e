//! Watching: reports which paths in some folders changed, debounced.
//!
//! The operating system's notifications are used where possible (`native`). On a network disk, or when a limit of the
//! system is reached, the watch says so and polls the files instead (`poll`). Two things are always checked, because no
//! notification reports them: whether a watched folder was replaced by another one, and whether notifications were lost.
//! In both cases everything may have changed.
//!
//! `notify-debouncer-full` is not used because it handles neither network disks nor replaced folders nor links to files
//! elsewhere, and does not bound the duration of a burst.

mod burst;
mod disk;
mod native;
mod poll;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use burst::Burst;
use native::{Native, NativeError};
use poll::Poll;

/// Debounce interval: how long it must be quiet before changes are reported, because editors save in several steps.
pub const QUIET: Duration = Duration::from_millis(20);
/// The longest time for which a change is held back while others follow.
pub const LONGEST_BURST: Duration = Duration::from_millis(250);
/// Default polling interval.
pub const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How often watched folders are checked for having been replaced.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// The same interval while the main folder does not exist.
const RETURN_INTERVAL: Duration = Duration::from_millis(100);

/// What to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The main folder. If it disappears, the watch waits for it to return.
    pub root: PathBuf,
    /// Folders to watch recursively, whether they exist or not.
    pub folders: Vec<PathBuf>,
    /// Single files in the main folder.
    pub files: Vec<PathBuf>,
}

/// A report of the watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchEvent {
    /// These paths may have changed: files, or folders with everything in them.
    Paths(BTreeSet<PathBuf>),
    /// Anything may have changed.
    All,
    /// A sentence for people about how changes are detected, such as polling instead of notifications.
    Notice(String),
}

/// A running watch. Dropping it stops it.
#[derive(Debug)]
pub struct Watch {
    orders: Sender<Command>,
}

/// A command to the watch's thread.
#[derive(Debug)]
enum Command {
    /// A notification of the operating system.
    Event(notify::Result<notify::Event>),
    /// Watch these places from now on.
    Follow(Places),
    Stop,
}

impl Watch {
    /// Starts watching. With `poll`, files are polled at that interval; without, only where the system does not report
    /// changes. `report` is called with each report, on a separate thread, when it has been `quiet` for so long.
    ///
    /// No change after this returns is missed.
    ///
    /// # Errors
    /// No thread can be created.
    pub fn start(
        places: Places,
        poll: Option<Duration>,
        quiet: Duration,
        report: impl FnMut(WatchEvent) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (orders, received) = channel();
        let mut worker = Worker {
            identities: Vec::new(),
            places,
            poll,
            quiet,
            method: Method::Poll(Poll::default()),
            orders: orders.clone(),
            received,
            report: Box::new(report),
        };
        worker.begin();
        thread::Builder::new().name("watch".to_owned()).spawn(move || worker.run())?;
        Ok(Self { orders })
    }

    /// Watches other places from now on, and reports that all of them may have changed.
    pub fn follow(&self, places: Places) {
        // If the thread has ended, nobody is waiting for reports.
        let _ = self.orders.send(Command::Follow(places));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.orders.send(Command::Stop);
    }
}

/// How changes are detected.
enum Method {
    Native(Native),
    Poll(Poll),
}

/// The watch's thread.
struct Worker {
    places: Places,
    /// Polling interval; `None` while the system reports changes.
    poll: Option<Duration>,
    /// Debounce interval.
    quiet: Duration,
    method: Method,
    /// Identities of the watched folders, to detect that one was replaced.
    identities: Vec<Option<Identity>>,
    orders: Sender<Command>,
    received: Receiver<Command>,
    report: Box<dyn FnMut(WatchEvent) + Send>,
}

impl Worker {
    /// Starts again with the places as they are now.
    fn begin(&mut self) {
        // Taken before the places are read, so that a replacement in the meantime is detected later.
        self.identities = self.places.identities();
        let remote = self.places.all().find_map(|path| Some((path.display().to_string(), disk::remote(path)?)));
        if let Some((folder, kind)) = remote.filter(|_| self.poll.is_none()) {
            self.poll_instead(&format!("`{folder}` is on a network disk ({kind}), which does not report all changes"));
        }
        if self.poll.is_none() {
            match Native::start(&self.places, &self.orders) {
                Ok(native) => {
                    self.method = Method::Native(native);
                    return;
                }
                Err(error) => self.poll_instead(&error.to_string()),
            }
        }
        self.method = Method::Poll(Poll::start(&self.places));
    }

    fn poll_instead(&mut self, reason: &str) {
        self.poll = Some(POLL_INTERVAL);
        let milliseconds = POLL_INTERVAL.as_millis();
        (self.report)(WatchEvent::Notice(format!("{reason}: looking at the files every {milliseconds} ms instead")));
    }

    fn run(mut self) {
        loop {
            match self.received.recv_timeout(self.timeout()) {
                Ok(Command::Event(event)) => self.collect(event),
                Ok(Command::Follow(places)) => {
                    self.places = places;
                    self.restart();
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// How long to wait for commands before checking the folders.
    fn timeout(&self) -> Duration {
        let is_gone = self.identities.first().is_none_or(Option::is_none);
        let check = if is_gone { RETURN_INTERVAL } else { CHECK_INTERVAL };
        self.poll.map_or(check, |interval| interval.min(check))
    }

    fn restart(&mut self) {
        self.begin();
        (self.report)(WatchEvent::All);
    }

    /// Checks for changes that no notification reports.
    fn look(&mut self) {
        if self.places.identities() != self.identities {
            self.restart();
        } else if let Method::Poll(poll) = &mut self.method {
            let paths = poll.look(&self.places);
            if !paths.is_empty() {
                (self.report)(WatchEvent::Paths(paths));
            }
        }
    }

    /// Collects notifications until it is quiet, and reports them together.
    fn collect(&mut self, first: notify::Result<notify::Event>) {
        let Method::Native(native) = &mut self.method else { return };
        let mut burst = Burst::default();
        burst.add(first, native, &self.places);
        let start = Instant::now();
        let mut quiet_at = start + self.quiet;
        let mut interruption = None;
        while !burst.is_empty() && interruption.is_none() {
            let left = quiet_at.min(start + LONGEST_BURST).saturating_duration_since(Instant::now());
            match self.received.recv_timeout(left) {
                Ok(Command::Event(event)) => {
                    if burst.add(event, native, &self.places) {
                        quiet_at = Instant::now() + self.quiet;
                    }
                }
                Ok(order) => interruption = Some(order),
                Err(_) => break,
            }
        }
        if let Some(error) = burst.error {
            self.poll_instead(&NativeError::from(error).to_string());
            self.restart();
        } else if burst.is_anything_possible {
            self.restart();
        } else if !burst.paths.is_empty() {
            native.follow_links(&burst.paths);
            (self.report)(WatchEvent::Paths(burst.paths));
        }
        if let Some(order) = interruption {
            // It is handled after the commands that are already queued.
            let _ = self.orders.send(order);
        }
    }
}

/// The identity of a folder on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    path: PathBuf,
    #[cfg(unix)]
    device_and_file: (u64, u64),
    #[cfg(not(unix))]
    created: Option<std::time::SystemTime>,
}

impl Identity {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            // A link may now lead elsewhere.
            path: path.canonicalize().ok()?,
            #[cfg(unix)]
            device_and_file: (
                std::os::unix::fs::MetadataExt::dev(&metadata),
                std::os::unix::fs::MetadataExt::ino(&metadata),
            ),
            #[cfg(not(unix))]
            created: metadata.created().ok(),
        })
    }
}

impl Places {
    /// The folders, the main one first.
    fn all(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&self.root).chain(&self.folders).map(PathBuf::as_path)
    }

    fn identities(&self) -> Vec<Option<Identity>> {
        self.all().map(Identity::of).collect()
    }

    /// Whether a path is itself one of the watched places.
    fn has(&self, path: &Path) -> bool {
        self.files.iter().any(|file| file == path)
            || self.folders.iter().any(|folder| path.starts_with(folder) && path != folder)
    }

    /// Whether a path is one of the folders, or a parent of one.
    fn leads_here(&self, path: &Path) -> bool {
        self.all().any(|folder| folder.starts_with(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A watched folder and the reports about it.
    struct Watched {
        folder: tempfile::TempDir,
        received: Receiver<WatchEvent>,
        watch: Watch,
    }

    /// How long a report may take.
    const PATIENCE: Duration = Duration::from_secs(60);

    impl Watched {
        fn start(poll: Option<Duration>, prepare: impl FnOnce(&Path)) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("project");
            fs::create_dir_all(root.join("templates/sub")).unwrap();
            prepare(&root);
            let (sender, received) = channel();
            let watch = Watch::start(places(&root), poll, QUIET, move |what| drop(sender.send(what))).unwrap();
            Self { folder, received, watch }
        }

        fn path(&self, path: &str) -> PathBuf {
            self.folder.path().join("project").join(path)
        }

        /// Waits until a change of this file is reported, or that anything may have changed.
        fn expect(&self, path: &str) {
            let (path, start) = (self.path(path), Instant::now());
            loop {
                let received = self.received.recv_timeout(PATIENCE.saturating_sub(start.elapsed()));
                match received.unwrap_or_else(|_| panic!("no report of {}", path.display())) {
                    WatchEvent::All => return,
                    WatchEvent::Paths(paths) if paths.iter().any(|received| path.starts_with(received)) => return,
                    _ => {}
                }
            }
        }
    }

    fn places(root: &Path) -> Places {
        Places {
            root: root.to_owned(),
            folders: vec![root.join("templates"), root.join("fixtures/requests")],
            files: vec![root.join("project.toml")],
        }
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn reports_changed_files() {
        for poll in [None, Some(Duration::from_millis(20))] {
            let watched = Watched::start(poll, |root| write(&root.join("templates/a"), "1"));
            for path in
                ["templates/a", "templates/sub/b", "templates/new/deep/c", "project.toml", "fixtures/requests/d"]
            {
                write(&watched.path(path), "new");
                watched.expect(path);
                // A late subscriber reads the current state, and later changes are reported.
                write(&watched.path(path), "newer");
                watched.expect(path);
                fs::rename(watched.path(path), watched.path("templates/moved")).unwrap();
                watched.expect("templates/moved");
                fs::remove_file(watched.path("templates/moved")).unwrap();
                watched.expect("templates/moved");
            }
        }
    }

    #[test]
    fn survives_folders_that_disappear_and_return() {
        for poll in [None, Some(Duration::from_millis(20))] {
            let watched = Watched::start(poll, |_| ());
            for (from, to) in
                [("templates/sub", "sub"), ("templates", "t"), (".", "../away"), ("..", "../../elsewhere")]
            {
                // The parent folder and its name are gone as well.
                let (from, to) = if from == ".." {
                    let above = watched.folder.path();
                    (above.to_owned(), above.with_extension("elsewhere"))
                } else {
                    (
                        watched.path(from).components().collect(),
                        watched.folder.path().join(to.trim_start_matches("../")),
                    )
                };
                write(&from.join("before"), "");
                fs::rename(&from, &to).unwrap();
                watched.expect(if from.ends_with("sub") { "templates/sub/before" } else { "" });
                fs::rename(&to, &from).unwrap();
                watched.expect(if from.ends_with("sub") { "templates/sub/before" } else { "" });
                write(&watched.path("templates/sub/after"), "x");
                watched.expect("templates/sub/after");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn follows_links() {
        use std::os::unix::fs::symlink;
        for poll in [None, Some(Duration::from_millis(20))] {
            let watched = Watched::start(poll, |root| {
                write(&root.join("../elsewhere/a"), "1");
                symlink("../../elsewhere/a", root.join("templates/link")).unwrap();
                write(&root.join("../requests/r"), "1");
                fs::create_dir(root.join("fixtures")).unwrap();
                symlink("../../requests", root.join("fixtures/requests")).unwrap();
            });
            write(&watched.path("../elsewhere/a"), "2");
            watched.expect("templates/link");
            write(&watched.path("../elsewhere/new"), "2");
            fs::rename(watched.path("../elsewhere/new"), watched.path("../elsewhere/a")).unwrap();
            watched.expect("templates/link");
            write(&watched.path("../requests/r"), "2");
            watched.expect("fixtures/requests/r");
            write(&watched.path("../third/b"), "1");
            symlink("../../third/b", watched.path("templates/later")).unwrap();
            watched.expect("templates/later");
            write(&watched.path("../third/b"), "2");
            watched.expect("templates/later");
            fs::remove_file(watched.path("fixtures/requests")).unwrap();
            symlink("../../third", watched.path("fixtures/requests")).unwrap();
            watched.expect("fixtures/requests/b");
            write(&watched.path("../third/c"), "1");
            watched.expect("fixtures/requests/c");
        }
    }

    #[test]
    fn switches_to_other_places() {
        let watched = Watched::start(None, |_| ());
        let mut places = places(&watched.path(""));
        places.folders.push(watched.path("snippets"));
        watched.watch.follow(places);
        watched.expect("");
        write(&watched.path("snippets/a"), "1");
        watched.expect("snippets/a");
    }

    #[test]
    fn reports_a_burst_once_and_ignores_reads() {
        let watched = Watched::start(None, |root| write(&root.join("templates/old"), "1"));
        fs::read(watched.path("templates/old")).unwrap();
        for number in 0..500 {
            write(&watched.path(&format!("templates/{number}")), "1");
        }
        let (mut seen, mut times) = (BTreeSet::new(), 0);
        while seen.len() < 500 {
            match watched.received.recv_timeout(PATIENCE).unwrap() {
                WatchEvent::Paths(paths) => {
                    assert!(!paths.contains(&watched.path("templates/old")));
                    seen.extend(paths);
                    times += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(times < 100, "reported {times} times");
    }
}
