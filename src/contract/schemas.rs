//! The schemas of a project: each is read once, and says what the data of templates and customers may be.

use std::collections::BTreeMap;

use super::declarations::Declarations;
use super::documents::INVALID_SCHEMA;
use super::schema::MessageSchema;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Source, did_you_mean};
use crate::message::Template;
use crate::project::{Project, path_in_project, percent_decoded};

/// The schemas that the templates and the configuration of a project name.
#[derive(Debug, Default)]
pub struct Schemas {
    /// The schema files that they were read from.
    files: BTreeMap<String, Result<Source, Diagnostic>>,
    /// The valid schemas, by how they are named.
    by_reference: BTreeMap<String, MessageSchema>,
    /// How the schema of customers is named.
    customers: Option<String>,
    problems: Diagnostics,
}

impl Schemas {
    /// Reads the schemas of a project.
    #[must_use]
    pub fn of(project: &Project) -> Self {
        let mut schemas = Self::default();
        schemas.follow(project);
        schemas
    }

    /// Reads those again that may have changed since they were read.
    pub fn follow(&mut self, project: &Project) {
        if self.files != *project.schema_files() {
            *self = Self { files: project.schema_files().clone(), ..Self::default() };
        }
        self.customers.clone_from(&project.config().schemas.customers);
        self.problems = Diagnostics::new();
        let mut known = std::mem::take(&mut self.by_reference);
        for (reference, place) in self.named(project) {
            match known.remove(&reference).map_or_else(|| read(project, &reference, &place), Ok) {
                Ok(schema) => drop(self.by_reference.insert(reference, schema)),
                Err(problems) => self.problems.extend(problems),
            }
        }
        // Two schemas may refer to the same invalid file.
        self.problems.tidy();
    }

    /// How the schemas of a project are named, and where first.
    fn named(&self, project: &Project) -> BTreeMap<String, Location> {
        let mut named: BTreeMap<String, Location> = BTreeMap::new();
        if let (Some(reference), Some(place)) = (&self.customers, project.customer_schema_location()) {
            named.insert(reference.clone(), place.clone());
        }
        for template in project.templates().iter().flat_map(Template::with_variants) {
            if let Some(setting) = &template.settings().message_data
                && !named.contains_key(&setting.value)
            {
                named.insert(setting.value.clone(), template.source().at(setting.span.clone()));
            }
        }
        named
    }

    /// What is declared about the data of a template.
    #[must_use]
    pub fn declarations(&self, template: &Template) -> Declarations<'_> {
        let message_data = template.settings().message_data.as_ref();
        Declarations {
            message_data: message_data.and_then(|setting| self.by_reference.get(&setting.value)),
            customer: self.customers(),
        }
    }

    /// The schema of customers.
    #[must_use]
    pub fn customers(&self) -> Option<&MessageSchema> {
        self.by_reference.get(self.customers.as_ref()?)
    }

    /// The problems in the schema files, and with how they are named.
    #[must_use]
    pub const fn problems(&self) -> &Diagnostics {
        &self.problems
    }
}

/// The schema that a setting at `place` names.
fn read(project: &Project, reference: &str, place: &Location) -> Result<MessageSchema, Diagnostics> {
    let problem = |message: String| Diagnostic::error(INVALID_SCHEMA, message).at(place.clone());
    let Some(path) = path_in_project("", reference) else {
        let message = format!("`{reference}` is not a file inside the project");
        return Err(problem(message)
            .help("expected a path relative to the project's folder, such as `schemas/order.json`")
            .into());
    };
    let source = match project.schema_files().get(&path) {
        Some(Ok(source)) => source,
        Some(Err(error)) if project.root().join(&path).exists() => return Err(error.clone().into()),
        _ => {
            let known = project.schema_files().iter().filter(|(_, file)| file.is_ok()).map(|(path, _)| path.as_str());
            let here = schemas_beside(project, &path);
            let near = did_you_mean(&path, known.chain(here.iter().map(String::as_str)));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the path is relative to the project's folder".to_owned(),
            };
            return Err(problem(format!("there is no file `{path}`")).help(help).into());
        }
    };
    let fragment = reference.split_once('#').map_or("", |(_, fragment)| fragment);
    let file = |path: &str| project.schema_files().get(path).and_then(|file| file.as_ref().ok().cloned());
    MessageSchema::read_fragment(source, &percent_decoded(fragment), &file)
}

/// The JSON files in the folder of a path, as paths relative to the project.
fn schemas_beside(project: &Project, path: &str) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let entries = std::fs::read_dir(project.root().join(folder)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_json = |name: &String| std::path::Path::new(name).extension().is_some_and(|ending| ending == "json");
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut found: Vec<_> = names.filter(is_json).map(|name| format!("{prefix}{name}")).collect();
    found.sort();
    found
}
