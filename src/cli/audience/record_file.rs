//! The files that a run writes records to. A file gets its name when it is complete.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::atomic_file::{NamedFile, Unfinished, is_special, open_special};
use crate::cli::{Failure, Global, written};

/// What the name of a file ends with until the file is complete.
const INCOMPLETE: &str = ".incomplete";

/// A file of records. Nobody can take it for complete before it is: until then it has another name.
pub(super) struct RecordFile {
    output: Output,
    /// The file, as messages name it.
    shown: String,
}

enum Output {
    Plain(Unfinished),
    /// What is not a plain file, such as a pipe.
    Special(File),
}

impl RecordFile {
    /// Creates it.
    pub(super) fn create(path: &Path, global: &Global) -> Result<Self, Failure> {
        let shown = written::shown(path);
        let path = global.path(path);
        let output = if is_special(&path) {
            open_special(&path).map(Output::Special)
        } else {
            let named = NamedFile::new(&path, global.project_root().as_deref());
            named.and_then(|file| file.begin(INCOMPLETE)).map(Output::Plain)
        };
        let output = output.map_err(|error| format!("cannot write `{shown}`: {error}"))?;
        Ok(Self { output, shown })
    }

    /// What writes to it.
    pub(super) fn writer(&self) -> io::Result<Box<dyn Write>> {
        let file = match &self.output {
            Output::Plain(unfinished) => unfinished.file(),
            Output::Special(file) => file,
        };
        Ok(Box::new(BufWriter::with_capacity(1 << 18, file.try_clone()?)))
    }

    /// Gives a complete file its name.
    pub(super) fn finish(self) -> Result<(), String> {
        let finished = match self.output {
            Output::Plain(unfinished) => unfinished.finish(),
            Output::Special(_) => Ok(()),
        };
        finished.map_err(|error| format!("cannot write `{}`: {error}", self.shown))
    }

    /// The name that an incomplete file keeps.
    pub(super) fn incomplete_name(&self) -> Option<String> {
        matches!(self.output, Output::Plain(_)).then(|| format!("{}{INCOMPLETE}", self.shown))
    }
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
