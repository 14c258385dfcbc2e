//! Atomic file writes within a folder: a reader sees the old content, the new content or no file, but never a partial file.
//!
//! A [`Root`] holds the folder open, and every path is resolved below it. A path that leads out of the folder is refused, also
//! through symbolic links, and also if another process exchanges a folder for a link meanwhile. Links that stay in the folder
//! are followed.
//!
//! Writes are atomic also after a crash of the program, and after a power failure if the file system keeps the order of
//! `fsync` and rename: the content is synced before the file is renamed into place. On Unix the folder is synced as well, so
//! that the new file is durable once a function here has returned. If the file system cannot sync a folder, only that last
//! guarantee is lost: after a power failure, the old file may be there again.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, OpenOptions};
use thiserror::Error;

/// Prefix and suffix of the names of temporary files.
const TEMPORARY: (&str, &str) = (".inkproof-", ".tmp");

/// How many symbolic links may lead from one to the next.
const MAX_LINKS: usize = 40;

/// A path leads out of the folder.
#[derive(Debug, Error)]
#[error("it leads out of the project, where nothing is written")]
struct Outside;

/// Whether an error means that a path leads out of the folder.
pub(crate) fn is_outside(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Outside>)
}

/// Whether this is the name of a temporary file, which may still be in use.
pub(crate) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1)
}

/// What is written to as it is, even if it leads to a plain file: other output goes there as well.
const STREAMS: [&str; 4] = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"];

/// Whether a path leads to something that is written to as it is: anything that is not a plain file, such as a pipe, and the
/// program's own output.
pub(crate) fn is_special(path: &Path) -> bool {
    STREAMS.iter().any(|stream| path.starts_with(stream)) || path.metadata().is_ok_and(|metadata| !metadata.is_file())
}

/// Opens what [is special](is_special).
///
/// # Errors
/// It cannot be opened.
pub(crate) fn open_special(path: &Path) -> io::Result<std::fs::File> {
    // Nothing that was written there before is lost.
    std::fs::OpenOptions::new().append(true).open(path)
}

/// A file that the user names, wherever it is. If it is named as a file of the project, links do not lead out of the project;
/// otherwise they are followed.
#[derive(Debug)]
pub(crate) struct NamedFile {
    root: Root,
    path: PathBuf,
}

impl NamedFile {
    /// The file at a path, which need not exist. `project` is the folder of the project, if there is one.
    ///
    /// # Errors
    /// The folder that it is in cannot be opened.
    pub(crate) fn new(path: &Path, project: Option<&Path>) -> io::Result<Self> {
        let whole = without_parents(&std::path::absolute(path)?);
        // The folder is not created: its name may be a mistake.
        let folder = whole.parent().ok_or(io::ErrorKind::IsADirectory)?;
        folder.metadata()?;
        if let Some(root) = root_of_named(folder, project)? {
            return Ok(Self { root, path: whole });
        }
        let whole = if whole.is_symlink() { whole.canonicalize()? } else { whole };
        let (Some(folder), Some(name)) = (whole.parent(), whole.file_name()) else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        Ok(Self { root: Root::open(folder)?, path: name.into() })
    }

    /// Creates or replaces it.
    ///
    /// # Errors
    /// It cannot be written, or leads out of the project. An existing file is unchanged.
    pub(crate) fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        self.root.replace(&self.path, bytes)
    }

    /// Begins to write it. Until it is finished, it has another name, which ends in `ending`; what has that name is replaced.
    ///
    /// # Errors
    /// It cannot be written, or leads out of the project.
    pub(crate) fn begin(&self, ending: &str) -> io::Result<Unfinished> {
        let place = self.root.target(&self.path)?;
        if place.metadata()?.is_some_and(|metadata| metadata.is_dir()) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut name = place.name.clone();
        name.push(ending);
        match place.folder.remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // A new file: a link that has been put there since is not followed.
        let file = place.folder.open_with(&name, OpenOptions::new().write(true).create_new(true))?;
        Ok(Unfinished { file: file.into_std(), place, name })
    }
}

/// Creates a folder that the user names, and those that it is in, wherever it is. If it is named as a folder of the project,
/// links do not lead out of the project.
///
/// # Errors
/// It cannot be created, or leads out of the project.
pub(crate) fn create_named_folder(path: &Path, project: Option<&Path>) -> io::Result<()> {
    let whole = without_parents(&std::path::absolute(path)?);
    match root_of_named(&whole, project)? {
        Some(root) => root.create_folder(&whole),
        None => std::fs::create_dir_all(path),
    }
}

