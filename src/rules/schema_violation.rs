//! `schema-violation`: data that does not match the JSON Schema of its template or of customers. The findings are made in
//! `contract`; here it is decided which data is compared.

use std::collections::HashSet;

use super::judge::with_configured_severity;
use crate::contract::Schemas;
use crate::diagnostics::Diagnostics;
use crate::message::{Customer, Request, Template};
use crate::project::{Case, Project};

/// Where the `message_data` of a request does not match the schema of its template, with the severity that the project
/// configures.
#[must_use]
pub fn schema_violations(project: &Project, schemas: &Schemas, template: &Template, request: &Request) -> Diagnostics {
    let schema = schemas.declarations(template).message_data;
    let found = schema.map_or_else(Diagnostics::new, |schema| schema.problems_of_request(request));
    with_configured_severity(found, &project.config().rules)
}

/// The violations of a template's requests.
pub(super) fn of_requests(schemas: &Schemas, template: &Template, cases: &[Case<'_>]) -> Diagnostics {
    let Some(schema) = schemas.declarations(template).message_data else { return Diagnostics::new() };
    cases.iter().flat_map(|case| schema.problems_of_request(case.request)).collect()
}

/// The violations of the customers that requests name.
pub(super) fn of_their_customers(schemas: &Schemas, cases: &[Case<'_>]) -> Diagnostics {
    let mut seen = HashSet::new();
    let customers = cases.iter().map(|case| case.customer);
    of_customers(schemas, customers.filter(|customer| seen.insert(customer.source().name())))
}

/// The violations of the customers that no request names.
pub(super) fn of_other_customers(schemas: &Schemas, project: &Project) -> Diagnostics {
    if schemas.customers().is_none() {
        return Diagnostics::new();
    }
    let named: HashSet<_> = project.cases().iter().map(|case| case.customer.source().name().to_owned()).collect();
    let is_other = |customer: &&Customer| !named.contains(customer.source().name());
    of_customers(schemas, project.customers().iter().filter(is_other))
}

fn of_customers<'p>(schemas: &Schemas, customers: impl Iterator<Item = &'p Customer>) -> Diagnostics {
    let Some(schema) = schemas.customers() else { return Diagnostics::new() };
    customers.flat_map(|customer| schema.problems_of_customer(customer)).collect()
}
