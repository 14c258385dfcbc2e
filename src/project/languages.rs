//! Languages: the template of each variant, and the cases in the languages in which they are not sent but could be.

use super::{Case, Project};
use crate::message::Template;

/// The templates of a project with their variants in other languages.
#[derive(Debug)]
pub struct Languages<'p> {
    project: &'p Project,
    /// The main template of each variant, by the variant's id; a main template maps to itself.
    mains: Vec<&'p Template>,
}

impl<'p> Languages<'p> {
    /// The languages of a project.
    #[must_use]
    pub fn of(project: &'p Project) -> Self {
        let mains = project.templates.iter().flat_map(|template| template.with_variants().map(move |_| template));
        Self { project, mains: mains.collect() }
    }

    /// The main template of a variant; a main template itself.
    pub(super) fn main(&self, template: &'p Template) -> &'p Template {
        self.project.template_id(template).and_then(|id| self.mains.get(id.0)).copied().unwrap_or(template)
    }

    /// The main templates of these, each once, if variants of one template are adjacent.
    #[must_use]
    pub fn mains(&self, templates: &[&'p Template]) -> Vec<&'p Template> {
        let mut mains: Vec<_> = templates.iter().map(|template| self.main(template)).collect();
        mains.dedup_by(|one, other| std::ptr::eq(*one, *other));
        mains
    }

    /// The case in every language of its template except the one in which it is sent.
    pub fn others(&self, case: Case<'p>) -> impl Iterator<Item = Case<'p>> + use<'p> {
        let template = case.template;
        let others = self.main(template).with_variants().filter(move |variant| !std::ptr::eq(*variant, template));
        others.map(move |variant| Case { template: variant, ..case })
    }
}

impl Project {
    /// Every template in every language, each with its cases: the messages of its requests in that language, whether they are
    /// sent in it or not.
    #[must_use]
    pub fn templates_with_cases(&self) -> Vec<(&Template, Vec<Case<'_>>)> {
        let mut all: Vec<_> = self.with_variants().map(|template| (template, Vec::new())).collect();
        // Where each main template is.
        let mut at = 0;
        let mut places = Vec::with_capacity(self.templates.len());
        for template in &self.templates {
            let count = template.with_variants().count();
            places.push(at..at + count);
            at += count;
        }
        for (request, (template, customer)) in self.resolved() {
            for (template, cases) in &mut all[places[template].clone()] {
                cases.push(Case { template, request, customer: &self.customers[customer] });
            }
        }
        all
    }

    /// These cases as they are sent, each followed by the same case in the other languages of its template.
    #[must_use]
    pub fn in_every_language<'p>(&'p self, cases: &[Case<'p>]) -> Vec<Case<'p>> {
        let languages = Languages::of(self);
        cases.iter().flat_map(|case| std::iter::once(*case).chain(languages.others(*case))).collect()
    }
}
