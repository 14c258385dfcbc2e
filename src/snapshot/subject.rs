//! The subject: what one snapshot is of.

use std::collections::HashSet;

use super::file::Header;
use crate::message::Request;
use crate::project::{Case, Languages, Project, UnknownName};

/// What one snapshot is of: a request, in the language that it is sent in or in another that its template has.
#[derive(Clone, Debug)]
pub struct Subject<'p> {
    /// Its name, which is also its snapshot's: the request's, and `@fr` where it is of a variant that would not be sent.
    pub name: String,
    /// What is rendered.
    pub case: Case<'p>,
}

/// What stands for the template itself, as opposed to its variants, in a subject's name.
const NO_LANGUAGE: &str = "default";

impl<'p> Subject<'p> {
    /// What is to be tested of these cases, by template and then by name: each request as it is sent, and in every other
    /// language of its template.
    #[must_use]
    pub fn all(project: &'p Project, cases: &[Case<'p>]) -> Vec<Self> {
        let languages = Languages::of(project);
        let mut taken: HashSet<String> = cases.iter().map(|case| case.request.name().to_owned()).collect();
        let mut subjects = Vec::with_capacity(cases.len());
        for case in cases {
            subjects.push(Self { name: case.request.name().to_owned(), case: *case });
            for other in languages.others(*case) {
                let language = other.template.language().unwrap_or(NO_LANGUAGE);
                let name = format!("{}@{language}", case.request.name());
                if taken.insert(name.clone()) {
                    subjects.push(Self { name, case: other });
                }
            }
        }
        // Those of one template side by side: it is parsed once for all of them.
        subjects.sort_by(|left, right| {
            let key = |subject: &Self| subject.case.template.source().name();
            key(left).cmp(key(right)).then_with(|| left.name.cmp(&right.name))
        });
        subjects
    }

    /// What is to be tested of what the names mean: each as [`Project::select`] takes it, or the name of a snapshot, which
    /// means that one alone where it is of another language. No names mean all.
    ///
    /// # Errors
    /// Every name that means nothing.
    pub fn select(project: &'p Project, names: &[String]) -> Result<Vec<Self>, Vec<UnknownName>> {
        let all = Self::all(project, &project.cases());
        if names.is_empty() {
            return Ok(all);
        }
        let is_variant = |subject: &Self| subject.name != subject.case.request.name();
        let variants: HashSet<&str> =
            all.iter().filter(|subject| is_variant(subject)).map(|subject| subject.name.as_str()).collect();
        let (own, others): (Vec<String>, Vec<String>) =
            names.iter().cloned().partition(|name| variants.contains(name.as_str()));
        let meant = if others.is_empty() { Vec::new() } else { Self::all(project, &project.select(&others)?) };
        let mut meant: HashSet<String> = meant.into_iter().map(|subject| subject.name).collect();
        meant.extend(own);
        Ok(all.into_iter().filter(|subject| meant.contains(&subject.name)).collect())
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &'p Request {
        self.case.request
    }

    /// The header of its snapshot, handed to `each`.
    pub(super) fn with_header<T>(&self, each: impl FnOnce(&Header<'_>) -> T) -> T {
        each(&Header {
            expression: &format!("inkproof preview {}", self.case.request.name()),
            info: &[("template", self.case.template.source().name()), ("customer", self.case.customer.source().name())],
            input_file: self.case.request.source().name(),
        })
    }
}
