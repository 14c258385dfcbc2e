//! Names: an index of the names by which requests may refer to templates and customers.

use std::collections::HashMap;

use crate::message::{Customer, IdentifierKind, Request, Template};

/// The indices of templates and customers by all their names; if two share a name, the first.
#[derive(Debug, Default)]
pub(super) struct Names {
    templates: HashMap<String, usize>,
    ids: HashMap<String, usize>,
    customers: HashMap<(&'static str, String), usize>,
}

impl Names {
    pub(super) fn new(templates: &[Template], customers: &[Customer]) -> Self {
        let mut names = Self::default();
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

    /// The template that a request names. A number that is no template's id may still be a name.
    pub(super) fn template_of(&self, request: &Request) -> Option<usize> {
        let reference = &request.template().text;
        self.ids.get(reference).or_else(|| self.templates.get(&reference.to_lowercase())).copied()
    }

    /// The customer that a request identifies.
    pub(super) fn customer_of(&self, request: &Request) -> Option<usize> {
        let identifier = request.identifier();
        self.customers.get(&key(identifier.kind, &identifier.value)).copied()
    }
}

/// The key of an identifier; email addresses ignore letter case.
fn key(kind: IdentifierKind, value: &str) -> (&'static str, String) {
    match kind {
        IdentifierKind::Email => (kind.as_str(), value.to_ascii_lowercase()),
        _ => (kind.as_str(), value.to_owned()),
    }
}