/// The project, if a folder is named as one of its folders, or the project itself.
fn root_of_named(folder: &Path, project: Option<&Path>) -> io::Result<Option<Root>> {
    let Some(project) = project.and_then(|project| project.canonicalize().ok()) else { return Ok(None) };
    let is_project = |folder: &Path| folder.canonicalize().is_ok_and(|folder| folder == project);
    folder.ancestors().any(is_project).then(|| Root::open(&project)).transpose()
}

/// A path without `..`.
fn without_parents(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    whole
}

/// A file that does not have its name yet.
#[derive(Debug)]
pub(crate) struct Unfinished {
    file: std::fs::File,
    place: Place,
    name: OsString,
}

impl Unfinished {
    /// The file.
    pub(crate) const fn file(&self) -> &std::fs::File {
        &self.file
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// It could not be written, or cannot be renamed.
    pub(crate) fn finish(self) -> io::Result<()> {
        // Some file systems only now notice that there is no space.
        self.file.sync_all()?;
        self.place.folder.rename(&self.name, &self.place.folder, &self.place.name)?;
        self.place.sync();
        Ok(())
    }
}

/// A folder that is held open: nothing outside of it can be changed through it.
#[derive(Debug)]
pub(crate) struct Root {
    folder: Dir,
    /// Its canonical path.
    path: PathBuf,
}

/// A path below a root: the folder that it is in, held open, and its name there.
#[derive(Debug)]
struct Place {
    folder: Dir,
    name: OsString,
}

impl Root {
    /// Opens a folder.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        Ok(Self { folder: Dir::open_ambient_dir(&path, ambient_authority())?, path })
    }

    /// Creates a file, and the folders that it is in.
    ///
    /// # Errors
    /// The file cannot be written, the path exists already, or it leads out of the folder.
    pub(crate) fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let place = self.place(path, true)?;
        if place.metadata()?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        place.write(bytes, None, |place, temporary| {
            // Unlike a rename, a link never replaces a file that another process has just created.
            let linked = place.folder.hard_link(temporary, &place.folder, &place.name);
            match linked {
                Ok(()) => place.folder.remove_file(temporary),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
                // Some file systems have no links.
                Err(_) => place.folder.rename(temporary, &place.folder, &place.name),
            }
        })
    }

    /// Creates or replaces a file, and creates the folders that it is in. If the path is a symbolic link, the target of the
    /// link is replaced. The permissions of a replaced file stay.
    ///
    /// # Errors
    /// The file cannot be written, or the path leads out of the folder. An existing file is unchanged.
    pub(crate) fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let place = self.target(path)?;
        let before = place.metadata()?;
        if before.as_ref().is_some_and(Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let permissions = before.filter(Metadata::is_file).map(|metadata| metadata.permissions());
        place.write(bytes, permissions, |place, temporary| place.folder.rename(temporary, &place.folder, &place.name))
    }

    /// Moves a file over another one, or writes the other one if it is a link. Both exist or existed in the folder.
    ///
    /// # Errors
    /// The file cannot be moved, or one of the paths leads out of the folder. Both files are unchanged.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (source, target) = (self.place(from, false)?, self.place(to, true)?);
        let is_link = |place: &Place| Ok::<_, io::Error>(place.metadata()?.is_some_and(|it| it.is_symlink()));
        if is_link(&source)? || is_link(&target)? {
            // Not the link moves, but what it leads to.
            let bytes = self.target(from)?.read()?;
            self.replace(to, &bytes)?;
            return source.folder.remove_file(&source.name);
        }
        source.folder.rename(&source.name, &target.folder, &target.name)?;
        target.sync();
        Ok(())
    }

    /// Removes a file, or a link but not what it leads to. Returns whether it existed.
    ///
    /// # Errors
    /// It cannot be removed, or the path leads out of the folder.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<bool> {
        let removed = self.place(path, false).and_then(|place| place.folder.remove_file(&place.name));
        match removed {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Creates a folder, and those that it is in.
    ///
    /// # Errors
    /// It cannot be created, or leads out of the folder.
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        let folder = self.resolve(path)?;
        if folder.as_os_str().is_empty() {
            return Ok(());
        }
        self.folder.create_dir_all(&folder).map_err(|error| if is_escape(&error) { outside() } else { error })
    }

    /// Removes a folder if it is empty.
    ///
    /// # Errors
    /// It cannot be removed, for example because it is not empty.
    pub(crate) fn remove_empty_folder(&self, path: &Path) -> io::Result<()> {
        let place = self.place(path, false)?;
        place.folder.remove_dir(&place.name)
    }

    /// The place that a path leads to: if it is a link, the target of that link.
    fn target(&self, path: &Path) -> io::Result<Place> {
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            let place = self.place(&path, true)?;
            if !place.metadata()?.is_some_and(|metadata| metadata.is_symlink()) {
                return Ok(place);
            }
            let to = place.folder.read_link_contents(&place.name)?;
            let folder = self.resolve(path.parent().unwrap_or(Path::new("")))?;
            path = folder.join(to);
        }
        Err(io::Error::other("too many symbolic links"))
    }

    /// The folder and name of a path, without following a link that the path itself may be.
    fn place(&self, path: &Path, create_folders: bool) -> io::Result<Place> {
        let name = match path.components().next_back() {
            Some(Component::Normal(name)) => name.to_owned(),
            _ => return Err(outside()),
        };
        let folder = self.resolve(path.parent().unwrap_or(Path::new("")))?;
        if folder.as_os_str().is_empty() {
            return Ok(Place { folder: self.folder.try_clone()?, name });
        }
        // From here on the path is resolved below the open folder: a link that has been put there since leads nowhere else.
        let refused = |error: io::Error| if is_escape(&error) { outside() } else { error };
        if create_folders {
            self.folder.create_dir_all(&folder).map_err(refused)?;
        }
        Ok(Place { folder: self.folder.open_dir(&folder).map_err(refused)?, name })
    }

    /// The path of a folder relative to the root, with links resolved as far as the folder exists.
    fn resolve(&self, folder: &Path) -> io::Result<PathBuf> {
        let folder = if folder.is_absolute() { folder.to_owned() } else { self.path.join(folder) };
        let (mut existing, mut missing) = (folder.as_path(), Vec::new());
        let resolved = loop {
            match existing.canonicalize() {
                Ok(resolved) => break resolved,
                Err(error) if error.kind() == io::ErrorKind::NotFound && !existing.is_symlink() => {
                    match (existing.parent(), existing.components().next_back()) {
                        (Some(parent), Some(Component::Normal(name))) => {
                            missing.push(name);
                            existing = parent;
                        }
                        _ => return Err(outside()),
                    }
                }
                Err(error) => return Err(error),
            }
        };
        let mut below = resolved.strip_prefix(&self.path).map_err(|_| outside())?.to_owned();
        below.extend(missing.iter().rev());
        Ok(below)
    }
}

