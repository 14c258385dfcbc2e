//! The files of a project. When one changes, only that one is read again.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::DirEntry;

use super::config::ConfigFile;
use super::folder::{File, Folder};
use super::misnamed::MisnamedFile;
use super::schema_files::SchemaFiles;
use super::{CONFIG_FILE, Config, OpenError, Overlay, Project};
use crate::diagnostics::{Diagnostics, Source};
use crate::message::{Customer, Request, Snippet, SnippetKind, Template};
use crate::threads::on_all_cores;
use crate::visible_files::entries_below;
use crate::watch::Places;

/// The number of files from which they are read in parallel; for fewer, starting threads takes longer.
const MANY: usize = 64;

/// All files of a project as last read. A [`Project`] is built from them.
#[derive(Clone, Debug)]
pub struct Files {
    pub(super) root: PathBuf,
    /// The folder in which the project was opened, from which relative paths start.
    pub(super) start: PathBuf,
    pub(super) for_tests: bool,
    overlay: Overlay,
    pub(super) config: ConfigFile,
    pub(super) templates: FileSet<Template>,
    pub(super) customers: FileSet<Customer>,
    /// The project's requests, then those for its tests.
    pub(super) requests: Vec<FileSet<Request>>,
    pub(super) snippets: [FileSet<Snippet>; 2],
    /// Files that are not read because of their extensions.
    pub(super) misnamed: [FileSet<MisnamedFile>; 4],
    pub(super) schemas: SchemaFiles,
}

/// The files of one kind in one folder.
#[derive(Clone, Debug)]
pub(super) struct FileSet<T> {
    folder: Folder,
    read: Read<T>,
    /// Sorted by path.
    files: BTreeMap<PathBuf, Entry<T>>,
    /// Problems with the folder itself.
    problems: Diagnostics,
}

