//! Folders of a project, and the texts of their files of one kind.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Overlay, whole_file};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};
use crate::plain_file::{self, PlainFileError};
use crate::visible_files::entries_below;

const UNREADABLE_FILE: Code = Code::new("unreadable-file");
const NOT_UTF8: Code = Code::new("not-utf-8");

/// The largest file that is read. A request to Customer.io has at most 2 MB.
const MAX_BYTES: u64 = 32 << 20;

/// A folder of files with certain extensions.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
    path: PathBuf,
    endings: &'static [&'static str],
    overlay: Overlay,
}

/// A file of a folder.
pub(super) struct File<'a> {
    /// Its path relative to the folder, without extension, with forward slashes.
    pub(super) name: &'a str,
    /// Its text, named by its path relative to the project.
    pub(super) source: Source,
}

impl Folder {
    pub(super) fn new(root: &Path, path: &Path, endings: &'static [&'static str]) -> Self {
        Self { root: root.to_owned(), path: root.join(path), endings, overlay: Overlay::default() }
    }

    /// The folder with texts that replace those of its files.
    pub(super) fn with_overlay(mut self, overlay: &Overlay) -> Self {
        self.overlay = overlay.clone();
        self
    }

    /// All files with one of the extensions, including sub-folders, sorted. Folders that cannot be read are reported.
    pub(super) fn files(&self, problems: &mut Diagnostics) -> Vec<PathBuf> {
        let files = if self.path.exists() { self.walk(&self.path, problems) } else { Vec::new() };
        self.with_overlaid(files, &self.path)
    }

    /// Those of [the files](Self::files) that are at or below a path.
    pub(super) fn files_at(&self, path: &Path, problems: &mut Diagnostics) -> Vec<PathBuf> {
        let is_folder = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
        let below = path.strip_prefix(&self.path).unwrap_or(path);
        let is_hidden = below.iter().any(|part| part.as_encoded_bytes().starts_with(b"."));
        // Links to folders are not followed, anywhere on the path.
        let is_reached = path.ancestors().skip(1).take_while(|parent| *parent != self.path).all(is_folder);
        let mut files = Vec::new();
        if !is_hidden && is_reached {
            // A folder with the name of a file is reported like one.
            if self.has_ending(path) && fs::symlink_metadata(path).is_ok() {
                files.push(path.to_owned());
            }
            if is_folder(path) {
                files.extend(self.walk(path, problems));
            }
        }
        self.with_overlaid(files, path)
    }

    /// Adds the files at or below a path that only the overlay has.
    fn with_overlaid(&self, mut files: Vec<PathBuf>, path: &Path) -> Vec<PathBuf> {
        let is_hidden = |file: &Path| {
            let below = file.strip_prefix(&self.path).unwrap_or(file);
            below.iter().any(|part| part.as_encoded_bytes().starts_with(b"."))
        };
        let overlaid = self.overlay.below(path).filter(|file| self.contains(file) && self.has_ending(file));
        let before = files.len();
        files.extend(overlaid.filter(|file| !is_hidden(file)).map(Path::to_owned));
        if files.len() > before {
            files.sort();
            files.dedup();
        }
        files
    }

    /// Whether a path is inside this folder.
    pub(super) fn contains(&self, path: &Path) -> bool {
        path.starts_with(&self.path)
    }

    /// Whether this folder is at or below a path.
    pub(super) fn is_within(&self, path: &Path) -> bool {
        self.path.starts_with(path)
    }

    fn walk(&self, path: &Path, problems: &mut Diagnostics) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in entries_below(path) {
            match entry {
                Ok(entry) if self.has_ending(entry.path()) => files.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => {
                    let message = format!("cannot read a folder: {error}");
                    problems.push(Diagnostic::error(UNREADABLE_FILE, message).at(whole_file(&self.shown(&self.path))));
                }
            }
        }
        files
    }

    fn has_ending(&self, path: &Path) -> bool {
        ending(path).is_some_and(|ending| self.endings.contains(&ending))
    }

    /// The path of a file relative to this folder, without extension, with forward slashes.
    pub(super) fn name_of(&self, path: &Path) -> String {
        slashes(&path.strip_prefix(&self.path).unwrap_or(path).with_extension(""))
    }

    /// The absolute path of a file with this path relative to the folder.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    /// The absolute paths that files with this [name](Self::name_of) can have.
    pub(super) fn files_called(&self, name: &str) -> impl Iterator<Item = PathBuf> {
        self.endings.iter().map(move |ending| self.path.join(format!("{name}.{ending}")))
    }

    /// The text of a file.
    pub(super) fn read(&self, path: &Path) -> Result<Source, Diagnostic> {
        let shown = self.shown(path);
        if let Some(text) = self.overlay.text(path) {
            return Ok(Source::new(shown, text.clone()));
        }
        let unreadable = |message: String| Diagnostic::error(UNREADABLE_FILE, message).at(whole_file(&shown));
        let bytes = plain_file::read(path, MAX_BYTES).map_err(|error| {
            unreadable(match error {
                PlainFileError::Folder => {
                    let ending = ending(path).unwrap_or_default();
                    format!("expected a file, not a folder, where a name ends in `.{ending}`")
                }
                PlainFileError::Special => "expected a plain file".to_owned(),
                PlainFileError::TooLarge(bytes) => format!("expected at most {MAX_BYTES} bytes, found {bytes}"),
                PlainFileError::Io(error) => {
                    let target = fs::read_link(path).ok().filter(|_| error.kind() == std::io::ErrorKind::NotFound);
                    match target {
                        Some(target) => {
                            format!("the symbolic link points to `{}`, which does not exist", target.display())
                        }
                        None => format!("cannot read the file: {error}"),
                    }
                }
            })
        })?;
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(&shown, &error))?;
        // A byte order mark is not part of the text.
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) if ending(path) == Some("json") => rest.to_owned(),
            _ => text,
        };
        Ok(Source::new(shown, text))
    }

    /// A path relative to the project, for display.
    pub(super) fn shown(&self, path: &Path) -> String {
        slashes(path.strip_prefix(&self.root).unwrap_or(path))
    }
}

/// Reports the first byte that is not UTF-8.
fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let valid = error.utf8_error().valid_up_to();
    let byte = error.as_bytes()[valid];
    let source = Source::new(name, String::from_utf8_lossy(error.as_bytes()).as_ref());
    let replaced = valid..valid + char::REPLACEMENT_CHARACTER.len_utf8();
    Diagnostic::error(NOT_UTF8, format!("the byte 0x{byte:02x} is not valid UTF-8"))
        .primary(source.at(replaced), "")
        .help("save the file as UTF-8")
}

/// The extension of a path.
fn ending(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

/// A path with forward slashes.
pub(super) fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
