//! Snapshots: the workspace at one moment, from which requests are answered.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Location as LspLocation, Uri};

use super::capabilities::ClientCapabilities;
use super::checker::Checked;
use super::document::Document;
use super::hint_requests::HintRequests;
use super::position::Lines;
use super::session::Renderer;
use super::uri;
use crate::diagnostics::{Diagnostic, Location, Source};
use crate::message::{Customer, Rendering, Request, Snippet, Template};
use crate::plain_file;
use crate::project::{CONFIG_FILE, Case, Project};

/// The largest file that is read. A request to Customer.io has at most 2 MB.
const MAX_BYTES: u64 = 32 << 20;

/// The workspace at one moment. Cloning is cheap.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) client: Arc<ClientCapabilities>,
    pub(super) renderer: Renderer,
    pub(super) documents: HashMap<Uri, Document>,
    /// By root.
    pub(super) projects: BTreeMap<PathBuf, Arc<Project>>,
    /// The latest results of the checker, by root.
    pub(super) checked: HashMap<PathBuf, Arc<Checked>>,
    pub(super) hint_requests: Arc<HintRequests>,
}

/// A file of a project.
#[derive(Debug)]
pub(super) struct FileView<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) root: &'s Path,
    pub(super) project: &'s Project,
    /// The file's name relative to the project.
    pub(super) name: String,
    pub(super) text: Arc<str>,
    pub(super) kind: FileKind<'s>,
}

/// What a file is in its project.
#[derive(Clone, Copy, Debug)]
pub(super) enum FileKind<'p> {
    Template(&'p Template),
    Request(&'p Request),
    Customer(&'p Customer),
    Snippet(&'p Snippet),
    /// A JSON Schema that templates or the configuration name, or that one of those refers to.
    Schema(&'p Source),
    Configuration,
    /// A file that is not part of the project, or that is not valid: only its path tells what it should be.
    Other(Folder),
}

/// The folder of a project that contains a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folder {
    Templates,
    Requests,
    Customers,
    Snippets,
    None,
}

impl Snapshot {
    /// The file with a URI; `None` if it is in no project, or neither open nor readable.
    pub(super) fn file(&self, uri: &Uri) -> Option<FileView<'_>> {
        let document = self.documents.get(uri);
        let path = match document {
            Some(document) => document.path.clone()?,
            None => uri::canonical(&uri::to_path(uri)?),
        };
        let (root, project) = self.projects.iter().rfind(|(root, _)| path.starts_with(root))?;
        let name = relative(root, &path);
        let kind = FileKind::new(project, &name);
        let text = match (document, kind.source()) {
            (Some(document), _) => document.text.clone(),
            (None, Some(source)) => source.text().into(),
            (None, None) => String::from_utf8(plain_file::read(&path, MAX_BYTES).ok()?).ok()?.into(),
        };
        Some(FileView { snapshot: self, root, project, name, text, kind })
    }

    /// The URI of a file of a project: that of the editor if the file is open.
    pub(super) fn uri(&self, root: &Path, name: &str) -> Uri {
        let path = root.join(name);
        let open = self.documents.values().find(|document| document.path.as_deref() == Some(&*path));
        open.map_or_else(|| uri::from_path(&path), |document| document.uri.clone())
    }

    /// The version of a file that is open.
    pub(super) fn version(&self, uri: &Uri) -> Option<i32> {
        self.documents.get(uri).map(|document| document.version)
    }

    /// The files of a project that are open, with their versions. A file that is open under two URIs has that of the one
    /// that [`uri`](Self::uri) returns.
    pub(super) fn open_files(&self, root: &Path) -> impl Iterator<Item = (String, i32)> {
        let paths = self.documents.values().filter_map(|document| document.path.as_ref());
        paths.filter(move |path| path.starts_with(root)).filter_map(move |path| {
            let name = relative(root, path);
            let version = self.version(&self.uri(root, &name))?;
            Some((name, version))
        })
    }

    /// A location in the protocol.
    pub(super) fn location(&self, root: &Path, location: &Location) -> LspLocation {
        let source = location.source();
        let range = Lines::new(source.text(), self.client.encoding).range(location.range());
        LspLocation { uri: self.uri(root, source.name()), range }
    }

    /// The lines of a text, in the client's encoding.
    pub(super) fn lines<'t>(&self, text: &'t str) -> Lines<'t> {
        Lines::new(text, self.client.encoding)
    }
}

