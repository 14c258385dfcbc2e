//! Example requests: a request with all data that a template reads, and requests for all of its branches.

use std::path::PathBuf;

use serde_json::{Map, Value as Json, json};

use super::{Name, Plan, message_data};
use crate::analysis::{Branch, ContentProof, Needs};
use crate::contract::Schemas;
use crate::customerio::CUSTOMERIO;
use crate::diagnostics::{Diagnostics, Location, Source};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Value};
use crate::message::{
    CompiledTemplate, Customer, IdentifierKind, RenderOptions, Request, SentData, Template, Trigger, Workspace,
};
use crate::project::Project;
use crate::search::{Sending, payload};

/// How many customers are tried before a new one is created.
const MAX_CUSTOMERS: usize = 50;
/// For how many customers data is changed until the message is sent.
const MAX_BASES: usize = 4;

/// A request that was planned.
#[derive(Clone, Debug, Default)]
pub struct PlannedRequest {
    /// Its file, and that of its customer if there is none yet.
    pub plan: Plan,
    /// Whether its message is sent, in every language of its template.
    pub is_sent: bool,
}

/// Requests that together render as many branches of a template as possible.
#[derive(Clone, Debug, Default)]
pub struct PlannedRequests {
    /// Their files, and those of their customers if there are none yet.
    pub plan: Plan,
    /// How many requests there are.
    pub count: usize,
    /// How many branches the template has, in all languages.
    pub branches: usize,
    /// The branches that neither they nor the project's requests render.
    pub missed: Vec<Location>,
    /// Whether any data was found with which the message is sent.
    pub is_sent: bool,
}

/// Plans a request called `name` with all data that a template and its language variants read. The request is for the first
/// customer of the project with whom all of them render; if there is none, a customer is created as well. Data whose message is
/// lost is changed until it is sent. If `language` is given, the request asks for that language.
///
/// # Errors
/// The syntax errors in the template's Liquid.
pub fn request_for(
    project: &Project,
    template: &Template,
    name: &Name,
    language: Option<&str>,
    render_options: &RenderOptions,
) -> Result<PlannedRequest, Diagnostics> {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let compiled = in_all_languages(project, template, &workspace, &arena)?;
    let writer = RequestWriter { project, template, language, compiled: &compiled, render_options };
    let message_data = all_data(&compiled, "trigger", &arena);
    let customers = || project.customers().iter().take(MAX_CUSTOMERS);
    let new = NewCustomer::new(project, all_data(&compiled, "customer", &arena), &[]);
    let mut planned = PlannedRequest { plan: Plan::default(), is_sent: true };
    if let Some((kind, value)) =
        customers().find(|customer| writer.sent_to(customer, &message_data)).and_then(main_identifier)
    {
        planned.plan.add(writer.path(name), writer.text(kind, value, &message_data));
        return Ok(planned);
    }
    if new.customer().is_some_and(|customer| writer.sent_to(&customer, &message_data)) {
        new.add_to(&mut planned.plan, project);
        planned.plan.add(writer.path(name), writer.text(IdentifierKind::Id, &new.id, &message_data));
        return Ok(planned);
    }
    if writer.add_repaired(&message_data, &new, name, &mut planned.plan) {
        return Ok(planned);
    }
    planned.is_sent = false;
    // If the new customer does not help either, use an existing one.
    if let Some((kind, value)) = customers().next().and_then(main_identifier) {
        planned.plan.add(writer.path(name), writer.text(kind, value, &message_data));
    } else {
        new.add_to(&mut planned.plan, project);
        planned.plan.add(writer.path(name), writer.text(IdentifierKind::Id, &new.id, &message_data));
    }
    Ok(planned)
}

