//! Folders of a project: their files of one kind, as texts.

use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::whole_file;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};

const UNREADABLE_FILE: Code = Code::new("unreadable-file");
const NOT_UTF8: Code = Code::new("not-utf-8");

/// The largest file that is read. A request to Customer.io has at most 2 MB.
const MAX_BYTES: u64 = 32 << 20;

/// A folder of files with one ending.
pub(super) struct Folder<'a> {
    root: &'a Path,
    path: PathBuf,
    ending: &'a str,
}

/// A file of a folder.
pub(super) struct File {
    /// Its path below the folder, without its ending, with forward slashes.
    pub(super) name: String,
    /// Its text, under its path below the project.
    pub(super) source: Source,
}

impl<'a> Folder<'a> {
    pub(super) fn new(root: &'a Path, path: &Path, ending: &'a str) -> Self {
        Self { root, path: root.join(path), ending }
    }

    /// All files with the ending, sub-folders included, by name. What cannot be read is reported.
    pub(super) fn files(&self, problems: &mut Diagnostics) -> Vec<File> {
        if !self.path.exists() {
            return Vec::new();
        }
        let mut files = Vec::new();
        // Whoever ignores fixtures in git still wants to see them here.
        let walk =
            WalkBuilder::new(&self.path).standard_filters(false).hidden(true).sort_by_file_path(Ord::cmp).build();
        for entry in walk {
            match entry {
                Ok(entry) if entry.path().extension().is_some_and(|ending| ending == self.ending) => {
                    match self.read(entry.path()) {
                        Ok(file) => files.push(file),
                        Err(problem) => problems.push(problem),
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let message = format!("cannot read a folder: {error}");
                    problems.push(Diagnostic::error(UNREADABLE_FILE, message).at(whole_file(&self.shown(&self.path))));
                }
            }
        }
        files
    }

    fn read(&self, path: &Path) -> Result<File, Diagnostic> {
        let shown = self.shown(path);
        let unreadable = |message: String| Diagnostic::error(UNREADABLE_FILE, message).at(whole_file(&shown));
        let metadata = fs::metadata(path).map_err(|error| unreadable(format!("cannot read the file: {error}")))?;
        if metadata.is_dir() {
            let message = format!("expected a file, not a folder, where a name ends in `.{}`", self.ending);
            return Err(unreadable(message));
        }
        if !metadata.is_file() {
            return Err(unreadable("expected a plain file".to_owned()));
        }
        if metadata.len() > MAX_BYTES {
            return Err(unreadable(format!("expected at most {MAX_BYTES} bytes, found {}", metadata.len())));
        }
        let bytes = fs::read(path).map_err(|error| unreadable(format!("cannot read the file: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(&shown, &error))?;
        let below = path.strip_prefix(&self.path).unwrap_or(path).with_extension("");
        Ok(File { name: slashes(&below), source: Source::new(shown, text) })
    }

    /// A path as people see it: below the project.
    fn shown(&self, path: &Path) -> String {
        slashes(path.strip_prefix(self.root).unwrap_or(path))
    }
}

/// Points at the first byte that is no UTF-8.
fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let valid = error.utf8_error().valid_up_to();
    let byte = error.as_bytes()[valid];
    let source = Source::new(name, String::from_utf8_lossy(error.as_bytes()).as_ref());
    let replaced = valid..valid + char::REPLACEMENT_CHARACTER.len_utf8();
    Diagnostic::error(NOT_UTF8, format!("the byte 0x{byte:02x} is no UTF-8"))
        .primary(source.at(replaced), "")
        .help("save the file as UTF-8")
}

fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
