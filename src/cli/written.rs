//! Reading and writing of files named on the command line.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Failure, Global};
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
const MAX_BYTES: u64 = 256 << 20;

/// What a file that is compressed with gzip begins with.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// The name of a file for messages.
pub(super) fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// Reads a file named on the command line; `-` is standard input.
pub(super) fn read(path: &Path, global: &Global) -> Result<String, Failure> {
    let name = shown(path);
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(MAX_BYTES).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(global.path(path)).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("cannot read `{name}`: {error}"))?;
    if bytes.starts_with(GZIP) {
        let mut text = Vec::new();
        let unpacked = flate2::read::MultiGzDecoder::new(&*bytes).take(MAX_BYTES).read_to_end(&mut text);
        unpacked.map_err(|error| format!("cannot unpack `{name}`: {error}"))?;
        bytes = text;
    }
    // Spreadsheets write a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|error| format!("`{name}` is not valid UTF-8: {error}").into())
}
