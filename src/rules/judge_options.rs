//! Judge options: when messages are rendered, and how hard templates are searched.

use crate::message::RenderOptions;
use crate::project::Project;
use crate::search::Effort;

/// How templates are judged.
#[derive(Clone, Copy, Debug)]
pub struct JudgeOptions {
    /// When and how messages are rendered.
    pub render_options: RenderOptions,
    /// How hard data that loses a message is searched for.
    pub effort: Effort,
    /// Whether the search of a single template may use all cores: where several are judged, each has one.
    pub is_search_parallel: bool,
}

impl JudgeOptions {
    /// The options that a project's configuration sets.
    #[must_use]
    pub fn new(project: &Project, render_options: RenderOptions) -> Self {
        Self { render_options, effort: project.config().check.effort, is_search_parallel: false }
    }

    /// The same, for so many templates at once on the cores of the current pool.
    pub(super) fn with_cores_for(self, templates: usize) -> Self {
        Self { is_search_parallel: templates < rayon::current_num_threads(), ..self }
    }
}