/// Parses a file.
type Read<T> = fn(File<'_>, &mut Diagnostics) -> Result<T, Diagnostics>;

/// A file.
#[derive(Clone, Debug)]
pub(super) struct Entry<T> {
    /// Its path relative to the folder, without extension, with forward slashes.
    pub(super) name: String,
    /// Its text; `None` if it cannot be read.
    text: Option<Source>,
    /// Its parsed contents; `None` if they are invalid.
    pub(super) thing: Option<T>,
    problems: Diagnostics,
}

impl Files {
    /// Reads the files of the project that contains `dir`, and those of its tests if `for_tests`.
    ///
    /// # Errors
    /// There is no project, or its folder cannot be read.
    pub fn open(dir: &Path, for_tests: bool) -> Result<Self, OpenError> {
        Self::open_with(dir, for_tests, Overlay::default())
    }

    /// Like [`open`](Self::open), with texts that replace those of files.
    ///
    /// # Errors
    /// There is no project, or its folder cannot be read.
    pub fn open_with(dir: &Path, for_tests: bool, overlay: Overlay) -> Result<Self, OpenError> {
        let mut files = Self::read(root_of(dir)?, for_tests, overlay);
        files.start = dir.canonicalize().unwrap_or_else(|_| files.root.clone());
        Ok(files)
    }

    /// The same, with relative paths that start from another folder.
    #[must_use]
    pub fn with_start(mut self, dir: &Path) -> Self {
        if let Ok(start) = dir.canonicalize() {
            self.start = start;
        }
        self
    }

    fn read(root: PathBuf, for_tests: bool, overlay: Overlay) -> Self {
        let file = ConfigFile::read(&root, &overlay);
        let config = &file.config;
        let paths = &config.paths;
        let folder = |path: &Path, endings| Folder::new(&root, path, endings).with_overlay(&overlay);
        let requests = std::iter::once(&paths.requests).chain(config.test.requests.iter().filter(|_| for_tests));
        let templates = FileSet::new(folder(&paths.templates, &["liquid"]), read_template);
        Self {
            schemas: SchemaFiles::new(&root, &overlay, schemas_named(&templates, config)),
            templates,
            customers: FileSet::new(folder(&paths.customers, &["json"]), |file, _| Ok(Customer::read(file.source)?)),
            requests: requests.map(|path| FileSet::new(folder(path, &["json"]), read_request)).collect(),
            snippets: [
                FileSet::new(folder(&paths.snippets, &["liquid"]), |file, _| read_snippet(file, SnippetKind::Text)),
                FileSet::new(folder(&paths.snippets, &["json"]), |file, _| read_snippet(file, SnippetKind::Json)),
            ],
            misnamed: [
                FileSet::new(folder(&paths.templates, MisnamedFile::TEMPLATES), MisnamedFile::template),
                FileSet::new(folder(&paths.snippets, MisnamedFile::SNIPPETS), MisnamedFile::snippet),
                FileSet::new(folder(&paths.requests, MisnamedFile::FIXTURES), MisnamedFile::request),
                FileSet::new(folder(&paths.customers, MisnamedFile::FIXTURES), MisnamedFile::customer),
            ],
            start: root.clone(),
            root,
            for_tests,
            overlay,
            config: file,
        }
    }

    /// The folder of the project.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Replaces the text of a file by another one, as an editor does before it saves; `None` means its text on disk. Returns
    /// whether anything changed.
    ///
    /// # Errors
    /// The project no longer exists; its files were not changed.
    pub fn edit(&mut self, path: &Path, text: Option<&str>) -> Result<bool, OpenError> {
        if !self.overlay.set(path, text) {
            return Ok(false);
        }
        self.templates.set_overlay(&self.overlay);
        self.customers.set_overlay(&self.overlay);
        self.requests.iter_mut().for_each(|files| files.set_overlay(&self.overlay));
        self.snippets.iter_mut().for_each(|files| files.set_overlay(&self.overlay));
        self.misnamed.iter_mut().for_each(|files| files.set_overlay(&self.overlay));
        self.schemas.set_overlay(&self.overlay);
        self.refresh([path])
    }

    /// Reads the files at these paths again, which are files, or folders with everything in them. Returns whether anything
    /// changed.
    ///
    /// # Errors
    /// The project no longer exists; nothing was changed.
    pub fn refresh<'a>(&mut self, paths: impl IntoIterator<Item = &'a Path>) -> Result<bool, OpenError> {
        let mut is_different = false;
        let before = self.schemas.clone();
        for path in paths {
            if self.root.starts_with(path) || path == self.root.join(CONFIG_FILE) {
                self.read_again()?;
                return Ok(true);
            }
            // It may have appeared or disappeared.
            is_different |= self.config.folders.iter().any(|(folder, _)| self.root.join(folder).starts_with(path));
            is_different |= self.templates.refresh(path);
            is_different |= self.customers.refresh(path);
            for files in &mut self.requests {
                is_different |= files.refresh(path);
            }
            for files in &mut self.snippets {
                is_different |= files.refresh(path);
            }
            for files in &mut self.misnamed {
                is_different |= files.refresh(path);
            }
            self.schemas.forget(&self.root, path);
        }
        Ok(self.refresh_schemas(&before) || is_different)
    }

    /// Reads again what has changed on disk since a moment, by the times of files and folders. Returns whether anything changed.
    ///
    /// # Errors
    /// The project no longer exists; nothing was changed.
    pub fn refresh_since(&mut self, moment: SystemTime) -> Result<bool, OpenError> {
        let Places { folders, files, .. } = self.places(&[]);
        let below = folders.iter().flat_map(|folder| entries_below(folder)).flatten().map(DirEntry::into_path);
        let is_newer = |path: &PathBuf| {
            let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
            modified.is_ok_and(|modified| modified >= moment)
        };
        let newer: Vec<_> = below.chain(folders.iter().cloned()).chain(files).filter(is_newer).collect();
        self.refresh(newer.iter().map(PathBuf::as_path))
    }

    /// Reads the schema files again that are not known any more. Returns whether anything changed.
    fn refresh_schemas(&mut self, before: &SchemaFiles) -> bool {
        self.schemas.follow(schemas_named(&self.templates, &self.config.config));
        !self.schemas.is_same(before)
    }

    /// Reads everything again.
    ///
    /// # Errors
    /// The project no longer exists; nothing was changed.
    pub fn read_again(&mut self) -> Result<(), OpenError> {
        *self = Self::open_with(&self.root, self.for_tests, self.overlay.clone()).and_then(|files| {
            // A project in a parent folder is a different one.
            let files = Self { start: self.start.clone(), ..files };
            if files.root == self.root { Ok(files) } else { Err(OpenError::NoProject(self.root.clone())) }
        })?;
        Ok(())
    }

    /// Builds the project of these files, which shares them.
    #[must_use]
    pub fn to_project(&self) -> Project {
        Project::of(self)
    }

    /// The places to watch for changes of these files and of additional folders.
    #[must_use]
    pub fn places(&self, besides: &[PathBuf]) -> Places {
        let schemas = self.schemas.paths().map(|path| self.root.join(path));
        places(&self.root, &self.config.config, besides, schemas)
    }

    /// Whether the project has a file of this relative name, valid or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let path = self.root.join(name);
        self.templates.files.contains_key(&path)
            || self.customers.files.contains_key(&path)
            || self.requests.iter().any(|files| files.files.contains_key(&path))
    }
}

