//! Files that a command writes, and what is said of them.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Failure, Global};
use crate::diagnostics::sanitize;
use crate::scaffold::{Plan, WriteOutcome};

/// Writes a plan's files below a folder and names each on standard output. Whether any was kept as it was.
pub(super) fn write(plan: &Plan, root: &Path) -> Result<bool, Failure> {
    let fates =
        plan.write(root).map_err(|errors| Failure::Messages(errors.iter().map(ToString::to_string).collect()))?;
    let mut out = anstream::stdout().lock();
    for (path, fate) in &fates {
        writeln!(out, "{fate:7} {}", sanitize::line(&path.display().to_string()))?;
    }
    Ok(fates.iter().any(|(_, fate)| *fate == WriteOutcome::Kept))
}

/// Says what to do next, to whoever sits there.
pub(super) fn advise(lines: &[String]) -> io::Result<()> {
    let mut err = anstream::stderr().lock();
    for line in lines {
        writeln!(err, "{}", sanitize::line(line))?;
    }
    Ok(())
}

/// A name as a shell takes it.
pub(super) fn quoted(name: &str) -> Cow<'_, str> {
    shlex::try_quote(name).unwrap_or(Cow::Borrowed(name))
}

/// The most that is read of a file that was named, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// A file that was named on the command line, for people.
pub(super) fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// The text of a file that was named on the command line; `-` is standard input.
pub(super) fn read(path: &Path, global: &Global) -> Result<String, Failure> {
    let name = shown(path);
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(MAX_BYTES).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(global.path(path)).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("cannot read `{name}`: {error}"))?;
    // Spreadsheets begin their files with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|error| format!("`{name}` is no UTF-8: {error}").into())
}
