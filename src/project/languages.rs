//! Languages: which template each variant is of, and the cases that are not sent as they are but could be.

use super::{Case, Project};
use crate::message::Template;

/// The templates of a project with their variants in other languages.
#[derive(Debug)]
pub struct Languages<'p> {
    project: &'p Project,
    /// The template that each variant is of, by the variant's id. A template is its own.
    mains: Vec<&'p Template>,
}

impl<'p> Languages<'p> {
    /// Those of a project.
    #[must_use]
    pub fn of(project: &'p Project) -> Self {
        let mains = project.templates.iter().flat_map(|template| template.with_variants().map(move |_| template));
        Self { project, mains: mains.collect() }
    }

    /// The template that one of its variants is of; itself where it is none.
    fn main(&self, template: &'p Template) -> &'p Template {
        self.project.template_id(template).and_then(|id| self.mains.get(id.0)).copied().unwrap_or(template)
    }

    /// The templates that these are of, each once, where those of one stand side by side.
    #[must_use]
    pub fn mains(&self, templates: &[&'p Template]) -> Vec<&'p Template> {
        let mut mains: Vec<_> = templates.iter().map(|template| self.main(template)).collect();
        mains.dedup_by(|one, other| std::ptr::eq(*one, *other));
        mains
    }

    /// The case in every language of its template but the one that it is sent in.
    pub fn others(&self, case: Case<'p>) -> impl Iterator<Item = Case<'p>> + use<'p> {
        let template = case.template;
        let others = self.main(template).with_variants().filter(move |variant| !std::ptr::eq(*variant, template));
        others.map(move |variant| Case { template: variant, ..case })
    }
}

impl Project {
    /// These cases as they are sent, each followed by itself in every other language that its template has.
    #[must_use]
    pub fn in_every_language<'p>(&'p self, cases: &[Case<'p>]) -> Vec<Case<'p>> {
        let languages = Languages::of(self);
        cases.iter().flat_map(|case| std::iter::once(*case).chain(languages.others(*case))).collect()
    }
}
