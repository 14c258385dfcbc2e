//! What the templates that are named on a command line need, for the commands that print it.

use rayon::prelude::*;

use super::progress::Progress;
use super::{Failure, Global, Outcome};
use crate::diagnostics::Diagnostics;
use crate::message::Template;
use crate::project::{Languages, Project};
use crate::schema::TemplateModel;
use crate::snapshot::render_options;
use crate::threads::on_all_cores;

/// The models of the templates that match the names; of all templates without names. Templates that cannot be parsed are
/// reported, and left out.
pub(super) fn models<'p>(
    project: &'p Project,
    names: &[String],
    global: &Global,
) -> Result<(Vec<TemplateModel<'p>>, Outcome), Failure> {
    let templates = project.select_templates(names)?;
    let templates: Vec<&Template> = Languages::of(project).mains(&templates);
    let options = global.adjust(render_options(project));
    let progress = Progress::new("reading templates", templates.len());
    let derive = |template: &&'p Template| {
        let model = TemplateModel::derive(project, template, &options);
        progress.step();
        model
    };
    let derived: Vec<_> = on_all_cores(|| templates.par_iter().map(derive).collect());
    drop(progress);
    let (mut models, mut problems) = (Vec::new(), Diagnostics::new());
    for model in derived {
        match model {
            Ok(model) => models.push(model),
            Err(found) => problems.extend(found),
        }
    }
    let outcome = if problems.is_empty() { Outcome::Fine } else { Outcome::Broken };
    global.report(&problems)?;
    Ok((models, outcome))
}
