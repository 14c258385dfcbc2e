//! A project with a cache of parsed templates and customers, for servers that render messages one at a time.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use hashbrown::HashMap;

use self_cell::self_cell;

use super::Project;
use crate::diagnostics::Diagnostics;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Value};
use crate::message::{CompiledTemplate, Customer, RenderOptions, Rendering, Request, SentData, Template};

struct Owner {
    project: Arc<Project>,
    arena: Arena,
}

/// What was parsed of a project.
struct Parsed<'p> {
    /// The templates in all languages, by id: each parsed on first use, or the problems found in it.
    templates: Vec<(&'p Template, OnceCell<ParsedTemplate<'p>>)>,
    customers: RefCell<ParsedCustomers<'p>>,
}

type ParsedTemplate<'p> = Result<CompiledTemplate<'p>, Diagnostics>;

/// Customers that messages were rendered for.
#[derive(Default)]
struct ParsedCustomers<'p> {
    /// The attributes and related objects, by the number of the customer in the project, and the kind of numbers in them.
    data: HashMap<(usize, Numbers), (Value<'p>, Value<'p>)>,
    /// The length of their files, in bytes.
    length: usize,
}

/// The most bytes of customers' files of which the data is kept.
const MAX_CUSTOMERS: usize = 1 << 20;

self_cell!(
    struct Compiled {
        owner: Owner,
        #[not_covariant]
        dependent: Parsed,
    }
);

/// A project with a cache of its parsed templates, and of some customers. It belongs to one thread.
pub struct CompiledProject(Compiled);

impl CompiledProject {
    /// An empty cache; templates are parsed on first use.
    #[must_use]
    pub fn new(project: Arc<Project>) -> Self {
        let owner = Owner { project, arena: Arena::new() };
        Self(Compiled::new(owner, |owner| {
            let templates = owner.project.with_variants().map(|template| (template, OnceCell::new())).collect();
            Parsed { templates, customers: RefCell::default() }
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
        self.with_template(template, |_, _, template| match template {
            Ok(compiled) => compiled.render(customer, request, render_options),
            Err(problems) => Rendering::failed(problems.clone()),
        })
    }

    /// Renders the message likewise if it is sent, in less time: without its text, unless there is a warning. `None` if it fails.
    #[must_use]
    pub fn render_sent(
        &self,
        template: &Template,
        customer: &Customer,
        request: &Request,
        render_options: &RenderOptions,
    ) -> Option<Rendering> {
        self.with_template(template, |owner, customers, template| {
            let compiled = template.as_ref().ok()?;
            let numbers = compiled.language().dialect().numbers;
            let arena = Arena::temporary();
            let trigger = request.message_data(numbers, &arena).ok()?;
            let known = customers.borrow_mut().of(owner, customer, request, numbers);
            let (customer, objects) = known.or_else(|| customer.data(numbers, &arena).ok())?;
            compiled.render_sent(&SentData { trigger, customer, objects }, render_options)
        })?
    }

    fn with_template<T>(
        &self,
        template: &Template,
        render: impl for<'p> FnOnce(&'p Owner, &RefCell<ParsedCustomers<'p>>, &ParsedTemplate<'p>) -> T,
    ) -> Option<T> {
        self.0.with_dependent(|owner, Parsed { templates, customers }| {
            let (template, parsed) = templates.get(owner.project.template_id(template)?.0)?;
            let parsed = parsed.get_or_init(|| {
                let workspace = owner.arena.alloc(owner.project.workspace());
                template.compile(workspace, &owner.arena)
            });
            Some(render(owner, customers, parsed))
        })
    }
}

impl<'p> ParsedCustomers<'p> {
    /// The data of the customer that a request names; `None` if it is not that of the project, or there is no room.
    fn of(
        &mut self,
        owner: &'p Owner,
        customer: &Customer,
        request: &Request,
        numbers: Numbers,
    ) -> Option<(Value<'p>, Value<'p>)> {
        let identifier = request.identifier();
        let number = owner.project.customer_number(identifier.kind, &identifier.value)?;
        let own = owner.project.customers().get(number).filter(|own| std::ptr::eq(*own, customer))?;
        let key = (number, numbers);
        if let Some(known) = self.data.get(&key) {
            return Some(*known);
        }
        let length = self.length + own.source().text().len();
        if length > MAX_CUSTOMERS {
            return None;
        }
        let data = own.data(numbers, &owner.arena).ok()?;
        self.length = length;
        self.data.insert(key, data);
        Some(data)
    }
}
