//! Names: what requests may call templates and customers by, each found at once.

use std::collections::HashMap;

use crate::message::{Customer, Identifier, IdentifierKind, Request, Template};

/// The places of templates and customers in their lists, by all their names; of two with one name, the first.
pub(super) struct Names<'p> {
    templates: HashMap<String, usize>,
    ids: HashMap<String, usize>,
    customers: HashMap<(&'static str, String), usize>,
    requests: &'p [Request],
}

impl<'p> Names<'p> {
    pub(super) fn new(templates: &[Template], customers: &[Customer], requests: &'p [Request]) -> Self {
        let mut names = Self { templates: HashMap::new(), ids: HashMap::new(), customers: HashMap::new(), requests };
        for (place, template) in templates.iter().enumerate() {
            names.templates.entry(template.name().to_lowercase()).or_insert(place);
            if let Some(id) = &template.settings().id {
                names.ids.entry(id.value.to_string()).or_insert(place);
            }
        }
        for (place, customer) in customers.iter().enumerate() {
            for kind in IdentifierKind::ALL {
                if let Some(value) = customer.identifier(kind) {
                    names.customers.entry(key(kind, value)).or_insert(place);
                }
            }
        }
        names
    }

    /// For each request, its template and its customer.
    pub(super) fn of_requests(&self) -> Vec<(Option<usize>, Option<usize>)> {
        let found = |request: &Request| (self.template(&request.template().text), self.customer(request.identifier()));
        self.requests.iter().map(found).collect()
    }

    /// A number that no template has may still be a name.
    fn template(&self, reference: &str) -> Option<usize> {
        self.ids.get(reference).or_else(|| self.templates.get(&reference.to_lowercase())).copied()
    }

    fn customer(&self, identifier: &Identifier) -> Option<usize> {
        self.customers.get(&key(identifier.kind, &identifier.value)).copied()
    }
}

/// What a customer is found by: an email address in any case.
fn key(kind: IdentifierKind, value: &str) -> (&'static str, String) {
    match kind {
        IdentifierKind::Email => (kind.as_str(), value.to_ascii_lowercase()),
        _ => (kind.as_str(), value.to_owned()),
    }
}
