//! Selection: resolves the names on a command line to cases.

use std::collections::HashSet;

use globset::Glob;
use thiserror::Error;

use super::paths::ProjectPath;
use super::{Case, Project};
use crate::diagnostics::did_you_mean;
use crate::message::{Request, Template};

/// A name that matches nothing in the project.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnknownName {
    /// It is neither a template nor a request, nor a pattern that matches one.
    #[error("there is no template or request `{name}`: {}", near.as_ref().map_or_else(|| listed(templates), |near| format!("did you mean `{near}`?")))]
    NotFound {
        /// The name.
        name: String,
        /// A similar name that exists.
        near: Option<String>,
        /// The names of all templates.
        templates: Vec<String>,
    },
    /// It names an invalid file.
    #[error("`{name}` cannot be used: `{file}` has mistakes")]
    Broken {
        /// The name.
        name: String,
        /// The file, relative to the project.
        file: String,
    },
    /// It names a file that is not read because of its extension.
    #[error("there is no template `{name}`: `{file}` is not read; rename it to `{right}`")]
    Misnamed {
        /// The name.
        name: String,
        /// The file, relative to the project.
        file: String,
        /// The file name that it should have.
        right: String,
    },
    /// It is an invalid pattern.
    #[error("`{name}` is not a valid pattern: {reason}")]
    BadPattern {
        /// The pattern.
        name: String,
        /// The reason.
        reason: String,
    },
}

impl Project {
    /// The cases that match `names`: each a template, a request, a folder of requests, a pattern with `*` and `?`, or the
    /// path of a file or folder of the project. A template, snippet or customer means every case that it takes part in. The
    /// path of another file inside the project matches nothing. Without names, all cases.
    ///
    /// # Errors
    /// Every name that matches nothing.
    pub fn select(&self, names: &[String]) -> Result<Vec<Case<'_>>, Vec<UnknownName>> {
        let patterns: Vec<_> = names.iter().map(|name| Pattern::new(name, self)).collect();
        let mut errors: Vec<_> = patterns.iter().filter_map(|pattern| pattern.as_ref().err().cloned()).collect();
        let patterns: Vec<_> = patterns.into_iter().flatten().collect();
        errors.extend(patterns.iter().filter(|pattern| !self.knows(pattern)).map(|pattern| self.not_found(pattern)));
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut cases = self.cases();
        if !patterns.is_empty() {
            cases.retain(|case| patterns.iter().any(|pattern| pattern.fits(case)));
        }
        Ok(cases)
    }

    /// The templates that match `names`, as in [`Project::select`], in every language and including those without requests;
    /// without names, all templates.
    ///
    /// # Errors
    /// Every name that matches nothing.
    pub fn select_templates(&self, names: &[String]) -> Result<Vec<&Template>, Vec<UnknownName>> {
        let cases = self.select(names)?;
        let patterns: Vec<_> = names.iter().flat_map(|name| Pattern::new(name, self)).collect();
        let asked_for: HashSet<_> =
            self.in_every_language(&cases).iter().filter_map(|case| self.template_id(case.template)).collect();
        let mut templates: Vec<_> = self.with_variants().collect();
        templates.retain(|template| {
            patterns.is_empty()
                || patterns.iter().any(|pattern| pattern.fits_template(template))
                || self.template_id(template).is_some_and(|id| asked_for.contains(&id))
        });
        Ok(templates)
    }

    /// The requests that a name means: its own, those of a folder or a template, or those that match a pattern. It is never
    /// a path.
    pub(super) fn requests_called(&self, name: &str) -> Result<Vec<&Request>, UnknownName> {
        let glob = Glob::new(name).ok().map(|glob| glob.compile_matcher());
        let pattern = Pattern { text: name, glob, path: None };
        if !self.knows_name(&pattern) {
            return Err(self.not_found(&pattern));
        }
        let is_meant = |request: &&Request| {
            let fits_template = || self.template_for(request).is_some_and(|template| pattern.fits_template(template));
            pattern.fits_request(request) || fits_template()
        };
        Ok(self.requests.iter().filter(is_meant).collect())
    }

    /// Whether one of some names is that of a request, or the path of its file; the request may be invalid.
    pub(super) fn is_named(&self, names: &[String], name: &str, file: &str) -> bool {
        let patterns = names.iter().flat_map(|name| Pattern::new(name, self));
        patterns.into_iter().any(|pattern| match &pattern.path {
            Some(path) => path.covers(file),
            None => pattern.means(name),
        })
    }

    /// Whether a word is the name of a template or request, or a pattern that matches one.
    pub(super) fn is_name(&self, name: &str) -> bool {
        let glob = Glob::new(name).ok().map(|glob| glob.compile_matcher());
        self.knows_name(&Pattern { text: name, glob, path: None })
    }

    fn knows(&self, pattern: &Pattern<'_>) -> bool {
        match &pattern.path {
            Some(path) => {
                let mut broken = self.broken_templates.iter().chain(&self.broken_requests);
                !broken.any(|(_, file)| file == path.text())
            }
            None => self.knows_name(pattern),
        }
    }

    fn knows_name(&self, pattern: &Pattern<'_>) -> bool {
        self.templates.iter().any(|template| pattern.fits_template(template))
            || self.requests.iter().any(|request| pattern.fits_request(request))
    }

    fn not_found(&self, pattern: &Pattern<'_>) -> UnknownName {
        let mut broken = self.broken_templates.iter().chain(&self.broken_requests);
        let is_meant = |(name, file): &&(String, String)| match &pattern.path {
            Some(path) => file == path.text(),
            None => pattern.means(name),
        };
        if let Some((name, file)) = broken.find(is_meant) {
            return UnknownName::Broken { name: name.clone(), file: file.clone() };
        }
        if let Some(misnamed) = self.misnamed_as(pattern.text) {
            return misnamed;
        }
        let names = self.templates.iter().map(Template::name).chain(self.requests.iter().map(Request::name));
        UnknownName::NotFound {
            name: pattern.text.to_owned(),
            near: did_you_mean(pattern.text, names).map(str::to_owned),
            templates: self.templates.iter().map(|template| template.name().to_owned()).collect(),
        }
    }
}