/// Plans as few requests as render every branch of a template and its language variants that any data whose message is sent
/// reaches, except for those that the project's requests render. The first one is called `name`, the others `name_2` and so on.
///
/// # Errors
/// The syntax errors in the template's Liquid.
pub fn requests_for_all_branches(
    project: &Project,
    template: &Template,
    name: &Name,
    render_options: &RenderOptions,
) -> Result<PlannedRequests, Diagnostics> {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let compiled = in_all_languages(project, template, &workspace, &arena)?;
    let writer = RequestWriter { project, template, language: None, compiled: &compiled, render_options };
    let message_data = all_data(&compiled, "trigger", &arena);
    let new = NewCustomer::new(project, all_data(&compiled, "customer", &arena), &[]);
    let mut bases: Vec<Json> = project.customers().iter().take(MAX_BASES).filter_map(data_of).collect();
    bases.push(new.data());
    let bases: Vec<Json> = bases.into_iter().map(|base| with_trigger(base, &message_data)).collect();
    let cases = project.cases();
    let own = cases.iter().filter(|case| case.template.name() == template.name());
    let known: Vec<Json> = own.filter_map(|case| sent(case.request, case.customer)).collect();
    let schemas = Schemas::of(project);
    let mut sending = Sending::new(&compiled, schemas.declarations(template), render_options);
    let cover = sending.covering(&known, &bases, &["trigger", "customer"]);
    let mut planned = PlannedRequests { branches: cover.total, ..PlannedRequests::default() };
    planned.is_sent = !cover.payloads.is_empty() || !known.is_empty();
    let mut created: Vec<NewCustomer> = Vec::new();
    let mut names = writer.free_names(name);
    for payload in &cover.payloads {
        let Some(name) = names.next() else { break };
        planned.count += 1;
        writer.add(payload, &name, &mut created, &mut planned.plan);
    }
    let location = |(variant, branch): &(usize, Branch)| {
        let compiled = compiled.get(*variant)?;
        let place = compiled.texts().first()?.place.range(Some(branch.span));
        Some(compiled.template().source().at(place))
    };
    planned.missed = cover.missed.iter().filter_map(location).collect();
    Ok(planned)
}

/// Plans a request for a template with this data, an object with `trigger` and `customer`. It is called `name`, or `name_2` and so
/// on if there is such a request. If no customer of the project has these attributes, a customer is created as well.
///
/// # Errors
/// The syntax errors in the template's Liquid.
pub fn request_with_data(
    project: &Project,
    template: &Template,
    name: &Name,
    data: &Json,
    render_options: &RenderOptions,
) -> Result<PlannedRequest, Diagnostics> {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let compiled = [template.compile(&workspace, &arena)?];
    let language = template.language();
    let writer = RequestWriter { project, template, language, compiled: &compiled, render_options };
    let mut planned = PlannedRequest::default();
    if let Some(name) = writer.free_names(name).next() {
        planned.is_sent = writer.add(data, &name, &mut Vec::new(), &mut planned.plan);
    }
    Ok(planned)
}

/// A template in its own language and all others. Syntax errors in the others are not reported here.
fn in_all_languages<'a>(
    project: &'a Project,
    template: &'a Template,
    workspace: &'a Workspace<'a>,
    arena: &'a Arena,
) -> Result<Vec<CompiledTemplate<'a>>, Diagnostics> {
    let mut compiled = vec![template.compile(workspace, arena)?];
    compiled.extend(others(project, template).filter_map(|other| other.compile(workspace, arena).ok()));
    Ok(compiled)
}

/// Writes requests of a template.
struct RequestWriter<'w> {
    project: &'w Project,
    template: &'w Template,
    language: Option<&'w str>,
    compiled: &'w [CompiledTemplate<'w>],
    render_options: &'w RenderOptions,
}

