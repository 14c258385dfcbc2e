//! A project for one who renders many messages, each by itself: a template is parsed when it is first needed, and kept.

use std::cell::OnceCell;
use std::collections::HashMap;
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

/// The templates, in all languages, by where they are: each parsed, or what is wrong with it, once that is known.
struct Templates<'p>(HashMap<*const Template, OnceCell<Parsed<'p>>>);

type Parsed<'p> = Result<CompiledTemplate<'p>, Diagnostics>;

self_cell!(
    struct Compiled {
        owner: Owner,
        #[not_covariant]
        dependent: Templates,
    }
);

/// A project with what has been parsed of its templates. For one thread: each has its own.
pub struct CompiledProject(Compiled);

impl CompiledProject {
    /// Nothing is parsed yet.
    #[must_use]
    pub fn new(project: Arc<Project>) -> Self {
        let owner = Owner { project, arena: Arena::new() };
        Self(Compiled::new(owner, |owner| {
            let all = owner.project.templates.iter().flat_map(Template::with_variants);
            Templates(all.map(|template| (std::ptr::from_ref(template), OnceCell::new())).collect())
        }))
    }

    /// Whether it is this very project.
    #[must_use]
    pub fn is(&self, project: &Arc<Project>) -> bool {
        Arc::ptr_eq(&self.0.borrow_owner().project, project)
    }

    /// Renders the message that `request` asks for; none where there is no such template.
    #[must_use]
    pub fn render(&self, request: &Request, customer: &Customer, circumstances: &RenderOptions) -> Option<Rendering> {
        self.0.with_dependent(|owner, Templates(templates)| {
            let language = request.language().or_else(|| customer.language());
            let template = owner.project.template_for(request)?.in_language(language);
            let parsed = templates.get(&std::ptr::from_ref(template))?.get_or_init(|| {
                let workspace = owner.arena.alloc(owner.project.workspace());
                template.compile(workspace, &owner.arena)
            });
            Some(match parsed {
                Ok(compiled) => compiled.render(customer, request, circumstances),
                Err(problems) => Rendering::failed(problems.clone()),
            })
        })
    }
}
