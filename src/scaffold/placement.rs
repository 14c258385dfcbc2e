//! Placement of new templates: a file of its own, or a language variant next to an existing template.

use std::path::PathBuf;

use thiserror::Error;

use super::Name;
use crate::diagnostics::{Diagnostics, Source};
use crate::message::Template;
use crate::project::Project;

/// Where a new template is created.
#[derive(Clone, Debug)]
pub struct Placement<'p> {
    project: &'p Project,
    /// The file, relative to the project.
    pub path: PathBuf,
    /// The name that requests will use.
    pub name: Name,
    /// For a variant, the existing template and the language of the variant.
    pub variant: Option<(&'p Template, String)>,
}

/// Why a template cannot be added to a project.
#[derive(Debug, Error)]
pub enum PlacementError {
    /// Another template has its name.
    #[error("there is a template `{name}` already, in `{file}`")]
    Name {
        /// The name.
        name: String,
        /// The file of the other template.
        file: String,
    },
    /// Another template has its number.
    #[error("the id `{id}` belongs to another template, in `{file}`")]
    Id {
        /// The number.
        id: u64,
        /// The file of the other template.
        file: String,
    },
    /// It is not a valid template.
    #[error("it is not a valid template")]
    Unreadable(Diagnostics),
}

impl<'p> Placement<'p> {
    /// The placement of a template with a name. `order.fr` is the French variant of `order` if there is an `order`.
    #[must_use]
    pub fn new(project: &'p Project, name: &Name) -> Self {
        let Some((base, language)) = project.variant(name.stem()) else {
            let path = project.config().paths.templates.join(format!("{name}.liquid"));
            return Self { project, path, name: name.clone(), variant: None };
        };
        let path = PathBuf::from(base.source().name()).with_extension(format!("{language}.liquid"));
        Self { project, path, name: Name::parse_or_sanitize(base.name()), variant: Some((base, language.to_owned())) }
    }

    /// The language of a variant.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.variant.as_ref().map(|(_, language)| language.as_str())
    }

    /// Parses the text of the new template as the project will.
    ///
    /// # Errors
    /// It is not a valid template, or conflicts with another one.
    pub fn read(&self, text: &str) -> Result<Template, PlacementError> {
        let file = self.path.display().to_string().replace('\\', "/");
        let name = self.variant.as_ref().map_or(self.name.stem(), |(base, _)| base.name());
        let template = Template::read(name, Source::new(file.as_str(), text)).map_err(PlacementError::Unreadable)?;
        if self.project.root().join(&self.path).symlink_metadata().is_ok() {
            let name = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            return Err(PlacementError::Name { name, file });
        }
        // A variant has the name and number of its template.
        if self.variant.is_some() {
            return Ok(template);
        }
        if let Some((name, file)) = self.project.template_called(template.name()) {
            return Err(PlacementError::Name { name: name.to_owned(), file: file.to_owned() });
        }
        if let Some(id) = template.settings().id.as_ref().map(|id| id.value)
            && let Some(other) = self.project.templates().iter().find(|other| other.has_id(&id.to_string()))
        {
            return Err(PlacementError::Id { id, file: other.source().name().to_owned() });
        }
        Ok(template)
    }
}