impl RequestWriter<'_> {
    fn text(&self, kind: IdentifierKind, value: &str, message_data: &Map<String, Json>) -> String {
        let identifiers = Map::from_iter([(kind.as_str().to_owned(), Json::from(value))]);
        let mut body = json!({
            "transactional_message_id": self.template.name(),
            "identifiers": identifiers,
            "message_data": message_data,
        });
        if let Some(language) = self.language {
            body["language"] = json!(language);
        }
        format!("{body:#}\n")
    }

    fn path(&self, name: &Name) -> PathBuf {
        let paths = &self.project.config().paths;
        paths.requests.join(format!("{}/{name}.json", Name::parse_or_sanitize(self.template.name())))
    }

    /// The names `name`, `name_2` and so on that no file has.
    fn free_names(&self, name: &Name) -> impl Iterator<Item = Name> {
        let numbered = (2..=u32::MAX).map_while(move |number| Name::parse(&format!("{name}_{number}")).ok());
        let folder = Name::parse_or_sanitize(self.template.name());
        let is_free = move |name: &Name| {
            !self.project.root().join(self.path(name)).exists()
                && self.project.name_problem(&format!("{folder}/{name}"), self.template.name()).is_none()
        };
        std::iter::once(name.clone()).chain(numbered).filter(is_free)
    }

    /// Whether the message is sent to a customer in every language.
    fn sent_to(&self, customer: &Customer, message_data: &Map<String, Json>) -> bool {
        let Some((kind, value)) = main_identifier(customer) else { return false };
        let source = Source::new("request", self.text(kind, value, message_data));
        let Ok(request) = Request::read("request", source, &mut Diagnostics::new()) else { return false };
        self.compiled.iter().all(|template| template.render(customer, &request, self.render_options).message.is_some())
    }

    /// Adds a request whose data was changed until its message is sent: for a customer of the project if possible. Returns
    /// whether there is one.
    fn add_repaired(&self, message_data: &Map<String, Json>, new: &NewCustomer, name: &Name, plan: &mut Plan) -> bool {
        let schemas = Schemas::of(self.project);
        let mut sending = Sending::new(self.compiled, schemas.declarations(self.template), self.render_options);
        let existing = self.project.customers().iter().take(MAX_BASES).filter_map(data_of);
        let starts = existing.map(|base| (base, &["trigger"][..])).chain([(new.data(), &["trigger", "customer"][..])]);
        for (base, roots) in starts {
            if let Some(data) = sending.repaired(&with_trigger(base, message_data), roots) {
                return self.add(&data, name, &mut Vec::new(), plan);
            }
        }
        false
    }

    /// Adds a request with this data, and its customer if the project has none with these attributes. Returns whether its
    /// message is sent.
    fn add(&self, data: &Json, name: &Name, created: &mut Vec<NewCustomer>, plan: &mut Plan) -> bool {
        let message_data = data["trigger"].as_object().cloned().unwrap_or_default();
        let is_same =
            |customer: &&Customer| data_of(customer).is_some_and(|known| known["customer"] == data["customer"]);
        if let Some(customer) = self.project.customers().iter().find(is_same)
            && let Some((kind, value)) = main_identifier(customer)
        {
            plan.add(self.path(name), self.text(kind, value, &message_data));
            return self.sent_to(customer, &message_data);
        }
        let attributes = data["customer"].as_object().cloned().unwrap_or_default();
        let known = created.iter().position(|created| created.is_like(&attributes));
        let at = known.unwrap_or_else(|| {
            let new = NewCustomer::new(self.project, attributes, created);
            new.add_to(plan, self.project);
            created.push(new);
            created.len() - 1
        });
        let new = &created[at];
        plan.add(self.path(name), self.text(IdentifierKind::Id, &new.id, &message_data));
        new.customer().is_some_and(|customer| self.sent_to(&customer, &message_data))
    }
}

/// A customer that is created with a request.
struct NewCustomer {
    id: String,
    attributes: Map<String, Json>,
}

impl NewCustomer {
    /// A customer with these attributes and an identity that no other one has.
    fn new(project: &Project, mut attributes: Map<String, Json>, others: &[Self]) -> Self {
        let is_known = |kind: IdentifierKind, value: &str| {
            let own = project.customers().iter().filter_map(|customer| customer.identifier(kind));
            own.into_iter().any(|known| known.eq_ignore_ascii_case(value))
        };
        let folder = project.root().join(&project.config().paths.customers);
        let is_free = |id: &String| {
            !is_known(IdentifierKind::Id, id)
                && !folder.join(format!("{id}.json")).exists()
                && !others.iter().any(|other| other.id == *id)
        };
        let id = (123..=u64::MAX).map(|number| format!("user_{number}")).find(is_free).unwrap_or_default();
        for (kind, own) in [(IdentifierKind::Email, format!("{id}@example.com")), (IdentifierKind::CioId, id.clone())] {
            let is_taken = |value: &str| {
                is_known(kind, value)
                    || others.iter().any(|other| other.attributes.get(kind.as_str()) == Some(&json!(value)))
            };
            if let Some(value) = attributes.get_mut(kind.as_str())
                && value.as_str().is_none_or(is_taken)
            {
                *value = json!(own);
            }
        }
        let mut customer = Map::from_iter([("id".to_owned(), json!(id))]);
        customer.extend(attributes);
        customer.insert("id".to_owned(), json!(id));
        Self { id, attributes: customer }
    }

