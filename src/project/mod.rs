//! Projects: reads a folder on disk into templates, customers, requests, snippets and configuration, and reports problems.

mod check_settings;
mod compiled;
mod config;
mod dependencies;
mod elsewhere;
mod expectations;
mod file_names;
mod files;
mod folder;
mod languages;
mod live;
mod misnamed;
mod names;
mod overlay;
mod paths;
mod rendering;
mod repaired_line;
mod repository;
mod schema;
mod schema_files;
mod selection;
mod table;
mod template_id;
mod test_settings;
mod unchanged;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use check_settings::{CheckSettings, Effort};
pub use compiled::CompiledProject;
pub use config::{Config, Level};
pub use dependencies::{Changes, DependencyTracker, Removed};
pub use expectations::{Expectations, SendStatus};
pub(crate) use file_names::{is_reserved, snapshot_name};
pub use files::{Files, root_of};
pub use languages::Languages;
pub use live::LiveProject;
pub use overlay::Overlay;
pub use repository::prefix_of;
pub use schema_files::{path_in_project, percent_decoded, percent_decoded_bytes, without_mark};
pub use selection::UnknownName;
pub use template_id::TemplateId;
pub use test_settings::{Filter, Redaction, Step, TestSettings};
pub use unchanged::UnchangedMessages;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Prefix, Source};
use crate::message::{Customer, IdentifierKind, Request, Snippet, Template, Workspace};
use config::ConfigFile;
use expectations::ExpectedLosses;
use file_names::SnapshotNames;
use files::FileSet;
use misnamed::MisnamedFile;
use names::Names;
use template_id::TemplateIds;

const DUPLICATE_TRIGGER_NAME: Code = Code::new("duplicate-trigger-name");
const DUPLICATE_ID: Code = Code::new("duplicate-id");
const DUPLICATE_CUSTOMER: Code = Code::new("duplicate-customer");
const DUPLICATE_REQUEST: Code = Code::new("duplicate-request");
const NO_REQUESTS: Code = Code::new("no-requests");
const UNKNOWN_CUSTOMER: Code = Code::new("unknown-customer");
const UNKNOWN_TEMPLATE: Code = Code::new("unknown-template");

/// The name of the configuration file. It also marks a folder as a project.
pub const CONFIG_FILE: &str = "inkproof.toml";

/// A project that has been read from disk.
#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    /// The folder in which it was opened.
    start: PathBuf,
    config: ConfigFile,
    is_config_valid: bool,
    /// Whether there are templates in both of Customer.io's versions of Liquid.
    is_mixed: bool,
    /// Whether two messages would share a snapshot.
    has_colliding_names: bool,
    templates: Vec<Template>,
    customers: Vec<Customer>,
    requests: Vec<Request>,
    snippets: Vec<Snippet>,
    /// The schema files by path, or why one cannot be read.
    schema_files: BTreeMap<String, Result<Source, Diagnostic>>,
    names: Names,
    template_ids: TemplateIds,
    /// Invalid templates, by name, with their files; then invalid requests.
    broken_templates: Vec<(String, String)>,
    broken_requests: Vec<(String, String)>,
    /// Files that are not read because of their names.
    misnamed: Vec<MisnamedFile>,
    /// For each request, the indices of its template and its customer.
    resolved: Vec<Option<(usize, usize)>>,
    expected_losses: ExpectedLosses,
    problems: Diagnostics,
}

/// Why a project cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// No folder is marked as a project.
    #[error("no project here: expected a folder `templates` or a file `{CONFIG_FILE}` in `{}` or above; `inkproof init` creates one, `-C DIR` selects another folder", .0.display())]
    NoProject(PathBuf),
    /// The path is not a folder.
    #[error("`{}` is not a folder: expected one in a project", .0.display())]
    NoFolder(PathBuf),
    /// The folder itself cannot be read.
    #[error("cannot read `{}`: {error}", .folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// The reason.
        error: std::io::Error,
    },
    /// The project cannot be watched.
    #[error("cannot watch the project: {0}")]
    Unwatched(std::io::Error),
}

/// A message to render: a request with its template and its customer.
#[derive(Clone, Copy, Debug)]
pub struct Case<'p> {
    /// The template.
    pub template: &'p Template,
    /// The request.
    pub request: &'p Request,
    /// The customer.
    pub customer: &'p Customer,
}

