//! Edited templates: the project with another text of one template, as it is in the source pane of the page. Nothing is saved.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::message::Template;
use crate::project::{Files, Overlay, Project};

const UNKNOWN_TEMPLATE: Code = Code::new("unknown-template");
const UNREADABLE_PROJECT: Code = Code::new("unreadable-project");

/// A template with another text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditedTemplate {
    /// The path of its file within the project.
    file: String,
    /// The text.
    text: String,
}

/// The project with the template that was edited last. It is read again when the project or the text changes.
#[derive(Debug, Default)]
pub(super) struct EditedProject(Mutex<Option<(u64, EditedTemplate, Arc<Project>)>>);

impl EditedProject {
    /// The project with an edited template.
    ///
    /// # Errors
    /// It has no such template, or the settings in the text are not valid.
    pub(super) fn of(
        &self,
        project: &Project,
        version: u64,
        edited: &EditedTemplate,
    ) -> Result<Arc<Project>, Diagnostics> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match &*known {
            Some((of, text, found)) if *of == version && text == edited => Arc::clone(found),
            _ => {
                let found = Arc::new(edited.read(project)?);
                *known = Some((version, edited.clone(), Arc::clone(&found)));
                found
            }
        };
        drop(known);
        let is_its = |problem: &&Diagnostic| {
            problem.severity == Severity::Error
                && problem.location().is_some_and(|place| place.source().name() == edited.file)
        };
        let problems: Diagnostics = found.problems().iter().filter(is_its).cloned().collect();
        if problems.is_empty() { Ok(found) } else { Err(problems) }
    }
}

impl EditedTemplate {
    fn read(&self, project: &Project) -> Result<Project, Diagnostics> {
        let mut files = project.templates().iter().flat_map(Template::with_variants);
        if !files.any(|template| template.source().name() == self.file) {
            return Err(Diagnostic::error(UNKNOWN_TEMPLATE, format!("there is no template in `{}`", self.file)).into());
        }
        let mut overlay = Overlay::default();
        overlay.set(&project.root().join(&self.file), Some(&self.text));
        let files = Files::open_with(project.root(), false, overlay);
        files
            .map(|files| files.to_project())
            .map_err(|error| Diagnostic::error(UNREADABLE_PROJECT, error.to_string()).into())
    }
}