/// The places to watch for a project with these schema files.
pub(super) fn places(
    root: &Path,
    config: &Config,
    besides: &[PathBuf],
    schemas: impl Iterator<Item = PathBuf>,
) -> Places {
    let mut folders: Vec<_> = config.folders().map(|folder| root.join(folder)).collect();
    folders.extend_from_slice(besides);
    let mut files = vec![root.join(CONFIG_FILE)];
    for schema in schemas {
        match schema.parent() {
            // The whole of the main folder may be large.
            Some(folder) if folder != root => folders.push(folder.to_owned()),
            _ => files.push(schema),
        }
    }
    folders.sort();
    folders.dedup();
    Places { root: root.to_owned(), folders, files }
}

/// The root of the project that contains `dir`: the nearest folder at or above it with templates or a configuration.
///
/// # Errors
/// There is no project, or the folder cannot be read.
pub fn root_of(dir: &Path) -> Result<PathBuf, OpenError> {
    let dir = dir.canonicalize().map_err(|error| OpenError::Unreadable { folder: dir.to_owned(), error })?;
    if !dir.is_dir() {
        return Err(OpenError::NoFolder(dir));
    }
    let is_project = |folder: &Path| folder.join(CONFIG_FILE).is_file() || folder.join("templates").is_dir();
    let root = dir.ancestors().find(|folder| is_project(folder)).map(Path::to_owned);
    root.ok_or(OpenError::NoProject(dir))
}

impl<T: Send> FileSet<T> {
    fn new(folder: Folder, read: Read<T>) -> Self {
        let mut files = Self { folder, read, files: BTreeMap::new(), problems: Diagnostics::new() };
        files.read_again();
        files
    }

    fn read_again(&mut self) {
        self.problems = Diagnostics::new();
        let paths = self.folder.files(&mut self.problems);
        let (folder, read) = (&self.folder, self.read);
        let entry = |path: PathBuf| {
            let entry = Entry::read(folder, &path, read);
            (path, entry)
        };
        self.files = if paths.len() < MANY {
            paths.into_iter().map(entry).collect()
        } else {
            on_all_cores(|| paths.into_par_iter().map(entry).collect::<Vec<_>>()).into_iter().collect()
        };
    }

    /// Sets the texts that replace those of files, without reading them again.
    fn set_overlay(&mut self, overlay: &Overlay) {
        self.folder = self.folder.clone().with_overlay(overlay);
    }

