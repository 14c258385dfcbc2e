//! Templates: the search of a template with what a project has for it.

use serde_json::{Value as Json, json};

use super::counterexample::Counterexample;
use super::search::{SearchOptions, SearchReport, Subject, search};
use super::seed::{Seed, sent_data};
use crate::analysis::{ContentProof, Needs};
use crate::contract::{Contract, Declarations};
use crate::liquid::value::Object;
use crate::liquid::{Arena, Value};
use crate::message::{CompiledTemplate, Customer, IdentifierKind, Request, SentData, Trigger};

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

/// A template, and what a project has for it.
#[derive(Clone, Copy, Debug)]
pub struct SearchInput<'c> {
    /// The template.
    pub compiled: &'c CompiledTemplate<'c>,
    /// What it reads.
    pub needs: &'c Needs<'c>,
    /// What is known of its content for all data.
    pub content: &'c ContentProof<'c>,
    /// Its requests.
    pub cases: &'c [SeedCase<'c>],
    /// All customers of the project.
    pub customers: &'c [Customer],
    /// What the project declares about its data.
    pub declarations: Declarations<'c>,
}

/// Searches for data that loses the message of a template.
#[must_use]
pub fn search_template(input: &SearchInput<'_>, options: &SearchOptions<'_>) -> SearchReport {
    let SearchInput { compiled, needs, content, cases, customers, declarations } = *input;
    let arena = Arena::new();
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
    let contract = Contract::new(&data, &people, needs, declarations);
    let is_valid = |data: Value<'_>| declarations.allows(sent_data(data));
    let nothing = Value::Object(Object::new(&[], &arena));
    let (customer, objects) = people.first().copied().unwrap_or((nothing, nothing));
    let nothing_sent = Seed { name: "", data: SentData { trigger: nothing, customer, objects } };
    let subject = Subject {
        compiled,
        needs,
        content,
        contract: &contract,
        seeds: &seeds,
        nothing_sent: nothing_sent.value(&arena),
        is_valid: &is_valid,
        is_data_known: !seeds.is_empty() || declarations.message_data.is_some(),
    };
    let mut report = search(&subject, options, &arena);
    for counterexample in &mut report.counterexamples {
        counterexample.body = complete_request(counterexample, cases, compiled.template().name());
    }
    report
}

/// The whole body of a counterexample's request: that of the request that it differs from, with other `message_data`.
fn complete_request(counterexample: &Counterexample, cases: &[SeedCase<'_>], template: &str) -> Json {
    let parsed = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
    let base = cases.iter().find(|case| counterexample.request.as_deref() == Some(case.name));
    let body = base.map(|case| parsed(case.request.source().text()));
    let mut body = body.filter(Json::is_object).unwrap_or_else(|| {
        let customer = parsed(&counterexample.customer);
        let identifier = IdentifierKind::ALL.into_iter().find_map(|kind| {
            let value = customer.get(kind.as_str()).filter(|value| value.is_string() || value.is_number())?;
            Some(json!({ kind.as_str(): value }))
        });
        json!({ "transactional_message_id": template, "identifiers": identifier.unwrap_or_else(|| json!({})) })
    });
    body["message_data"] = parsed(&counterexample.trigger);
    body
}