/// How many templates are listed in place of one that does not exist.
const MAX_LISTED: usize = 5;

/// What templates there are.
fn listed(templates: &[String]) -> String {
    let (shown, rest) = templates.split_at(templates.len().min(MAX_LISTED));
    let names = format!("`{}`", shown.join("`, `"));
    match (shown.len(), rest.len()) {
        (0, _) => "the project has no templates".to_owned(),
        (1, 0) => format!("the only template is {names}"),
        (_, 0) => format!("the templates are {names}"),
        (_, more) => format!("the templates are {names} and {more} more"),
    }
}

/// A name from the command line.
struct Pattern<'a> {
    text: &'a str,
    /// `None` if it is not a valid pattern, but a path.
    glob: Option<globset::GlobMatcher>,
    /// What it means as a path, if it is not a name.
    path: Option<ProjectPath>,
}

impl<'a> Pattern<'a> {
    fn new(text: &'a str, project: &Project) -> Result<Self, UnknownName> {
        let glob = Glob::new(text).map(|glob| glob.compile_matcher());
        let as_path = || ProjectPath::new(text, project);
        match glob {
            Ok(glob) => {
                let name = Self { text, glob: Some(glob), path: None };
                let path = if project.knows_name(&name) { None } else { as_path() };
                Ok(Self { path, ..name })
            }
            Err(error) => match as_path() {
                Some(path) => Ok(Self { text, glob: None, path: Some(path) }),
                None => Err(UnknownName::BadPattern { name: text.to_owned(), reason: error.kind().to_string() }),
            },
        }
    }

    fn fits(&self, case: &Case<'_>) -> bool {
        match &self.path {
            Some(path) => path.fits(case),
            None => self.fits_template(case.template) || self.fits_request(case.request),
        }
    }

    fn fits_template(&self, template: &Template) -> bool {
        match &self.path {
            Some(path) => path.fits_template(template),
            None => template.is_called(self.text) || self.matches(template.name()),
        }
    }

    fn fits_request(&self, request: &Request) -> bool {
        match &self.path {
            Some(path) => path.fits_request(request),
            None => self.means(request.name()),
        }
    }

    fn matches(&self, name: &str) -> bool {
        self.glob.as_ref().is_some_and(|glob| glob.is_match(name))
    }

    /// Whether it is a request's name, a folder that it is in, or a pattern that matches it.
    fn means(&self, name: &str) -> bool {
        let inside = name.strip_prefix(self.text.trim_end_matches('/'));
        name == self.text || inside.is_some_and(|rest| rest.starts_with('/')) || self.matches(name)
    }
}