impl FileView<'_> {
    /// The lines of the file, in the client's encoding.
    pub(super) fn lines(&self) -> Lines<'_> {
        self.snapshot.lines(&self.text)
    }

    /// The messages that the file is a part of, in every language.
    pub(super) fn cases(&self) -> Vec<Case<'_>> {
        let cases = self.project.in_every_language(&self.project.cases());
        let is_part = |case: &Case<'_>| match self.kind {
            FileKind::Template(template) => std::ptr::eq(case.template, template),
            FileKind::Request(request) => std::ptr::eq(case.request, request),
            FileKind::Customer(customer) => std::ptr::eq(case.customer, customer),
            FileKind::Snippet(_) => true,
            FileKind::Schema(_) | FileKind::Configuration | FileKind::Other(_) => false,
        };
        cases.into_iter().filter(is_part).collect()
    }

    /// Which of [the messages](Self::cases) inlay hints are about.
    pub(super) fn hint_case(&self, cases: &[Case<'_>]) -> Option<usize> {
        self.snapshot.hint_requests.position(self.root, &self.name, self.project, cases)
    }

    /// [The messages](Self::cases), rendered.
    pub(super) fn renderings(&self) -> Vec<(Case<'_>, Rendering)> {
        let (cases, options) = (self.cases(), self.snapshot.renderer.render_options());
        let renderings = self.project.render_on_all_cores(&cases, &options, |_, rendering| rendering);
        cases.into_iter().zip(renderings).collect()
    }

    /// What the checker found in the file. Findings about another text of the file are left out.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        let checked = self.checked();
        let findings = checked.into_iter().flat_map(|checked| checked.findings_in(&self.name));
        findings.filter(|finding| {
            let source = finding.location().map(Location::source);
            source.is_some_and(|source| source.text() == &*self.text)
        })
    }

    /// The latest result of the checker for the file's project.
    pub(super) fn checked(&self) -> Option<&Checked> {
        self.snapshot.checked.get(self.root).map(|checked| &**checked)
    }
}

impl<'p> FileKind<'p> {
    /// What the file with this name relative to the project is.
    pub(super) fn new(project: &'p Project, name: &str) -> Self {
        fn is<'s>(name: &str) -> impl Fn(&&'s Source) -> bool {
            move |source| source.name() == name
        }
        let is = |source: &Source| is(name)(&source);
        let templates = project.templates().iter().flat_map(Template::with_variants);
        if name == CONFIG_FILE {
            return Self::Configuration;
        }
        None.or_else(|| templates.into_iter().find(|file| is(file.source())).map(Self::Template))
            .or_else(|| project.requests().iter().find(|file| is(file.source())).map(Self::Request))
            .or_else(|| project.customers().iter().find(|file| is(file.source())).map(Self::Customer))
            .or_else(|| project.snippets().iter().find(|file| is(file.source())).map(Self::Snippet))
            .or_else(|| project.schema_files().get(name)?.as_ref().ok().map(Self::Schema))
            .unwrap_or_else(|| Self::Other(Folder::new(project, name)))
    }

    /// The file's text as the project has it.
    pub(super) fn source(self) -> Option<&'p Source> {
        match self {
            Self::Template(template) => Some(template.source()),
            Self::Request(request) => Some(request.source()),
            Self::Customer(customer) => Some(customer.source()),
            Self::Snippet(snippet) => Some(snippet.source()),
            Self::Schema(source) => Some(source),
            Self::Configuration | Self::Other(_) => None,
        }
    }

    /// The folder that the file is in.
    pub(super) const fn folder(self) -> Folder {
        match self {
            Self::Template(_) => Folder::Templates,
            Self::Request(_) => Folder::Requests,
            Self::Customer(_) => Folder::Customers,
            Self::Snippet(_) => Folder::Snippets,
            Self::Schema(_) | Self::Configuration => Folder::None,
            Self::Other(folder) => folder,
        }
    }
}

impl Folder {
    fn new(project: &Project, name: &str) -> Self {
        let paths = &project.config().paths;
        let folders = [
            (&paths.templates, Self::Templates),
            (&paths.requests, Self::Requests),
            (&paths.customers, Self::Customers),
            (&paths.snippets, Self::Snippets),
        ];
        let containing = folders.into_iter().filter(|(folder, _)| Path::new(name).starts_with(folder));
        // The innermost folder, should one contain another.
        containing.max_by_key(|(folder, _)| folder.components().count()).map_or(Self::None, |(_, folder)| folder)
    }
}

/// The name of a file in a project: its relative path with forward slashes.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
