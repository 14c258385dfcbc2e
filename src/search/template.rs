//! Templates: the search of a template with what a project has for it, its contract inferred.

use super::search::{SearchOptions, SearchReport, search};
use super::seed::Seed;
use crate::analysis::Needs;
use crate::contract::{Contract, Shape};
use crate::liquid::{Arena, Value};
use crate::message::{CompiledTemplate, Customer, MessageData, Request};

/// A request of a template, and the customer whom it is for.
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
    options: &SearchOptions<'_>,
) -> SearchReport {
    let arena = Arena::new();
    let texts = compiled.texts();
    let trees: Vec<_> = texts.iter().map(|text| text.liquid).collect();
    let needs = Needs::of(&trees, compiled.language(), &|name| compiled.snippet_texts(name), &arena);
    let numbers = compiled.language().dialect().numbers;
    let seeds: Vec<Seed<'_>> = cases
        .iter()
        .map(|case| {
            let (customer, objects) = case.customer.data(numbers, &arena);
            let trigger = case.request.message_data(numbers, &arena);
            Seed { name: case.name, data: MessageData { trigger, customer, objects } }
        })
        .collect();
    let people: Vec<(Value<'_>, Value<'_>)> = customers.iter().map(|customer| customer.data(numbers, &arena)).collect();
    let contract = Contract::inferred(&seeds.iter().map(|seed| seed.data).collect::<Vec<_>>(), &people, &needs);
    search(compiled, &contract, &seeds, &needs, &|_| true, options, &arena)
}

impl Contract {
    /// The contract of a template that has this data, in a project that has these customers, each with what it is related
    /// to.
    #[must_use]
    pub fn inferred(data: &[MessageData<'_>], customers: &[(Value<'_>, Value<'_>)], needs: &Needs<'_>) -> Self {
        let mut contract = Self {
            trigger: Shape::of_values(data.iter().map(|data| data.trigger)),
            customer: Shape::of_values(data.iter().map(|data| data.customer)),
            objects: Shape::of_values(data.iter().map(|data| data.objects)),
        };
        for (customer, objects) in customers {
            contract.customer.observe(*customer);
            contract.objects.observe(*objects);
        }
        let needs = needs.by_path();
        contract.trigger.add_uses("trigger", &needs);
        contract.customer.add_uses("customer", &needs);
        contract.objects.add_uses("objects", &needs);
        contract
    }
}