impl Project {
    /// Reads the project that contains `dir`. Problems in its files are available as [`problems`](Self::problems).
    ///
    /// # Errors
    /// There is no project, or its folder cannot be read.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Ok(Files::open(dir, false)?.to_project())
    }

    /// Reads the project that contains `dir`, including the requests that exist only for its tests.
    ///
    /// # Errors
    /// There is no project, or its folder cannot be read.
    pub fn open_for_tests(dir: &Path) -> Result<Self, OpenError> {
        Ok(Files::open(dir, true)?.to_project())
    }

    fn of(files: &Files) -> Self {
        let Files {
            root, start, for_tests, config, templates, customers, requests, snippets, misnamed, schemas, ..
        } = files;
        let mut problems = config.problems.clone();
        problems.extend(config.missing_folders(root));
        let is_config_valid = problems.is_empty();
        let stem = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        let broken_templates = templates.broken().map(|(name, file)| (stem(&name), file)).collect();
        let broken_requests = requests.iter().flat_map(FileSet::broken).collect();
        let mut project = Self {
            templates: with_variants(templates, &mut problems),
            customers: customers.values(&mut problems).cloned().collect(),
            requests: with_unique_names(requests, &mut problems),
            snippets: snippets
                .iter()
                .flat_map(|files| files.values(&mut problems).cloned().collect::<Vec<_>>())
                .collect(),
            schema_files: schemas.texts(),
            names: Names::default(),
            template_ids: TemplateIds::default(),
            broken_templates,
            broken_requests,
            misnamed: Vec::new(),
            resolved: Vec::new(),
            expected_losses: ExpectedLosses::default(),
            root: root.clone(),
            start: start.clone(),
            config: config.clone(),
            is_config_valid,
            is_mixed: false,
            has_colliding_names: false,
            problems,
        };
        project.is_mixed = project.has_both_versions();
        project.check_names();
        project.names = Names::new(&project.templates, &project.customers);
        project.template_ids = TemplateIds::new(&project.templates);
        let found = |request| (project.names.template_of(request), project.names.customer_of(request));
        let found: Vec<_> = project.requests.iter().map(found).collect();
        project.resolved = found.iter().map(|(template, customer)| Some(((*template)?, (*customer)?))).collect();
        // With a broken configuration, a missing file may be somewhere else: report less.
        if project.is_config_valid {
            project.report_unresolved(&found);
        }
        // A file of another kind that cannot be read is nothing to report.
        let misnamed = misnamed.iter().flat_map(|files| files.values(&mut Diagnostics::new()).collect::<Vec<_>>());
        project.report_misnamed(misnamed.cloned().collect());
        project.find_expected_losses(*for_tests);
        let (_, collisions) = SnapshotNames::of(&project);
        project.has_colliding_names = !collisions.is_empty();
        project.problems.extend(collisions);
        project.problems.tidy();
        project
    }

    fn find_expected_losses(&mut self, has_test_requests: bool) {
        let is_complete = self.is_config_valid && (has_test_requests || self.config().test.requests.is_empty());
        let mut problems = Diagnostics::new();
        self.expected_losses = ExpectedLosses::of(self, is_complete, &mut problems);
        self.problems.extend(problems);
    }

    fn has_both_versions(&self) -> bool {
        let version = |template: &Template| {
            template.settings().liquid.as_ref().map_or(self.config().liquid.version, |setting| setting.value)
        };
        let mut versions = self.templates.iter().flat_map(Template::with_variants).map(version);
        let first = versions.next();
        versions.any(|version| Some(version) != first)
    }

    /// The project's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The prefix that makes its file names relative to its repository's root.
    #[must_use]
    pub fn prefix(&self) -> Prefix {
        prefix_of(&self.root)
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config.config
    }

    /// Whether the configuration file has no mistakes. Otherwise nothing should be written, because the mistake may concern
    /// the place to write to.
    #[must_use]
    pub const fn is_config_valid(&self) -> bool {
        self.is_config_valid
    }

    /// Whether two messages would share a snapshot, or a snapshot cannot be a file on every system. Then no snapshots should be
    /// written.
    #[must_use]
    pub const fn has_colliding_names(&self) -> bool {
        self.has_colliding_names
    }

    /// The rules that the configuration names, with their locations.
    pub fn named_rules(&self) -> impl Iterator<Item = (&str, &Location)> {
        self.config.rules.iter().map(|(rule, place)| (rule.as_str(), place))
    }

    /// The valid templates, by file.
    #[must_use]
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// The valid customers, by file.
    #[must_use]
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// The valid requests, by file.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The valid snippets, by file.
    #[must_use]
    pub fn snippets(&self) -> &[Snippet] {
        &self.snippets
    }

    /// The schema files that templates and the configuration name, and those that these refer to, by their paths relative to
    /// the project; or why one cannot be read.
    #[must_use]
    pub const fn schema_files(&self) -> &BTreeMap<String, Result<Source, Diagnostic>> {
        &self.schema_files
    }

    /// Where the configuration names the schema of customers.
    #[must_use]
    pub const fn customer_schema_location(&self) -> Option<&Location> {
        self.config.customer_schema.as_ref()
    }

    /// What all templates share: snippets and settings.
    #[must_use]
    pub fn workspace(&self) -> Workspace<'_> {
        let config = self.config();
        let identity = Some(&config.message);
        Workspace { snippets: &self.snippets, liquid: config.liquid, is_mixed: self.is_mixed, identity }
    }

    /// The name and file of the template with this name or id, valid or not.
    #[must_use]
    pub fn template_called(&self, name: &str) -> Option<(&str, &str)> {
        let known = self.templates.iter().find(|template| template.is_called(name));
        let is_called = |(broken, _): &&(String, String)| broken.to_lowercase() == name.to_lowercase();
        let broken = || self.broken_templates.iter().find(is_called).map(|(name, file)| (name.as_str(), file.as_str()));
        known.map(|template| (template.name(), template.source().name())).or_else(broken)
    }

    /// The template and language of a name such as `order.fr`, if there is a template `order`.
    #[must_use]
    pub fn variant<'n>(&self, name: &'n str) -> Option<(&Template, &'n str)> {
        let (base, language) = name.rsplit_once('.').filter(|(_, language)| is_language(language))?;
        Some((self.templates.iter().find(|template| template.is_called(base))?, language))
    }

    /// The problems in the files, in reading order.
    #[must_use]
    pub const fn problems(&self) -> &Diagnostics {
        &self.problems
    }

    /// The requests whose template and customer exist, with the indices of both.
    fn resolved(&self) -> impl Iterator<Item = (&Request, (usize, usize))> {
        self.requests.iter().zip(&self.resolved).filter_map(|(request, found)| Some((request, (*found)?)))
    }

    /// Every request whose template and customer exist, by template, then by request.
    #[must_use]
    pub fn cases(&self) -> Vec<Case<'_>> {
        let mut places: Vec<_> = self
            .resolved
            .iter()
            .enumerate()
            .filter_map(|(request, found)| found.map(|found| (found, request)))
            .collect();
        places.sort_by_key(|((template, _), request)| (*template, *request));
        let case = |((template, customer), request): ((usize, usize), usize)| {
            let (request, customer) = (&self.requests[request], &self.customers[customer]);
            let language = request.language().or_else(|| customer.language());
            Case { template: self.templates[template].in_language(language), request, customer }
        };
        places.into_iter().map(case).collect()
    }

    /// Reports requests whose template or customer does not exist, and templates without requests.
    fn report_unresolved(&mut self, found: &[(Option<usize>, Option<usize>)]) {
        for (request, (template, customer)) in self.requests.iter().zip(found) {
            let reference = request.template();
            // An invalid template is already reported.
            let is_broken = |(name, _): &(String, String)| name.to_lowercase() == reference.text.to_lowercase();
            if template.is_none() && !self.broken_templates.iter().any(is_broken) {
                let names = self.templates.iter().map(Template::name);
                let message = format!("there is no template `{}`", reference.text);
                let problem = Diagnostic::error(UNKNOWN_TEMPLATE, message)
                    .primary(request.source().at(reference.span.clone()), "")
                    .suggest(&reference.text, names);
                // `templates/order.liquid`
                let file = reference.text.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".liquid");
                let meant = self.templates.iter().find(|template| template.name().eq_ignore_ascii_case(file));
                let problem = match meant.filter(|_| problem.help.is_empty()) {
                    Some(meant) => problem.help(format!("did you mean `{}`?", meant.name())),
                    None => problem,
                };
                self.problems.push(problem);
            }
            if customer.is_none() {
                let identifier = request.identifier();
                let kind = identifier.kind.as_str();
                let message = format!("there is no customer with the {kind} `{}`", identifier.value);
                let known = self.customers.iter().filter_map(|customer| customer.identifier(identifier.kind));
                let problem = Diagnostic::error(UNKNOWN_CUSTOMER, message)
                    .primary(request.source().at(identifier.span.clone()), "")
                    .suggest(&identifier.value, known);
                let folder = self.config().paths.customers.display();
                self.problems.push(problem.help(format!("put the customer into a JSON file in `{folder}`")));
            }
        }
        // If two templates share a name, one of them gets no requests, which is already reported.
        let asked_for: HashSet<usize> = found.iter().filter_map(|(template, _)| *template).collect();
        let lonely = (0..self.templates.len()).filter(|place| !asked_for.contains(place));
        let lonely: Vec<_> = lonely.map(|place| &self.templates[place]).collect();
        let asked_for: HashSet<_> = if lonely.is_empty() {
            HashSet::new()
        } else {
            asked_for.iter().map(|place| self.templates[*place].name().to_lowercase()).collect()
        };
        for template in lonely {
            // A broken request in the template's folder is reported already.
            let name = template.name().to_lowercase();
            let is_its_folder = |(request, _): &(String, String)| {
                request.rsplit_once('/').is_some_and(|(folder, _)| folder.to_lowercase() == name)
            };
            if !asked_for.contains(&name) && !self.broken_requests.iter().any(is_its_folder) {
                let message = format!("no request asks for the template `{}`", template.name());
                let problem = Diagnostic::info(NO_REQUESTS, message).at(template.source().at(0..0));
                self.problems.push(problem.help(format!("write one: `inkproof request {}`", template.name())));
            }
        }
    }

    /// Reports templates and customers with the same names.
    fn check_names(&mut self) {
        let place = |template: &Template| {
            let settings = template.settings();
            let span = settings.trigger_name.as_ref().map_or(0..0, |name| name.span.clone());
            template.source().at(span)
        };
        let mut names = HashMap::new();
        let mut ids = HashMap::new();
        for template in &self.templates {
            if let Some(earlier) = names.insert(template.name().to_lowercase(), template) {
                let message = format!("two templates are called `{}`", template.name());
                let problem = Diagnostic::error(DUPLICATE_TRIGGER_NAME, message)
                    .primary(place(template), "")
                    .secondary(place(earlier), "the other one")
                    .help("rename one, or set its `trigger_name`; upper and lower case are the same here");
                self.problems.push(problem);
            }
            if let Some(id) = &template.settings().id
                && let Some((earlier, earlier_span)) = ids.insert(id.value, (template, id.span.clone()))
            {
                let problem = Diagnostic::error(DUPLICATE_ID, format!("two templates have the id `{}`", id.value))
                    .primary(template.source().at(id.span.clone()), "")
                    .secondary(earlier.source().at(earlier_span), "the other one");
                self.problems.push(problem);
            }
        }
        let mut customers: HashMap<(IdentifierKind, Cow<'_, str>), &Customer> = HashMap::new();
        for customer in &self.customers {
            for kind in IdentifierKind::ALL {
                let Some(value) = customer.identifier(kind) else { continue };
                if let Some(earlier) = customers.insert((kind, kind.folded(value)), customer) {
                    let message = format!("two customers have the {} `{value}`", kind.as_str());
                    let problem = Diagnostic::error(DUPLICATE_CUSTOMER, message)
                        .at(customer.source().at(0..0))
                        .secondary(earlier.source().at(0..0), "the other one");
                    self.problems.push(problem);
                }
            }
        }
    }
}

