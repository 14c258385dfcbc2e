//! Subjects: what one snapshot covers.

use std::collections::HashSet;

use super::file::Header;
use crate::message::Request;
use crate::project::{Case, Languages, Project, UnknownName, snapshot_name};

/// What one snapshot covers: a request, in the language in which it is sent or in another one of its template.
#[derive(Clone, Debug)]
pub struct Subject<'p> {
    /// Its name, which is also the snapshot's: the request's name, with `@fr` for a variant that would not be sent.
    pub name: String,
    /// What is rendered.
    pub case: Case<'p>,
}

impl<'p> Subject<'p> {
    /// The subjects of these cases, by template and then by name: each request as it is sent, and in every other language of
    /// its template.
    #[must_use]
    pub fn all(project: &'p Project, cases: &[Case<'p>]) -> Vec<Self> {
        let languages = Languages::of(project);
        let mut taken: HashSet<String> = cases.iter().map(|case| case.request.name().to_owned()).collect();
        let mut subjects = Vec::with_capacity(cases.len());
        for case in cases {
            subjects.push(Self { name: case.request.name().to_owned(), case: *case });
            for other in languages.others(*case) {
                let name = snapshot_name(&other);
                // A name that is taken is an error of the project.
                if taken.insert(name.clone()) {
                    subjects.push(Self { name, case: other });
                }
            }
        }
        // Group by template, so that each is parsed once.
        subjects.sort_by(|left, right| {
            let key = |subject: &Self| subject.case.template.source().name();
            key(left).cmp(key(right)).then_with(|| left.name.cmp(&right.name))
        });
        subjects
    }

    /// The subjects that match these names: each as in [`Project::select`], or the name of a snapshot, which selects only that
    /// subject if it has a language. Without names, all subjects.
    ///
    /// # Errors
    /// Every name that matches nothing.
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

    /// Calls `each` with the header of its snapshot.
    pub(super) fn with_header<T>(&self, each: impl FnOnce(&Header<'_>) -> T) -> T {
        each(&Header {
            expression: &format!("inkproof preview {}", self.case.request.name()),
            info: &[("template", self.case.template.source().name()), ("customer", self.case.customer.source().name())],
            input_file: self.case.request.source().name(),
        })
    }
}
