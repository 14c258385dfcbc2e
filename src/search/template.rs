//! Templates: the search of a template with what a project has for it.

use super::search::{SearchOptions, SearchReport, search};
use super::seed::{Seed, sent_data};
use crate::analysis::Needs;
use crate::contract::{Contract, Declarations};
use crate::liquid::Arena;
use crate::message::{CompiledTemplate, Customer, Request, SentData, Trigger};

/// A request of a template, with its customer.
#[derive(Clone, Copy, Debug)]
pub struct SeedCase<'c> {
    /// What people call the request.
    pub name: &'c str,
    /// The request.
    pub request: &'c Request,
    /// The customer.
    pub customer: &'c Customer,
}

/// Searches for data that loses the message of a template. `customers` are all that the project has.
#[must_use]
pub fn search_template(
    compiled: &CompiledTemplate<'_>,
    cases: &[SeedCase<'_>],
    customers: &[Customer],
    declarations: Declarations<'_>,
    options: &SearchOptions<'_>,
) -> SearchReport {
    let arena = Arena::new();
    let texts = compiled.texts();
    let trees: Vec<_> = texts.iter().map(|text| text.liquid).collect();
    let needs = Needs::from_templates(&trees, compiled.language(), &|name| compiled.snippet_texts(name), &arena);
    // What cannot be read is reported where it is rendered.
    let seeds = cases.iter().filter_map(|case| {
        let trigger = Trigger::Request(case.request);
        let data = SentData::read(Some(case.customer), trigger, compiled.language(), &arena).ok()?;
        Some(Seed { name: case.name, data })
    });
    // A request that does not keep to its schema is reported as such.
    let seeds: Vec<Seed<'_>> = seeds.filter(|seed| declarations.allows(seed.data)).collect();
    let numbers = compiled.language().dialect().numbers;
    let people: Vec<_> = customers.iter().filter_map(|customer| customer.data(numbers, &arena).ok()).collect();
    let data: Vec<_> = seeds.iter().map(|seed| seed.data).collect();
    let contract = Contract::new(&data, &people, &needs, declarations);
    let is_valid = |data| declarations.allows(sent_data(data));
    search(compiled, &contract, &seeds, &needs, &is_valid, options, &arena)
}
