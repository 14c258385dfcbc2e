//! Places for new templates: a file of their own, or one beside the template that they are another language of.

use std::path::PathBuf;

use thiserror::Error;

use super::Name;
use crate::diagnostics::{Diagnostics, Source};
use crate::message::Template;
use crate::project::Project;

/// Where a new template is to stand.
#[derive(Clone, Debug)]
pub struct Place<'p> {
    project: &'p Project,
    /// The file, below the project.
    pub path: PathBuf,
    /// What requests are to call it.
    pub name: Name,
    /// The template that is there, and the language that this one is of it.
    pub variant: Option<(&'p Template, String)>,
}

/// Why a template cannot be added to a project.
#[derive(Debug, Error)]
pub enum PlacementError {
    /// Its name is another's.
    #[error("there is a template `{name}` already, in `{file}`")]
    Name {
        /// The name.
        name: String,
        /// The other's file.
        file: String,
    },
    /// Its number is another's.
    #[error("the id `{id}` is that of another template, in `{file}`")]
    Id {
        /// The number.
        id: u64,
        /// The other's file.
        file: String,
    },
    /// Its file is no template.
    #[error("it is no template")]
    Unreadable(Diagnostics),
}

impl<'p> Place<'p> {
    /// The place for a template of that name. `order.fr` is the French `order` where there is an `order`.
    #[must_use]
    pub fn new(project: &'p Project, name: &Name) -> Self {
        let Some((base, language)) = project.variant(name.stem()) else {
            let path = project.config().paths.templates.join(format!("{name}.liquid"));
            return Self { project, path, name: name.clone(), variant: None };
        };
        let path = PathBuf::from(base.source().name()).with_extension(format!("{language}.liquid"));
        Self { project, path, name: Name::of(base.name()), variant: Some((base, language.to_owned())) }
    }

    /// The language of a variant.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.variant.as_ref().map(|(_, language)| language.as_str())
    }

    /// Reads what is to stand there, as the project will.
    ///
    /// # Errors
    /// It would be no template, or be taken for another.
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
