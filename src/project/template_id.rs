//! Ids of templates, for use as keys.

use hashbrown::HashMap;

use super::Project;
use crate::message::Template;

/// Identifies a template of a project. Each language variant has its own id. Ids are not stable across readings of the
/// project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TemplateId(pub(super) usize);

/// The ids of a project's templates, by their files.
#[derive(Debug, Default)]
pub(super) struct TemplateIds(HashMap<String, TemplateId>);

impl TemplateIds {
    pub(super) fn new(templates: &[Template]) -> Self {
        let all = templates.iter().flat_map(Template::with_variants).enumerate();
        Self(all.map(|(index, template)| (template.source().name().to_owned(), TemplateId(index))).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a file has a template.
    pub(super) fn has(&self, file: &str) -> bool {
        self.0.contains_key(file)
    }
}

impl Project {
    /// The id of the template in a file; `None` if the project has no template in that file.
    ///
    /// ```
    /// use inkproof::diagnostics::Source;
    /// use inkproof::message::Template;
    /// use inkproof::project::Project;
    ///
    /// let project = Project::open(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
    /// let [first, second] = [&project.templates()[0], &project.templates()[1]];
    /// assert_eq!(project.template_id(first), project.template_id(&first.clone()));
    /// assert_ne!(project.template_id(first), project.template_id(second));
    /// let other = Template::read("other", Source::new("other.liquid", "---\n---\n{}")).unwrap();
    /// assert_eq!(project.template_id(&other), None);
    /// ```
    #[must_use]
    pub fn template_id(&self, template: &Template) -> Option<TemplateId> {
        self.template_ids.0.get(template.source().name()).copied()
    }

    /// The templates with their variants in other languages, in the order of their ids.
    pub(super) fn with_variants(&self) -> impl Iterator<Item = &Template> {
        self.templates.iter().flat_map(Template::with_variants)
    }
}
