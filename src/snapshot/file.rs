//! Snapshot files: reading and writing of insta's text format.
//!
//! A YAML header between two `---` lines, then the contents. Our header has no `source`, by which insta recognizes the
//! snapshots of its own tests: it would report ours as unreferenced.

use std::borrow::Cow;
use std::fmt::Write as _;

use thiserror::Error;

/// A snapshot's header, for reviewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// The command that shows the message.
    pub expression: &'a str,
    /// Additional information by name.
    pub info: &'a [(&'a str, &'a str)],
    /// The request's file.
    pub input_file: &'a str,
}

/// Why a snapshot file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotFileError {
    /// It contains merge conflict markers.
    #[error("line {line} is a merge-conflict marker: resolve it, or write the snapshot again")]
    Conflict {
        /// The first marker's line, from 1.
        line: usize,
    },
    /// It is not in the snapshot format.
    #[error("it is not a snapshot: expected a header between two lines `---`")]
    NoHeader,
    /// It is a folder.
    #[error("it is a folder: expected a file; move the folder away")]
    Folder,
    /// It is a named pipe, a device or a socket.
    #[error("it is not a plain file: expected a file; move it away")]
    Special,
    /// It is larger than any message can be.
    #[error("it has {0} bytes: expected at most {MAX_BYTES}")]
    TooLarge(u64),
    /// It is not UTF-8.
    #[error("it is not valid UTF-8")]
    NotUtf8,
    /// The filters make its message too long to compare.
    #[error("{0}")]
    Filters(String),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

/// Maximum size of a file, in bytes.
pub(super) const MAX_BYTES: u64 = 32 << 20;

/// The contents of a snapshot file, without the final line break. Accepts Windows line endings.
///
/// ```
/// use inkproof::snapshot::contents_of;
/// assert_eq!(contents_of("---\r\nexpression: \"x\"\r\n---\r\na\r\nb\r\n").unwrap(), "a\nb");
/// ```
///
/// # Errors
/// The text is not a snapshot.
pub fn contents_of(text: &str) -> Result<Cow<'_, str>, SnapshotFileError> {
    if let Some(line) = conflict_marker(text) {
        return Err(SnapshotFileError::Conflict { line });
    }
    let (_, contents) = split(text).ok_or(SnapshotFileError::NoHeader)?;
    let contents = contents.trim_end_matches(['\n', '\r']);
    Ok(if contents.contains('\r') { contents.replace("\r\n", "\n").into() } else { contents.into() })
}

/// Whether insta wrote the file for a Rust test.
pub(super) fn is_of_insta(text: &str) -> bool {
    split(text).is_none_or(|(header, _)| header.lines().any(|line| line.starts_with("source:")))
}

/// The text of a snapshot file.
pub(super) fn write(header: &Header<'_>, contents: &str) -> String {
    let mut text = String::with_capacity(contents.len() + 256);
    text.push_str("---\nexpression: ");
    push_scalar(header.expression, &mut text);
    text.push_str("\ninfo:");
    for (name, value) in header.info {
        let _ = write!(text, "\n  {name}: ");
        push_scalar(value, &mut text);
    }
    text.push_str("\ninput_file: ");
    push_scalar(header.input_file, &mut text);
    text.push_str("\n---\n");
    text.push_str(contents);
    text.push('\n');
    text
}

/// Appends a YAML string: plain where it is unambiguous, as insta writes it, or else in double quotes with JSON's escapes.
fn push_scalar(value: &str, text: &mut String) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | ' ');
    // A slash rules out words such as `null` and numbers.
    let starts_as_text = value.starts_with(|c: char| c.is_ascii_alphabetic()) && value.contains('/');
    if starts_as_text && value.chars().all(is_plain) && !value.ends_with(' ') {
        text.push_str(value);
    } else {
        // A string can always be written as JSON.
        text.push_str(&serde_json::to_string(value).unwrap_or_default());
    }
}

/// Splits the text into header and contents.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

/// The line of the first merge conflict marker. No line of a message begins with one.
fn conflict_marker(text: &str) -> Option<usize> {
    if !text.contains("<<<<<<<") && !text.contains(">>>>>>>") {
        return None;
    }
    let is_marker = |line: &str| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>");
    text.lines().position(is_marker).map(|before| before + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let header = Header {
            expression: "inkproof preview \"a\"",
            info: &[("template", "templates/a.liquid"), ("customer", "é: #")],
            input_file: "fixtures/requests/a.json",
        };
        for contents in ["{}", "a\nb", "  \"x\": \"---\"", "", "one\n---\ntwo"] {
            let text = write(&header, contents);
            assert_eq!(contents_of(&text).unwrap(), contents);
            assert!(!is_of_insta(&text));
            // A checkout with Windows line endings.
            assert_eq!(contents_of(&text.replace('\n', "\r\n")).unwrap(), contents);
        }
    }

    #[test]
    fn insta_reads_what_it_writes() {
        for text in ["e\\\"", "a/b c@d.json", "null", "1", "a/b: c", "é/x", "a/ ", "-/a", "a/#b", "a/b #c"] {
            let header = Header { expression: text, info: &[("template", text)], input_file: text };
            insta_reads(&header, text);
        }
    }

    fn insta_reads(header: &Header<'_>, text: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.snap");
        std::fs::write(&path, write(header, "{\n  \"a\": 1\n}")).unwrap();
        let snapshot = insta::Snapshot::from_file(&path).unwrap();
        assert_eq!(snapshot.metadata().expression(), Some(text));
        assert_eq!(snapshot.metadata().input_file(), Some(text));
        assert_eq!(snapshot.as_text().unwrap().to_string(), "{\n  \"a\": 1\n}");
    }

    #[test]
    fn rejects_other_files() {
        for (text, expected) in [
            ("", SnapshotFileError::NoHeader),
            ("{}", SnapshotFileError::NoHeader),
            ("---\nexpression: x\n", SnapshotFileError::NoHeader),
            ("---\n---\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", SnapshotFileError::Conflict { line: 3 }),
            ("<<<<<<< HEAD\n---\n---\n", SnapshotFileError::Conflict { line: 1 }),
        ] {
            assert_eq!(contents_of(text).unwrap_err(), expected, "{text:?}");
        }
        // Inside a message's string they are not markers.
        assert_eq!(contents_of("---\n---\n  \"a\": \"<<<<<<< x\"").unwrap(), "  \"a\": \"<<<<<<< x\"");
    }

    #[test]
    fn recognizes_snapshots_of_rust_tests() {
        assert!(is_of_insta("---\nsource: tests/a.rs\nexpression: x\n---\n1\n"));
        assert!(is_of_insta("no header at all"));
        assert!(!is_of_insta("---\nexpression: \"source: x\"\n---\n1\n"));
    }
}
