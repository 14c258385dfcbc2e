//! Names: an index of the names by which requests may refer to templates and customers.

use std::borrow::Cow;

use hashbrown::HashMap;

use crate::message::{Customer, IdentifierKind, Request, Template};

/// The indices of templates and customers by all their names; if two share a name, the first.
#[derive(Debug, Default)]
pub(super) struct Names {
    templates: HashMap<String, usize>,
    ids: HashMap<String, usize>,
    /// For each kind of identifier.
    customers: [HashMap<String, usize>; IdentifierKind::ALL.len()],
}

impl Names {
    pub(super) fn new(templates: &[Template], customers: &[Customer]) -> Self {
        let mut names = Self::default();
        for (place, template) in templates.iter().enumerate() {
            names.templates.entry(lowercase(template.name()).into_owned()).or_insert(place);
            if let Some(id) = &template.settings().id {
                names.ids.entry(id.value.to_string()).or_insert(place);
            }
        }
        for (place, customer) in customers.iter().enumerate() {
            for kind in IdentifierKind::ALL {
                if let Some(value) = customer.identifier(kind) {
                    names.customers[kind as usize].entry(kind.folded(value).into_owned()).or_insert(place);
                }
            }
        }
        names
    }

    /// The template that a request names. A number that is no template's id may still be a name.
    pub(super) fn template_of(&self, request: &Request) -> Option<usize> {
        let reference = &request.template().text;
        self.ids.get(reference).or_else(|| self.templates.get(&*lowercase(reference))).copied()
    }

    /// The customer that a request identifies.
    pub(super) fn customer_of(&self, request: &Request) -> Option<usize> {
        let identifier = request.identifier();
        self.customer_with(identifier.kind, &identifier.value)
    }

    /// The customer with an identifier.
    pub(super) fn customer_with(&self, kind: IdentifierKind, value: &str) -> Option<usize> {
        self.customers[kind as usize].get(&*kind.folded(value)).copied()
    }
}

/// A text in lower case, which most are already.
fn lowercase(text: &str) -> Cow<'_, str> {
    let is_lowercase = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lowercase { text.into() } else { text.to_lowercase().into() }
}
