//! Atomic file writes: a reader sees the old content, the new content or no file, but never a partial file.
//!
//! This also holds after a crash of the program, and after a power failure if the file system keeps the order of `fsync` and
//! rename: the content is synced before the file is renamed into place. On Unix the folder is synced as well, so that the
//! new file is durable once a function here has returned. If the file system cannot sync a folder, only that last guarantee
//! is lost: after a power failure, the old file may be there again.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

/// Prefix and suffix of the names of temporary files.
const TEMPORARY: (&str, &str) = (".inkproof-", ".tmp");

/// Creates a file. Its folder must exist.
///
/// # Errors
/// The file cannot be written, or the path exists already.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_temporary(path, bytes, permissions())?.persist_noclobber(path)?;
    sync_folder_of(path);
    Ok(())
}

/// Creates or replaces a file. Its folder must exist. If the path is a symbolic link, the target of the link is replaced.
/// The permissions of a replaced file stay.
///
/// # Errors
/// The file cannot be written. An existing file is unchanged.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.is_symlink() {
        return replace(&path.canonicalize()?, bytes);
    }
    let own = path.metadata().ok().map(|metadata| metadata.permissions());
    write_temporary(path, bytes, own.or_else(permissions))?.persist(path)?;
    sync_folder_of(path);
    Ok(())
}

/// Creates a folder below `root`, with its parents, and returns its canonical path, which is within `root` even if there are
/// symbolic links.
///
/// # Errors
/// It cannot be created, or would be outside of `root`.
pub(crate) fn create_folder_within(root: &Path, folder: &Path) -> io::Result<PathBuf> {
    let root = root.canonicalize()?;
    let mut path = root.clone();
    for part in folder.components() {
        if !matches!(part, Component::Normal(_) | Component::CurDir) {
            return Err(outside_of_project(folder));
        }
        path.push(part);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        path = path.canonicalize()?;
        if !path.starts_with(&root) {
            return Err(outside_of_project(folder));
        }
    }
    Ok(path)
}

/// Whether this is the name of a temporary file, which may still be in use.
pub(crate) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1)
}

fn outside_of_project(folder: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("`{}` is outside of the project", folder.display()))
}

/// Writes the content to a temporary file in the same folder. It is deleted unless it is persisted.
fn write_temporary(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(path.parent().unwrap_or(path))?;
    file.write_all(bytes)?;
    // Otherwise the rename could reach the disk before the content.
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes the name of a file durable. Errors are ignored: the file is in place even if its folder cannot be synced.
fn sync_folder_of(path: &Path) {
    // On other systems a folder cannot be opened as a file.
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// The usual permissions of a new file. Temporary files would otherwise be readable only by their owner.
#[cfg_attr(not(unix), expect(clippy::unnecessary_wraps, reason = "other systems have no permissions to set"))]
fn permissions() -> Option<Permissions> {
    #[cfg(unix)]
    let permissions = Some(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    #[cfg(not(unix))]
    let permissions = None;
    permissions
}

#[cfg(test)]
mod tests {
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
        let file = folder.path().join("a");
        create(&file, b"1").unwrap();
        assert_eq!(create(&file, b"2").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"1");
        replace(&file, b"3").unwrap();
        replace(&folder.path().join("b"), b"4").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"3");
        assert_eq!(names(folder.path()), ["a", "b"]);
        assert!(replace(folder.path(), b"5").is_err() && create(&folder.path().join("no/folder"), b"6").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn replace_keeps_links_and_permissions() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        create(&file, b"1").unwrap();
        symlink("file", &link).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        replace(&link, b"2").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"2");
        assert!(link.is_symlink());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn folders_outside_of_the_root_are_rejected() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(root.path().join("inside")).unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
        std::os::unix::fs::symlink("inside", root.path().join("in")).unwrap();
        for folder in ["out/requests", "../x", "/x"] {
            let error = create_folder_within(root.path(), Path::new(folder)).unwrap_err().to_string();
            assert_eq!(error, format!("`{folder}` is outside of the project"));
        }
        assert!(names(outside.path()).is_empty());
        let inside = root.path().canonicalize().unwrap().join("inside/requests");
        assert_eq!(create_folder_within(root.path(), Path::new("in/./requests")).unwrap(), inside);
    }
}
