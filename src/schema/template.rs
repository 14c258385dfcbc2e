//! Templates: what a template of a project needs, found from its requests and the project's customers.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::json_schema::{DIALECT, SchemaOptions};
use super::model::DataModel;
use crate::diagnostics::Diagnostics;
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Value};
use crate::message::{Customer, RenderOptions, Request, SentData, Template, Trigger, Workspace};
use crate::project::{Case, Project};

/// How many examples a schema has as a whole.
const MAX_EXAMPLES: usize = 3;
/// How many customers are looked at.
const MAX_CUSTOMERS: usize = 40;

/// A template and the data that it needs.
#[derive(Debug)]
pub struct TemplateModel<'p> {
    /// The template, in its main language.
    pub template: &'p Template,
    /// The data that it needs, in any of its languages.
    pub model: DataModel,
    /// The data of its requests, each as an object that has `trigger`, `customer` and `objects`.
    pub requests: Vec<Json>,
}

impl<'p> TemplateModel<'p> {
    /// Finds out what a template of a project needs.
    ///
    /// # Errors
    /// The syntax errors in the template's Liquid.
    pub fn derive(project: &Project, template: &'p Template, options: &RenderOptions) -> Result<Self, Diagnostics> {
        let cases = project.cases();
        // Data that loses the message on purpose is no example of what the template needs.
        let is_own = |case: &&Case<'_>| case.template.name() == template.name() && !project.expects_loss(case.request);
        let own = cases.iter().filter(is_own);
        let requests: Vec<(&Request, &Customer)> = own.map(|case| (case.request, case.customer)).collect();
        Self::from_parts(template, &requests, project.customers(), &project.workspace(), options)
    }

    /// Finds out what a template needs that is not in a project.
    ///
    /// # Errors
    /// The syntax errors in the template's Liquid.
    pub fn from_parts(
        template: &'p Template,
        requests: &[(&Request, &Customer)],
        customers: &[Customer],
        workspace: &Workspace<'_>,
        options: &RenderOptions,
    ) -> Result<Self, Diagnostics> {
        let arena = Arena::new();
        let mut variants = Vec::new();
        for variant in template.with_variants() {
            variants.push(variant.compile(workspace, &arena)?);
        }
        let requests: Vec<Json> = requests.iter().filter_map(|(request, customer)| sent(request, customer)).collect();
        let customers: Vec<Json> = customers.iter().take(MAX_CUSTOMERS).filter_map(attributes).collect();
        let model = DataModel::derive(&variants, &requests, &customers, options);
        Ok(Self { template, model, requests })
    }

    /// The schema as a document of its own.
    #[must_use]
    pub fn document(&self, options: SchemaOptions) -> Json {
        let mut document = Map::new();
        document.insert("$schema".to_owned(), json!(DIALECT));
        document.extend(self.definition(options));
        Json::Object(document)
    }

    /// The schema with its `$id`, as a part of a document.
    #[must_use]
    pub fn definition(&self, options: SchemaOptions) -> Map<String, Json> {
        let name = self.template.name();
        let whose = if options.is_customer { "customer" } else { "message_data" };
        let mut definition = Map::new();
        definition.insert("$id".to_owned(), json!(format!("urn:inkproof:{}:{whose}", encoded(name))));
        definition.insert("title".to_owned(), json!(title(name, options)));
        definition.insert("description".to_owned(), json!(self.about_data(options.is_customer)));
        let mut schema = self.model.json_schema(options);
        schema.remove("description");
        definition.extend(schema);
        let mut examples: Vec<&Json> = Vec::new();
        for request in &self.requests {
            let data = &request[if options.is_customer { "customer" } else { "trigger" }];
            if examples.len() < MAX_EXAMPLES && !examples.contains(&data) {
                examples.push(data);
            }
        }
        if !examples.is_empty() {
            definition.insert("examples".to_owned(), json!(examples));
        }
        definition
    }

    /// What its `message_data` is.
    #[must_use]
    pub fn about(&self) -> String {
        self.about_data(false)
    }

    fn about_data(&self, is_customer: bool) -> String {
        let whose = if is_customer { "The attributes of a customer" } else { "The `message_data`" };
        let mut about = format!("{whose} that the template `{}` needs.", self.template.name());
        if let Some(description) = &self.template.settings().description {
            about.push(' ');
            about.push_str(description.value.trim());
            if !about.ends_with(['.', '!', '?']) {
                about.push('.');
            }
        }
        if !self.model.is_tried {
            about.push_str(" No data was found with which its message is sent, so this is what its text says.");
        }
        about
    }
}

/// One document for several templates, each under its name.
#[must_use]
pub fn bundle(models: &[TemplateModel<'_>], options: SchemaOptions) -> Json {
    let whose = if options.is_customer { "customer" } else { "message_data" };
    let definitions: Map<String, Json> = models
        .iter()
        .map(|model| (model.template.name().to_owned(), Json::Object(model.definition(options))))
        .collect();
    let properties: Map<String, Json> = models
        .iter()
        .map(|model| {
            let name = model.template.name();
            (name.to_owned(), json!({"$ref": format!("#/$defs/{}", pointer_part(name))}))
        })
        .collect();
    json!({
        "$schema": DIALECT,
        "$id": format!("urn:inkproof:templates:{whose}"),
        "title": if options.is_customer { "customers" } else { "templates" },
        "description": "What each template needs, under its trigger name.",
        "type": "object",
        "properties": properties,
        "$defs": definitions,
    })
}

fn title(name: &str, options: SchemaOptions) -> String {
    // Generators of types make a class name of it, which cannot begin with a digit.
    let name = if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("template {name}")
    } else {
        name.to_owned()
    };
    if options.is_customer { format!("{name} customer") } else { name }
}

/// A name as a part of a JSON pointer in an address.
fn pointer_part(name: &str) -> String {
    encoded(&name.replace('~', "~0").replace('/', "~1"))
}

/// A name as a part of an address.
fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// The data of a request and its customer; none if a file cannot be read, which is reported where it is rendered.
fn sent(request: &Request, customer: &Customer) -> Option<Json> {
    let arena = Arena::new();
    let language = &crate::customerio::CUSTOMERIO;
    let data = SentData::read(Some(customer), Trigger::Request(request), language, &arena).ok()?;
    Some(json!({
        "trigger": as_json(data.trigger)?,
        "customer": as_json(data.customer)?,
        "objects": as_json(data.objects)?,
    }))
}

fn attributes(customer: &Customer) -> Option<Json> {
    let arena = Arena::new();
    let (attributes, objects) = customer.data(Numbers::JavaScript, &arena).ok()?;
    Some(json!({"customer": as_json(attributes)?, "objects": as_json(objects)?}))
}

fn as_json(value: Value<'_>) -> Option<Json> {
    let mut text = String::new();
    json::write(value, None, &mut text).ok()?;
    serde_json::from_str(&text).ok()
}