/// The requests of all folders; reports those with the same name.
fn with_unique_names(file_sets: &[FileSet<Request>], problems: &mut Diagnostics) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let mut names = HashSet::new();
    for files in file_sets {
        for request in files.values(problems).collect::<Vec<_>>() {
            // Within one folder, names are unique.
            if file_sets.len() == 1 || names.insert(request.name()) {
                requests.push(request.clone());
            } else {
                let message = format!("two requests are called `{}`", request.name());
                problems.push(Diagnostic::error(DUPLICATE_REQUEST, message).at(request.source().at(0..0)));
            }
        }
    }
    requests
}

/// The templates with their variants: `order.fr.liquid` next to `order.liquid` is its French variant.
fn with_variants(files: &FileSet<Template>, problems: &mut Diagnostics) -> Vec<Template> {
    let (mut names, mut templates, mut variants) = (Vec::new(), Vec::new(), Vec::new());
    for entry in files.entries(problems) {
        let Some(template) = &entry.thing else { continue };
        match entry.name.rsplit_once('.') {
            Some((base, language)) if is_language(language) && files.has(base) => {
                variants.push((base, language, template.clone()));
            }
            _ => {
                names.push(entry.name.as_str());
                templates.push(template.clone());
            }
        }
    }
    if !variants.is_empty() {
        let places: HashMap<&str, usize> = names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
        for (base, language, variant) in variants {
            // If the main template is invalid, that is already reported.
            if let Some(place) = places.get(base) {
                templates[*place].add_variant(language, variant);
            }
        }
    }
    templates
}

/// Whether a part of a file's name is a language, such as `fr` or `zh-TW`.
fn is_language(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let main = parts.next().unwrap_or_default();
    (2..=3).contains(&main.len())
        && main.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The location of a file as a whole.
fn whole_file(name: &str) -> Location {
    Source::new(name, "").at(0..0)
}
