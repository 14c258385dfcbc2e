//! Files that are not read because of their extensions: `welcome.json` in `templates`, or `standard.yaml` among requests.

use std::collections::HashSet;

use super::folder::File;
use super::{Project, UnknownName};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};

const MISNAMED_FILE: Code = Code::new("misnamed-file");

/// The extension of templates, and of snippets that are text.
const LIQUID: &str = ".liquid";
/// The extension of requests and customers.
const JSON: &str = ".json";
/// The extensions of YAML.
const YAML: [&str; 2] = [".yaml", ".yml"];

/// A file that looks like a template, a request, a customer or a snippet, and is not read.
#[derive(Clone, Debug)]
pub(super) struct MisnamedFile {
    source: Source,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Template,
    /// A request in the folder of templates.
    Request,
    Snippet,
    /// A request or a customer, as it is called, in its folder.
    Fixture(&'static str),
}

impl MisnamedFile {
    /// Extensions that people give to templates.
    pub(super) const TEMPLATES: &[&str] = &["json", "html", "txt"];
    /// Extensions that people give to snippets. A snippet `.json` is read.
    pub(super) const SNIPPETS: &[&str] = &["html", "txt"];
    /// Extensions that people give to requests and customers.
    pub(super) const FIXTURES: &[&str] = &["json5", "jsonc", "yaml", "yml"];

    /// Reads a file in the folder of templates; fails if it is none. A template prints a JSON object.
    pub(super) fn template(file: File<'_>, _: &mut Diagnostics) -> Result<Self, Diagnostics> {
        let text = file.source.text();
        let kind = if text.contains("\"transactional_message_id\"") { Kind::Request } else { Kind::Template };
        if !text.contains('{') || text.contains("\"$schema\"") {
            return Err(Diagnostics::new());
        }
        Ok(Self { source: file.source, kind })
    }

    /// Reads a file in the folder of snippets.
    pub(super) fn snippet(file: File<'_>, _: &mut Diagnostics) -> Result<Self, Diagnostics> {
        Ok(Self { source: file.source, kind: Kind::Snippet })
    }

    /// Reads a file in the folder of requests; fails if it is none.
    pub(super) fn request(file: File<'_>, _: &mut Diagnostics) -> Result<Self, Diagnostics> {
        Self::fixture("request", &["transactional_message_id", "message_data"], file)
    }

    /// Reads a file in the folder of customers; fails if it is none.
    pub(super) fn customer(file: File<'_>, _: &mut Diagnostics) -> Result<Self, Diagnostics> {
        Self::fixture("customer", &["id", "email"], file)
    }

    /// A fixture that has one of these keys at the beginning of a line.
    fn fixture(what: &'static str, keys: &[&str], file: File<'_>) -> Result<Self, Diagnostics> {
        let is_key = |line: &str| {
            let start = line.trim_start_matches(['{', ' ', '\t', '"', '\'']);
            keys.iter().any(|key| {
                let rest = start.strip_prefix(key);
                rest.is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
            })
        };
        if !file.source.text().lines().any(is_key) {
            return Err(Diagnostics::new());
        }
        Ok(Self { source: file.source, kind: Kind::Fixture(what) })
    }

    /// The path relative to the project that it should have, in the same folder.
    fn right_path(&self) -> String {
        let mut stem = self.source.name();
        if let (Kind::Fixture(_), Some((stem, _))) = (self.kind, stem.rsplit_once('.')) {
            return format!("{stem}{JSON}");
        }
        while let Some((rest, _)) = stem.rsplit_once('.').filter(|(_, ending)| Self::TEMPLATES.contains(ending)) {
            if self.kind == Kind::Snippet && stem != self.source.name() {
                // `plans.json.txt`
                return stem.to_owned();
            }
            stem = rest;
        }
        format!("{}{LIQUID}", stem.strip_suffix(LIQUID).unwrap_or(stem))
    }

    fn finding(&self, project: &Project) -> Diagnostic {
        let path = self.right_path();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let rename = format!("rename it to `{name}`");
        let (advice, help) = match self.kind {
            Kind::Template => (rename, "a template is a file `NAME.liquid`, although it prints JSON".to_owned()),
            Kind::Snippet => (rename, "a snippet is a file `NAME.liquid`, or `NAME.json` if it is data".to_owned()),
            Kind::Request => {
                let requests = project.config().paths.requests.display();
                (format!("move it to `{requests}`"), "this is a request, in the folder of templates".to_owned())
            }
            Kind::Fixture(what) => {
                let is_yaml = YAML.iter().any(|ending| self.source.name().ends_with(ending));
                let advice = if is_yaml { format!("write it as JSON, to `{name}`") } else { rename };
                (advice, format!("a {what} is a file `NAME.json`, without comments"))
            }
        };
        let message = format!("the file is not read: {advice}");
        Diagnostic::warning(MISNAMED_FILE, message).at(self.source.at(0..0)).help(help)
    }
}

impl Project {
    /// Reports files that are not read because of their names, unless they are schemas, or the right file exists too.
    pub(super) fn report_misnamed(&mut self, files: Vec<MisnamedFile>) {
        let known: HashSet<&str> = self
            .with_variants()
            .map(|template| template.source().name())
            .chain(self.snippets.iter().map(|snippet| snippet.source().name()))
            .chain(self.broken_templates.iter().chain(&self.broken_requests).map(|(_, file)| file.as_str()))
            .chain(self.requests.iter().map(|request| request.source().name()))
            .chain(self.customers.iter().map(|customer| customer.source().name()))
            .collect();
        let is_meant = |file: &MisnamedFile| {
            !known.contains(&*file.right_path()) && !self.schema_files.contains_key(file.source.name())
        };
        let files: Vec<_> = files.into_iter().filter(is_meant).collect();
        let findings: Vec<_> = files.iter().map(|file| file.finding(self)).collect();
        self.problems.extend(findings);
        self.misnamed = files;
    }

    /// The paths of files that are not read because of their names, relative to the project.
    pub(super) fn misnamed_files(&self) -> impl Iterator<Item = &str> {
        self.misnamed.iter().map(|file| file.source.name())
    }

    /// What to say about a name if it is that of a template whose file is not read.
    pub(super) fn misnamed_as(&self, name: &str) -> Option<UnknownName> {
        let path = |file: &&MisnamedFile| {
            let path = file.right_path();
            path.rsplit('/').next().unwrap_or(&path).strip_suffix(LIQUID) == Some(name)
        };
        let file = self.misnamed.iter().filter(|file| file.kind == Kind::Template).find(path)?;
        Some(UnknownName::Misnamed {
            name: name.to_owned(),
            file: file.source.name().to_owned(),
            right: format!("{name}{LIQUID}"),
        })
    }
}
