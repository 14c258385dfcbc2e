//! Requests with all that a template needs.

use serde_json::{Map, Value, json};

use super::{Name, Plan, message_data};
use crate::analysis::{ContentProof, Needs};
use crate::diagnostics::{Diagnostics, Source};
use crate::liquid::Arena;
use crate::message::{Circumstances, Customer, IdentifierKind, Request, Template};
use crate::project::Project;

/// How many customers are tried before the first is taken.
const MAX_CUSTOMERS: usize = 50;

/// A request called `name` that sends a template all that it looks at, for a customer of the project with whom it renders;
/// where there are no customers, one is made.
///
/// # Errors
/// Every mistake in the template's Liquid.
pub fn request_for(
    project: &Project,
    template: &Template,
    name: &Name,
    circumstances: &Circumstances,
) -> Result<Plan, Diagnostics> {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let compiled = template.compile(&workspace, &arena)?;
    let texts: Vec<_> = compiled.texts().iter().map(|text| text.liquid).collect();
    let needs = Needs::of(&texts, compiled.language(), &|name| compiled.snippet_texts(name), &arena);
    let content = ContentProof::of(texts[0]);
    let data = message_data(&needs, &content, "trigger");
    let request = |kind: IdentifierKind, value: &str| {
        let identifiers = Map::from_iter([(kind.as_str().to_owned(), Value::from(value))]);
        let body = json!({
            "transactional_message_id": template.name(),
            "identifiers": identifiers,
            "message_data": data,
        });
        format!("{body:#}\n")
    };
    let renders = |customer: &Customer| {
        let text = request(IdentifierKind::Id, "");
        let text = main_identifier(customer).map_or(text, |(kind, value)| request(kind, value));
        let request = Request::read(name.as_str(), Source::new(name.as_str(), text), &mut Diagnostics::new());
        request.is_ok_and(|request| compiled.render(customer, &request, circumstances).message.is_some())
    };
    let customers = || project.customers().iter().take(MAX_CUSTOMERS);
    let chosen = customers().find(|customer| renders(customer)).or_else(|| customers().next());
    let paths = &project.config().paths;
    let mut plan = Plan::default();
    let path = paths.requests.join(format!("{}/{name}.json", Name::out_of(template.name())));
    if let Some((kind, value)) = chosen.and_then(main_identifier) {
        plan.add(path, request(kind, value));
    } else {
        let mut customer = Map::from_iter([("id".to_owned(), json!("user_123"))]);
        customer.extend(message_data(&needs, &content, "customer"));
        customer.insert("id".to_owned(), json!("user_123"));
        plan.add(paths.customers.join("user_123.json"), format!("{:#}\n", Value::from(customer)));
        plan.add(path, request(IdentifierKind::Id, "user_123"));
    }
    Ok(plan)
}

/// The first identifier that a customer has.
fn main_identifier(customer: &Customer) -> Option<(IdentifierKind, &str)> {
    IdentifierKind::ALL.into_iter().find_map(|kind| customer.identifier(kind).map(|value| (kind, value)))
}
