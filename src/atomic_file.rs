//! Atomic writes: a reader finds the old content, the new content or no file, but never a part of one.
//!
//! That also holds after a crash of the program, and after a power failure where the file system keeps the order of a
//! synced file and its rename: the bytes are synced before the file gets its name. On Unix the folder is synced as well,
//! so that a file stays in place once a function here has returned. A file system that cannot sync a folder loses only
//! that last guarantee: after a power failure, the old file may be there again.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

/// How the name of a file begins and ends that is being written.
const UNFINISHED: (&str, &str) = (".inkproof-", ".tmp");

/// Writes a file where there is none. Its folder must be there.
///
/// # Errors
/// It cannot be written, or there is something of that name.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    unfinished(path, bytes, permissions())?.persist_noclobber(path)?;
    sync_folder_of(path);
    Ok(())
}

/// Writes a file, in the place of what is there. Its folder must be there. A link stays one, and the file that it leads to is
/// the one that is replaced; what may be done with that stays as well.
///
/// # Errors
/// It cannot be written; what was there is as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.is_symlink() {
        return replace(&path.canonicalize()?, bytes);
    }
    let own = path.metadata().ok().map(|metadata| metadata.permissions());
    unfinished(path, bytes, own.or_else(permissions))?.persist(path)?;
    sync_folder_of(path);
    Ok(())
}

/// Makes a folder below `root`, and gives its real path, which lies within `root` whatever links there are on the way.
///
/// # Errors
/// It cannot be made, or would lie elsewhere.
pub(crate) fn make_within(root: &Path, folder: &Path) -> io::Result<PathBuf> {
    let root = root.canonicalize()?;
    let mut path = root.clone();
    for part in folder.components() {
        if !matches!(part, Component::Normal(_) | Component::CurDir) {
            return Err(leads_out(folder));
        }
        path.push(part);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        path = path.canonicalize()?;
        if !path.starts_with(&root) {
            return Err(leads_out(folder));
        }
    }
    Ok(path)
}

/// Whether a file of this name is one that was being written, and perhaps still is.
pub(crate) fn is_unfinished(name: &str) -> bool {
    name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1)
}

fn leads_out(folder: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("`{}` leads out of the project", folder.display()))
}

/// The file under another name beside its own; it goes when it is not used.
fn unfinished(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(path.parent().unwrap_or(path))?;
    file.write_all(bytes)?;
    // Otherwise the name could reach the disk before the bytes.
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes the name of a file durable. Where the file system cannot, the file is in place all the same.
fn sync_folder_of(path: &Path) {
    // Elsewhere a folder cannot be opened as a file.
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Those of any new file; temporary ones are otherwise their owner's alone.
#[cfg_attr(not(unix), expect(clippy::unnecessary_wraps, reason = "elsewhere there are none to set"))]
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
    fn a_file_is_created_once_and_replaced_at_will() {
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
    fn links_and_permissions_stay() {
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
    fn no_link_leads_out() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(root.path().join("inside")).unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
        std::os::unix::fs::symlink("inside", root.path().join("in")).unwrap();
        for folder in ["out/requests", "../x", "/x"] {
            let error = make_within(root.path(), Path::new(folder)).unwrap_err().to_string();
            assert_eq!(error, format!("`{folder}` leads out of the project"));
        }
        assert!(names(outside.path()).is_empty());
        let inside = root.path().canonicalize().unwrap().join("inside/requests");
        assert_eq!(make_within(root.path(), Path::new("in/./requests")).unwrap(), inside);
    }
}
