//! Reading of plain files. A named pipe, a device or a socket is refused at once: reading it could wait forever.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use thiserror::Error;

/// Why a file cannot be read.
#[derive(Debug, Error)]
pub(crate) enum PlainFileError {
    #[error("it is a folder")]
    Folder,
    #[error("it is not a plain file")]
    Special,
    #[error("it has {0} bytes")]
    TooLarge(u64),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The content of a plain file of at most `max` bytes, or of the one that a link leads to.
///
/// # Errors
/// It cannot be read, is larger, or is not a plain file.
pub(crate) fn read(path: &Path, max: u64) -> Result<Vec<u8>, PlainFileError> {
    let file = match open(path) {
        // On some systems, opening a folder already fails.
        Err(_) if path.is_dir() => return Err(PlainFileError::Folder),
        // Opening a socket always does.
        Err(_) if path.metadata().is_ok_and(|metadata| !metadata.is_file()) => return Err(PlainFileError::Special),
        opened => opened?,
    };
    // Asked of the open file: the path may be another one by now.
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(PlainFileError::Folder);
    }
    if !metadata.is_file() {
        return Err(PlainFileError::Special);
    }
    if metadata.len() > max {
        return Err(PlainFileError::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.take(max).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file without waiting until something writes to it.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.union(rustix::fs::OFlags::NOCTTY).bits().cast_signed(),
    );
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "text").unwrap();
        assert_eq!(read(&at("file"), 4).unwrap(), b"text");
        assert!(matches!(read(&at("file"), 3), Err(PlainFileError::TooLarge(4))));
        assert!(matches!(read(folder.path(), 4), Err(PlainFileError::Folder)));
        assert!(
            matches!(read(&at("none"), 4), Err(PlainFileError::Io(error)) if error.kind() == io::ErrorKind::NotFound)
        );
    }

    #[cfg(unix)]
    #[test]
    fn refuses_pipes_sockets_and_devices_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("link")).unwrap();
        for name in ["pipe", "socket", "link"] {
            assert!(matches!(read(&at(name), 4), Err(PlainFileError::Special)), "{name}");
        }
    }
}