impl Place {
    /// The metadata of what is there, which may be a link.
    fn metadata(&self) -> io::Result<Option<Metadata>> {
        match self.folder.symlink_metadata(&self.name) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        if !self.metadata()?.ok_or(io::ErrorKind::NotFound)?.is_file() {
            return Err(io::Error::other("it is not a plain file"));
        }
        self.folder.read(&self.name)
    }

    /// Writes the content to a temporary file in the same folder, which `put` then puts in place.
    fn write(
        &self,
        bytes: &[u8],
        permissions: Option<cap_std::fs::Permissions>,
        put: impl FnOnce(&Self, &OsStr) -> io::Result<()>,
    ) -> io::Result<()> {
        let (temporary, mut file) = self.new_temporary()?;
        let written = (|| {
            if let Some(permissions) = permissions {
                file.set_permissions(permissions)?;
            }
            file.write_all(bytes)?;
            // Otherwise the rename could reach the disk before the content.
            file.sync_all()?;
            drop(file);
            put(self, &temporary)
        })();
        if written.is_err() {
            let _ = self.folder.remove_file(&temporary);
        }
        written?;
        self.sync();
        Ok(())
    }

    fn new_temporary(&self) -> io::Result<(OsString, cap_std::fs::File)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        loop {
            let name: OsString = format!("{}{:016x}{}", TEMPORARY.0, fastrand::u64(..), TEMPORARY.1).into();
            match self.folder.open_with(&name, &options) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                opened => return Ok((name, opened?)),
            }
        }
    }

    /// Makes the names in the folder durable. Errors are ignored: the file is in place even if its folder cannot be synced.
    fn sync(&self) {
        // On other systems a folder cannot be synced.
        if cfg!(unix) {
            let _ = self.folder.try_clone().and_then(|folder| folder.into_std_file().sync_all());
        }
    }
}

fn outside() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, Outside)
}

