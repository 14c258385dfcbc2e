//! Example requests: a request with all data that a template reads.

use serde_json::{Map, Value, json};

use super::{Name, Plan, message_data};
use crate::analysis::{ContentProof, Needs};
use crate::diagnostics::{Diagnostics, Source};
use crate::liquid::Arena;
use crate::message::{CompiledTemplate, Customer, IdentifierKind, RenderOptions, Request, Template};
use crate::project::Project;

/// How many customers are tried before a new one is created.
const MAX_CUSTOMERS: usize = 50;

/// Plans a request called `name` with all data that a template and its language variants read. The request is for the first
/// customer of the project with whom all of them render; if there is none, a customer is created as well. If `language` is
/// given, the request asks for that language.
///
/// # Errors
/// The syntax errors in the template's Liquid.
pub fn request_for(
    project: &Project,
    template: &Template,
    name: &Name,
    language: Option<&str>,
    render_options: &RenderOptions,
) -> Result<Plan, Diagnostics> {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let mut compiled = vec![template.compile(&workspace, &arena)?];
    // Syntax errors in the other variants are not reported here.
    compiled.extend(others(project, template).filter_map(|other| other.compile(&workspace, &arena).ok()));
    let data = |root| all_data(&compiled, root, &arena);
    let message_data = data("trigger");
    let request = |kind: IdentifierKind, value: &str| {
        let identifiers = Map::from_iter([(kind.as_str().to_owned(), Value::from(value))]);
        let mut body = json!({
            "transactional_message_id": template.name(),
            "identifiers": identifiers,
            "message_data": message_data,
        });
        if let Some(language) = language {
            body["language"] = json!(language);
        }
        format!("{body:#}\n")
    };
    let renders = |customer: &Customer| {
        let Some((kind, value)) = main_identifier(customer) else { return false };
        let source = Source::new(name.as_str(), request(kind, value));
        let request = Request::read(name.as_str(), source, &mut Diagnostics::new());
        let render = |request: &Request| {
            compiled.iter().all(|template| template.render(customer, request, render_options).message.is_some())
        };
        request.is_ok_and(|request| render(&request))
    };
    let customers = || project.customers().iter().take(MAX_CUSTOMERS);
    let paths = &project.config().paths;
    let mut plan = Plan::default();
    let path = paths.requests.join(format!("{}/{name}.json", Name::parse_or_sanitize(template.name())));
    if let Some((kind, value)) = customers().find(|customer| renders(customer)).and_then(main_identifier) {
        plan.add(path, request(kind, value));
        return Ok(plan);
    }
    let (id, text) = new_customer(project, data("customer"));
    let new = Customer::read(Source::new(id.as_str(), text.as_str()));
    match customers().next().and_then(main_identifier) {
        // If the new customer does not help either, use an existing one.
        Some((kind, value)) if !new.is_ok_and(|new| renders(&new)) => plan.add(path, request(kind, value)),
        _ => {
            plan.add(paths.customers.join(format!("{id}.json")), text);
            plan.add(path, request(IdentifierKind::Id, &id));
        }
    }
    Ok(plan)
}

/// The other language variants of the template.
fn others<'p>(project: &'p Project, template: &Template) -> impl Iterator<Item = &'p Template> {
    let same = project.templates().iter().filter(|known| known.name() == template.name());
    same.flat_map(Template::with_variants).filter(|known| known.source() != template.source())
}

/// Data for everything that these templates read below a variable.
fn all_data<'a>(templates: &[CompiledTemplate<'a>], root: &str, arena: &'a Arena) -> Map<String, Value> {
    let mut all = Map::new();
    for compiled in templates {
        let texts: Vec<_> = compiled.texts().iter().map(|text| text.liquid).collect();
        let needs = Needs::from_templates(&texts, compiled.language(), &|name| compiled.snippet_texts(name), arena);
        let content = texts.first().map(|content| ContentProof::prove(*content));
        if let Some(content) = content {
            merge(&mut all, message_data(&needs, &content, root));
        }
    }
    all
}

/// Adds the missing fields, recursively.
fn merge(fields: &mut Map<String, Value>, more: Map<String, Value>) {
    for (name, value) in more {
        match (fields.get_mut(&name), value) {
            (Some(Value::Object(fields)), Value::Object(more)) => merge(fields, more),
            (Some(_), _) => {}
            (None, value) => {
                fields.insert(name, value);
            }
        }
    }
}

/// A new customer with these attributes: the id, and the content of the file.
fn new_customer(project: &Project, mut attributes: Map<String, Value>) -> (String, String) {
    let is_known = |kind: IdentifierKind, value: &str| {
        let own = project.customers().iter().filter_map(|customer| customer.identifier(kind));
        own.into_iter().any(|known| known.eq_ignore_ascii_case(value))
    };
    let folder = project.root().join(&project.config().paths.customers);
    let is_free = |id: &String| !is_known(IdentifierKind::Id, id) && !folder.join(format!("{id}.json")).exists();
    let id = (123..=u64::MAX).map(|number| format!("user_{number}")).find(is_free).unwrap_or_default();
    for (kind, own) in [(IdentifierKind::Email, format!("{id}@example.com")), (IdentifierKind::CioId, id.clone())] {
        if let Some(value) = attributes.get_mut(kind.as_str())
            && value.as_str().is_none_or(|value| is_known(kind, value))
        {
            *value = json!(own);
        }
    }
    let mut customer = Map::from_iter([("id".to_owned(), json!(id))]);
    customer.extend(attributes);
    customer.insert("id".to_owned(), json!(id));
    (id, format!("{:#}\n", Value::from(customer)))
}

/// The first identifier that a customer has.
fn main_identifier(customer: &Customer) -> Option<(IdentifierKind, &str)> {
    IdentifierKind::ALL.into_iter().find_map(|kind| customer.identifier(kind).map(|value| (kind, value)))
}
