//! A project with a cache of parsed templates, for servers that render messages one at a time.

use std::cell::OnceCell;
use std::sync::Arc;

use self_cell::self_cell;

use super::Project;
use crate::diagnostics::Diagnostics;
use crate::liquid::Arena;
use crate::message::{CompiledTemplate, Customer, RenderOptions, Rendering, Request, Template};

struct Owner {
    project: Arc<Project>,
    arena: Arena,
}

/// The templates in all languages, by id: each parsed on first use, or the problems found in it.
struct Templates<'p>(Vec<(&'p Template, OnceCell<Parsed<'p>>)>);

type Parsed<'p> = Result<CompiledTemplate<'p>, Diagnostics>;

self_cell!(
    struct Compiled {
        owner: Owner,
        #[not_covariant]
        dependent: Templates,
    }
);

/// A project with a cache of its parsed templates. It belongs to one thread.
pub struct CompiledProject(Compiled);

impl CompiledProject {
    /// An empty cache; templates are parsed on first use.
    #[must_use]
    pub fn new(project: Arc<Project>) -> Self {
        let owner = Owner { project, arena: Arena::new() };
        Self(Compiled::new(owner, |owner| {
            let templates = owner.project.with_variants();
            Templates(templates.map(|template| (template, OnceCell::new())).collect())
        }))
    }

    /// Whether it is a cache of this instance of the project.
    #[must_use]
    pub fn is(&self, project: &Arc<Project>) -> bool {
        Arc::ptr_eq(&self.0.borrow_owner().project, project)
    }

    /// Renders the message of a template of the project, in its language, for a customer and a request; `None` if the project
    /// has no such template.
    #[must_use]
    pub fn render(
        &self,
        template: &Template,
        customer: &Customer,
        request: &Request,
        render_options: &RenderOptions,
    ) -> Option<Rendering> {
        self.0.with_dependent(|owner, Templates(templates)| {
            let (template, parsed) = templates.get(owner.project.template_id(template)?.0)?;
            let parsed = parsed.get_or_init(|| {
                let workspace = owner.arena.alloc(owner.project.workspace());
                template.compile(workspace, &owner.arena)
            });
            Some(match parsed {
                Ok(compiled) => compiled.render(customer, request, render_options),
                Err(problems) => Rendering::failed(problems.clone()),
            })
        })
    }
}
