//! Requests that are not files of the project, such as those of a backend: their templates, customers and messages.

use super::Project;
use crate::liquid::Arena;
use crate::message::{Customer, IdentifierKind, RenderOptions, Rendering, Request, Template};

impl Project {
    /// The template that a request names, before a language is chosen.
    #[must_use]
    pub fn template_for(&self, request: &Request) -> Option<&Template> {
        self.names.template_of(request).map(|place| &self.templates[place])
    }

    /// The customer that a request identifies, if the project has a file for them.
    #[must_use]
    pub fn customer_for(&self, request: &Request) -> Option<&Customer> {
        self.names.customer_of(request).map(|place| &self.customers[place])
    }

    /// The number of the customer with an identifier, if the project has a file for them.
    #[must_use]
    pub fn customer_number(&self, kind: IdentifierKind, value: &str) -> Option<usize> {
        self.names.customer_with(kind, value)
    }

    /// The customer with an identifier, if the project has a file for them.
    #[must_use]
    pub fn customer_with(&self, kind: IdentifierKind, value: &str) -> Option<&Customer> {
        self.customer_number(kind, value).map(|number| &self.customers[number])
    }

    /// Renders one message. The template is parsed each time: for many requests, [`Project::render`] or a
    /// [`CompiledProject`](super::CompiledProject) is faster.
    #[must_use]
    pub fn render_one(
        &self,
        template: &Template,
        customer: &Customer,
        request: &Request,
        render_options: &RenderOptions,
    ) -> Rendering {
        let template = template.in_language(request.language().or_else(|| customer.language()));
        let workspace = self.workspace();
        let arena = Arena::new();
        match template.compile(&workspace, &arena) {
            Ok(compiled) => compiled.render(customer, request, render_options),
            Err(problems) => Rendering::failed(problems),
        }
    }
}
