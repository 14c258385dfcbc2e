//! Names of templates in the paths and bodies of the server's own API.

use super::answer::Refusal;
use crate::diagnostics::did_you_mean;
use crate::message::Template;
use crate::project::Project;

/// The template with this trigger name or number.
///
/// # Errors
/// 404: there is none. The message names the most similar one.
pub(super) fn template_called<'p>(project: &'p Project, name: &str) -> Result<&'p Template, Refusal> {
    project.templates().iter().find(|template| template.is_called(name)).ok_or_else(|| {
        let near = did_you_mean(name, project.templates().iter().map(Template::name));
        let near = near.map_or(String::new(), |near| format!(": did you mean `{near}`?"));
        Refusal::not_found(format!("there is no template `{name}`{near}"))
    })
}