    fn text(&self) -> String {
        format!("{:#}\n", Json::from(self.attributes.clone()))
    }

    fn customer(&self) -> Option<Customer> {
        Customer::read(Source::new(self.id.as_str(), self.text())).ok()
    }

    fn data(&self) -> Json {
        self.customer().as_ref().and_then(data_of).unwrap_or_else(|| payload(&Map::new(), &json!({}), &json!({})))
    }

    fn add_to(&self, plan: &mut Plan, project: &Project) {
        plan.add(project.config().paths.customers.join(format!("{}.json", self.id)), self.text());
    }

    /// Whether it has these attributes, but for its identity.
    fn is_like(&self, attributes: &Map<String, Json>) -> bool {
        let other = |attributes: &Map<String, Json>| {
            let mut attributes = attributes.clone();
            for kind in IdentifierKind::ALL {
                attributes.remove(kind.as_str());
            }
            attributes
        };
        other(&self.attributes) == other(attributes)
    }
}

/// The data of a customer, without any `message_data`.
fn data_of(customer: &Customer) -> Option<Json> {
    let arena = Arena::new();
    let (attributes, objects) = customer.data(Numbers::JavaScript, &arena).ok()?;
    Some(payload(&Map::new(), &as_json(attributes)?, &as_json(objects)?))
}

fn with_trigger(mut base: Json, message_data: &Map<String, Json>) -> Json {
    base["trigger"] = Json::Object(message_data.clone());
    base
}

/// The data of a request and its customer; none if a file cannot be read, which is reported where it is rendered.
fn sent(request: &Request, customer: &Customer) -> Option<Json> {
    let arena = Arena::new();
    let data = SentData::read(Some(customer), Trigger::Request(request), &CUSTOMERIO, &arena).ok()?;
    Some(json!({
        "trigger": as_json(data.trigger)?,
        "customer": as_json(data.customer)?,
        "objects": as_json(data.objects)?,
    }))
}

fn as_json(value: Value<'_>) -> Option<Json> {
    let mut text = String::new();
    json::write(value, None, &mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// The other language variants of the template.
fn others<'p>(project: &'p Project, template: &Template) -> impl Iterator<Item = &'p Template> {
    let same = project.templates().iter().filter(|known| known.name() == template.name());
    same.flat_map(Template::with_variants).filter(|known| known.source() != template.source())
}

/// Data for everything that these templates read below a variable.
fn all_data<'a>(templates: &[CompiledTemplate<'a>], root: &str, arena: &'a Arena) -> Map<String, Json> {
    let mut all = Map::new();
    for compiled in templates {
        let texts: Vec<_> = compiled.texts().iter().map(|text| text.liquid).collect();
        let needs =
            Needs::from_templates(&texts, compiled.language(), &|name| compiled.snippet_texts(name, arena), arena);
        let content = texts.first().map(|content| ContentProof::prove(*content));
        if let Some(content) = content {
            merge(&mut all, message_data(&needs, &content, root));
        }
    }
    all
}

/// Adds the missing fields, recursively.
fn merge(fields: &mut Map<String, Json>, more: Map<String, Json>) {
    for (name, value) in more {
        match (fields.get_mut(&name), value) {
            (Some(Json::Object(fields)), Json::Object(more)) => merge(fields, more),
            (Some(_), _) => {}
            (None, value) => {
                fields.insert(name, value);
            }
        }
    }
}

/// The first identifier that a customer has.
fn main_identifier(customer: &Customer) -> Option<(IdentifierKind, &str)> {
    IdentifierKind::ALL.into_iter().find_map(|kind| customer.identifier(kind).map(|value| (kind, value)))
}