    /// Reads the files at or below a path again. Returns whether anything changed.
    fn refresh(&mut self, path: &Path) -> bool {
        if self.folder.is_within(path) || (!self.problems.is_empty() && self.folder.contains(path)) {
            self.read_again();
            return true;
        }
        if !self.folder.contains(path) {
            return false;
        }
        let mut problems = Diagnostics::new();
        let found = self.folder.files_at(path, &mut problems);
        let mut is_different = !problems.is_empty();
        self.problems.extend(problems);
        let known: HashSet<PathBuf> = found.iter().cloned().collect();
        let below = self.files.range(path.to_owned()..).take_while(|(file, _)| file.starts_with(path));
        let gone: Vec<_> = below.map(|(file, _)| file).filter(|file| !known.contains(*file)).cloned().collect();
        for file in gone {
            is_different |= self.files.remove(&file).is_some();
        }
        for file in found {
            let entry = Entry::read(&self.folder, &file, self.read);
            // An unchanged file keeps its entry, so that its identity shows that it is unchanged.
            if self.files.get(&file).is_none_or(|old| !old.is_unchanged(&entry)) {
                self.files.insert(file, entry);
                is_different = true;
            }
        }
        is_different
    }

    /// Whether there is a file with this name that can be read, valid or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.folder.files_called(name).any(|path| self.files.get(&path).is_some_and(|entry| entry.text.is_some()))
    }

    /// The names of invalid files, and their paths relative to the project.
    pub(super) fn broken(&self) -> impl Iterator<Item = (String, String)> {
        let broken = self.files.iter().filter(|(_, entry)| entry.thing.is_none());
        broken.map(|(path, entry)| (entry.name.clone(), self.folder.shown(path)))
    }

    /// The files. Their problems are added to `problems`.
    pub(super) fn entries<'f>(&'f self, problems: &mut Diagnostics) -> impl Iterator<Item = &'f Entry<T>> {
        problems.extend(self.problems.iter().cloned());
        self.files.values().inspect(|entry| problems.extend(entry.problems.iter().cloned()))
    }

    /// The valid contents of the files. The problems of all files are added to `problems`.
    pub(super) fn values<'f>(&'f self, problems: &mut Diagnostics) -> impl Iterator<Item = &'f T> {
        self.entries(problems).filter_map(|entry| entry.thing.as_ref())
    }
}

impl<T> Entry<T> {
    fn read(folder: &Folder, path: &Path, read: Read<T>) -> Self {
        let mut entry = Self { name: folder.name_of(path), text: None, thing: None, problems: Diagnostics::new() };
        match folder.read(path) {
            Ok(source) => {
                entry.text = Some(source.clone());
                let file = File { name: &entry.name, source };
                match read(file, &mut entry.problems) {
                    Ok(thing) => entry.thing = Some(thing),
                    Err(problems) => entry.problems.extend(problems),
                }
            }
            Err(problem) => entry.problems.push(problem),
        }
        entry
    }

    fn is_unchanged(&self, other: &Self) -> bool {
        match (&self.text, &other.text) {
            (Some(text), Some(other)) => text.text() == other.text(),
            (None, None) => self.problems == other.problems,
            _ => false,
        }
    }
}

/// The schemas that templates and the configuration name.
fn schemas_named<'f>(templates: &'f FileSet<Template>, config: &'f Config) -> impl Iterator<Item = &'f str> {
    let templates = templates.files.values().filter_map(|entry| entry.thing.as_ref());
    let named = templates.filter_map(|template| template.settings().message_data.as_ref());
    named.map(|setting| setting.value.as_str()).chain(config.schemas.customers.as_deref())
}

fn read_template(file: File<'_>, _: &mut Diagnostics) -> Result<Template, Diagnostics> {
    Template::read(file.name.rsplit('/').next().unwrap_or(file.name), file.source)
}

fn read_request(file: File<'_>, problems: &mut Diagnostics) -> Result<Request, Diagnostics> {
    Request::read(file.name, file.source, problems)
}

fn read_snippet(file: File<'_>, kind: SnippetKind) -> Result<Snippet, Diagnostics> {
    Ok(Snippet::read(file.name, kind, file.source)?)
}
