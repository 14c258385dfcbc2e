//! The files that a run writes records to. A file gets its name when it is complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::{Failure, Global, written};

/// What the name of a file ends with until the file is complete.
const INCOMPLETE: &str = ".incomplete";

/// A file of records. Nobody can take it for complete before it is: until then it has another name.
pub(super) struct RecordFile {
    file: File,
    /// The file, as messages name it.
    shown: String,
    /// Where the file is until it is complete, and where it belongs; `None` for what is not a plain file, such as a pipe.
    paths: Option<(PathBuf, PathBuf)>,
}

impl RecordFile {
    /// Creates it.
    pub(super) fn create(path: &Path, global: &Global) -> Result<Self, Failure> {
        let shown = written::shown(path);
        Self::open(&global.path(path), &shown).map_err(|error| format!("cannot write `{shown}`: {error}").into())
    }

    fn open(path: &Path, shown: &str) -> io::Result<Self> {
        let paths = if is_special(path) { None } else { Some((incomplete(path)?, destination(path)?)) };
        let file = File::create(paths.as_ref().map_or(path, |(incomplete, _)| incomplete))?;
        Ok(Self { file, shown: shown.to_owned(), paths })
    }

    /// What writes to it.
    pub(super) fn writer(&self) -> io::Result<Box<dyn Write>> {
        Ok(Box::new(BufWriter::with_capacity(1 << 18, self.file.try_clone()?)))
    }

    /// Gives a complete file its name.
    pub(super) fn finish(self) -> Result<(), String> {
        let finish = || match self.paths {
            // Some file systems only now notice that there is no space.
            Some((incomplete, path)) => self.file.sync_all().and_then(|()| fs::rename(incomplete, path)),
            None => Ok(()),
        };
        finish().map_err(|error| format!("cannot write `{}`: {error}", self.shown))
    }

    /// The name that an incomplete file keeps.
    pub(super) fn incomplete_name(&self) -> Option<String> {
        self.paths.as_ref().map(|_| format!("{}{INCOMPLETE}", self.shown))
    }
}

/// Whether there is something that is not a plain file: a pipe or a device, which is written to as it is.
pub(super) fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file())
}

/// The path at which a file is written until it is complete.
pub(super) fn incomplete(path: &Path) -> io::Result<PathBuf> {
    let mut path = destination(path)?.into_os_string();
    path.push(INCOMPLETE);
    Ok(path.into())
}

/// The path of the file itself, if the path is a symbolic link.
fn destination(path: &Path) -> io::Result<PathBuf> {
    if path.is_symlink() { path.canonicalize() } else { Ok(path.to_owned()) }
}