/// Whether `cap-std` refused a path because it leads out of the folder. It has no other sign of that than an error that did not
/// come from the system.
fn is_escape(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn create_refuses_an_existing_file_and_replace_overwrites_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        root.create(Path::new("a"), b"1").unwrap();
        assert_eq!(root.create(Path::new("a"), b"2").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read("a"), "1");
        root.replace(Path::new("a"), b"3").unwrap();
        root.replace(Path::new("./b"), b"4").unwrap();
        root.create(Path::new("new/folder/c"), b"5").unwrap();
        assert_eq!((read("a"), read("b"), read("new/folder/c")), ("3".into(), "4".into(), "5".into()));
        root.rename(Path::new("a"), Path::new("new/folder/c")).unwrap();
        assert_eq!(read("new/folder/c"), "3");
        assert!(root.replace(Path::new("new"), b"6").is_err());
        assert!(root.remove(Path::new("b")).unwrap() && !root.remove(Path::new("b")).unwrap());
        assert!(root.remove_empty_folder(Path::new("new")).is_err());
        assert_eq!(
            (names(folder.path()), names(&folder.path().join("new/folder"))),
            (vec!["new".into()], vec!["c".into()])
        );
        let named = NamedFile::new(&folder.path().join("new/../d"), None).unwrap();
        named.replace(b"7").unwrap();
        assert_eq!(read("d"), "7");
        let unfinished = named.begin(".part").unwrap();
        unfinished.file().write_all(b"8").unwrap();
        assert_eq!((read("d"), read("d.part")), ("7".into(), "8".into()));
        unfinished.finish().unwrap();
        assert_eq!((read("d"), folder.path().join("d.part").exists()), ("8".into(), false));
        assert!(NamedFile::new(&folder.path().join("missing/e"), None).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn replace_keeps_links_and_permissions() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let root = Root::open(folder.path()).unwrap();
        root.create(Path::new("inside/file"), b"1").unwrap();
        symlink("inside/file", at("link")).unwrap();
        symlink(at("link"), at("absolute")).unwrap();
        symlink("inside", at("folder")).unwrap();
        fs::set_permissions(at("inside/file"), fs::Permissions::from_mode(0o640)).unwrap();
        for (path, text) in [("link", "2"), ("absolute", "3"), ("folder/file", "4"), ("folder/../link", "5")] {
            root.replace(Path::new(path), text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(at("inside/file")).unwrap(), text, "{path}");
        }
        assert!(at("link").is_symlink() && at("absolute").is_symlink() && at("folder").is_symlink());
        assert_eq!(at("inside/file").metadata().unwrap().permissions().mode() & 0o777, 0o640);
        root.create(Path::new("other"), b"6").unwrap();
        root.rename(Path::new("other"), Path::new("link")).unwrap();
        assert_eq!((fs::read_to_string(at("inside/file")).unwrap().as_str(), at("other").exists()), ("6", false));
        assert!(at("link").is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_of_the_root_is_changed() {
        use std::os::unix::fs::symlink;
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| folder.path().join(name);
        let precious = outside.path().join("precious");
        fs::write(&precious, "1").unwrap();
        symlink(outside.path(), at("out")).unwrap();
        symlink(&precious, at("file")).unwrap();
        symlink(outside.path().join("missing"), at("dangling")).unwrap();
        symlink("file", at("twice")).unwrap();
        symlink("loop", at("loop")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        root.create(Path::new("own"), b"2").unwrap();
        for path in
            ["out/precious", "out/new", "out/new/new", "../x", "/x", "file", "twice", "dangling", "..", "out/.."]
        {
            let path = Path::new(path);
            let error = root.replace(path, b"3").unwrap_err();
            assert!(is_outside(&error), "{}: {error}", path.display());
            assert!(root.rename(path, Path::new("own")).is_err(), "{}", path.display());
            assert!(root.rename(Path::new("own"), path).is_err(), "{}", path.display());
            assert!(root.create(path, b"4").is_err(), "{}", path.display());
        }
        assert!(root.replace(Path::new("loop"), b"5").is_err());
        for path in ["out/precious", "../x", "/x"] {
            assert!(is_outside(&root.remove(Path::new(path)).unwrap_err()), "{path}");
        }
        assert!(root.remove(Path::new("file")).unwrap(), "the link itself");
        assert_eq!(
            (names(outside.path()), fs::read_to_string(&precious).unwrap()),
            (vec!["precious".into()], "1".into())
        );
        assert_eq!(names(folder.path()), ["dangling", "loop", "out", "own", "twice"]);
    }

    /// Another process exchanges a folder for a link out of the project, over and over.
    #[cfg(unix)]
    #[test]
    fn links_that_are_put_there_meanwhile_are_not_followed() {
        use std::os::unix::fs::symlink;
        use std::sync::atomic::{AtomicBool, Ordering};
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).unwrap();
        symlink(outside.path(), at("link")).unwrap();
        fs::create_dir(at("a")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let is_done = AtomicBool::new(false);
        let (mut written, mut refused) = (0, 0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    let _ = fs::rename(at("a"), at("b")).and_then(|()| fs::rename(at("link"), at("a")));
                    let _ = fs::rename(at("a"), at("link")).and_then(|()| fs::rename(at("b"), at("a")));
                }
            });
            for _ in 0..3000 {
                match root.replace(Path::new("a/x"), b"1") {
                    Ok(()) => written += 1,
                    Err(_) => refused += 1,
                }
                let _ = root.remove(Path::new("a/x"));
            }
            is_done.store(true, Ordering::Relaxed);
        });
        assert_eq!(names(outside.path()), [""; 0], "{written} written, {refused} refused");
    }
}
