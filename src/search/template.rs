//! Templates: the search of a template with what a project has for it.

use super::search::{SearchOptions, SearchReport, search};
use super::seed::{Seed, sent_data};
use crate::analysis::Needs;
use crate::contract::{Contract, JsonKind, Kinds, MessageSchema, Shape, Source};
use crate::liquid::value::json;
use crate::liquid::{Arena, Value};
use crate::message::{CompiledTemplate, Customer, Request, SentData, Trigger};

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

/// What a project declares about data.
#[derive(Clone, Copy, Debug, Default)]
pub struct Declarations<'d> {
    /// The schema of the template's `message_data`; inferred if there is none.
    pub message_data: Option<&'d MessageSchema>,
    /// The schema of customers' attributes; inferred if there is none.
    pub customer: Option<&'d MessageSchema>,
}

impl Declarations<'_> {
    /// Whether data keeps to what is declared.
    fn allow(&self, data: SentData<'_>) -> bool {
        let allows = |schema: Option<&MessageSchema>, value| {
            schema.is_none_or(|schema| as_json(value).is_some_and(|value| schema.allows(&value)))
        };
        allows(self.message_data, data.trigger) && allows(self.customer, data.customer)
    }
}

fn as_json(value: Value<'_>) -> Option<serde_json::Value> {
    let mut text = String::new();
    json::write(value, None, &mut text).ok()?;
    serde_json::from_str(&text).ok()
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
    let seeds: Vec<Seed<'_>> = seeds.filter(|seed| declarations.allow(seed.data)).collect();
    let numbers = compiled.language().dialect().numbers;
    let people: Vec<_> = customers.iter().filter_map(|customer| customer.data(numbers, &arena).ok()).collect();
    let data: Vec<_> = seeds.iter().map(|seed| seed.data).collect();
    let contract = Contract::of(&data, &people, &needs, declarations);
    let is_valid = |data| declarations.allow(sent_data(data));
    search(compiled, &contract, &seeds, &needs, &is_valid, options, &arena)
}

impl Contract {
    /// The contract of a template that has this data, in a project that has these customers, each with what it is related
    /// to. What is not declared is inferred.
    #[must_use]
    pub fn of(
        data: &[SentData<'_>],
        customers: &[(Value<'_>, Value<'_>)],
        needs: &Needs<'_>,
        declarations: Declarations<'_>,
    ) -> Self {
        let declared = |schema: Option<&MessageSchema>| schema.map(|schema| schema.shape().clone());
        let mut contract = Self {
            trigger: declared(declarations.message_data)
                .unwrap_or_else(|| inferred(data.iter().map(|data| data.trigger))),
            customer: declared(declarations.customer).unwrap_or_else(|| {
                inferred(data.iter().map(|data| data.customer).chain(customers.iter().map(|(customer, _)| *customer)))
            }),
            objects: inferred(
                data.iter().map(|data| data.objects).chain(customers.iter().map(|(_, objects)| *objects)),
            ),
        };
        let needs = needs.by_path();
        contract.trigger.add_uses("trigger", &needs);
        contract.customer.add_uses("customer", &needs);
        contract.objects.add_uses("objects", &needs);
        contract
    }
}

/// The shape of these values; of an object of which nothing is known if there are none.
fn inferred<'a>(values: impl Iterator<Item = Value<'a>>) -> Shape {
    let shape = Shape::of_values(values);
    if !shape.kinds.is_empty() {
        return shape;
    }
    Shape { kinds: Kinds::only(JsonKind::Object), source: Source::Used, ..shape }
}
