//! Reading and writing of files named on the command line.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Failure, Global};
use crate::atomic_file::{self, NamedFile};
use crate::diagnostics::sanitize;
use crate::scaffold::{Plan, WriteOutcome};

/// Writes the files of a plan to a folder and lists them on standard output. Returns whether an existing file was kept.
pub(super) fn write(plan: &Plan, root: &Path) -> Result<bool, Failure> {
    let written =
        plan.write(root).map_err(|errors| Failure::Messages(errors.iter().map(ToString::to_string).collect()))?;
    let mut out = anstream::stdout().lock();
    for (path, outcome) in &written {
        writeln!(out, "{outcome:7} {}", sanitize::line(&path.display().to_string()))?;
    }
    Ok(written.iter().any(|(_, outcome)| *outcome == WriteOutcome::Kept))
}

/// Creates or replaces a file named on the command line, completely or not at all.
pub(super) fn replace(path: &Path, text: impl AsRef<[u8]>, global: &Global) -> Result<(), Failure> {
    let name = shown(path);
    let path = global.path(path);
    let written = if atomic_file::is_special(&path) {
        atomic_file::open_special(&path).and_then(|mut file| file.write_all(text.as_ref()))
    } else {
        NamedFile::new(&path, global.project_root().as_deref()).and_then(|file| file.replace(text.as_ref()))
    };
    written.map_err(|error| format!("cannot write `{name}`: {error}").into())
}

/// Creates a folder named on the command line, and those that it is in.
pub(super) fn create_folder(path: &Path, global: &Global) -> Result<(), Failure> {
    atomic_file::create_named_folder(&global.path(path), global.project_root().as_deref())
        .map_err(|error| format!("cannot create the folder `{}`: {error}", shown(path)).into())
}

/// Prints what to do next on standard error.
pub(super) fn advise(lines: &[String]) -> io::Result<()> {
    let mut err = anstream::stderr().lock();
    for line in lines {
        writeln!(err, "{}", sanitize::line(line))?;
    }
    Ok(())
}

/// A name quoted for a shell.
pub(super) fn quoted(name: &str) -> Cow<'_, str> {
    shlex::try_quote(name).unwrap_or(Cow::Borrowed(name))
}

/// The maximum size of a file, in bytes.
pub(super) const MAX_BYTES: u64 = 256 << 20;

/// What a file that is compressed with gzip begins with.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// The name of a file for messages.
pub(super) fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// Reads a text named on the command line; `-` is standard input. It may be compressed with gzip.
pub(super) fn read(path: &Path, global: &Global) -> Result<String, Failure> {
    let name = shown(path);
    let mut bytes = read_bytes(path, global)?;
    if bytes.starts_with(GZIP) {
        let unpacked = read_limited(flate2::read::MultiGzDecoder::new(&*bytes));
        bytes = unpacked.map_err(|error| format!("cannot unpack `{name}`: {error}"))?;
    }
    // Spreadsheets write a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|error| format!("`{name}` is not valid UTF-8: {error}").into())
}

/// Reads a file named on the command line as it is; `-` is standard input.
pub(super) fn read_bytes(path: &Path, global: &Global) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") {
        read_limited(io::stdin().lock())
    } else {
        std::fs::File::open(global.path(path)).and_then(read_limited)
    };
    read.map_err(|error| format!("cannot read `{}`: {error}", shown(path)).into())
}

fn read_limited(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("it has more than {} MiB, and is not read", MAX_BYTES >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}
